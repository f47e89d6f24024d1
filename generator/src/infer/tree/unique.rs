//! Unique method names.

use std::collections::BTreeMap;

use super::groups::ResourcePath;
use super::methods::id_words;
use super::path::{Segment, is_version, parameters, snake};
use crate::inflection::singular;
use crate::openapi::Operation;

/// Maximum length of a name that states the difference from another method.
const MAX_NAME: usize = 40;

/// Path of a resource and name of a method.
pub(super) type MethodPath = (ResourcePath, String);

/// Method names that have been assigned, each with its operation and path.
#[derive(Default)]
pub(super) struct UniqueNames<'a> {
    assigned: BTreeMap<MethodPath, (&'a Operation, &'a [Segment])>,
}

impl<'a> UniqueNames<'a> {
    /// Assigns a unique name to a method and returns it. In a conflict, the name states the difference of the paths or
    /// consists of the words of the operation id.
    pub(super) fn assign(
        &mut self,
        (resource_path, method): MethodPath,
        operation: &'a Operation,
        path: &'a [Segment],
    ) -> String {
        let mut method_path = (resource_path, method.clone());
        if let Some((other, other_path)) = self.assigned.get(&method_path) {
            let segments = differing_segment(&method, path, other_path);
            let parameters = differing_parameter(&method_path, operation, other);
            let deprecated = operation.deprecated.then(|| format!("{method}_deprecated"));
            let id = Some(snake(&id_words(operation).join("_")));
            let numbered = (2..).map(|number| format!("{method}_{number}"));
            let names = segments.into_iter().chain(parameters).chain(deprecated).chain(id);
            let names = names.filter(|name| name.len() <= MAX_NAME).chain(numbered);
            if let Some(free) =
                names.map(|name| (method_path.0.clone(), name)).find(|free| !self.assigned.contains_key(free))
            {
                method_path = free;
            }
        }
        let name = method_path.1.clone();
        self.assigned.insert(method_path, (operation, path));
        name
    }
}

/// Returns a name with the first segment that the other path does not have: `list_for_zone` if the other path is below
/// `/accounts`, `list_v2` if it is below `/v1`.
fn differing_segment(method: &str, path: &[Segment], other: &[Segment]) -> Option<String> {
    let segment = path.iter().find(|segment| **segment != Segment::Parameter && !other.contains(segment))?;
    let name = segment.name()?;
    match is_version(&name) {
        true => name.starts_with('v').then(|| format!("{method}_{name}")),
        false => Some(format!("{method}_for_{}", singular(&name))),
    }
}

/// Returns a name with the first parameter that the other path does not have: `get_by_name` if the other path has an id.
/// A list with fewer parameters than the other is `list_all`.
fn differing_parameter(
    (resource_path, method): &MethodPath,
    operation: &Operation,
    other: &Operation,
) -> Option<String> {
    let own = parameters(&operation.path);
    let others = parameters(&other.path);
    let Some(by) = own.iter().find(|name| !others.contains(name)) else {
        return (method == "list" && own.len() < others.len()).then(|| "list_all".to_owned());
    };
    let item = resource_path.last().map(|name| singular(name)).unwrap_or_default();
    let by = match by.strip_prefix(item.as_str()).and_then(|rest| rest.strip_prefix('_')) {
        Some(rest) => rest,
        None => by.trim_end_matches("_id").trim_end_matches("_identifier"),
    };
    Some(format!("{method}_by_{by}"))
}
