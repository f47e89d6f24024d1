//! Where a request is sent once more because the server says so.

use crate::body::Body;

/// How many redirects are followed.
pub(super) const MAX_REDIRECTS: usize = 10;

/// Where a request is to be sent once more, if it may be.
pub(super) fn redirect(request: &http::Request<Body>, response: &http::Response<Body>) -> Option<http::Uri> {
    let is_read = matches!(request.method().as_str(), "GET" | "HEAD");
    match response.status().as_u16() {
        307 | 308 => {}
        301..=303 if is_read => {}
        _ => return None,
    }
    // A stream that was begun can't be sent again.
    if !request.body().is_whole() {
        return None;
    }
    let from = url::Url::parse(&request.uri().to_string()).ok()?;
    let to = from.join(response.headers().get(http::header::LOCATION)?.to_str().ok()?).ok()?;
    (from.origin() == to.origin()).then(|| to.as_str().parse().ok())?
}
