use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use tokio::time::Instant;

/// Longest delay that rate-limit headers can cause. With longer ones, requests are sent, and 429 is handled
/// by the retry policy.
const MAX_DELAY: Duration = Duration::from_secs(60);

/// Numbers from this value on are Unix timestamps in seconds, smaller ones are durations.
const MIN_TIMESTAMP: u64 = 1_000_000_000;

/// Rate limits announced by the server: the header `RateLimit` (draft-ietf-httpapi-ratelimit-headers), or the
/// older `X-RateLimit-Remaining` and `X-RateLimit-Reset` with their variants.
#[derive(Debug, Default)]
pub(super) struct RateLimitHeaders {
    /// Time until which the server accepts no requests.
    end: Mutex<Option<Instant>>,
}

impl RateLimitHeaders {
    /// Returns the time until which no request may be sent.
    pub(super) fn end(&self) -> Option<Instant> {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the headers of a response.
    pub(super) fn update(&self, headers: &HeaderMap) {
        if let Some(delay) = delay(headers, SystemTime::now).filter(|delay| *delay <= MAX_DELAY) {
            let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
            *end = (*end).max(Instant::now().checked_add(delay));
        }
    }
}

/// Returns the time until the limit is reset, if no requests remain.
fn delay(headers: &HeaderMap, date: fn() -> SystemTime) -> Option<Duration> {
    if !may_have_rate_limit(headers) {
        return None;
    }
    let (mut policies, mut remaining, mut reset) = (None, None, None);
    for (name, value) in headers {
        match name.as_str() {
            "ratelimit" => policies = Some(value.as_bytes()),
            "ratelimit-remaining" | "x-ratelimit-remaining" | "x-rate-limit-remaining" => {
                remaining = Some(value.as_bytes());
            }
            "ratelimit-reset" | "x-ratelimit-reset" | "x-rate-limit-reset" => reset = Some(value.as_bytes()),
            _ => {}
        }
    }
    match (policies, remaining.map(<[u8]>::trim_ascii)) {
        (Some(policies), _) => {
            policies.split(|byte| *byte == b',').filter_map(|policy| exhausted(policy, date)).max()
        }
        (None, Some(b"0")) => seconds(reset?, date),
        (None, _) => None,
    }
}

/// Returns `true` if a header name has the length of a rate-limit header. This is a cheap filter, because
/// every response is checked and few have such headers. The lengths include at least one header of each pair.
fn may_have_rate_limit(headers: &HeaderMap) -> bool {
    headers.keys().fold(false, |any, name| any | matches!(name.as_str().len(), 9 | 17..=19 | 21))
}

/// Returns the time until the reset of an exhausted policy, such as `"default";r=0;t=30`.
fn exhausted(policy: &[u8], date: fn() -> SystemTime) -> Option<Duration> {
    let (mut is_exhausted, mut reset) = (false, &b""[..]);
    for parameter in policy.split(|byte| *byte == b';') {
        match parameter.trim_ascii() {
            b"r=0" => is_exhausted = true,
            [b't', b'=', value @ ..] => reset = value,
            _ => {}
        }
    }
    if is_exhausted { seconds(reset, date) } else { None }
}

/// Parses a number of seconds, or a timestamp as the time until then. Fractions are ignored.
fn seconds(text: &[u8], date: fn() -> SystemTime) -> Option<Duration> {
    let integer = text.trim_ascii().split(|byte| *byte == b'.').next()?;
    let number: u64 = std::str::from_utf8(integer).ok()?.parse().ok()?;
    let now = date().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Some(Duration::from_secs(if number >= MIN_TIMESTAMP { number.saturating_sub(now) } else { number }))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn parses_all_variants_of_rate_limit_headers() {
        let date = || UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let delay = |list: &[(&'static str, &'static str)]| {
            let header = |(name, text): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(text))
            };
            delay(&list.iter().map(header).collect(), date).map(|delay| delay.as_secs())
        };
        assert_eq!(delay(&[("ratelimit", "\"default\";r=0;t=30")]), Some(30));
        assert_eq!(delay(&[("ratelimit", "\"a\";r=0;t=3, \"b\"; r=0; t=7, \"c\";r=1;t=90")]), Some(7));
        assert_eq!(delay(&[("ratelimit", "\"default\";r=50;t=30")]), None);
        assert_eq!(delay(&[("ratelimit", "\"default\";r=0")]), None);
        assert_eq!(delay(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "12")]), Some(12));
        assert_eq!(delay(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000005")]), Some(5));
        assert_eq!(delay(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "12")]), Some(12));
        assert_eq!(delay(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1600000000")]), Some(0));
        assert_eq!(delay(&[("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "12")]), None);
        for invalid in ["", "\"a\";r=0;t=x", "\"a\";r=0;t=-1", "r=0;t=inf", ";;=,", "\"a\";r=0;t=1e300"] {
            assert_eq!(delay(&[("ratelimit", invalid)]), None, "{invalid}");
        }
    }
}
