use std::fmt;

use http::{HeaderValue, header};
use url::Url;

use super::url::with_secrets;
use super::{IdempotencyKey, Request};
use crate::error::{Error, Result};
use crate::policy::auth::RequestCredentials;
use crate::transport::Prepared;
use crate::transport::headers::{add_cookie, set_header};

impl Request {
    /// The request as it is sent, with credentials; on to another place, if the server said so.
    pub(crate) fn prepare(
        &self,
        secrets: &RequestCredentials,
        key: Option<&IdempotencyKey>,
        moved: Option<&Url>,
    ) -> Result<Prepared> {
        let client = &self.state;
        let extras = self.extras.as_deref();
        if let Some(problem) = extras.and_then(|extras| extras.problem.as_ref()) {
            return Err(self.unsendable(format_args!("{problem}")));
        }
        let ready = secrets.headers(&client.credentials);
        let mut headers = ready.unwrap_or(&client.headers).clone();
        for (name, value) in extras.map_or(&[][..], |extras| &extras.cookies) {
            add_cookie(&mut headers, name, value)
                .map_err(|_| self.unsendable(format_args!("the cookie `{name}` can't be sent")))?;
        }
        let mut hidden = Vec::new();
        if ready.is_none() {
            secrets.apply(&client.credentials, &mut headers, &mut hidden)?;
        }
        // As with headers: what a program sets for this one request wins.
        hidden.retain(|secret| !self.query.iter().any(|pair| pair.is_of(&secret.parameter)));
        if let Some((name, value)) = key {
            set_header(&mut headers, name.clone(), value.clone());
        }
        if let Some(accept) = self.accept.and_then(|accept| HeaderValue::try_from(accept).ok()) {
            set_header(&mut headers, header::ACCEPT, accept);
        }
        // What a program sets for this one request wins.
        for (name, value) in extras.iter().flat_map(|extras| &extras.headers) {
            set_header(&mut headers, name.clone(), value.clone());
        }

        let unsendable = |what: String| self.unsendable(format_args!("{what}"));
        let url = match moved {
            Some(url) => with_secrets(url, &hidden),
            None => self.url_with(&hidden).map_err(unsendable)?,
        };

        let (media_type, body) = self.payload.write().map_err(unsendable)?.unwrap_or_default();
        if !media_type.is_empty() && !headers.contains_key(header::CONTENT_TYPE) {
            let media_type = self.content_type.filter(|_| self.payload.is_json()).unwrap_or(&media_type);
            let value = HeaderValue::try_from(media_type)
                .map_err(|_| self.unsendable(format_args!("the body's media type is none")))?;
            set_header(&mut headers, header::CONTENT_TYPE, value);
        }
        let method = http::Method::from_bytes(self.operation.method.as_bytes())
            .map_err(|_| self.unsendable(format_args!("the method is not one of HTTP")))?;
        let secret_query = hidden.into_iter().map(|pair| pair.parameter).collect();
        Ok(Prepared { method, url, headers, body, secret_query })
    }

    #[cold]
    fn unsendable(&self, what: fmt::Arguments<'_>) -> Error {
        Error::config(format!("{} {}: {what}", self.operation.method, self.operation.path))
    }
}
