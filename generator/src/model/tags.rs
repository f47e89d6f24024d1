//! What the tags of operations say of the resources that have them.

use std::collections::HashMap;

use super::Resource;
use crate::openapi::{Api, ExternalDocs};

/// Gives each resource the page of the tag that all its methods have, with those below it. Where a resource has it,
/// those below need not have it again.
pub(super) fn refer(resources: &mut [Resource], api: &Api) {
    let page = |tag: &'_ crate::openapi::Tag| Some((tag.name.clone(), tag.external_docs.clone()?));
    let pages: HashMap<String, ExternalDocs> = api.tags.iter().filter_map(page).collect();
    if pages.is_empty() {
        return;
    }
    let operations = api.operations.iter().map(|operation| (operation.id.as_str(), operation.tags.as_slice()));
    Tags { pages, operations: operations.collect() }.refer(resources, None);
}

struct Tags<'a> {
    /// The pages of those that have one.
    pages: HashMap<String, ExternalDocs>,
    /// The tags of each operation.
    operations: HashMap<&'a str, &'a [String]>,
}

impl<'a> Tags<'a> {
    fn refer(&self, resources: &mut [Resource], above: Option<&str>) {
        for resource in resources {
            let tag = self.shared(resource);
            if tag.is_some() && tag != above {
                resource.external_docs = tag.and_then(|tag| self.pages.get(tag)).cloned();
            }
            self.refer(&mut resource.resources, tag.or(above));
        }
    }

    /// The first tag with a page that all operations of the resource have.
    fn shared(&self, resource: &Resource) -> Option<&'a str> {
        let mut tags = Vec::new();
        self.collect(resource, &mut tags);
        let (first, others) = tags.split_first()?;
        let is_shared =
            |tag: &&String| self.pages.contains_key(*tag) && others.iter().all(|own| own.contains(tag));
        first.iter().find(is_shared).map(String::as_str)
    }

    fn collect(&self, resource: &Resource, tags: &mut Vec<&'a [String]>) {
        let own = resource.methods.iter();
        tags.extend(own.filter_map(|method| self.operations.get(method.operation.as_str())));
        resource.resources.iter().for_each(|child| self.collect(child, tags));
    }
}
