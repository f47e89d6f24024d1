//! What a method sends that callers don't write: where to, and values that are fixed.

use super::index::{Method, key};
use super::pairs::without_names;
use super::{About, Comparison, Effect, code, codes};

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

    /// Values that are sent by themselves.
    pub(super) fn constants_of(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let (was, is) = (&old.model.parameters, &new.model.parameters);
        for parameter in is.iter().filter(|parameter| parameter.constant.is_some()) {
            let known = was.iter().find(|known| key(known) == key(parameter));
            let wire = code(&parameter.wire);
            let message = match (known.map(|known| &known.constant), &parameter.constant) {
                (Some(Some(was)), Some(is)) if was != is => {
                    format!("sends {} as {wire} now; was {}", code(is), code(was))
                }
                // That it was an argument or could be set is said elsewhere.
                (None, Some(is)) => format!("sends {} as {wire} by itself now", code(is)),
                _ => continue,
            };
            let about = about.part(about.item.clone(), known.map(|known| &known.place), Some(&parameter.place));
            self.add(&about, Effect::Behaviour, "constant-changed", message);
        }
        for known in was.iter().filter(|known| known.constant.is_some()) {
            if !is.iter().any(|parameter| key(parameter) == key(known)) {
                let about = about.part(about.item.clone(), Some(&known.place), about.new);
                let message = format!("no longer sends {}", code(&known.wire));
                self.add(&about, Effect::Behaviour, "constant-changed", message);
            }
        }
    }
}
