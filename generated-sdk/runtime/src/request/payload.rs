//! Body of a request while it is built.

use crate::json::Object;
use crate::json::parameter::Pair;
use crate::transport::body::Body;
use crate::transport::body::part::Part;

/// Encodes a multipart form. Returns its media type and its body.
pub(super) type EncodeParts = fn(&[(String, Part)]) -> Result<(String, Body), String>;

/// Body of a request, if any. The content is a trait object so that programs that send no bodies do not
/// contain its code.
#[derive(Default)]
pub(crate) struct Payload(Option<Box<dyn PayloadContent>>);

impl Payload {
    /// Returns the media type and the body.
    pub(crate) fn write(&self) -> Result<Option<(String, Body)>, String> {
        self.0.as_ref().map(|content| content.write()).transpose()
    }

    pub(crate) fn is_json(&self) -> bool {
        self.0.as_ref().is_some_and(|content| content.is_json())
    }

    /// Returns `true` if the body can be sent from its start.
    pub(crate) fn is_replayable(&self) -> bool {
        self.0.as_ref().is_none_or(|content| content.is_replayable())
    }

    pub(super) fn set(&mut self, content: Content) {
        self.0 = Some(Box::new(content));
    }

    pub(super) fn content(&mut self) -> Option<&mut Content> {
        self.0.as_mut().map(|content| content.content())
    }
}

impl Clone for Payload {
    fn clone(&self) -> Self {
        Self(self.0.as_ref().map(|content| content.copy()))
    }
}

/// Operations on [`Content`].
pub(super) trait PayloadContent: Send + Sync {
    /// Returns the media type and the body.
    fn write(&self) -> Result<(String, Body), String>;
    fn is_json(&self) -> bool;
    fn is_replayable(&self) -> bool;
    fn copy(&self) -> Box<dyn PayloadContent>;
    fn content(&mut self) -> &mut Content;
}

/// Content of a body. JSON is serialized when it is set, so the content does not depend on the types of
/// values.
#[derive(Clone)]
pub(super) enum Content {
    /// Properties of an object, each with its JSON.
    Fields(Vec<(String, Vec<u8>)>),
    Json(Vec<u8>),
    /// Names and values of a URL-encoded form.
    Form(Vec<Pair>),
    /// Parts of a multipart form, and the function that encodes it, so that programs that send no such forms
    /// do not contain its code.
    Parts(Vec<(String, Part)>, EncodeParts),
    /// A body of another media type.
    Raw(String, Body),
}

impl PayloadContent for Content {
    fn write(&self) -> Result<(String, Body), String> {
        let (media_type, body) = match self {
            Self::Json(json) => ("application/json", Body::from(json.clone())),
            Self::Fields(fields) => ("application/json", Body::from(write_object(fields))),
            Self::Form(fields) => ("application/x-www-form-urlencoded", Body::from(Pair::join(fields))),
            Self::Raw(media_type, body) => (media_type.as_str(), body.clone()),
            Self::Parts(parts, write) => return write(parts),
        };
        Ok((media_type.to_owned(), body))
    }

    fn is_json(&self) -> bool {
        matches!(self, Self::Fields(_) | Self::Json(_))
    }

    fn is_replayable(&self) -> bool {
        match self {
            Self::Raw(_, body) => body.is_replayable(),
            Self::Parts(parts, _) => parts.iter().all(|(_, part)| part.body.is_replayable()),
            Self::Fields(_) | Self::Json(_) | Self::Form(_) => true,
        }
    }

    fn copy(&self) -> Box<dyn PayloadContent> {
        Box::new(self.clone())
    }

    fn content(&mut self) -> &mut Content {
        self
    }
}

impl Content {
    /// Takes the properties of a JSON object, each with its JSON.
    pub(super) fn take_fields(&mut self) -> Vec<(String, Vec<u8>)> {
        match self {
            Self::Fields(fields) => std::mem::take(fields),
            Self::Json(json) => {
                let object: Object = serde_json::from_slice(json).unwrap_or_default();
                object.into_iter().map(|(name, value)| (name, value.to_string().into_bytes())).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn write_object(fields: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut json = vec![b'{'];
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        // Serializing a string cannot fail.
        json.extend_from_slice(&serde_json::to_vec(name).unwrap_or_default());
        json.push(b':');
        json.extend_from_slice(value);
    }
    json.push(b'}');
    json
}
