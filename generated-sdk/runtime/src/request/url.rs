//! Where a request goes.

use std::borrow::Cow;

use ::url::Url;

use super::Request;
use super::client_state::is_secure;
use super::path::split_at_byte;
use crate::json::parameter::Pair;

impl Request {
    /// Sends the request to a URL that a server gave, which must be one that the credentials may go to.
    pub(crate) fn go_to(&mut self, link: Url) {
        self.extras().link = Some(link);
    }

    /// The URL of a server's that the request goes to, if it does.
    pub(crate) fn link(&self) -> Option<&Url> {
        self.extras.as_ref()?.link.as_ref()
    }

    /// Where the request goes, without credentials.
    pub(crate) fn url(&self) -> Result<Url, String> {
        self.url_with(&[])
    }

    /// The operation's base URL.
    pub(crate) fn home(&self) -> Result<Url, String> {
        self.base_url().map(Cow::into_owned)
    }

    /// Where the request goes, with credentials in the query.
    pub(super) fn url_with(&self, secrets: &[Pair]) -> Result<Url, String> {
        if let Some(link) = self.link() {
            return Ok(with_secrets(link, secrets));
        }
        let path = self.path.finish()?;
        // What stands behind a `#` is no matter of the server's.
        let path = split_at_byte(&path, b'#').map_or(&*path, |(path, _)| path);
        // A path may have a query of its own.
        let (path, own) = split_at_byte(path, b'?').map_or((path, None), |(path, own)| (path, Some(own)));
        let mut url = self.base_url()?.into_owned();
        match url.path().trim_end_matches('/') {
            "" => url.set_path(path),
            base => {
                let path = [base, path].concat();
                url.set_path(&path);
            }
        }
        if own.is_some() || !self.query.is_empty() || !secrets.is_empty() {
            let pairs = Pair::write(self.query.iter().chain(secrets));
            match own {
                None => url.set_query(Some(&pairs)),
                Some(own) if pairs.is_empty() => url.set_query(Some(own)),
                Some(own) => url.set_query(Some(&[own, "&", &pairs].concat())),
            }
        }
        Ok(url)
    }

    /// Where the operation is: what the program says, what the operation says, or where the whole API is.
    fn base_url(&self) -> Result<Cow<'_, Url>, String> {
        let client = &self.state;
        let Some(own) = self.operation.base_url else { return Ok(Cow::Borrowed(&client.base_url)) };
        let unusable = |error| format!("its base URL `{own}` can't be used: {error}");
        if !own.contains("://") {
            // It is said relative to where the whole API is.
            let mut base = client.base_url.clone();
            if !base.path().ends_with('/') {
                base.set_path(&format!("{}/", base.path()));
            }
            return base.join(own).map(Cow::Owned).map_err(unusable);
        }
        if client.has_custom_base_url {
            return Ok(Cow::Borrowed(&client.base_url));
        }
        let url = Url::parse(own).map_err(unusable)?;
        if client.allows_http || is_secure(&url) {
            Ok(Cow::Owned(url))
        } else {
            Err("credentials would go to it in the clear; allow it with the client's `allow_http`".to_owned())
        }
    }
}

/// A server's URL with the credentials that go into the query. One that the server repeats is sent once: as the
/// client has it.
pub(super) fn with_secrets(link: &Url, secrets: &[Pair]) -> Url {
    let mut url = link.clone();
    if !secrets.is_empty() {
        let is_secret = |pair: &&str| {
            let name = url::form_urlencoded::parse(pair.as_bytes()).next();
            name.is_some_and(|(name, _)| secrets.iter().any(|secret| secret.parameter == name))
        };
        let others =
            link.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_secret(pair));
        let query: Vec<String> = others.map(str::to_owned).chain([Pair::write(secrets)]).collect();
        url.set_query(Some(&query.join("&")));
    }
    url
}
