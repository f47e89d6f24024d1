use std::collections::HashMap;

use crate::model::sdk::Resource;
use crate::openapi::normalize::NormalizedApi;
use crate::openapi::{ExternalDocs, Tag};

/// Sets the documentation page of each resource: that of a tag that all its methods have, including those of child
/// resources. A child resource does not repeat the page of its parent.
pub(super) fn assign(resources: &mut [Resource], api: &NormalizedApi) {
    let page = |tag: &Tag| Some((tag.name.clone(), tag.external_docs.clone()?));
    let pages: HashMap<String, ExternalDocs> = api.tags.iter().filter_map(page).collect();
    if pages.is_empty() {
        return;
    }
    let operations = api.operations.iter().map(|operation| (operation.id.as_str(), operation.tags.as_slice()));
    Tags { pages, operations: operations.collect() }.assign(resources, None);
}

struct Tags<'a> {
    /// Pages of the tags that have one.
    pages: HashMap<String, ExternalDocs>,
    /// Tags of each operation, by its id.
    operations: HashMap<&'a str, &'a [String]>,
}

impl<'a> Tags<'a> {
    fn assign(&self, resources: &mut [Resource], parent: Option<&str>) {
        for resource in resources {
            let tag = self.common_tag(resource);
            if tag.is_some() && tag != parent {
                resource.external_docs = tag.and_then(|tag| self.pages.get(tag)).cloned();
            }
            self.assign(&mut resource.resources, tag.or(parent));
        }
    }

    /// Returns the first tag with a page that all operations of the resource have.
    fn common_tag(&self, resource: &Resource) -> Option<&'a str> {
        let mut tags = Vec::new();
        self.collect(resource, &mut tags);
        let (first, others) = tags.split_first()?;
        let is_common =
            |tag: &&String| self.pages.contains_key(*tag) && others.iter().all(|own| own.contains(tag));
        first.iter().find(is_common).map(String::as_str)
    }

    fn collect(&self, resource: &Resource, tags: &mut Vec<&'a [String]>) {
        let own = resource.methods.iter();
        tags.extend(own.filter_map(|method| self.operations.get(method.operation.as_str())));
        resource.resources.iter().for_each(|child| self.collect(child, tags));
    }
}
