//! Plan of the faults. Server and client derive the fault of each request from its number.

/// Fault of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// The connection is reset after the request is read.
    Reset,
    /// The response is truncated.
    Truncated,
    /// The response is not HTTP.
    Garbage,
    /// The response is HTTP, but not JSON.
    NotJson,
    /// 429, with `Retry-After`.
    Limited,
    /// 503, without `Retry-After`.
    Unavailable,
    /// 500.
    Failed,
    /// There is no response.
    Stall,
    /// The response is sent in pieces with pauses.
    Slow,
    /// The response has `connection: close`.
    Close,
}

impl Fault {
    /// Returns `true` if the server may have acted on the request. A POST must not be retried then.
    pub fn may_have_acted(self) -> bool {
        !matches!(self, Self::Limited)
    }

    pub fn is_success(self) -> bool {
        matches!(self, Self::None | Self::Slow | Self::Close)
    }
}

/// Returns the fault of an attempt. About one in twenty attempts has a fault.
pub fn fault(request: usize, attempt: u8) -> Fault {
    match mix((request as u64) << 8 | u64::from(attempt)) % 10_000 {
        0..80 => Fault::Reset,
        80..140 => Fault::Truncated,
        140..180 => Fault::Garbage,
        180..220 => Fault::NotJson,
        220..300 => Fault::Limited,
        300..360 => Fault::Unavailable,
        360..420 => Fault::Failed,
        420..425 => Fault::Stall,
        425..460 => Fault::Slow,
        460..520 => Fault::Close,
        _ => Fault::None,
    }
}

/// Returns a pseudorandom number that is the same in every run (splitmix64).
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Kind of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Get,
    Post,
    /// A list of [`PAGES`] pages.
    List,
    /// A stream of lines.
    Stream,
    /// A GET that is dropped early.
    Dropped,
}

/// Returns the kind of the call with this number.
pub fn kind(call: usize) -> Kind {
    match mix(call as u64 ^ 0x5eed) % 20 {
        0..12 => Kind::Get,
        12..16 => Kind::Post,
        16 => Kind::List,
        17 => Kind::Stream,
        _ => Kind::Dropped,
    }
}

/// Number of pages of a list.
pub const PAGES: usize = 3;

/// Number of items on a page, and of lines in a stream.
pub const ITEMS: usize = 10;

/// Maximum number of attempts.
pub const ATTEMPTS: u8 = 3;

/// Returns the number of a request. Lists make one request per page.
pub fn request(call: usize, page: usize) -> usize {
    call * PAGES + page - 1
}
