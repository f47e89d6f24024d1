use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Serialize;

use super::Body;
use crate::error::{Error, Result};

/// A part of a multipart form: a file or another value.
///
/// # Examples
/// ```
/// use sdk_runtime::{Body, Part};
///
/// // File name and media type are derived from the path. The file is read while it is sent.
/// let file = Part::file("pictures/cat.png");
/// // Bytes in memory. Many servers require a file name for files.
/// let bytes = Part::from(b"a,b\n".to_vec()).file_name("table.csv").content_type("text/csv");
/// // Any other body.
/// let stream = Part::from(Body::reader(tokio::io::empty())).file_name("input");
/// # let _ = (file, bytes, stream);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Part {
    pub(crate) body: Body,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    /// `true` for text and JSON, which get no file name by default.
    pub(crate) is_value: bool,
}

impl Part {
    fn new(body: Body) -> Self {
        Self { body, file_name: None, content_type: None, headers: Vec::new(), is_value: false }
    }

    /// Creates a part from a file, which is read when it is sent. The part has the name of the file, and the
    /// media type of its extension, if that is a common one.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let media_type = media_type(&path);
        Self { file_name: name, content_type: media_type.map(str::to_owned), ..Self::new(Body::file(path)) }
    }

    /// Creates a text part.
    pub fn text(text: impl Into<String>) -> Self {
        Self { is_value: true, ..Self::new(Body::from(text.into())) }
    }

    /// Creates a JSON part.
    ///
    /// # Errors
    /// Returns [`Error::Config`] if the value cannot be serialized as JSON, for example a map whose keys are
    /// not strings.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        let json = serde_json::to_vec(value);
        json.map(Self::from_json)
            .map_err(|error| Error::config(format!("a part can't be serialized as JSON: {error}")))
    }

    /// Creates a part from serialized JSON.
    pub(crate) fn from_json(json: Vec<u8>) -> Self {
        let content_type = Some("application/json".to_owned());
        Self { content_type, is_value: true, ..Self::new(Body::from(json)) }
    }

    /// Sets the file name. Quotes and line breaks are escaped.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/png`.
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// Adds a header to the part. An invalid header is reported as [`Error::Config`] when the request is
    /// sent.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl From<Body> for Part {
    fn from(body: Body) -> Self {
        Self::new(body)
    }
}

impl From<Bytes> for Part {
    fn from(bytes: Bytes) -> Self {
        Self::new(bytes.into())
    }
}

impl From<Vec<u8>> for Part {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes.into())
    }
}

impl From<&[u8]> for Part {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes.into())
    }
}

impl<const N: usize> From<&[u8; N]> for Part {
    fn from(bytes: &[u8; N]) -> Self {
        Self::new(bytes.into())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// Returns the media type of a file by its extension. Only types that are commonly uploaded are known. For
/// others, set [`content_type`](Part::content_type), for example with a crate that lists all types.
fn media_type(path: &Path) -> Option<&'static str> {
    let extension = path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "avif" => "image/avif",
        "css" => "text/css",
        "csv" => "text/csv",
        "flac" => "audio/flac",
        "gif" => "image/gif",
        "gz" => "application/gzip",
        "htm" | "html" => "text/html",
        "jpeg" | "jpg" => "image/jpeg",
        "js" | "mjs" => "text/javascript",
        "json" => "application/json",
        "jsonl" => "application/jsonl",
        "m4a" => "audio/mp4",
        "md" => "text/markdown",
        "mov" => "video/quicktime",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "ogg" => "audio/ogg",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "wasm" => "application/wasm",
        "wav" => "audio/wav",
        "webm" => "video/webm",
        "webp" => "image/webp",
        "xml" => "application/xml",
        "yaml" | "yml" => "application/yaml",
        "zip" => "application/zip",
        _ => return None,
    })
}
