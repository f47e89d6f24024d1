//! URL of a request.

use std::borrow::Cow;

use ::url::Url;

use super::Request;
use super::client_state::is_secure;
use super::path::split_at_byte;
use crate::json::parameter::Pair;

impl Request {
    /// Replaces path and query with a URL from a response. The caller must check that credentials may be sent
    /// to it.
    pub(crate) fn set_link(&mut self, link: Url) {
        self.extras().link = Some(link);
    }

    /// Returns the URL from a response that replaces path and query, if any.
    pub(crate) fn link(&self) -> Option<&Url> {
        self.extras.as_ref()?.link.as_ref()
    }

    /// Returns the URL of the request, without credentials.
    pub(crate) fn url(&self) -> Result<Url, String> {
        self.url_with(&[])
    }

    /// Returns the URL of the request, with credentials in the query.
    pub(super) fn url_with(&self, secrets: &[Pair]) -> Result<Url, String> {
        if let Some(link) = self.link() {
            return Ok(with_secrets(link, secrets));
        }
        let path = self.path.finish()?;
        // A fragment is not sent to the server.
        let path = split_at_byte(&path, b'#').map_or(&*path, |(path, _)| path);
        // The path of an operation can contain a query.
        let (path, path_query) =
            split_at_byte(path, b'?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.base_url()?.into_owned();
        match url.path().trim_end_matches('/') {
            "" => url.set_path(path),
            base => {
                let path = [base, path].concat();
                url.set_path(&path);
            }
        }
        if path_query.is_some() || !self.query.is_empty() || !secrets.is_empty() {
            let pairs = Pair::join(self.query.iter().chain(secrets));
            match path_query {
                None => url.set_query(Some(&pairs)),
                Some(query) if pairs.is_empty() => url.set_query(Some(query)),
                Some(query) => url.set_query(Some(&[query, "&", &pairs].concat())),
            }
        }
        Ok(url)
    }

    /// Returns the base URL of the operation, or else of the API. A relative URL of the operation is resolved
    /// against the base URL of the API. An absolute one is used unless the program or the environment sets the
    /// base URL of the API.
    pub(crate) fn base_url(&self) -> Result<Cow<'_, Url>, String> {
        let client = &self.state;
        let Some(base_url) = self.operation.base_url else { return Ok(Cow::Borrowed(&client.base_url)) };
        let invalid = |error| format!("the base URL `{base_url}` of the operation is invalid: {error}");
        if !base_url.contains("://") {
            let mut base = client.base_url.clone();
            if !base.path().ends_with('/') {
                base.set_path(&format!("{}/", base.path()));
            }
            return base.join(base_url).map(Cow::Owned).map_err(invalid);
        }
        if client.has_custom_base_url {
            return Ok(Cow::Borrowed(&client.base_url));
        }
        let url = Url::parse(base_url).map_err(invalid)?;
        if client.allows_http || is_secure(&url) {
            Ok(Cow::Owned(url))
        } else {
            Err(format!(
                "credentials would be sent in the clear to the base URL `{base_url}` of the operation; allow it \
                 with `allow_http` of the client builder"
            ))
        }
    }
}

/// Adds credentials to the query of a URL from a response. They replace credentials that the URL already
/// contains.
pub(super) fn with_secrets(link: &Url, secrets: &[Pair]) -> Url {
    let mut url = link.clone();
    if !secrets.is_empty() {
        let is_secret = |pair: &&str| {
            let name = url::form_urlencoded::parse(pair.as_bytes()).next();
            name.is_some_and(|(name, _)| secrets.iter().any(|secret| secret.parameter == name))
        };
        let others =
            link.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_secret(pair));
        let query: Vec<String> = others.map(str::to_owned).chain([Pair::join(secrets)]).collect();
        url.set_query(Some(&query.join("&")));
    }
    url
}
