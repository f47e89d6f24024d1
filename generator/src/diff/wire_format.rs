//! Changes of requests and responses that callers do not see in signatures: endpoints, constants and media types.

use super::change::Effect;
use super::comparison::{Comparison, Subject, code, codes};
use super::parameters::counterpart;
use super::sdk_index::{IndexedMethod, endpoint_key};
use crate::model::{BodyFormat, ParameterKind, RequestBody};

impl<'a> Comparison<'a> {
    pub(super) fn compare_endpoints(
        &mut self,
        old: &IndexedMethod<'a>,
        new: &IndexedMethod<'a>,
        subject: &Subject<'a>,
    ) {
        let (old_endpoints, new_endpoints) = (old.endpoints(), new.endpoints());
        // If one set contains the other, only the variants of the endpoint choice changed, which is reported there.
        if contains_all(&new_endpoints, &old_endpoints) || contains_all(&old_endpoints, &new_endpoints) {
            return;
        }
        let message = format!("calls {}; previously {}", codes(&new_endpoints), codes(&old_endpoints));
        if let Some(previous) = self.previous_caller(old, &new_endpoints) {
            let message = format!("{message}, and `{}` called that endpoint", previous.short_call());
            self.add(subject, Effect::Breaking, "endpoint-taken", message).mark_silent();
            return;
        }
        let current = old_endpoints.iter().find_map(|old| self.new.callers.get(&endpoint_key(old))?.first());
        let current = current.and_then(|path| Some(self.new.methods.get(path)?.call()));
        let change = self.add(subject, Effect::Behaviour, "endpoint-changed", message);
        change.advice = current.map(|call| format!("call `{call}` for the previous endpoint"));
    }

    /// Returns another method of the old version that called these endpoints.
    fn previous_caller(&self, method: &IndexedMethod<'a>, endpoints: &[String]) -> Option<&'a IndexedMethod<'a>> {
        let old = self.old;
        let paths = endpoints.iter().filter_map(|endpoint| old.callers.get(&endpoint_key(endpoint))).flatten();
        paths
            .filter_map(|path| Some((path, old.methods.get(path)?)))
            .filter(|(_, other)| other.short_call() != method.short_call())
            .filter(|(_, other)| contains_all(endpoints, &other.endpoints()))
            .min_by_key(|(path, _)| *path)
            .map(|(_, other)| other)
    }

    /// Compares the values that every request contains.
    pub(super) fn compare_constants(
        &mut self,
        old: &IndexedMethod<'a>,
        new: &IndexedMethod<'a>,
        subject: &Subject<'a>,
    ) {
        let (old_parameters, new_parameters) = (&old.model.parameters, &new.model.parameters);
        for parameter in new_parameters.iter().filter(|parameter| parameter.constant.is_some()) {
            let known = counterpart(parameter, new_parameters, old_parameters);
            let name = code(&parameter.wire);
            let message = match (known.map(|known| &known.constant), &parameter.constant) {
                (Some(Some(old)), Some(new)) if old != new => {
                    format!("sends {} as {name}; previously {}", code(new), code(old))
                }
                // A previous argument or setter is reported elsewhere.
                (None, Some(new)) => format!("sends {} as {name}", code(new)),
                _ => continue,
            };
            let part =
                subject.part(subject.item.clone(), known.map(|known| &known.location), Some(&parameter.location));
            self.add(&part, Effect::Behaviour, "constant-changed", message);
        }
        for known in old_parameters.iter().filter(|known| known.constant.is_some()) {
            if counterpart(known, old_parameters, new_parameters).is_none() {
                let part = subject.part(subject.item.clone(), Some(&known.location), subject.new);
                let message = format!("no longer sends {}", code(&known.wire));
                self.add(&part, Effect::Behaviour, "constant-changed", message);
            }
        }
    }

