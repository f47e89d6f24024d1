//! When a failed attempt is worth another, and how long to wait before it.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};

/// How a client retries. The defaults are safe: a request is sent again only where that can't make the server
/// act twice.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent again at the most. Two by default; zero turns retries off.
    pub max_retries: u32,
    /// The longest wait before the first retry; it doubles with each. Half a second by default.
    pub initial_backoff: Duration,
    /// The longest wait before any retry. Eight seconds by default.
    pub max_backoff: Duration,
    /// A server that asks for a longer wait than this isn't waited for. A minute by default.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

/// How an attempt failed, as far as a retry depends on it.
pub(crate) enum Failure<'a> {
    /// No connection was made.
    Connect,
    /// The connection broke or time ran out after the request may have been seen.
    Exchange,
    /// The server answered.
    Answer(StatusCode, &'a HeaderMap),
}

impl RetryPolicy {
    /// The wait before the next attempt, or nothing where there is to be none. `retries` counts those that
    /// were made.
    pub(crate) fn next(&self, method: &str, failure: &Failure<'_>, retries: u32) -> Option<Duration> {
        if retries >= self.max_retries || !is_safe(method, failure) {
            return None;
        }
        if let Failure::Answer(_, headers) = failure
            && let Some(wait) = retry_after(headers, SystemTime::now())
        {
            return (wait <= self.max_retry_after).then_some(wait);
        }
        Some(self.backoff(retries))
    }

    /// Exponential backoff with full jitter: many clients that failed together don't come back together.
    fn backoff(&self, retries: u32) -> Duration {
        let longest = self.initial_backoff.saturating_mul(2u32.saturating_pow(retries)).min(self.max_backoff);
        longest.mul_f64(fastrand::f64())
    }
}

/// Whether sending the request again can't make the server act twice, or it wouldn't matter.
fn is_safe(method: &str, failure: &Failure<'_>) -> bool {
    let idempotent = matches!(method, "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "QUERY");
    match failure {
        Failure::Connect => true,
        Failure::Exchange => idempotent,
        Failure::Answer(status, headers) => match status.as_u16() {
            429 => true,
            503 => idempotent || headers.contains_key(header::RETRY_AFTER),
            408 | 500..=599 => idempotent,
            _ => false,
        },
    }
}

/// The wait that the server asks for: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(value) = retry_after.parse() {
            headers.insert(header::RETRY_AFTER, value);
        }
        headers
    }

    #[test]
    fn only_safe_failures_are_retried() {
        let none = HeaderMap::new();
        let asked = headers("0");
        let answer = |status: u16| Failure::Answer(StatusCode::from_u16(status).unwrap_or_default(), &none);
        let policy = RetryPolicy::default();
        let retried = |method: &str, failure: Failure<'_>| policy.next(method, &failure, 0).is_some();
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            assert!(retried(method, Failure::Connect) && retried(method, Failure::Exchange));
            for status in [408, 429, 500, 502, 503, 504] {
                assert!(retried(method, answer(status)), "{method} {status}");
            }
            for status in [200, 302, 400, 401, 404, 409, 422] {
                assert!(!retried(method, answer(status)), "{method} {status}");
            }
        }
        for method in ["POST", "PATCH"] {
            assert!(retried(method, Failure::Connect) && !retried(method, Failure::Exchange));
            assert!(retried(method, answer(429)));
            assert!(retried(method, Failure::Answer(StatusCode::SERVICE_UNAVAILABLE, &asked)));
            for status in [408, 500, 502, 503, 504] {
                assert!(!retried(method, answer(status)), "{method} {status}");
            }
        }
        assert!(policy.next("GET", &Failure::Connect, 2).is_none(), "two retries, no more");
    }

    #[test]
    fn the_wait_is_what_the_server_asks_for() {
        let policy = RetryPolicy::default();
        let wait =
            |value: &str| policy.next("GET", &Failure::Answer(StatusCode::TOO_MANY_REQUESTS, &headers(value)), 0);
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("61"), None, "longer than the policy allows");
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(30));
        let wait_for_date = wait(&soon).unwrap_or_default();
        assert!((28..=30).contains(&wait_for_date.as_secs()), "{wait_for_date:?}");
        assert!(wait("soon").is_some_and(|wait| wait <= policy.initial_backoff));
    }

    #[test]
    fn backoff_grows_and_is_capped() {
        let policy = RetryPolicy { max_retries: u32::MAX, ..RetryPolicy::default() };
        for retries in [0, 1, 5, 40, u32::MAX - 1] {
            let longest =
                policy.initial_backoff.saturating_mul(2u32.saturating_pow(retries)).min(policy.max_backoff);
            for _ in 0..100 {
                assert!(policy.backoff(retries) <= longest);
            }
        }
    }
}
