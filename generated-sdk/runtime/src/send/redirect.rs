//! Where a request is sent once more because the server says so.

use http::{Uri, header};
use url::Url;

use crate::request::Request;
use crate::transport::Body;

/// How many redirects are followed.
pub(super) const MAX_REDIRECTS: usize = 10;

impl Request {
    /// Where the request is to be sent once more: only where the credentials went already, and only where the method
    /// stays what it is.
    /// It came `from` where it was sent to before, if that is not where it went at first.
    pub(super) fn redirect(&self, from: Option<&Url>, response: &http::Response<Body>) -> Option<Url> {
        match response.status().as_u16() {
            307 | 308 => {}
            301..=303 if matches!(self.operation.method, "GET" | "HEAD") => {}
            _ => return None,
        }
        // A stream that was begun can't be sent again.
        if !self.payload.is_replayable() {
            return None;
        }
        let from = from.map_or_else(|| self.url(), |from| Ok(from.clone())).ok()?;
        let to = from.join(response.headers().get(header::LOCATION)?.to_str().ok()?).ok()?;
        (from.origin() == to.origin() && Uri::try_from(to.as_str()).is_ok()).then_some(to)
    }
}
