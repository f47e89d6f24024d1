//! Values that JSON has no type for.

mod date_time;
pub(crate) mod number;
mod secret;

pub use date_time::{Date, DateTime};
pub use secret::Secret;
