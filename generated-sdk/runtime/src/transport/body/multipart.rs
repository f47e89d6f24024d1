//! Multipart forms (`multipart/form-data`, RFC 7578), with names encoded as browsers do.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher};

use http::{HeaderName, HeaderValue};

use super::Body;
use super::part::Part;

/// Returns the media type and the body of a form.
pub(crate) fn write(parts: &[(String, Part)]) -> Result<(String, Body), String> {
    let boundary = boundary();
    let mut bodies = Vec::new();
    // Bytes between two streams are collected in one body.
    let mut bytes = Vec::new();
    for (name, part) in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n{}\r\n", head(name, part)?).as_bytes());
        match part.body.as_bytes() {
            Some(content) => bytes.extend_from_slice(content),
            None => {
                bodies.push(Body::from(std::mem::take(&mut bytes)));
                bodies.push(part.body.clone());
            }
        }
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    bodies.push(Body::from(bytes));
    let media_type = format!("multipart/form-data; boundary={boundary}");
    match (bodies.len(), bodies.pop()) {
        (1, Some(only)) => Ok((media_type, only)),
        (_, last) => {
            bodies.extend(last);
            Ok((media_type, Body::chain(bodies)))
        }
    }
}

fn head(name: &str, part: &Part) -> Result<String, String> {
    let mut head = format!("content-disposition: form-data; name=\"{}\"", escape(name));
    if let Some(file_name) = &part.file_name {
        // Writing to a string can't fail.
        let _ = write!(head, "; filename=\"{}\"", escape(file_name));
    }
    head.push_str("\r\n");
    let content_type = part.content_type.iter().map(|value| ("content-type", value.as_str()));
    let headers = part.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (header, value) in content_type.chain(headers) {
        let is_header = HeaderName::try_from(header).is_ok() && HeaderValue::try_from(value).is_ok();
        if !is_header {
            return Err(format!(
                "`{header}` of the part `{name}` is not a valid header name, or its value is invalid"
            ));
        }
        let _ = write!(head, "{header}: {value}\r\n");
    }
    Ok(head)
}

/// Escapes a name as defined by the WHATWG HTML standard, so it can end neither the quotes nor the line.
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns a random boundary. It must be unpredictable, because content with a known boundary could inject
/// parts. The keys of std's hash maps are seeded with randomness of the system.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
