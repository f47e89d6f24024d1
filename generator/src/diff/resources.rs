//! Changes of resources.

use std::collections::BTreeMap;

use super::change::Effect;
use super::comparison::{Comparison, Docs, Subject, count};
use super::sdk_index::resource_call;
use crate::model::Resource;

impl Comparison<'_> {
    /// Reports added and removed resources, and changes of their descriptions.
    pub(super) fn compare_resources(&mut self) {
        let (old, new) = (self.old, self.new);
        for path in old.resources.keys().filter(|path| is_topmost(path, &new.resources)) {
            self.resource_removed(path);
        }
        for path in new.resources.keys().filter(|path| is_topmost(path, &old.resources)) {
            let methods = methods_inside(path, new.methods.keys()).count();
            let feature = if path.contains('.') { "" } else { ", and a feature of the same name" };
            let message = format!("added with {}{feature}", count(methods, "method"));
            self.add(&subject(path), Effect::Addition, "resource-added", message);
        }
        for (path, resource) in &new.resources {
            if let Some(previous) = old.resources.get(path) {
                let lines = |resource: &Resource| resource.description.iter().cloned().collect::<Vec<_>>();
                let (old, new) = (lines(previous), lines(resource));
                self.compare_docs(&subject(path), &Docs::new(&old), &Docs::new(&new));
            }
        }
    }

    fn resource_removed(&mut self, path: &str) {
        let (old, counterparts) = (self.old, self.counterparts);
        let methods: Vec<&String> = methods_inside(path, old.methods.keys()).collect();
        let moved: Vec<&String> = methods.iter().filter_map(|method| counterparts.methods.get(*method)).collect();
        let feature = if path.contains('.') { "" } else { " and its feature" };
        let message = format!("removed with {}{feature}", count(methods.len(), "method"));
        let change = self.add(&subject(path), Effect::Breaking, "resource-removed", message);
        match moved.as_slice() {
            [] => {}
            [one] => _ = change.advise(format!("use `{one}`")),
            [first, .., last] => {
                let advice = format!("use the {} moved methods, such as `{first}` and `{last}`", moved.len());
                change.advise(advice);
            }
        }
    }
}

/// Returns the methods of a resource and of the resources below it.
fn methods_inside<'a>(
    resource: &str,
    methods: impl Iterator<Item = &'a String>,
) -> impl Iterator<Item = &'a String> {
    let prefix = format!("{resource}.");
    methods.filter(move |method| method.starts_with(&prefix))
}

/// Returns `true` if the other version lacks the resource, but has its parent.
fn is_topmost(path: &str, others: &BTreeMap<String, &Resource>) -> bool {
    let parent = path.rsplit_once('.').map(|(parent, _)| parent);
    !others.contains_key(path) && parent.is_none_or(|parent| others.contains_key(parent))
}

fn subject<'a>(path: &str) -> Subject<'a> {
    Subject { resource: path.to_owned(), ..Subject::global(resource_call(path)) }
}
