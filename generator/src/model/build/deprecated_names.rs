use std::collections::BTreeSet;

use super::builder::ModelBuilder;
use crate::config::{self, unknown_target};
use crate::diagnostics::{Diagnostic, similar_names};
use crate::model::method::{DeprecatedName, Method};
use crate::model::sdk::Resource;

/// Dotted paths of the configured resources and methods.
#[derive(Default)]
struct KnownPaths {
    resources: BTreeSet<String>,
    methods: BTreeSet<String>,
}

impl KnownPaths {
    fn add(&mut self, resources: &[config::Resource], prefix: &str) {
        for resource in resources {
            let path = format!("{prefix}{}", resource.name);
            self.methods.extend(resource.methods.iter().map(|method| format!("{path}.{}", method.name)));
            self.add(&resource.resources, &format!("{path}."));
            self.resources.insert(path);
        }
    }
}

impl ModelBuilder<'_> {
    /// Adds the deprecated names of the configuration to the methods.
    pub(super) fn add_deprecated_names(&mut self, resources: &mut [Resource]) {
        let (config, configuration) = (self.config, self.configuration);
        let renamings = &config.renamed.methods;
        let mut known = KnownPaths::default();
        known.add(if renamings.is_empty() { &[] } else { &config.resources }, "");
        for renaming in renamings {
            let Some((resource, name)) = renaming.old.rsplit_once('.') else { continue };
            let at_key = |message: String, help: String| {
                let diagnostic = Diagnostic::error(message).help(help);
                configuration.locate_key(diagnostic, &renaming.location)
            };
            if !known.methods.contains(&renaming.new) {
                let methods = known.methods.iter().map(String::as_str);
                let (message, help) = unknown_target("method", renaming, renamings, methods);
                self.config_error(&renaming.location, message, help);
            } else if known.methods.contains(&renaming.old) {
                let message = format!("`{}` is the name of another method", renaming.old);
                self.report.push(at_key(message, "rename one of them".to_owned()));
            } else if !known.resources.contains(resource) {
                let similar = similar_names(known.resources.iter().map(String::as_str), resource).join(", ");
                let help = format!(
                    "add the resource below `resources:`, at least with a description, or use a similar name: {similar}"
                );
                self.report.push(at_key(format!("unknown resource `{resource}`"), help));
            } else {
                let resource = resource.split('.').map(str::to_owned).collect();
                let old = DeprecatedName { resource, name: name.to_owned() };
                let path: Vec<&str> = renaming.new.split('.').collect();
                // The method is missing if its operation is, which is already reported.
                if let Some(method) = find(resources, &path) {
                    method.deprecated_names.push(old);
                }
            }
        }
    }
}

/// Returns the method at a path of names.
fn find<'a>(resources: &'a mut [Resource], path: &[&str]) -> Option<&'a mut Method> {
    let (name, rest) = path.split_first()?;
    let resource = resources.iter_mut().find(|resource| resource.name() == *name)?;
    match rest {
        [method] => resource.methods.iter_mut().find(|known| known.name == *method),
        rest => find(&mut resource.resources, rest),
    }
}
