//! Which credentials a request carries, and where.

use std::fmt;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{CredentialsError, Error, Result};
use crate::operation::{Api, Credential, Operation, Placement};
use crate::parameter::Pair;
use crate::request::set_header;
use crate::transport::BoxFuture;
use crate::values::Secret;

/// Gives the tokens that a client authenticates with, where they run out: by OAuth 2, OpenID Connect, or from a
/// store of secrets. It is asked for each call, so it should remember a token for as long as that is good.
///
/// A closure that returns a future is one.
///
/// ```
/// # use sdk_runtime::{Secret, TokenSource};
/// async fn log_in() -> Result<Secret, std::io::Error> {
///     Ok(Secret::from("…"))
/// }
///
/// fn source() -> impl TokenSource {
///     |_rejected| log_in()
/// }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// A token. `rejected` is the one that the API has just refused with 401: it won't do, even if it should not
    /// have run out yet.
    fn token(&self, rejected: Option<Secret>) -> BoxFuture<'_, Result<Secret, BoxError>>;
}

impl<F, R, E> TokenSource for F
where
    F: Fn(Option<Secret>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Secret, E>> + Send + 'static,
    E: Into<BoxError>,
{
    fn token(&self, rejected: Option<Secret>) -> BoxFuture<'_, Result<Secret, BoxError>> {
        let token = self(rejected);
        Box::pin(async { token.await.map_err(Into::into) })
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The credentials that a client has, by their definitions.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    all: Vec<Held>,
    /// The headers of requests that are authenticated in one of these ways, where nothing but headers is needed for it.
    ready: Vec<(Way, HeaderMap)>,
}

/// The headers are the client's, which are nobody's business.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(formatter)
    }
}

/// Credentials that go together.
type Way = &'static [&'static Credential];

/// A credential that a client has.
#[derive(Clone, Debug)]
struct Held {
    credential: &'static Credential,
    value: Origin,
    from_environment: bool,
}

/// Where a credential comes from.
#[derive(Clone)]
enum Origin {
    Secret(Secret),
    Source(Arc<dyn TokenSource>),
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(secret) => secret.fmt(formatter),
            Self::Source(_) => formatter.write_str("[token source]"),
        }
    }
}

/// What a request is authenticated with.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    /// The credentials that it carries.
    used: Way,
    /// Those of them that come from a source; the client has the others.
    sourced: Vec<(&'static Credential, Secret)>,
    /// Whether a source may have another.
    pub(crate) is_renewable: bool,
}

impl Secrets {
    /// The headers of a request that carries them, where the client has made those.
    pub(crate) fn headers<'a>(&self, credentials: &'a Credentials) -> Option<&'a HeaderMap> {
        let is_it = |(way, _): &&(Way, HeaderMap)| std::ptr::eq(*way, self.used) || *way == self.used;
        credentials.ready.iter().find(is_it).map(|(_, headers)| headers)
    }

    /// Adds them to a request.
    pub(crate) fn apply(
        &self,
        credentials: &Credentials,
        headers: &mut HeaderMap,
        query: &mut Vec<Pair>,
    ) -> Result<()> {
        for credential in self.used {
            let secret = match credentials.held(credential).map(|held| &held.value) {
                Some(Origin::Secret(secret)) => Some(secret),
                _ => self.sourced(credential),
            };
            secret.map_or(Ok(()), |secret| place(credential, secret, headers, query))?;
        }
        Ok(())
    }

    fn sourced(&self, credential: &Credential) -> Option<&Secret> {
        self.sourced.iter().find(|(known, _)| *known == credential).map(|(_, secret)| secret)
    }
}

impl Credentials {
    /// Takes a credential that the program gives. One from the environment that doesn't go with it would
    /// otherwise win or lose by the order of the API's document.
    pub(crate) fn set(&mut self, api: &Api, credential: &'static Credential, secret: Secret) {
        let stays = |held: &Held| !held.from_environment || go_together(api, held.credential, credential);
        self.all.retain(|held| held.credential != credential && stays(held));
        self.all.push(Held { credential, value: Origin::Secret(secret), from_environment: false });
    }

