//! Methods that keep an old name for a while.

use std::collections::BTreeSet;

use super::Resource;
use super::build::ModelBuilder;
use crate::config::{self, lost};
use crate::diagnostics::{Diagnostic, near};

/// A name that a method had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldName {
    /// The resource that had it, from the top down.
    pub resource: Vec<String>,
    /// The name.
    pub name: String,
}

/// The paths of what the configuration has, with dots.
#[derive(Default)]
struct Known {
    resources: BTreeSet<String>,
    methods: BTreeSet<String>,
}

impl Known {
    fn add(&mut self, resources: &[config::Resource], above: &str) {
        for resource in resources {
            let path = format!("{above}{}", resource.name);
            self.methods.extend(resource.methods.iter().map(|method| format!("{path}.{}", method.name)));
            self.add(&resource.resources, &format!("{path}."));
            self.resources.insert(path);
        }
    }
}

impl ModelBuilder<'_> {
    /// Gives the methods the old names that the configuration keeps.
    pub(super) fn keep_old_names(&mut self, resources: &mut [Resource]) {
        let (config, configuration) = (self.config, self.configuration);
        let renamings = &config.renamed.methods;
        let mut known = Known::default();
        known.add(if renamings.is_empty() { &[] } else { &config.resources }, "");
        for renaming in renamings {
            let Some((resource, name)) = renaming.old.rsplit_once('.') else { continue };
            let at_key = |message: String, help: String| {
                let diagnostic = Diagnostic::error(message).help(help);
                configuration.locate_key(diagnostic, &renaming.location)
            };
            if !known.methods.contains(&renaming.new) {
                let (message, help) =
                    lost("method", renaming, renamings, known.methods.iter().map(String::as_str));
                self.config_error(&renaming.location, message, help);
            } else if known.methods.contains(&renaming.old) {
                let message = format!("`{}` is still the name of a method", renaming.old);
                self.report.push(at_key(message, "give one of them another name".to_owned()));
            } else if !known.resources.contains(resource) {
                let near = near(known.resources.iter().map(String::as_str), resource).join(", ");
                let help = format!(
                    "list it below `resources:`, if only with a description, so that it stays; names like it: {near}"
                );
                self.report.push(at_key(format!("there is no resource `{resource}`"), help));
            } else {
                let resource = resource.split('.').map(str::to_owned).collect();
                let old = OldName { resource, name: name.to_owned() };
                let path: Vec<&str> = renaming.new.split('.').collect();
                // It isn't there where its operation is not; that was reported.
                if let Some(method) = find(resources, &path) {
                    method.old_names.push(old);
                }
            }
        }
    }
}

fn find<'a>(resources: &'a mut [Resource], path: &[&str]) -> Option<&'a mut super::Method> {
    let (name, below) = path.split_first()?;
    let resource = resources.iter_mut().find(|resource| resource.name() == *name)?;
    match below {
        [method] => resource.methods.iter_mut().find(|known| known.name == *method),
        below => find(&mut resource.resources, below),
    }
}
