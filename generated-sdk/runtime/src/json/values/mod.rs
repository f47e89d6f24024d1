//! Types for values that JSON represents as strings, such as dates.

mod base64;
mod date_time;
pub(crate) mod number;
mod secret;

pub use base64::Base64;
pub use date_time::{Date, DateTime, Duration, Time};
pub use secret::Secret;
