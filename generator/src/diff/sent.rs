//! What a method sends that callers don't write: where to, and values that are fixed.

use super::index::{Method, counterpart};
use super::pairs::without_names;
use super::{About, Comparison, Effect, code, codes};
use crate::model::{BodyFormat, ParameterKind, RequestBody};

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
        let callers = is.iter().filter_map(|now| self.old.callers.get(&without_names(now))).flatten();
        let others = callers.filter_map(|name| Some((name, self.old.methods.get(name)?)));
        let others = others.filter(|(_, other)| {
            other.name() != old.name() && !other.endpoints().iter().any(|endpoint| lacks(&is, endpoint))
        });
        let other = others.min_by_key(|(name, _)| *name).map(|(_, other)| other);
        match other {
            None => {
                let elsewhere = was.iter().find_map(|was| self.new.callers.get(&without_names(was))?.first());
                let elsewhere = elsewhere.and_then(|name| Some(self.new.methods.get(name)?.call()));
                let change = self.add(about, Effect::Behaviour, "endpoint-changed", message);
                change.advice = elsewhere.map(|call| format!("what it called is `{call}` now"));
            }
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
            let known = counterpart(parameter, is, was);
            let wire = code(&parameter.wire);
            let message = match (known.map(|known| &known.constant), &parameter.constant) {
                (Some(Some(was)), Some(is)) if was != is => {
                    format!("sends {} as {wire} now; was {}", code(is), code(was))
                }
                // That it was an argument or could be set is said elsewhere.
                (None, Some(is)) => format!("sends {} as {wire} by itself now", code(is)),
                _ => continue,
            };
            let about =
                about.part(about.item.clone(), known.map(|known| &known.location), Some(&parameter.location));
            self.add(&about, Effect::Behaviour, "constant-changed", message);
        }
        for known in was.iter().filter(|known| known.constant.is_some()) {
            if counterpart(known, was, is).is_none() {
                let about = about.part(about.item.clone(), Some(&known.location), about.new);
                let message = format!("no longer sends {}", code(&known.wire));
                self.add(&about, Effect::Behaviour, "constant-changed", message);
            }
        }
    }

    /// How the body says what it is, and what asks for a stream.
    pub(super) fn media_types(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        if let (Some(was), Some(is)) = (&old.model.body, &new.model.body)
            && was.format == is.format
        {
            let json = |ty: &Option<String>| code(ty.as_deref().unwrap_or("application/json"));
            if is.format == BodyFormat::Json && was.json_type != is.json_type {
                let message = format!("sends {} now; sent {}", json(&is.json_type), json(&was.json_type));
                self.add(about, Effect::Behaviour, "body-format-changed", message);
            }
            let raw = |method: &Method<'a>| {
                let body = method.model.parameters.iter().find(|parameter| parameter.kind == ParameterKind::Raw);
                body.map(|body| code(&body.wire))
            };
            if let (Some(was), Some(is)) = (raw(old), raw(new))
                && was != is
            {
                let message = format!("sends {is} now; sent {was}");
                self.add(about, Effect::Behaviour, "body-format-changed", message);
            }
            let ways = |body: &RequestBody, wire: &str| {
                let stated = body.encodings.iter().find(|(own, _)| own == wire);
                stated.map_or("what its type says".to_owned(), |(_, ty)| code(ty))
            };
            for parameter in &new.model.parameters {
                let wire = parameter.wire.as_str();
                let (was, is) = (ways(was, wire), ways(is, wire));
                if was != is && new.counterpart(parameter, old).is_some() {
                    let message = format!("sends {} as {is} now; did as {was}", code(wire));
                    self.add(about, Effect::Behaviour, "body-format-changed", message);
                }
            }
        }
        let asks = |method: &Method<'_>| {
            let switch = method.model.stream_flag.as_ref();
            switch.map_or("nothing".to_owned(), |switch| {
                format!("{} in the {}", code(&switch.wire), if switch.is_query { "query" } else { "body" })
            })
        };
        let (was, is) = (asks(old), asks(new));
        if old.model.stream.is_some() && new.model.stream.is_some() && was != is {
            let message = format!("`.stream()` asks by {is} now; did by {was}");
            self.add(about, Effect::Behaviour, "stream-switch-changed", message);
        }
    }

    /// Where answers have what is read of them.
    pub(super) fn places_in_answers(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        // That they are something else is said of the result, and another envelope of the client.
        let kind = |method: &Method<'_>| std::mem::discriminant(&method.model.output);
        let envelopes = [self.old, self.new].map(|index| &index.version.sdk.envelope);
        if kind(old) == kind(new) && envelopes[0] == envelopes[1] && old.model.enveloped != new.model.enveloped {
            let message = match new.model.enveloped {
                true => "its answers are wrapped as others are now",
                false => "its answers are no longer wrapped: the result is all that there is",
            };
            self.add(about, Effect::Behaviour, "envelope-changed", message);
        }
        let framing = |method: &Method<'_>| method.model.stream.as_ref().map(|stream| stream.framing);
        if let (Some(was), Some(is)) = (framing(old), framing(new))
            && was != is
        {
            let message = "`.stream()` reads answers that are cut into items in another way";
            self.add(about, Effect::Behaviour, "stream-framing-changed", message);
        }
    }
}
