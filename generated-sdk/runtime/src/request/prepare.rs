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
    /// Builds the HTTP request, with credentials. `redirect` is the URL of a redirect that is followed.
    pub(crate) fn prepare(
        &self,
        secrets: &RequestCredentials,
        key: Option<&IdempotencyKey>,
        redirect: Option<&Url>,
    ) -> Result<Prepared> {
        let client = &self.state;
        let extras = self.extras.as_deref();
        if let Some(problem) = extras.and_then(|extras| extras.problem.as_ref()) {
            return Err(self.invalid(format_args!("{problem}")));
        }
        let prepared_headers = secrets.headers(&client.credentials);
        let mut headers = prepared_headers.unwrap_or(&client.headers).clone();
        for (name, value) in extras.map_or(&[][..], |extras| &extras.cookies) {
            add_cookie(&mut headers, name, value)
                .map_err(|_| self.invalid(format_args!("the cookie `{name}` is not a valid header value")))?;
        }
        let mut secret_pairs = Vec::new();
        if prepared_headers.is_none() {
            secrets.apply(&client.credentials, &mut headers, &mut secret_pairs)?;
        }
        // Query parameters of the request override credentials.
        secret_pairs.retain(|secret| !self.query.iter().any(|pair| pair.belongs_to(&secret.parameter)));
        if let Some((name, value)) = key {
            set_header(&mut headers, name.clone(), value.clone());
        }
        if let Some(accept) = self.accept.and_then(|accept| HeaderValue::try_from(accept).ok()) {
            set_header(&mut headers, header::ACCEPT, accept);
        }
        // Headers of the request override all others.
        for (name, value) in extras.iter().flat_map(|extras| &extras.headers) {
            set_header(&mut headers, name.clone(), value.clone());
        }

        let invalid = |problem: String| self.invalid(format_args!("{problem}"));
        let url = match redirect {
            Some(url) => with_secrets(url, &secret_pairs),
            None => self.url_with(&secret_pairs).map_err(invalid)?,
        };

        let (media_type, body) = self.payload.write().map_err(invalid)?.unwrap_or_default();
        if !media_type.is_empty() && !headers.contains_key(header::CONTENT_TYPE) {
            let media_type = self.content_type.filter(|_| self.payload.is_json()).unwrap_or(&media_type);
            let value = HeaderValue::try_from(media_type)
                .map_err(|_| self.invalid(format_args!("the media type of the body is invalid")))?;
            set_header(&mut headers, header::CONTENT_TYPE, value);
        }
        let method = http::Method::from_bytes(self.operation.method.as_bytes())
            .map_err(|_| self.invalid(format_args!("the method is invalid")))?;
        let secret_query = secret_pairs.into_iter().map(|pair| pair.parameter).collect();
        Ok(Prepared { method, url, headers, body, secret_query })
    }

    #[cold]
    fn invalid(&self, problem: fmt::Arguments<'_>) -> Error {
        Error::config(format!("{} {}: {problem}", self.operation.method, self.operation.path))
    }
}
