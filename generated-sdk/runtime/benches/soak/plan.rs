//! What goes wrong with which request. The server and the program that calls it both know: by the request's number.

/// What the server does in place of a plain answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// The connection is reset when the request is read.
    Reset,
    /// The answer ends in the middle.
    Truncated,
    /// What comes is not HTTP.
    Garbage,
    /// What comes is HTTP, but not JSON.
    NotJson,
    /// 429, with `Retry-After`.
    Limited,
    /// 503, without it.
    Unavailable,
    Failed,
    /// Nothing comes.
    Stall,
    /// The answer comes in pieces, with pauses between.
    Slow,
    /// The answer is the last on its connection, and says so.
    Close,
}

impl Fault {
    /// Whether the server has seen the request, and may have acted on it: a POST must not be sent again.
    pub fn may_have_acted(self) -> bool {
        !matches!(self, Self::Limited)
    }

    pub fn is_success(self) -> bool {
        matches!(self, Self::None | Self::Slow | Self::Close)
    }
}

/// The fault of an attempt at a request: about one in twenty has one.
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

/// Numbers in no order, the same in every run (splitmix64).
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// What a call with this number does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Get,
    Post,
    /// A list of [`PAGES`] pages.
    List,
    /// Lines, read as they come.
    Stream,
    /// A GET that nobody waits for until its end.
    Dropped,
}

pub fn kind(call: usize) -> Kind {
    match mix(call as u64 ^ 0x5eed) % 20 {
        0..12 => Kind::Get,
        12..16 => Kind::Post,
        16 => Kind::List,
        17 => Kind::Stream,
        _ => Kind::Dropped,
    }
}

/// The pages of a list.
pub const PAGES: usize = 3;

/// The items of a page, and the lines of a stream.
pub const ITEMS: usize = 10;

/// How many times a request may be sent.
pub const ATTEMPTS: u8 = 3;

/// The number of a request: a list makes one for each page.
pub fn request(call: usize, page: usize) -> usize {
    call * PAGES + page - 1
}