    /// Takes what gives a credential whenever one is needed.
    pub(crate) fn set_source(&mut self, api: &Api, credential: &'static Credential, source: Arc<dyn TokenSource>) {
        self.set(api, credential, Secret::default());
        if let Some(held) = self.all.last_mut() {
            held.value = Origin::Source(source);
        }
    }

    /// Takes a credential that the environment has, unless the program gave one that doesn't go with it.
    pub(crate) fn set_from_environment(&mut self, api: &Api, credential: &'static Credential, secret: Secret) {
        let is_given = |held: &Held| !held.from_environment;
        let others = |held: &Held| held.credential == credential || !go_together(api, held.credential, credential);
        if self.all.iter().any(|held| is_given(held) && others(held)) {
            return;
        }
        self.all.retain(|held| held.credential != credential);
        self.all.push(Held { credential, value: Origin::Secret(secret), from_environment: true });
    }

    fn held(&self, credential: &Credential) -> Option<&Held> {
        // There is one static for each, so that most are found without a look at their names.
        let is_it = |held: &&Held| std::ptr::eq(held.credential, credential) || held.credential == credential;
        self.all.iter().find(is_it)
    }

    /// Makes the headers of requests, in which there are those that all have. Every credential must be one that can be
    /// sent.
    pub(crate) fn prepare(&mut self, api: &Api, common: &HeaderMap) -> Result<()> {
        for held in &self.all {
            if let Origin::Secret(secret) = &held.value {
                place(held.credential, secret, &mut HeaderMap::new(), &mut Vec::new())?;
            }
        }
        for way in api.security {
            let is_header = |credential: &&Credential| {
                // Others may want a cookie too.
                let is_elsewhere = matches!(credential.placement, Placement::Cookie(_) | Placement::Query(_));
                !is_elsewhere && self.source(credential).is_none()
            };
            if self.has_all(way) && way.iter().all(is_header) {
                let secrets = Secrets { used: way, ..Secrets::default() };
                let mut headers = common.clone();
                secrets.apply(self, &mut headers, &mut Vec::new())?;
                self.ready.push((way, headers));
            }
        }
        Ok(())
    }

