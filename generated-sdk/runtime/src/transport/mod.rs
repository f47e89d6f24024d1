//! Transports, which send HTTP requests: the [`Transport`] trait, the default implementation with reqwest,
//! and implementations for tests.

pub(crate) mod body;
mod error;
mod future;
pub(crate) mod headers;
mod prepared;
mod raw_response;
#[cfg(feature = "replay")]
mod replay;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod traits;

pub use bytes::Bytes;
pub use futures_core::Stream;
#[doc(no_inline)]
pub use http;
/// The version of reqwest used by [`ReqwestTransport`].
#[cfg(feature = "reqwest")]
#[doc(no_inline)]
pub use reqwest;

pub use body::{Body, BodyError};
pub use error::{TransportError, TransportErrorKind};
pub use future::BoxFuture;
#[doc(hidden)]
pub use prepared::Prepared;
pub(crate) use raw_response::{AttemptResult, RawResponse};
#[cfg(feature = "replay")]
pub use replay::{Exchange, Recorder, Replay};
#[cfg(feature = "reqwest")]
pub use reqwest_transport::ReqwestTransport;
pub use traits::Transport;
