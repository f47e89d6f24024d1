//! The runtime under a generated SDK: transport, authentication, retries, pagination and errors.
//!
//! Generated code states what an API is (its operations, models and credentials); everything that happens when
//! a program calls it happens here. Programs use the generated crate, which re-exports what they need.

mod any;
mod auth;
#[cfg(feature = "blocking")]
mod blocking;
mod body;
mod call;
mod client;
mod curl;
mod decode;
pub mod error;
mod limit;
mod locate;
mod macros;
pub mod model;
pub mod observe;
pub mod operation;
mod options;
pub mod paging;
mod parameter;
mod request;
mod response;
pub mod retry;
mod send;
mod stream;
mod text;
#[cfg(feature = "tracing")]
mod trace;
pub mod transport;
pub mod values;

pub use any::AnyRequest;
pub use auth::TokenSource;
#[cfg(feature = "blocking")]
pub use blocking::{Blocking, BlockingIter};
pub use body::{Body, Part};
pub use call::{Call, ResponseFuture, ResultFuture};
pub use client::{Client, ClientBuilder};
pub use error::{Error, Message, Result};
pub use options::RequestOptions;
pub use paging::{Items, Page, Pages, Position, Progress, ResultInfo};
#[doc(hidden)]
pub use parameter::{Style, text};
pub use request::Request;
pub use response::Response;
pub use retry::{RetryBudget, RetryPolicy};
pub use stream::{Chunks, Event, Streaming};
pub use values::{Base64, Date, DateTime, Duration, Secret, Time};

/// Instants and calendar dates, as [`DateTime`] and [`Date`] give them.
#[doc(no_inline)]
pub use jiff;
/// Any JSON value, and the macro that writes one.
pub use serde_json::{Value, json};

/// A JSON object without known properties.
pub type Object = serde_json::Map<String, Value>;

// For the macros and the generated code.
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json;
