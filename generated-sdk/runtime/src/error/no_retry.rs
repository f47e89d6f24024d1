use std::fmt;

/// Why a request was not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoRetryReason {
    /// The failure would be the same the next time.
    Permanent,
    /// The server may have acted on it, and would act twice.
    NotIdempotent,
    /// It was sent as often as is allowed.
    MaxRetries,
    /// The client's budget of retries is used up: most calls fail, and more requests would not help the server.
    Budget,
    /// The time for the call would have run out before.
    Timeout,
    /// The server asked for a longer wait than the policy allows.
    RetryAfterTooLong,
    /// Its body is a stream, which can't be read a second time.
    BodyNotReplayable,
}

/// Says it as the end of a sentence about the request.
impl fmt::Display for NoRetryReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Permanent => "it would fail again",
            Self::NotIdempotent => "the server may have acted on it",
            Self::MaxRetries => "it was sent as often as is allowed",
            Self::Budget => "the client's budget of retries is used up",
            Self::Timeout => "no time is left for another attempt",
            Self::RetryAfterTooLong => "the server asks for a longer wait than is allowed",
            Self::BodyNotReplayable => "its body can't be read a second time",
        })
    }
}
