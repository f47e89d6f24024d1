//! The runtime under a generated SDK: transport, authentication, retries, pagination and errors.
//!
//! Generated code states what an API is (its operations, models and credentials); everything that happens when
//! a program calls it happens here. Programs use the generated crate, which re-exports what they need.

//!
//! Modules are layers. Each imports only those below it:
//!
//! | module | content |
//! |---|---|
//! | `api` | clients, requests, responses, pagination, streams |
//! | `send` | attempts, retries, redirects, tracing |
//! | `request` | the parts of a request and the state that it shares with its client |
//! | `policy` | credentials, retry rules, limits, observers |
//! | `transport` | the [`transport::Transport`] trait, reqwest, bodies, record and replay |
//! | `error` | errors of a call |
//! | `json` | models, values, parameters |
//! | `operation` | facts about an API that generated code states |

mod api;
pub mod error;
mod json;
pub mod operation;
mod policy;
mod request;
mod send;
pub mod transport;

#[cfg(feature = "blocking")]
pub use api::blocking::{Blocking, BlockingIter};
pub use api::call::{Call, ResponseFuture, ResultFuture};
pub use api::client::{Client, ClientBuilder};
pub use api::paging::{self, Items, Page, Pages, Progress, ResultInfo, ResumeToken};
pub use api::response::Response;
pub use api::stream::{Chunks, Event, Streaming};
pub use api::untyped::UntypedRequest;
pub use error::{Error, Message, Result};
pub use json::Object;
pub use json::model;
#[doc(hidden)]
pub use json::parameter::{Style, text};
pub use json::values::{self, Base64, Date, DateTime, Duration, Secret, Time};
pub use policy::auth::TokenSource;
pub use policy::observe;
pub use policy::retry::{self, RetryBudget, RetryPolicy};
pub use request::Request;
pub use request::options::RequestOptions;
pub use transport::body::Body;
pub use transport::body::part::Part;

/// Instants and calendar dates, as [`DateTime`] and [`Date`] give them.
#[doc(no_inline)]
pub use jiff;
/// Any JSON value, and the macro that writes one.
pub use serde_json::{Value, json};

// For the macros and the generated code.
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json;
