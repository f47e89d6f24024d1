use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Serialize;

use super::Body;
use crate::error::{Error, Result};

/// One part of a multipart form: a file, or any other value.
///
/// ```
/// use sdk_runtime::{Body, Part};
///
/// // Read while it is sent; its name and media type are those of the file.
/// let file = Part::file("pictures/cat.png");
/// // What the program has. Many a server takes only what has a file name for a file.
/// let bytes = Part::from(b"a,b\n".to_vec()).file_name("table.csv").content_type("text/csv");
/// // Anything else that is a body.
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
    /// Text or JSON, which is no file unless it is said to be.
    pub(crate) is_value: bool,
}

impl Part {
    fn new(body: Body) -> Self {
        Self { body, file_name: None, content_type: None, headers: Vec::new(), is_value: false }
    }

    /// The content of a file, read while it is sent. The part has the file's name, and the media type that
    /// common extensions stand for.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let media_type = media_type(&path);
        Self { file_name: name, content_type: media_type.map(str::to_owned), ..Self::new(Body::file(path)) }
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { is_value: true, ..Self::new(Body::from(text.into())) }
    }

    /// A value as JSON.
    ///
    /// # Errors
    /// [`Error::Config`] where the value can't be JSON: a map with keys that are no text, for example.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        let json = serde_json::to_vec(value);
        json.map(Self::written).map_err(|error| Error::config(format!("a part can't be written as JSON: {error}")))
    }

    /// JSON that is written already.
    pub(crate) fn written(json: Vec<u8>) -> Self {
        let content_type = Some("application/json".to_owned());
        Self { content_type, is_value: true, ..Self::new(Body::from(json)) }
    }

    /// Sets the file name that the server is told. Whatever is in it, it is one name.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/png`.
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// Adds a header to this part.
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

/// The media type of a file, by its name. Only what people upload: the server decides by what is in it, or needs
/// to be told. There are crates with all of them, for programs that want more.
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
