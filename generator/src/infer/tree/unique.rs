//! Names that are taken, and what the others are called then.

use std::collections::BTreeMap;

use super::groups::ResourcePath;
use super::methods::said_words;
use super::path::{Segment, is_version, parameters, snake};
use crate::inflection::singular;
use crate::openapi::Operation;

/// A name that says in what it differs is no longer than this.
const LONGEST: usize = 40;

/// A method somewhere in the tree.
pub(super) type Spot = (ResourcePath, String);

/// The methods that have a name already, and whose path it is.
#[derive(Default)]
pub(super) struct Taken<'a> {
    paths: BTreeMap<Spot, (&'a Operation, &'a [Segment])>,
}

impl<'a> Taken<'a> {
    /// Takes a name. A second method of the same name says in what its path differs, or what its id says.
    pub(super) fn take(
        &mut self,
        (resource_path, method): Spot,
        operation: &'a Operation,
        path: &'a [Segment],
    ) -> String {
        let mut spot = (resource_path, method.clone());
        if let Some((other, taken)) = self.paths.get(&spot) {
            let differs = difference(&method, path, taken);
            let parameters = differing_parameters(&spot, operation, other);
            let old = operation.deprecated.then(|| format!("{method}_deprecated"));
            let id = Some(snake(&said_words(operation).join("_")));
            let numbered = (2..).map(|number| format!("{method}_{number}"));
            let names = differs.into_iter().chain(parameters).chain(old).chain(id);
            let names = names.filter(|name| name.len() <= LONGEST).chain(numbered);
            if let Some(free) =
                names.map(|name| (spot.0.clone(), name)).find(|free| !self.paths.contains_key(free))
            {
                spot = free;
            }
        }
        let name = spot.1.clone();
        self.paths.insert(spot, (operation, path));
        name
    }
}

/// `list_for_zone` where the other is below `/accounts`, `list_v2` where the other is below `/v1`.
fn difference(method: &str, path: &[Segment], other: &[Segment]) -> Option<String> {
    let segment = path.iter().find(|segment| **segment != Segment::Parameter && !other.contains(segment))?;
    let name = segment.name()?;
    match is_version(&name) {
        true => name.starts_with('v').then(|| format!("{method}_{name}")),
        false => Some(format!("{method}_for_{}", singular(&name))),
    }
}

/// `get_by_name` where the other is by id; `list_all` where the other lists what is below an item.
fn differing_parameters(
    (resource_path, method): &Spot,
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
