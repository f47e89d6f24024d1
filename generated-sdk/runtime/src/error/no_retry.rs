use std::fmt;

/// Reason why a request was not retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoRetryReason {
    /// The error is permanent, so a retry cannot succeed.
    Permanent,
    /// The server may have acted on the request, and a retry could repeat the effect.
    NotIdempotent,
    /// The maximum number of retries was reached.
    MaxRetries,
    /// The client's [retry budget](crate::RetryBudget) is used up.
    Budget,
    /// The call would time out during the delay.
    Timeout,
    /// The server requested a longer delay than the policy allows.
    RetryAfterTooLong,
    /// The body is a stream that cannot be sent again.
    BodyNotReplayable,
}

/// Describes the reason, for messages such as "not retried: the server may have acted on the request".
impl fmt::Display for NoRetryReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Permanent => "the error is permanent",
            Self::NotIdempotent => "the server may have acted on the request",
            Self::MaxRetries => "the maximum number of retries was reached",
            Self::Budget => "the client's retry budget is used up",
            Self::Timeout => "the timeout allows no further attempt",
            Self::RetryAfterTooLong => "the server requested a longer delay than the retry policy allows",
            Self::BodyNotReplayable => "the body is a stream that cannot be sent again",
        })
    }
}
