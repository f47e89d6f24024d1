//! Names that are unique in a namespace.

use std::collections::HashMap;

use super::{Language, Name, Namespace};

/// Names that are taken in a namespace, each with the smallest number that may be free for the next equal name.
/// Without it, assigning many equal names would take quadratic time.
#[derive(Clone)]
pub(super) struct UniqueNames<'a> {
    language: &'a dyn Language,
    namespace: Namespace,
    taken: HashMap<String, usize>,
}

/// First number that is appended to an equal name.
const FIRST: usize = 2;

impl<'a> UniqueNames<'a> {
    pub(super) fn new(language: &'a dyn Language, namespace: Namespace) -> Self {
        Self { language, namespace, taken: HashMap::new() }
    }

    /// Returns `true` if another item of the namespace has the name, or the language reserves it.
    pub(super) fn contains(&self, name: &Name) -> bool {
        self.taken.contains_key(&*name.key()) || self.language.is_reserved(self.namespace, name)
    }

    pub(super) fn insert(&mut self, name: &Name) {
        self.taken.entry(name.key().into_owned()).or_insert(FIRST);
    }

    /// Returns the language's replacement of `name`, with a number if that name is taken, and marks it as taken.
    pub(super) fn unique(&mut self, name: Name) -> Name {
        let name = self.language.replace(self.namespace, name);
        if !self.contains(&name) {
            self.insert(&name);
            return name;
        }
        let mut number = self.taken.get(&*name.key()).copied().unwrap_or(FIRST);
        loop {
            let candidate = name.numbered(number);
            number += 1;
            if !self.contains(&candidate) {
                self.insert(&candidate);
                self.taken.insert(name.key().into_owned(), number);
                return candidate;
            }
        }
    }
}
