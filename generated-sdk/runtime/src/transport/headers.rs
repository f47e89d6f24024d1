use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{Error, Result};

/// Maximum number of headers of a request. More than servers accept, and less than the capacity of a
/// `HeaderMap`.
pub(crate) const MAX_HEADERS: usize = 4096;

/// Sets a header. `HeaderMap::insert` is large and inlined, so it is only called here to reduce the size of
/// programs.
#[inline(never)]
pub(crate) fn set_header(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.insert(name, value);
}

/// Appends a cookie to the `Cookie` header.
pub(crate) fn add_cookie(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), InvalidHeaderValue> {
    let others = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    let text = match others {
        Some(others) => format!("{others}; {name}={value}"),
        None => format!("{name}={value}"),
    };
    let mut value = HeaderValue::try_from(text)?;
    value.set_sensitive(true);
    set_header(headers, header::COOKIE, value);
    Ok(())
}

/// Parses a header name.
pub(crate) fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name).map_err(|_| Error::config(format!("`{name}` is not a valid header name")))
}

/// Parts of header names that indicate a secret.
const SECRET_NAME_PARTS: [&str; 8] =
    ["auth", "cookie", "key", "password", "secret", "session", "signature", "token"];

/// Returns `true` if the name of a header indicates a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    SECRET_NAME_PARTS.iter().any(|part| name.contains(part))
}
