//! Which credentials a request carries, and where.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{Error, Result};
use crate::operation::{Api, Credential, Operation, Placement};
use crate::values::Secret;

/// The credentials that a client has, by their definitions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials(Vec<Held>);

/// A credential that a client has.
#[derive(Clone, Debug)]
struct Held {
    credential: &'static Credential,
    secret: Secret,
    from_environment: bool,
}

impl Credentials {
    /// Takes a credential that the program gives. One from the environment that doesn't go with it would
    /// otherwise win or lose by the order of the API's document.
    pub(crate) fn set(&mut self, api: &Api, credential: &'static Credential, secret: Secret) {
        let together =
            |other: &Credential| api.security.iter().any(|way| way.contains(&credential) && way.contains(&other));
        self.0
            .retain(|held| held.credential != credential && (!held.from_environment || together(held.credential)));
        self.0.push(Held { credential, secret, from_environment: false });
    }

    /// Takes a credential that the environment has.
    pub(crate) fn set_from_environment(&mut self, credential: &'static Credential, secret: Secret) {
        self.0.retain(|held| held.credential != credential);
        self.0.push(Held { credential, secret, from_environment: true });
    }

    fn secret(&self, credential: &Credential) -> Option<&Secret> {
        self.0.iter().find(|held| held.credential == credential).map(|held| &held.secret)
    }

    /// Whether every credential can be sent.
    pub(crate) fn check_characters(&self) -> Result<()> {
        let (mut headers, mut query) = (HeaderMap::new(), Vec::new());
        self.0.iter().try_for_each(|held| place(held.credential, &held.secret, &mut headers, &mut query))
    }

    fn has_all(&self, alternative: &[&'static Credential]) -> bool {
        alternative.iter().all(|credential| self.secret(credential).is_some())
    }

    /// Adds the credentials of an operation to its request: the first of the ways it takes for which the client
    /// has all. Where the client has none of those, it uses what the API takes elsewhere: the server knows best
    /// whom it lets in.
    pub(crate) fn apply(
        &self,
        api: &Api,
        operation: &Operation,
        headers: &mut HeaderMap,
        query: &mut Vec<(String, String)>,
    ) -> Result<()> {
        if operation.security.is_empty() {
            return Ok(());
        }
        let mut ways = operation.security.iter().chain(api.security);
        let Some(way) = ways.find(|way| self.has_all(way)) else {
            return Err(self.missing(api));
        };
        for credential in *way {
            if let Some(secret) = self.secret(credential) {
                place(credential, secret, headers, query)?;
            }
        }
        Ok(())
    }

    /// Says which credentials are missing: nothing can be called without them.
    pub(crate) fn check(&self, api: &Api) -> Result<()> {
        if api.security.is_empty() || api.security.iter().any(|way| self.has_all(way)) {
            return Ok(());
        }
        Err(self.missing(api))
    }

    fn missing(&self, api: &Api) -> Error {
        let named = |credential: &&Credential| format!("{} ({})", credential.name, credential.variable);
        let ways: Vec<String> =
            api.security.iter().map(|way| way.iter().map(named).collect::<Vec<_>>().join(" and ")).collect();
        let has: Vec<&str> = self.0.iter().map(|held| held.credential.name).collect();
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

fn place(
    credential: &Credential,
    secret: &Secret,
    headers: &mut HeaderMap,
    query: &mut Vec<(String, String)>,
) -> Result<()> {
    let (name, text) = match credential.placement {
        Placement::Bearer => (header::AUTHORIZATION, format!("Bearer {}", secret.expose())),
        Placement::Basic => (header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(secret.expose()))),
        Placement::Header(name) => (header_name(name)?, secret.expose().to_owned()),
        Placement::Cookie(name) => {
            let cookie = format!("{name}={}", secret.expose());
            match headers.get(header::COOKIE).and_then(|value| value.to_str().ok()) {
                Some(others) => (header::COOKIE, format!("{others}; {cookie}")),
                None => (header::COOKIE, cookie),
            }
        }
        Placement::Query(name) => {
            query.push((name.to_owned(), secret.expose().to_owned()));
            return Ok(());
        }
    };
    // What is wrong with the secret is not said: it would be in the message.
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::config(format!("the credential {} has a character that no header can carry", credential.name))
    })?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

pub(crate) fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name).map_err(|_| Error::config(format!("`{name}` is not a header's name")))
}
