//! What a method sends that callers don't write: where to.

use super::index::Method;
use super::pairs::without_names;
use super::{About, Comparison, Effect, codes};

impl<'a> Comparison<'a> {
    /// What the method calls.
    pub(super) fn endpoints(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let (was, is) = (old.endpoints(), new.endpoints());
        // That there are more choices between endpoints, or fewer, is said where the choice is.
        let lacks = |endpoints: &[String], other: &String| {
            !endpoints.iter().any(|known| without_names(known) == without_names(other))
        };
        if !was.iter().any(|known| lacks(&is, known)) || !is.iter().any(|now| lacks(&was, now)) {
            return;
        }
        let message = format!("calls {} now; called {}", codes(&is), codes(&was));
        let other = self.old.methods.values().find(|other| {
            other.name() != old.name() && !other.endpoints().iter().any(|endpoint| lacks(&is, endpoint))
        });
        match other {
            None => _ = self.add(about, Effect::Behaviour, "endpoint-changed", message),
            Some(other) => {
                let message = format!("{message}, and `{}` called what it calls now", other.name());
                let change = self.add(about, Effect::Breaking, "endpoint-taken", message).silently();
                change.advise("look at every call: the old one compiles, and does something else");
            }
        }
    }
}