    /// Compares the media types of the body and its parts, and the parameter that requests a stream.
    pub(super) fn compare_media_types(
        &mut self,
        old: &IndexedMethod<'a>,
        new: &IndexedMethod<'a>,
        subject: &Subject<'a>,
    ) {
        if let (Some(old_body), Some(new_body)) = (&old.model.body, &new.model.body)
            && old_body.format == new_body.format
        {
            let json = |body: &RequestBody| code(body.json_type.as_deref().unwrap_or("application/json"));
            if new_body.format == BodyFormat::Json && old_body.json_type != new_body.json_type {
                self.media_type_changed(subject, &json(old_body), &json(new_body));
            }
            let raw = |method: &IndexedMethod<'a>| {
                let mut parameters = method.model.parameters.iter();
                parameters.find(|parameter| parameter.kind == ParameterKind::Raw).map(|body| code(&body.wire))
            };
            if let (Some(old), Some(new)) = (raw(old), raw(new))
                && old != new
            {
                self.media_type_changed(subject, &old, &new);
            }
            for parameter in &new.model.parameters {
                let name = parameter.wire.as_str();
                let (old_encoding, new_encoding) = (encoding(old_body, name), encoding(new_body, name));
                if old_encoding != new_encoding && new.counterpart(parameter, old).is_some() {
                    let message = format!("sends {} as {new_encoding}; previously as {old_encoding}", code(name));
                    self.add(subject, Effect::Behaviour, "body-format-changed", message);
                }
            }
        }
        let (old_flag, new_flag) = (stream_flag(old), stream_flag(new));
        if old.model.stream.is_some() && new.model.stream.is_some() && old_flag != new_flag {
            let message = format!("`.stream()` sets {new_flag}; previously {old_flag}");
            self.add(subject, Effect::Behaviour, "stream-switch-changed", message);
        }
    }

    fn media_type_changed(&mut self, subject: &Subject<'_>, old: &str, new: &str) {
        let message = format!("sends {new}; previously {old}");
        self.add(subject, Effect::Behaviour, "body-format-changed", message);
    }

    /// Compares the envelope of the response, and the framing of its stream.
    pub(super) fn compare_response_format(
        &mut self,
        old: &IndexedMethod<'a>,
        new: &IndexedMethod<'a>,
        subject: &Subject<'a>,
    ) {
        // Another result is reported for the method, and other envelope keys for the client.
        let kind = |method: &IndexedMethod<'_>| std::mem::discriminant(&method.model.output);
        let has_same_keys = self.old.version.sdk.envelope == self.new.version.sdk.envelope;
        if kind(old) == kind(new) && has_same_keys && old.model.enveloped != new.model.enveloped {
            let message = match new.model.enveloped {
                true => "the response is wrapped in the envelope",
                false => "the response is no longer wrapped in the envelope",
            };
            self.add(subject, Effect::Behaviour, "envelope-changed", message);
        }
        let framing = |method: &IndexedMethod<'_>| method.model.stream.as_ref().map(|stream| stream.framing);
        if let (Some(old), Some(new)) = (framing(old), framing(new))
            && old != new
        {
            let message = "`.stream()` reads another framing of items";
            self.add(subject, Effect::Behaviour, "stream-framing-changed", message);
        }
    }
}

/// Returns `true` if all `others` are among the endpoints, apart from the names of path parameters.
fn contains_all(endpoints: &[String], others: &[String]) -> bool {
    others.iter().all(|other| endpoints.iter().any(|endpoint| endpoint_key(endpoint) == endpoint_key(other)))
}

fn encoding(body: &RequestBody, name: &str) -> String {
    let stated = body.encodings.iter().find(|(own, _)| own == name);
    stated.map_or("the media type of its schema".to_owned(), |(_, media_type)| code(media_type))
}

fn stream_flag(method: &IndexedMethod<'_>) -> String {
    method.model.stream_flag.as_ref().map_or("nothing".to_owned(), |flag| {
        format!("{} in the {}", code(&flag.wire), if flag.is_query { "query" } else { "body" })
    })
}
