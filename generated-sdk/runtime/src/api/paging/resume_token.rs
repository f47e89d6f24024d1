use std::fmt;
use std::str::FromStr;

use sdk_protocol::Scheme;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::Url;

use super::link;
use super::state::PaginationState;
use crate::error::{Error, Result};
use crate::operation::Placement;
use crate::request::Request;

/// Saved position in a list, to resume it with [`Items::resume_from`](crate::Items::resume_from).
///
/// A token can be stored as text with `Display` and `FromStr`, or with serde. It contains a page number, an
/// offset, a cursor or a URL, and no credentials. It contains neither the parameters of the request nor the
/// identity of the list, so the resumed request must be built with the same parameters. The server determines
/// how long a cursor or URL is valid.
///
/// # Examples
///
/// ```
/// # use sdk_runtime::{Items, ResumeToken, Result};
/// # fn example<T>(items: Items<T>, text: &str) -> Result<Items<T>> {
/// let token: ResumeToken = text.parse()?;
/// let items = items.resume_from(&token)?;
/// # Ok(items)
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResumeToken(ResumePoint);

#[derive(Clone, PartialEq, Eq, Hash)]
enum ResumePoint {
    /// Start of the list, as determined by the request.
    Start,
    /// Page number, and the number of items before the page, if known. If pages differ in size, that number
    /// is needed to determine whether the server's total is reached.
    Page(u64, Option<u64>),
    Offset(u64),
    Cursor(String),
    Url(String),
}

impl ResumeToken {
    /// Returns the token of the page that `request` fetches.
    pub(super) fn of(request: &Request, scheme: &Scheme, state: &PaginationState) -> Self {
        Self(match scheme {
            Scheme::PageNumber { .. } => ResumePoint::Page(state.next_page(), state.items_before_next_page()),
            Scheme::Offset { .. } => ResumePoint::Offset(state.next_page()),
            Scheme::Cursor { cursor, .. } | Scheme::LastItem { cursor, .. } => {
                request.query_value(cursor).map_or(ResumePoint::Start, ResumePoint::Cursor)
            }
            Scheme::NextUrl { .. } | Scheme::LinkHeader => request
                .link()
                .map_or(ResumePoint::Start, |url| ResumePoint::Url(without_credentials(url, request))),
            Scheme::Single => ResumePoint::Start,
        })
    }

    pub(super) fn items_before(&self) -> Option<u64> {
        match self.0 {
            ResumePoint::Page(_, items) => items,
            _ => None,
        }
    }

    /// Sets the parameters of `request` to fetch the page. Returns a message if the scheme does not match.
    pub(super) fn apply(&self, request: &mut Request, scheme: &Scheme) -> Result<(), String> {
        match (&self.0, scheme) {
            (ResumePoint::Start, _) => {}
            (ResumePoint::Page(number, _), Scheme::PageNumber { page: name, first })
            | (ResumePoint::Offset(number), Scheme::Offset { offset: name, first }) => {
                if number < first {
                    return Err(format!("the first {name} is {first}, but the token contains {number}"));
                }
                request.query(name, number);
            }
            (ResumePoint::Cursor(text), Scheme::Cursor { cursor, .. } | Scheme::LastItem { cursor, .. }) => {
                request.query(cursor, text);
            }
            // The request carries credentials, and the token may have been modified, so the origin is checked
            // again.
            (ResumePoint::Url(text), Scheme::NextUrl { .. } | Scheme::LinkHeader) => {
                let home = request.base_url()?;
                request.set_link(link::resolve(&home, &home, text)?);
            }
            (point, scheme) => {
                let kind = match scheme {
                    Scheme::Single => "has only one page",
                    Scheme::PageNumber { .. } => "uses page numbers",
                    Scheme::Offset { .. } => "uses offsets",
                    Scheme::Cursor { .. } | Scheme::LastItem { .. } => "uses cursors",
                    Scheme::NextUrl { .. } | Scheme::LinkHeader => "uses URLs",
                };
                return Err(format!("the list {kind}, but the token is {}", point.kind()));
            }
        }
        Ok(())
    }
}

/// Returns the URL without query parameters that are credentials. The client adds them to each request.
fn without_credentials(url: &Url, request: &Request) -> String {
    let is_credential = |pair: &&str| {
        let name = url::form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default().0;
        let known = request.state.api.credentials;
        known.iter().any(|known| matches!(known.placement, Placement::Query(query) if query == name))
    };
    let query = url.query().unwrap_or_default();
    if !query.split('&').any(|pair| is_credential(&pair)) {
        return url.as_str().to_owned();
    }
    let others: Vec<&str> = query.split('&').filter(|pair| !is_credential(pair)).collect();
    let mut url = url.clone();
    url.set_query(Some(&others.join("&")).filter(|query| !query.is_empty()).map(String::as_str));
    url.into()
}

impl ResumePoint {
    fn kind(&self) -> &'static str {
        match self {
            Self::Start => "the start",
            Self::Page(..) => "a page number",
            Self::Offset(_) => "an offset",
            Self::Cursor(_) => "a cursor",
            Self::Url(_) => "a URL",
        }
    }
}

impl fmt::Display for ResumeToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ResumePoint::Start => formatter.write_str("start"),
            ResumePoint::Page(number, None) => write!(formatter, "page:{number}"),
            ResumePoint::Page(number, Some(items)) => write!(formatter, "page:{number},{items}"),
            ResumePoint::Offset(number) => write!(formatter, "offset:{number}"),
            ResumePoint::Cursor(text) => write!(formatter, "cursor:{text}"),
            ResumePoint::Url(text) => write!(formatter, "url:{text}"),
        }
    }
}

/// Parses the output of [`Display`](fmt::Display). The token is validated when a list starts at it.
impl FromStr for ResumeToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let point = match text.split_once(':') {
            None if text == "start" => Some(ResumePoint::Start),
            Some(("page", number)) => match number.split_once(',') {
                None => number.parse().ok().map(|number| ResumePoint::Page(number, None)),
                Some((number, items)) => match (number.parse(), items.parse()) {
                    (Ok(number), Ok(items)) => Some(ResumePoint::Page(number, Some(items))),
                    _ => None,
                },
            },
            Some(("offset", number)) => number.parse().ok().map(ResumePoint::Offset),
            Some(("cursor", cursor)) => Some(ResumePoint::Cursor(cursor.to_owned())),
            Some(("url", url)) => Some(ResumePoint::Url(url.to_owned())),
            _ => None,
        };
        // The text is not part of the message because it may be confidential.
        point
            .map(Self)
            .ok_or_else(|| Error::config("invalid resume token; use the text that `ResumeToken` displays"))
    }
}

impl Serialize for ResumeToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResumeToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Cursors and URLs are not shown because they may contain confidential values.
impl fmt::Debug for ResumeToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ResumePoint::Cursor(_) | ResumePoint::Url(_) => write!(formatter, "ResumeToken({})", self.0.kind()),
            _ => write!(formatter, "ResumeToken({self})"),
        }
    }
}
