//! Which credentials a request carries, and where.

use std::fmt;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{CredentialsError, Error, Result};
use crate::json::parameter::Pair;
use crate::json::values::Secret;
use crate::operation::{Api, Credential, Operation, Placement};
use crate::transport::BoxFuture;
use crate::transport::headers::{add_cookie, header_name, set_header};

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
    all: Vec<StoredCredential>,
    /// The headers of requests that are authenticated in one of these ways, where nothing but headers is needed for it.
    prepared_headers: Vec<(CredentialSet, HeaderMap)>,
}

/// The headers are the client's, which are nobody's business.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(formatter)
    }
}

/// Credentials that go together.
type CredentialSet = &'static [&'static Credential];

/// A credential that a client has.
#[derive(Clone, Debug)]
struct StoredCredential {
    credential: &'static Credential,
    value: CredentialOrigin,
    from_environment: bool,
}

/// Where a credential comes from.
#[derive(Clone)]
enum CredentialOrigin {
    Secret(Secret),
    Source(Arc<dyn TokenSource>),
}

impl fmt::Debug for CredentialOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(secret) => secret.fmt(formatter),
            Self::Source(_) => formatter.write_str("[token source]"),
        }
    }
}

/// What a request is authenticated with.
#[derive(Clone, Default)]
pub(crate) struct RequestCredentials {
    /// The credentials that it carries.
    used: CredentialSet,
    /// Those of them that come from a source; the client has the others.
    sourced: Vec<(&'static Credential, Secret)>,
    /// Whether a source may have another.
    pub(crate) is_renewable: bool,
}

impl RequestCredentials {
    /// The headers of a request that carries them, where the client has made those.
    pub(crate) fn headers<'a>(&self, credentials: &'a Credentials) -> Option<&'a HeaderMap> {
        let is_it = |(way, _): &&(CredentialSet, HeaderMap)| std::ptr::eq(*way, self.used) || *way == self.used;
        credentials.prepared_headers.iter().find(is_it).map(|(_, headers)| headers)
    }

    /// Adds them to a request.
    pub(crate) fn apply(
        &self,
        credentials: &Credentials,
        headers: &mut HeaderMap,
        query: &mut Vec<Pair>,
    ) -> Result<()> {
        for credential in self.used {
            let secret = match credentials.stored(credential).map(|stored| &stored.value) {
                Some(CredentialOrigin::Secret(secret)) => Some(secret),
                _ => self.sourced(credential),
            };
            secret.map_or(Ok(()), |secret| apply_credential(credential, secret, headers, query))?;
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
        let stays = |stored: &StoredCredential| {
            !stored.from_environment || are_combined(api, stored.credential, credential)
        };
        self.all.retain(|stored| stored.credential != credential && stays(stored));
        self.all.push(StoredCredential {
            credential,
            value: CredentialOrigin::Secret(secret),
            from_environment: false,
        });
    }

    /// Takes what gives a credential whenever one is needed.
    pub(crate) fn set_source(&mut self, api: &Api, credential: &'static Credential, source: Arc<dyn TokenSource>) {
        self.set(api, credential, Secret::default());
        if let Some(stored) = self.all.last_mut() {
            stored.value = CredentialOrigin::Source(source);
        }
    }

    /// Takes a credential that the environment has, unless the program gave one that doesn't go with it.
    pub(crate) fn set_from_environment(&mut self, api: &Api, credential: &'static Credential, secret: Secret) {
        let is_given = |stored: &StoredCredential| !stored.from_environment;
        let others = |stored: &StoredCredential| {
            stored.credential == credential || !are_combined(api, stored.credential, credential)
        };
        if self.all.iter().any(|stored| is_given(stored) && others(stored)) {
            return;
        }
        self.all.retain(|stored| stored.credential != credential);
        self.all.push(StoredCredential {
            credential,
            value: CredentialOrigin::Secret(secret),
            from_environment: true,
        });
    }

    fn stored(&self, credential: &Credential) -> Option<&StoredCredential> {
        // There is one static for each, so that most are found without a look at their names.
        let is_it = |stored: &&StoredCredential| {
            std::ptr::eq(stored.credential, credential) || stored.credential == credential
        };
        self.all.iter().find(is_it)
    }

    /// Makes the headers of requests, in which there are those that all have. Every credential must be one that can be
    /// sent.
    pub(crate) fn prepare(&mut self, api: &Api, common: &HeaderMap) -> Result<()> {
        for stored in &self.all {
            if let CredentialOrigin::Secret(secret) = &stored.value {
                apply_credential(stored.credential, secret, &mut HeaderMap::new(), &mut Vec::new())?;
            }
        }
        for way in api.security {
            let is_header = |credential: &&Credential| {
                // Others may want a cookie too.
                let has_custom_base_url =
                    matches!(credential.placement, Placement::Cookie(_) | Placement::Query(_));
                !has_custom_base_url && self.source(credential).is_none()
            };
            if self.has_all(way) && way.iter().all(is_header) {
                let secrets = RequestCredentials { used: way, ..RequestCredentials::default() };
                let mut headers = common.clone();
                secrets.apply(self, &mut headers, &mut Vec::new())?;
                self.prepared_headers.push((way, headers));
            }
        }
        Ok(())
    }

    fn has_all(&self, alternative: &[&'static Credential]) -> bool {
        alternative.iter().all(|credential| self.stored(credential).is_some())
    }

    /// The credentials that an operation's request carries: the first of the ways it takes for which the client has
    /// all. Where the client has none of those, it uses what the API takes elsewhere: the server knows best whom it
    /// lets in.
    pub(crate) fn used(&self, api: &Api, operation: &Operation) -> Result<CredentialSet> {
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
    pub(crate) fn secrets(&self, api: &Api, operation: &Operation) -> Result<RequestCredentials> {
        Ok(RequestCredentials { used: self.used(api, operation)?, ..RequestCredentials::default() })
    }

    /// Asks the sources of a request's credentials, if there are any. They are told what `was_rejected`.
    pub(crate) fn tokens<'a>(
        &'a self,
        secrets: &'a mut RequestCredentials,
        was_rejected: bool,
    ) -> Option<BoxFuture<'a, Result<()>>> {
        let is_sourced = |credential: &&Credential| self.source(credential).is_some();
        secrets.used.iter().any(is_sourced).then(|| Box::pin(self.fetch_tokens(secrets, was_rejected)) as _)
    }

    async fn fetch_tokens(&self, secrets: &mut RequestCredentials, was_rejected: bool) -> Result<()> {
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
        match &self.stored(credential)?.value {
            CredentialOrigin::Source(source) => Some(source),
            CredentialOrigin::Secret(_) => None,
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
        let has: Vec<&str> = self.all.iter().map(|stored| stored.credential.name).collect();
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
fn are_combined(api: &Api, one: &Credential, other: &Credential) -> bool {
    api.security.iter().any(|way| way.contains(&one) && way.contains(&other))
}

fn apply_credential(
    credential: &Credential,
    secret: &Secret,
    headers: &mut HeaderMap,
    query: &mut Vec<Pair>,
) -> Result<()> {
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
