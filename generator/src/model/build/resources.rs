use std::collections::BTreeMap;

use super::builder::ModelBuilder;
use crate::config;
use crate::model::sdk::Resource;
use crate::model::types::TypeId;
use crate::openapi::normalize::Direction;

impl ModelBuilder<'_> {
    /// Builds configured resources and their methods.
    pub(super) fn resources(&mut self, resources: &[config::Resource], parent: &[String]) -> Vec<Resource> {
        resources
            .iter()
            .map(|resource| {
                let mut path = parent.to_vec();
                path.push(resource.name.clone());
                let methods = resource.methods.iter().filter_map(|method| self.method(method, &path)).collect();
                let resources = self.resources(&resource.resources, &path);
                let description = resource.description.clone();
                Resource { path, description, external_docs: None, methods, resources }
            })
            .collect()
    }

    /// Returns the types whose module the configuration states, with the paths of their resources.
    pub(super) fn explicit_owners(
        &mut self,
        resources: &[config::Resource],
        parent: &[String],
    ) -> BTreeMap<TypeId, Vec<String>> {
        let mut owners = BTreeMap::new();
        for resource in resources {
            let mut path = parent.to_vec();
            path.push(resource.name.clone());
            for (name, location) in &resource.models {
                let found = self.api.schemas.components().find(|(_, known)| *known == name.as_str());
                let Some((id, _)) = found else {
                    let message = format!("the document has no schema `{name}`");
                    self.config_error(location, message, "correct the name");
                    continue;
                };
                for direction in [Direction::Response, Direction::Request] {
                    if direction == Direction::Response || self.lowering.is_known(id, direction) {
                        let ids = self.lowering.lower(id, direction, name).ty.named();
                        owners.extend(ids.into_iter().map(|id| (id, path.clone())));
                    }
                }
            }
            owners.extend(self.explicit_owners(&resource.resources, &path));
        }
        owners
    }
}
