use serde_json::Value;

use super::reader::Reader;
use crate::document::Located;
use crate::openapi::operation::{Content, Encoding};

impl<'a> Reader<'a> {
    /// Reads the `content` of a request body or response.
    pub(super) fn content(&mut self, body: &Located<'a>) -> Vec<Content> {
        let content = body.get("content");
        let mut contents = Vec::new();
        for (media_type, media) in content.iter().flat_map(Located::members) {
            let Some(media) = self.deref(media) else { continue };
            let schema = media.get("schema").map(|schema| self.schema(schema));
            let item_schema = media.get("itemSchema").map(|schema| self.schema(schema));
            let encoding = media.get("encoding");
            let encoding = encoding.iter().flat_map(Located::members);
            contents.push(Content {
                media_type: media_type.clone(),
                schema,
                item_schema,
                encoding: encoding.map(|(name, stated)| read_encoding(name, &stated)).collect(),
            });
        }
        contents
    }
}

fn read_encoding(name: &str, encoding: &Located<'_>) -> Encoding {
    let headers = encoding.get("headers");
    Encoding {
        name: name.to_owned(),
        content_type: encoding.text("contentType"),
        style: encoding.text("style"),
        explode: encoding.value.get("explode").and_then(Value::as_bool),
        headers: headers.iter().flat_map(Located::members).map(|(name, _)| name.clone()).collect(),
    }
}
