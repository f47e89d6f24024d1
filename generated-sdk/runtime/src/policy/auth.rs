//! Credentials: selection for a request, placement in headers, query and cookies, and token sources.

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

/// Source of access tokens that expire, such as OAuth 2, OpenID Connect, or a secret store.
///
/// The source is called once for each call, and again if the API rejects the token, so it should cache a token
/// until it expires. Closures that return
/// a future implement this trait.
///
/// # Examples
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
    /// Returns a token. `rejected` is the token that the API has just rejected with 401. It must not be
    /// returned again, even if it has not expired yet.
    ///
    /// # Errors
    /// The call fails with [`Error::Credentials`], whose source is this error.
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

/// Credentials of a client.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    all: Vec<StoredCredential>,
    /// Precomputed headers for security requirements that need only headers.
    prepared_headers: Vec<(CredentialSet, HeaderMap)>,
}

/// Does not show the headers.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(formatter)
    }
}

/// Credentials that must be sent together.
type CredentialSet = &'static [&'static Credential];

/// A credential with its value.
#[derive(Clone, Debug)]
struct StoredCredential {
    credential: &'static Credential,
    value: CredentialOrigin,
    from_environment: bool,
}

/// Value of a credential, or its source.
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

/// Credentials of a request.
#[derive(Clone, Default)]
pub(crate) struct RequestCredentials {
    /// Credentials that the request carries.
    used: CredentialSet,
    /// Values from token sources. The other values are in the client's credentials.
    sourced: Vec<(&'static Credential, Secret)>,
    /// `true` if a source may return a new token.
    pub(crate) is_renewable: bool,
}

impl RequestCredentials {
    /// Returns the precomputed headers of a request with these credentials, if any.
    pub(crate) fn headers<'a>(&self, credentials: &'a Credentials) -> Option<&'a HeaderMap> {
        let matches = |(requirement, _): &&(CredentialSet, HeaderMap)| {
            std::ptr::eq(*requirement, self.used) || *requirement == self.used
        };
        credentials.prepared_headers.iter().find(matches).map(|(_, headers)| headers)
    }

    /// Adds the credentials to a request.
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
    /// Sets a credential. Removes credentials from the environment that belong to other security
    /// requirements, because the order in the API's document would decide between them otherwise.
    pub(crate) fn set(&mut self, api: &Api, credential: &'static Credential, secret: Secret) {
        let is_kept = |stored: &StoredCredential| {
            !stored.from_environment || are_combined(api, stored.credential, credential)
        };
        self.all.retain(|stored| stored.credential != credential && is_kept(stored));
        self.all.push(StoredCredential {
            credential,
            value: CredentialOrigin::Secret(secret),
            from_environment: false,
        });
    }

    /// Sets the source of a credential.
    pub(crate) fn set_source(&mut self, api: &Api, credential: &'static Credential, source: Arc<dyn TokenSource>) {
        self.set(api, credential, Secret::default());
        if let Some(stored) = self.all.last_mut() {
            stored.value = CredentialOrigin::Source(source);
        }
    }

    /// Sets a credential from the environment, unless the program set it or a credential of another security
    /// requirement.
    pub(crate) fn set_from_environment(&mut self, api: &Api, credential: &'static Credential, secret: Secret) {
        let is_set_by_caller = |stored: &StoredCredential| !stored.from_environment;
        let others = |stored: &StoredCredential| {
            stored.credential == credential || !are_combined(api, stored.credential, credential)
        };
        if self.all.iter().any(|stored| is_set_by_caller(stored) && others(stored)) {
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
        // Each credential is a static, so comparing addresses is usually sufficient.
        let matches = |stored: &&StoredCredential| {
            std::ptr::eq(stored.credential, credential) || stored.credential == credential
        };
        self.all.iter().find(matches)
    }

    /// Precomputes the headers of requests, including the `common` ones, and checks that all credentials can
    /// be sent.
    pub(crate) fn prepare(&mut self, api: &Api, common: &HeaderMap) -> Result<()> {
        for stored in &self.all {
            if let CredentialOrigin::Secret(secret) = &stored.value {
                apply_credential(stored.credential, secret, &mut HeaderMap::new(), &mut Vec::new())?;
            }
        }
        for requirement in api.security {
            let is_header = |credential: &&Credential| {
                // A cookie is merged with the cookies of the request.
                let is_cookie_or_query =
                    matches!(credential.placement, Placement::Cookie(_) | Placement::Query(_));
                !is_cookie_or_query && self.source(credential).is_none()
            };
            if self.has_all(requirement) && requirement.iter().all(is_header) {
                let secrets = RequestCredentials { used: requirement, ..RequestCredentials::default() };
                let mut headers = common.clone();
                secrets.apply(self, &mut headers, &mut Vec::new())?;
                self.prepared_headers.push((requirement, headers));
            }
        }
        Ok(())
    }

    fn has_all(&self, alternative: &[&'static Credential]) -> bool {
        alternative.iter().all(|credential| self.stored(credential).is_some())
    }

    /// Returns the credentials for a request: the first security requirement of the operation for which the
    /// client has all credentials, or else the first such requirement of the API, because the server may
    /// accept it.
    pub(crate) fn select(&self, api: &Api, operation: &Operation) -> Result<CredentialSet> {
        if operation.security.is_empty() {
            return Ok(&[]);
        }
        let mut requirements = operation.security.iter().chain(api.security);
        requirements.find(|requirement| self.has_all(requirement)).copied().ok_or_else(|| {
            let requirements = if api.security.is_empty() { operation.security } else { api.security };
            self.missing_credentials(requirements)
        })
    }

    /// Returns the credentials for a request, without values from sources, which [`tokens`](Self::tokens)
    /// adds.
    pub(crate) fn secrets(&self, api: &Api, operation: &Operation) -> Result<RequestCredentials> {
        Ok(RequestCredentials { used: self.select(api, operation)?, ..RequestCredentials::default() })
    }

    /// Requests tokens from the sources of the request's credentials, if there are any. If `was_rejected`,
    /// the sources receive the rejected tokens.
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
        // If a new token is rejected as well, another one would not help.
        secrets.is_renewable = !was_rejected;
        Ok(())
    }

    fn source(&self, credential: &Credential) -> Option<&Arc<dyn TokenSource>> {
        match &self.stored(credential)?.value {
            CredentialOrigin::Source(source) => Some(source),
            CredentialOrigin::Secret(_) => None,
        }
    }

    /// Checks that the client has the credentials of at least one security requirement.
    pub(crate) fn check(&self, api: &Api) -> Result<()> {
        if api.security.is_empty() || api.security.iter().any(|requirement| self.has_all(requirement)) {
            return Ok(());
        }
        Err(self.missing_credentials(api.security))
    }

    fn missing_credentials(&self, security: &[&[&Credential]]) -> Error {
        let named = |credential: &&Credential| format!("{} ({})", credential.name, credential.variable);
        let requirements: Vec<String> = security
            .iter()
            .map(|requirement| requirement.iter().map(named).collect::<Vec<_>>().join(" and "))
            .collect();
        let has: Vec<&str> = self.all.iter().map(|stored| stored.credential.name).collect();
        let has = match has.as_slice() {
            [] => "no credentials".to_owned(),
            names => format!("only {}", names.join(" and ")),
        };
        Error::config(format!(
            "the client has {has}; set {} on the client builder or in the environment",
            requirements.join(", or ")
        ))
    }
}

/// Returns `true` if a security requirement contains both credentials.
fn are_combined(api: &Api, one: &Credential, other: &Credential) -> bool {
    api.security.iter().any(|requirement| requirement.contains(&one) && requirement.contains(&other))
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

/// Returns the header of a credential, if it is sent in a header of its own.
fn header_of(credential: &Credential, secret: &Secret) -> Result<Option<(HeaderName, HeaderValue)>> {
    let (name, text) = match credential.placement {
        Placement::Bearer => (header::AUTHORIZATION, format!("Bearer {}", secret.expose())),
        Placement::Basic => (header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(secret.expose()))),
        Placement::Header(name) => (header_name(name)?, secret.expose().to_owned()),
        Placement::Cookie(_) | Placement::Query(_) => return Ok(None),
    };
    // The message does not describe the error because it would contain part of the secret.
    let mut value = HeaderValue::try_from(text).map_err(|_| unsendable(credential))?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}

fn unsendable(credential: &Credential) -> Error {
    Error::config(format!(
        "the credential {} contains a character that is not allowed in a header",
        credential.name
    ))
}
