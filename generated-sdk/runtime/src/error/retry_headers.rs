//! What a server says of retries in the headers of an answer.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// The wait that the server asks for in these headers.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    wait(headers, SystemTime::now())
}

/// As [`retry_after`], at this time.
pub(crate) fn wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let value = text(header::RETRY_AFTER.as_str())?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Longer than any number is very long.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// Whether the server says that the request is, or is not, worth another attempt (`X-Should-Retry`, which Cloudflare's
/// own SDKs obey as well).
pub(crate) fn should_retry(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}
