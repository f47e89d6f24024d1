use http::header::InvalidHeaderValue;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{Error, Result};

/// More than any server takes, and less than a map of headers can hold.
pub(crate) const MAX_HEADERS: usize = 4096;

/// Sets a header. A map's own way to do so is large, and compiled wherever it is called: so it is called here alone.
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

pub(crate) fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name).map_err(|_| Error::config(format!("`{name}` is not a valid header name")))
}

/// Parts of header names that indicate a secret.
const SECRET: [&str; 8] = ["auth", "cookie", "key", "password", "secret", "session", "signature", "token"];

/// Returns `true` if the name of a header indicates a secret.
pub(crate) fn sounds_secret(name: &str) -> bool {
    SECRET.iter().any(|part| name.contains(part))
}
