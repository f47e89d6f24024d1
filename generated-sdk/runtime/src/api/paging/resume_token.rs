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

/// A place in a list: where to go on with it at another time, by [`Items::resume_from`](crate::Items::resume_from).
///
/// It is kept as text, by `Display` and `FromStr` or by serde. What the text says is the API's own matter: a page's
/// number, a count of items, a cursor or a URL, without credentials. Neither the request's parameters are in it nor
/// which list it is of: the request that goes on must be made as the one before it was. How long a cursor or a URL
/// holds good is for the server to say.
///
/// ```
/// # use sdk_runtime::{Items, ResumeToken, Result};
/// # fn example<T>(items: Items<T>, text: &str) -> Result<Items<T>> {
/// let position: ResumeToken = text.parse()?;
/// let items = items.resume_from(&position)?;
/// # Ok(items)
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResumeToken(ResumePoint);

#[derive(Clone, PartialEq, Eq, Hash)]
enum ResumePoint {
    /// Where the request leads by itself.
    Start,
    /// A page's number, and how many items there are before it, if that is known: where the pages differ in length,
    /// nothing else tells when the server's total is reached.
    Page(u64, Option<u64>),
    Offset(u64),
    Cursor(String),
    Url(String),
}

impl ResumeToken {
    /// The page that `request` asks for.
    pub(super) fn of(request: &Request, scheme: &Scheme, state: &PaginationState) -> Self {
        Self(match scheme {
            Scheme::PageNumber { .. } => ResumePoint::Page(state.next_page(), state.items_up_to_here()),
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

    /// Makes `request` ask for the page, or says why it can't.
    pub(super) fn apply(&self, request: &mut Request, scheme: &Scheme) -> Result<(), String> {
        match (&self.0, scheme) {
            (ResumePoint::Start, _) => {}
            (ResumePoint::Page(number, _), Scheme::PageNumber { page: name, first })
            | (ResumePoint::Offset(number), Scheme::Offset { offset: name, first }) => {
                if number < first {
                    return Err(format!("the first {name} is {first}, and the position says {number}"));
                }
                request.query(name, number);
            }
            (ResumePoint::Cursor(text), Scheme::Cursor { cursor, .. } | Scheme::LastItem { cursor, .. }) => {
                request.query(cursor, text);
            }
            // Credentials go along, so it must be at home whoever kept it meanwhile.
            (ResumePoint::Url(text), Scheme::NextUrl { .. } | Scheme::LinkHeader) => {
                let home = request.home()?;
                request.go_to(link::resolve(&home, &home, text)?);
            }
            (point, scheme) => {
                let way = match scheme {
                    Scheme::Single => "has one page only",
                    Scheme::PageNumber { .. } => "goes by the numbers of pages",
                    Scheme::Offset { .. } => "goes by counts of items",
                    Scheme::Cursor { .. } | Scheme::LastItem { .. } => "goes by cursors",
                    Scheme::NextUrl { .. } | Scheme::LinkHeader => "goes by URLs",
                };
                return Err(format!("it {way}, and the position is {}", point.kind()));
            }
        }
        Ok(())
    }
}

/// A URL of a server's without what the client adds to it anyway.
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
            Self::Page(..) => "a page's number",
            Self::Offset(_) => "a count of items",
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

/// Reads what [`Display`](fmt::Display) wrote. Whether it is a place in a list is seen when one starts at it.
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
        // The text isn't shown: it may be anything.
        point
            .map(Self)
            .ok_or_else(|| Error::config("a text is no position in a list; keep what `ResumeToken` gives"))
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

/// Cursors and URLs may have values in them that are not for logs.
impl fmt::Debug for ResumeToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ResumePoint::Cursor(_) | ResumePoint::Url(_) => write!(formatter, "ResumeToken({})", self.0.kind()),
            _ => write!(formatter, "ResumeToken({self})"),
        }
    }
}
