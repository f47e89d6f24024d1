use serde::Serialize;
use serde_json::Value;

use super::Request;
use super::payload::Content;
use crate::json::Object;
use crate::json::parameter::{Pair, Style, text};
use crate::json::values::number::{Number, SerializeNumber};
use crate::transport::body::part::Part;
use crate::transport::body::{Body, multipart};

/// Methods that generated code calls to build bodies.
impl Request {
    /// Sets a property of the JSON body.
    pub fn body_field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        match serde_json::to_vec(value) {
            Ok(json) => self.set_field(name, json),
            Err(error) => self.report(format_args!("the field `{name}` can't be serialized: {error}")),
        }
    }

    /// Sets a property like [`body_field`](Self::body_field), for floating-point numbers. Integral values are
    /// written without a fraction.
    pub fn body_number<T: Number>(&mut self, name: &str, value: &T) {
        self.body_field(name, &SerializeNumber(value));
    }

    fn set_field(&mut self, name: &str, json: Vec<u8>) {
        match self.payload.content() {
            Some(Content::Fields(fields)) => match fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = json,
                None => fields.push((name.to_owned(), json)),
            },
            None => self.payload.set(Content::Fields(vec![(name.to_owned(), json)])),
            Some(Content::Json(current)) => match serde_json::from_slice::<Object>(current) {
                Ok(mut object) => {
                    object.insert(name.to_owned(), serde_json::from_slice(&json).unwrap_or_default());
                    match serde_json::to_vec(&object) {
                        Ok(json) => *current = json,
                        Err(error) => self.report(format_args!("the body can't be serialized: {error}")),
                    }
                }
                Err(_) => {
                    self.report(format_args!("the field `{name}` can't be added: the body is not an object"))
                }
            },
            Some(Content::Form(fields)) => {
                fields.retain(|pair| !pair.belongs_to(name));
                fields.extend(Pair::from_json(name, &json));
            }
            Some(Content::Parts(parts, _)) => {
                parts.retain(|(known, _)| known != name);
                add_parts(parts, name, &json);
            }
            Some(Content::Raw(..)) => {
                self.report(format_args!("the field `{name}` can't be added: the body has no fields"));
            }
        }
    }

    /// Sets the entire body as JSON.
    pub fn body<T: Serialize + ?Sized>(&mut self, value: &T) {
        match serde_json::to_vec(value) {
            Ok(json) => self.payload.set(Content::Json(json)),
            Err(error) => self.report(format_args!("the body can't be serialized: {error}")),
        }
    }

    /// Sets the body like [`body`](Self::body), for floating-point numbers. Integral values are written
    /// without a fraction.
    pub fn body_of_numbers<T: Number>(&mut self, value: &T) {
        self.body(&SerializeNumber(value));
    }

    /// Sends an object even if no property is set.
    pub fn body_object(&mut self) {
        if self.payload.content().is_none() {
            self.payload.set(Content::Fields(Vec::new()));
        }
    }

    /// Converts the body to a URL-encoded form. Further fields are added to the form.
    pub fn form(&mut self) {
        if !matches!(self.payload.content(), Some(Content::Form(_))) {
            let mut pairs = Vec::new();
            for (name, json) in self.payload.content().map(Content::take_fields).unwrap_or_default() {
                pairs.extend(Pair::from_json(&name, &json));
            }
            self.payload.set(Content::Form(pairs));
        }
    }

    /// Sets a field of a URL-encoded form. Arrays repeat the name.
    pub fn form_field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.form_field_as(Style::Default, name, value);
    }

    /// Sets a field like [`form_field`](Self::form_field), in another style.
    pub fn form_field_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        let pairs = match Pair::from_value(name, value, style, false) {
            Ok(pairs) => pairs,
            Err(error) => return self.report(format_args!("the field `{name}` can't be serialized: {error}")),
        };
        self.form();
        if let Some(Content::Form(fields)) = self.payload.content() {
            fields.retain(|pair| !pair.belongs_to(name));
            fields.extend(pairs);
        }
    }

    /// Converts the body to a multipart form. Further fields are added as parts.
    pub fn multipart(&mut self) {
        if !matches!(self.payload.content(), Some(Content::Parts(..))) {
            let mut parts = Vec::new();
            for (name, json) in self.payload.content().map(Content::take_fields).unwrap_or_default() {
                add_parts(&mut parts, &name, &json);
            }
            self.payload.set(Content::Parts(parts, multipart::write));
        }
    }

    /// Sets a field of a multipart form. Strings are sent as text, objects as JSON, and arrays as one part
    /// per item.
    pub fn part_field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.multipart();
        self.body_field(name, value);
    }

    /// Sets a field like [`part_field`](Self::part_field), with a media type. Strings are sent as text, other
    /// values as JSON.
    pub fn part_of<T: Serialize + ?Sized>(&mut self, name: &str, media_type: &str, value: &T) {
        let items = match serde_json::to_value(value) {
            Ok(Value::Array(items)) => items,
            Ok(value) => vec![value],
            Err(error) => return self.report(format_args!("the part `{name}` can't be serialized: {error}")),
        };
        let is_json = media_type.contains("json");
        let part = |item: Value| match item {
            Value::String(text) if !is_json => Part::text(text).content_type(media_type),
            item => Part::from_json(item.to_string().into_bytes()).content_type(media_type),
        };
        self.set_parts(name, items.into_iter().map(part).collect());
    }

    /// Sets a file of a multipart form. `media_type` is used if the part has none.
    pub fn part(&mut self, name: &str, media_type: &str, part: Part) {
        self.parts(name, media_type, vec![part]);
    }

    /// Sets several files like [`part`](Self::part), with the same name.
    pub fn parts(&mut self, name: &str, media_type: &str, parts: Vec<Part>) {
        let named = |mut part: Part| {
            if !part.is_value {
                // Servers recognize files by their file name.
                part.file_name.get_or_insert_with(|| name.to_owned());
                part.content_type.get_or_insert_with(|| media_type.to_owned());
            }
            part
        };
        self.set_parts(name, parts.into_iter().map(named).collect());
    }

    /// Sets all parts with a name, unchanged.
    pub(crate) fn set_parts(&mut self, name: &str, new: Vec<Part>) {
        self.multipart();
        if let Some(Content::Parts(parts, _)) = self.payload.content() {
            parts.retain(|(known, _)| known != name);
            parts.extend(new.into_iter().map(|part| (name.to_owned(), part)));
        }
    }

    /// Sets the part with this name. Replaces all existing parts with the name.
    #[doc(hidden)]
    pub fn one_part(&mut self, name: &str, part: Part) {
        self.set_parts(name, vec![part]);
    }

    /// Sets the entire body with a media type.
    pub fn raw_body(&mut self, media_type: &str, body: Body) {
        self.payload.set(Content::Raw(media_type.to_owned(), body));
    }
}

/// Adds the parts of a field. Strings are sent as text, objects as JSON, and arrays as one part per item.
fn add_parts(parts: &mut Vec<(String, Part)>, name: &str, json: &[u8]) {
    let value: Value = serde_json::from_slice(json).unwrap_or_default();
    let items = match value {
        Value::Array(items) => items,
        value => vec![value],
    };
    for item in items {
        let part = match &item {
            Value::Null => continue,
            Value::Object(_) | Value::Array(_) => Part::from_json(item.to_string().into_bytes()),
            Value::String(_) | Value::Bool(_) | Value::Number(_) => Part::text(text(&item)),
        };
        parts.push((name.to_owned(), part));
    }
}
