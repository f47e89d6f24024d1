//! Deprecated names of methods.

use serde::Serialize;

use super::aliases::{link, module_path};
use super::cfg_gate::CfgGate;
use super::context::CodegenContext;
use super::identifiers as names;
use super::literal::StringLiteral;
use crate::model::{DeprecatedName, Method, Resource};

/// Deprecated name of a method.
#[derive(Clone, Debug, Serialize)]
pub struct MethodAlias {
    /// Modules of the resource that has the name, from the top.
    pub module: Vec<String>,
    /// Struct of that resource, as a path.
    pub resource: String,
    /// The deprecated name.
    pub name: String,
    /// Note of the deprecation attribute.
    pub note: StringLiteral,
    /// Documentation.
    pub docs: Vec<String>,
    /// Feature of the resource that has the name, if it is not the method's own.
    pub gate: CfgGate,
    /// Expression for the resource that has the method now.
    pub receiver: String,
}

impl CodegenContext<'_> {
    /// Returns the deprecated names of a method.
    pub(super) fn method_aliases(&self, resource: &Resource, method: &Method) -> Vec<MethodAlias> {
        let now = self.method_name(resource, method);
        let accessor = |path: &[String]| format!("{}::{}", module_path(path), self.names.accessor(path));
        let alias = |old: &DeprecatedName| {
            let is_same = old.resource == resource.path;
            let calls: String = names::modules(&resource.path).iter().map(|name| format!("{name}().")).collect();
            let shown = if is_same { now.clone() } else { format!("client.{calls}{now}") };
            let target = format!("{}::{now}", accessor(&resource.path));
            let is_same_feature = old.resource.first() == resource.path.first();
            let children = find(&self.sdk.resources, &old.resource).map_or(&[][..], |found| &found.resources);
            MethodAlias {
                module: names::modules(&old.resource),
                resource: match is_same {
                    true => self.names.accessor(&resource.path),
                    false => format!("crate::{}", accessor(&old.resource)),
                },
                name: names::method(&old.name, children),
                note: StringLiteral::new(format!("renamed to `{shown}`")),
                docs: link(&shown, &target),
                gate: match old.resource.first() {
                    Some(top) if !is_same_feature => CfgGate::of_resource(top),
                    _ => CfgGate::default(),
                },
                receiver: match is_same {
                    true => "self".to_owned(),
                    false => format!("{} {{ client: self.client }}", self.names.accessor(&resource.path)),
                },
            }
        };
        method.deprecated_names.iter().map(alias).collect()
    }
}

/// Returns the resource with a path.
fn find<'a>(resources: &'a [Resource], path: &[String]) -> Option<&'a Resource> {
    let (name, rest) = path.split_first()?;
    let resource = resources.iter().find(|resource| resource.name() == name)?;
    if rest.is_empty() { Some(resource) } else { find(&resource.resources, rest) }
}
