use std::collections::HashSet;

use super::builder::ModelBuilder;

impl ModelBuilder<'_> {
    /// Reports configured names of schemas, properties and parameters that the document does not have: they have no
    /// effect.
    pub(super) fn check_names(&mut self) {
        let names = &self.config.names;
        if names.types.is_empty() && names.fields.is_empty() && names.secrets.is_empty() {
            return;
        }
        let schemas = &self.api.schemas;
        let components: HashSet<&str> = schemas.components().map(|(_, name)| name).collect();
        let properties = schemas.ids().flat_map(|id| &schemas.get(id).properties).map(|(name, _)| name.as_str());
        let parameters = self.api.operations.iter().flat_map(|operation| &operation.parameters);
        let values: HashSet<&str> =
            properties.chain(parameters.map(|parameter| parameter.name.as_str())).collect();
        for (name, _, location) in &names.types {
            if !components.contains(name.as_str()) {
                self.config_error(location, format!("the document has no schema `{name}`"), "correct the name");
            }
        }
        let secrets = names.secrets.iter().filter(|(name, _)| !components.contains(name.as_str()));
        let fields = names.fields.iter().map(|(name, _, location)| (name, location));
        for (name, location) in fields.chain(secrets.map(|(name, location)| (name, location))) {
            if !values.contains(name.as_str()) {
                let message = format!("the document has no property or parameter `{name}`");
                self.config_error(location, message, "correct the name");
            }
        }
    }
}