    fn has_all(&self, alternative: &[&'static Credential]) -> bool {
        alternative.iter().all(|credential| self.held(credential).is_some())
    }

    /// The credentials that an operation's request carries: the first of the ways it takes for which the client has
    /// all. Where the client has none of those, it uses what the API takes elsewhere: the server knows best whom it
    /// lets in.
    pub(crate) fn used(&self, api: &Api, operation: &Operation) -> Result<Way> {
        if operation.security.is_empty() {
            return Ok(&[]);
        }
        let mut ways = operation.security.iter().chain(api.security);
        ways.find(|way| self.has_all(way)).copied().ok_or_else(|| {
            let ways = if api.security.is_empty() { operation.security } else { api.security };
            self.missing(ways)
        })
    }

    /// What an operation's request is authenticated with, but for what comes from sources: [`tokens`](Self::tokens) gets
    /// that.
    pub(crate) fn secrets(&self, api: &Api, operation: &Operation) -> Result<Secrets> {
        Ok(Secrets { used: self.used(api, operation)?, ..Secrets::default() })
    }

    /// Asks the sources of a request's credentials, if there are any. They are told what `was_rejected`.
    pub(crate) fn tokens<'a>(
        &'a self,
        secrets: &'a mut Secrets,
        was_rejected: bool,
    ) -> Option<BoxFuture<'a, Result<()>>> {
        let is_sourced = |credential: &&Credential| self.source(credential).is_some();
        secrets.used.iter().any(is_sourced).then(|| Box::pin(self.ask(secrets, was_rejected)) as _)
    }

    async fn ask(&self, secrets: &mut Secrets, was_rejected: bool) -> Result<()> {
        let mut sourced = Vec::new();
        for credential in secrets.used {
            if let Some(source) = self.source(credential) {
                let rejected = secrets.sourced(credential).filter(|_| was_rejected).cloned();
                let secret = source.token(rejected).await.map_err(|source| {
                    Error::Credentials(Box::new(CredentialsError { credential: credential.name, source }))
                })?;
                sourced.push((*credential, secret));
            }
        }
        secrets.sourced = sourced;
        // One is refused: another as good as new would be refused as well.
        secrets.is_renewable = !was_rejected;
        Ok(())
    }

    fn source(&self, credential: &Credential) -> Option<&Arc<dyn TokenSource>> {
        match &self.held(credential)?.value {
            Origin::Source(source) => Some(source),
            Origin::Secret(_) => None,
        }
    }

    /// Says which credentials are missing: nothing can be called without them.
    pub(crate) fn check(&self, api: &Api) -> Result<()> {
        if api.security.is_empty() || api.security.iter().any(|way| self.has_all(way)) {
            return Ok(());
        }
        Err(self.missing(api.security))
    }

    fn missing(&self, security: &[&[&Credential]]) -> Error {
        let named = |credential: &&Credential| format!("{} ({})", credential.name, credential.variable);
        let ways: Vec<String> =
            security.iter().map(|way| way.iter().map(named).collect::<Vec<_>>().join(" and ")).collect();
        let has: Vec<&str> = self.all.iter().map(|held| held.credential.name).collect();
        let has = match has.as_slice() {
            [] => "no credentials".to_owned(),
            names => format!("only {}", names.join(" and ")),
        };
        Error::config(format!(
            "the client has {has}; give it {} on its builder or in the environment",
            ways.join(", or ")
        ))
    }
}

/// Whether one way to authenticate takes both.
fn go_together(api: &Api, one: &Credential, other: &Credential) -> bool {
    api.security.iter().any(|way| way.contains(&one) && way.contains(&other))
}

fn place(credential: &Credential, secret: &Secret, headers: &mut HeaderMap, query: &mut Vec<Pair>) -> Result<()> {
    match credential.placement {
        Placement::Cookie(name) => {
            add_cookie(headers, name, secret.expose()).map_err(|_| unsendable(credential))?;
        }
        Placement::Query(name) => query.push(Pair::new(name, name, secret.expose())),
        _ => {
            if let Some((name, value)) = header_of(credential, secret)? {
                set_header(headers, name, value);
            }
        }
    }
    Ok(())
}

/// The header that is a credential's own, if it has one.
fn header_of(credential: &Credential, secret: &Secret) -> Result<Option<(HeaderName, HeaderValue)>> {
    let (name, text) = match credential.placement {
        Placement::Bearer => (header::AUTHORIZATION, format!("Bearer {}", secret.expose())),
        Placement::Basic => (header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(secret.expose()))),
        Placement::Header(name) => (header_name(name)?, secret.expose().to_owned()),
        Placement::Cookie(_) | Placement::Query(_) => return Ok(None),
    };
    // What is wrong with the secret is not said: it would be in the message.
    let mut value = HeaderValue::try_from(text).map_err(|_| unsendable(credential))?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}

fn unsendable(credential: &Credential) -> Error {
    Error::config(format!("the credential {} has a character that no header can carry", credential.name))
}

/// Adds a cookie to those that are there.
pub(crate) fn add_cookie(
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
) -> std::result::Result<(), http::header::InvalidHeaderValue> {
    let others = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    let text = match others {
        Some(others) => format!("{others}; {name}={value}"),
        None => format!("{name}={value}"),
    };
    let mut value = HeaderValue::try_from(text)?;
    value.set_sensitive(true);
    set_header(headers, header::COOKIE, value);
    Ok(())
}

pub(crate) fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name).map_err(|_| Error::config(format!("`{name}` is not a header's name")))
}
