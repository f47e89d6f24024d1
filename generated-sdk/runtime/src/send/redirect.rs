//! Redirects.

use http::{Uri, header};
use url::Url;

use crate::request::Request;
use crate::transport::Body;

/// Maximum number of redirects that are followed in an attempt.
pub(super) const MAX_REDIRECTS: usize = 10;

impl Request {
    /// Returns the URL to which the request is redirected, or `None` if the redirect is not followed.
    /// Redirects are only followed within the same origin, because the request carries credentials, and only
    /// if they keep the method.
    ///
    /// `from` is the URL of the last request, if it differs from the original one.
    pub(super) fn redirect(&self, from: Option<&Url>, response: &http::Response<Body>) -> Option<Url> {
        match response.status().as_u16() {
            307 | 308 => {}
            301..=303 if matches!(self.operation.method, "GET" | "HEAD") => {}
            _ => return None,
        }
        // A started stream cannot be sent again.
        if !self.payload.is_replayable() {
            return None;
        }
        let from = from.map_or_else(|| self.url(), |from| Ok(from.clone())).ok()?;
        let to = from.join(response.headers().get(header::LOCATION)?.to_str().ok()?).ok()?;
        (from.origin() == to.origin() && Uri::try_from(to.as_str()).is_ok()).then_some(to)
    }
}
