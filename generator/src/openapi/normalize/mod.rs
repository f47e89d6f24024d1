//! Normal form of an API: simpler schemas, one success response per operation, selected media types.
//!
//! [`normalize`] takes the [`Api`](super::Api) of the document and returns a [`NormalizedApi`]. Later stages read
//! schemas through `flatten` and bodies through `success_response`, `request_content` and `stream_items`; they do not
//! repeat the rules of this stage.

mod api;
mod direction;
mod envelope;
mod flatten;
mod media;
mod operations;
mod request;
mod responses;
mod simplify;
mod stream;

pub use api::{NormalizedApi, normalize};
pub(crate) use direction::{Direction, read_write_flags};
pub(crate) use envelope::{has_envelope, property};
pub(crate) use flatten::{alias_target, flatten, merged_parts};
pub(crate) use media::{MediaKind, is_json, is_range, special_json};
pub(crate) use request::{FileField, file_field, request_content};
pub(crate) use responses::{SuccessResponse, success_response, success_schema};
pub(crate) use stream::{StreamItems, stream_items};
