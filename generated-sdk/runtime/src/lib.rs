//! Runtime of generated SDKs: transport, authentication, retries, pagination and errors.
//!
//! Generated code declares the operations, models and credentials of an API. This crate builds and sends
//! the requests and decodes the responses. Programs depend on the generated crate, which re-exports the
//! public items.
//!
//! The modules are layers. Each imports only the layers below it:
//!
//! | module | content |
//! |---|---|
//! | `api` | clients, requests, responses, pagination, streams |
//! | `send` | attempts, retries, redirects, tracing |
//! | `request` | parts of a request, and the state shared by all requests of a client |
//! | `policy` | credentials, retry rules, limits, observers |
//! | `transport` | the [`transport::Transport`] trait, reqwest, bodies, record and replay |
//! | `error` | errors of a call |
//! | `json` | models, values and parameters |
//! | `operation` | description of an API in generated code |

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

/// Date and time library. [`DateTime`], [`Date`], [`Time`] and [`Duration`] convert to and from its types.
#[doc(no_inline)]
pub use jiff;
/// Untyped JSON value, and a macro that creates one.
pub use serde_json::{Value, json};

// Used by the macros and by generated code.
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json;
