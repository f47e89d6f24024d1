use std::time::Duration;

use http::header;

use super::decision::{Cause, Decision, FailedAttempt, Retry};
use crate::error::NoRetryReason;
use crate::error::retry_headers;

/// Default retry policy. It is safe: a request is retried only if the server cannot have acted on it, or if
/// repeating it has no further effect.
///
/// * If no connection was established, after 429, and after 503 with `Retry-After`, every request is retried.
/// * Idempotent requests are also retried after a broken connection, a timeout, 408 and 5xx. These are GET,
///   HEAD, PUT, DELETE, OPTIONS, QUERY, requests with an idempotency key, and requests declared idempotent.
/// * The response header `X-Should-Retry` (`true` or `false`) overrides these rules.
/// * The delay is the one in `Retry-After-Ms` or `Retry-After`, if present. Otherwise it is exponential backoff
///   with full jitter: random, up to a limit that doubles with each retry.
///
/// # Examples
/// ```
/// # use std::time::Duration;
/// use sdk_runtime::RetryPolicy;
///
/// let mut policy = RetryPolicy::default();
/// policy.max_backoff = Duration::from_secs(30);
/// // Client::builder().retry(policy) …
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Maximum backoff before the first retry, which doubles with each further retry. The default is 500 ms.
    pub initial_backoff: Duration,
    /// Maximum backoff before any retry. The default is 8 s.
    pub max_backoff: Duration,
    /// Maximum delay requested by a server. The call fails if the server requests a longer one. The default
    /// is 60 s.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl Retry for RetryPolicy {
    fn decide(&self, failed: &FailedAttempt<'_>) -> Decision {
        if let Err(reason) = check(failed) {
            return Decision::GiveUp(reason);
        }
        match failed.retry_after() {
            Some(delay) if delay > self.max_retry_after => Decision::GiveUp(NoRetryReason::RetryAfterTooLong),
            Some(delay) => Decision::Retry(delay),
            None => Decision::Retry(self.backoff(failed.retries)),
        }
    }
}

impl RetryPolicy {
    /// Returns the exponential backoff with full jitter.
    fn backoff(&self, retries: u32) -> Duration {
        let max = self.initial_backoff.saturating_mul(2u32.saturating_pow(retries)).min(self.max_backoff);
        max.mul_f64(fastrand::f64())
    }
}

/// Checks that the failure is temporary and that a retry is safe.
fn check(failed: &FailedAttempt<'_>) -> Result<(), NoRetryReason> {
    let if_idempotent = if failed.is_idempotent { Ok(()) } else { Err(NoRetryReason::NotIdempotent) };
    match failed.cause {
        Cause::NoConnection => Ok(()),
        Cause::Interrupted => if_idempotent,
        Cause::Response(status, headers) => match (retry_headers::should_retry(headers), status.as_u16()) {
            (Some(true), _) | (None, 429) => Ok(()),
            (Some(false), _) => Err(NoRetryReason::Permanent),
            (None, 503) if headers.contains_key(header::RETRY_AFTER) => Ok(()),
            (None, 408 | 500..=599) => if_idempotent,
            _ => Err(NoRetryReason::Permanent),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

    use super::*;

    fn decide(policy: &RetryPolicy, is_idempotent: bool, retries: u32, cause: Cause<'_>) -> Decision {
        let failed = FailedAttempt {
            method: "POST",
            path: "/",
            cause,
            is_idempotent,
            retries,
            elapsed: Duration::from_secs(1),
        };
        policy.decide(&failed)
    }

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let value = |text: &str| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        list.iter().map(|(name, text)| (HeaderName::from_static(name), value(text))).collect()
    }

    #[test]
    fn only_safe_failures_are_retried() {
        fn verdict(is_idempotent: bool, cause: Cause<'_>) -> Option<NoRetryReason> {
            match decide(&RetryPolicy::default(), is_idempotent, 0, cause) {
                Decision::Retry(_) => None,
                Decision::GiveUp(reason) => Some(reason),
            }
        }
        let response = |is_idempotent, status: u16, list: &[(&'static str, &str)]| {
            let status = StatusCode::from_u16(status).unwrap_or_default();
            verdict(is_idempotent, Cause::Response(status, &headers(list)))
        };
        assert_eq!([true, false].map(|idempotent| verdict(idempotent, Cause::NoConnection)), [None, None]);
        assert_eq!(
            [true, false].map(|idempotent| verdict(idempotent, Cause::Interrupted)),
            [None, Some(NoRetryReason::NotIdempotent)]
        );
        for status in [408, 500, 502, 503, 504, 599] {
            assert_eq!(response(true, status, &[]), None, "{status}");
            assert_eq!(response(false, status, &[]), Some(NoRetryReason::NotIdempotent), "{status}");
        }
        for idempotent in [true, false] {
            assert_eq!(response(idempotent, 429, &[]), None);
            assert_eq!(response(idempotent, 503, &[("retry-after", "0")]), None);
            for status in [302, 400, 401, 404, 409, 422] {
                assert_eq!(response(idempotent, status, &[]), Some(NoRetryReason::Permanent), "{status}");
                assert_eq!(response(idempotent, status, &[("x-should-retry", "true")]), None, "{status}");
            }
            assert_eq!(response(idempotent, 429, &[("x-should-retry", "false")]), Some(NoRetryReason::Permanent));
        }
    }

    #[test]
    fn retry_after_sets_the_delay() {
        let policy = RetryPolicy::default();
        let delay = |list: &[(&'static str, &str)]| {
            decide(&policy, true, 0, Cause::Response(StatusCode::TOO_MANY_REQUESTS, &headers(list)))
        };
        assert_eq!(delay(&[("retry-after", "7")]), Decision::Retry(Duration::from_secs(7)));
        assert_eq!(delay(&[("retry-after", "61")]), Decision::GiveUp(NoRetryReason::RetryAfterTooLong));
        assert_eq!(
            delay(&[("retry-after", "7"), ("retry-after-ms", "70")]),
            Decision::Retry(Duration::from_millis(70))
        );
        assert_eq!(delay(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Decision::Retry(Duration::ZERO));
        let now = SystemTime::now();
        let date = httpdate::fmt_http_date(now + Duration::from_secs(30));
        let until_date =
            retry_headers::retry_after_at(&headers(&[("retry-after", &date)]), now).unwrap_or_default();
        assert!((29..=30).contains(&until_date.as_secs()), "{until_date:?}");
        for text in ["soon", "-1", "1.5", ""] {
            let decision = delay(&[("retry-after", text)]);
            assert!(
                matches!(decision, Decision::Retry(delay) if delay <= policy.initial_backoff),
                "{text}: {decision:?}"
            );
        }
    }

    #[test]
    fn backoff_grows_and_is_capped() {
        let policy = RetryPolicy::default();
        for retries in [0, 1, 5, 40, u32::MAX] {
            let max = policy.initial_backoff.saturating_mul(2u32.saturating_pow(retries)).min(policy.max_backoff);
            let delays: Vec<Duration> = (0..200).map(|_| policy.backoff(retries)).collect();
            assert!(delays.iter().all(|delay| *delay <= max));
            // The delays vary over the entire range.
            assert!(delays.iter().any(|delay| *delay > max / 2) && delays.iter().any(|delay| *delay < max / 2));
        }
    }
}
