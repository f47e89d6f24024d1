//! How lists go on, from the parameters of an operation and the shape of its answer.

use super::{Envelope, answer};
use crate::model::flatten;
use crate::openapi::{Api, Location, Operation, SchemaId};

/// The ways that were recognised, each under a name.
#[derive(Default)]
pub(super) struct Schemes(Vec<Scheme>);

/// One way in which lists go on, as the configuration says it.
#[derive(Clone, PartialEq)]
pub(super) struct Scheme {
    /// The keys of the configuration and their values.
    pub(super) keys: Vec<(&'static str, String)>,
}

const PAGE_SIZES: [&str; 7] = ["per_page", "page_size", "perPage", "pageSize", "limit", "size", "count"];
const CURSORS: [&str; 8] = [
    "cursor",
    "page_token",
    "pageToken",
    "next_token",
    "nextToken",
    "continuation_token",
    "starting_after",
    "after",
];
const NEXT: [&str; 9] = [
    "cursor",
    "next_cursor",
    "nextCursor",
    "next_page_token",
    "nextPageToken",
    "next_token",
    "nextToken",
    "continuation_token",
    "after",
];

impl Schemes {
    /// The name of the way in which an operation's list goes on, if it is one.
    pub(super) fn recognise(
        &mut self,
        api: &Api,
        operation: &Operation,
        envelope: Option<&Envelope>,
    ) -> Option<String> {
        if operation.method != "GET" {
            return None;
        }
        let schema = answer(operation)?;
        let items = items(api, schema, envelope)?;
        let query = |names: &[&'static str]| {
            names.iter().copied().find(|name| {
                operation
                    .parameters
                    .iter()
                    .any(|parameter| parameter.location == Location::Query && parameter.name == *name)
            })
        };
        let info = info(api, schema);
        let size = query(&PAGE_SIZES);
        let mut keys = vec![];
        if let Some((cursor, next)) =
            query(&CURSORS).and_then(|cursor| Some((cursor, next(api, schema, info.as_deref())?)))
        {
            keys.push(("style", "cursor".to_owned()));
            keys.push(("cursor", cursor.to_owned()));
            keys.extend(size.map(|size| ("limit", size.to_owned())));
            keys.push(("next", next));
        } else if let (Some(page), Some(size)) = (query(&["page", "page_number", "pageNumber"]), size) {
            keys.push(("style", "page_number".to_owned()));
            keys.push(("page", page.to_owned()));
            keys.push(("per_page", size.to_owned()));
        } else {
            return None;
        }
        keys.push(("items", items));
        keys.push(("info", info.unwrap_or_default()));
        Some(self.name(Scheme { keys }))
    }

    fn name(&mut self, scheme: Scheme) -> String {
        let index = self.0.iter().position(|known| *known == scheme).unwrap_or_else(|| {
            self.0.push(scheme);
            self.0.len() - 1
        });
        self.name_of(index)
    }

    /// The style, and a number where there are several of it.
    fn name_of(&self, index: usize) -> String {
        let style = |scheme: &Scheme| scheme.keys[0].1.clone();
        let own = style(&self.0[index]);
        match self.0[..index].iter().filter(|other| style(other) == own).count() {
            0 => own,
            before => format!("{own}_{}", before + 1),
        }
    }

    pub(super) fn into_named(self) -> Vec<(String, Scheme)> {
        (0..self.0.len()).map(|index| (self.name_of(index), self.0[index].clone())).collect()
    }
}

/// The path to the only list of an answer.
fn items(api: &Api, schema: SchemaId, envelope: Option<&Envelope>) -> Option<String> {
    let flat = flatten(&api.schemas, schema);
    if flat.items.is_some() {
        return Some(String::new());
    }
    let is_list = |id: SchemaId| flatten(&api.schemas, id).items.is_some();
    if let Some(envelope) = envelope {
        let (_, result) = flat.properties.iter().find(|(name, _)| *name == envelope.result)?;
        return is_list(*result).then(|| envelope.result.clone());
    }
    let lists: Vec<&String> =
        flat.properties.iter().filter(|(_, id)| is_list(*id)).map(|(name, _)| name).collect();
    match lists.as_slice() {
        [only] if !only.contains('.') => Some((*only).clone()),
        many => ["data", "items", "results"]
            .into_iter()
            .find(|name| many.iter().any(|known| known == name))
            .map(str::to_owned),
    }
}

/// The property that holds the page information.
fn info(api: &Api, schema: SchemaId) -> Option<String> {
    let flat = flatten(&api.schemas, schema);
    ["result_info", "meta", "pagination", "paging", "page_info", "pageInfo", "metadata"]
        .into_iter()
        .find(|name| flat.properties.iter().any(|(known, _)| known == name))
        .map(str::to_owned)
}

/// Where the next cursor stands, inside the page information.
fn next(api: &Api, schema: SchemaId, info: Option<&str>) -> Option<String> {
    let flat = flatten(&api.schemas, schema);
    let flat = match info {
        Some(info) => flatten(&api.schemas, flat.properties.iter().find(|(name, _)| name == info)?.1),
        None => flat,
    };
    let direct = NEXT.into_iter().find(|name| flat.properties.iter().any(|(known, _)| known == name));
    if let Some(name) = direct {
        let (_, id) = flat.properties.iter().find(|(known, _)| known == name)?;
        if flatten(&api.schemas, *id).properties.is_empty() {
            return Some(name.to_owned());
        }
    }
    let (_, cursors) = flat.properties.iter().find(|(name, _)| name == "cursors")?;
    let cursors = flatten(&api.schemas, *cursors);
    cursors.properties.iter().any(|(name, _)| name == "after").then(|| "cursors.after".to_owned())
}
