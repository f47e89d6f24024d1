//! Requests as `curl` commands, without secrets.

use super::Request;
use crate::error::Result;
use crate::operation::Placement;
use crate::policy::auth::RequestCredentials;
use crate::transport::headers::sounds_secret;

impl Request {
    /// Returns the command. If `has_body`, it contains the body.
    pub(crate) fn curl(&self, has_body: bool) -> Result<String> {
        let request = self.prepare(&RequestCredentials::default(), None, None)?;
        // The quotes are closed around variables, so the shell expands them.
        let mut url = format!("'{}", inside(request.url.as_str()));
        let mut words = Vec::new();
        match request.method {
            http::Method::GET => {}
            // With `-X HEAD`, curl would wait for a body.
            http::Method::HEAD => words.push("--head".to_owned()),
            ref method => words.push(format!("-X {method}")),
        }
        if url.contains(['[', ']', '{', '}']) {
            // curl expands these characters to several URLs otherwise.
            words.push("--globoff".to_owned());
        }
        let client = &self.state;
        for credential in client.credentials.used(client.api, &self.operation)? {
            let variable = credential.variable;
            // A header set on the request overrides the credential.
            let name = match credential.placement {
                Placement::Bearer | Placement::Basic => "authorization",
                Placement::Header(name) => name,
                Placement::Cookie(_) | Placement::Query(_) => "",
            };
            if request.headers.contains_key(name) {
                continue;
            }
            match credential.placement {
                Placement::Bearer => words.push(format!("-H \"Authorization: Bearer ${variable}\"")),
                Placement::Basic => words.push(format!("-u \"${variable}\"")),
                Placement::Header(name) => words.push(format!("-H \"{name}: ${variable}\"")),
                Placement::Cookie(name) => words.push(format!("-b \"{name}=${variable}\"")),
                Placement::Query(name) => {
                    let sign = if url.contains('?') { '&' } else { '?' };
                    url.push_str(&format!("{sign}{name}='\"${variable}\"'"));
                }
            }
        }
        for (name, value) in &request.headers {
            let is_secret = value.is_sensitive() || sounds_secret(name.as_str());
            let shown = if is_secret { "[secret]".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            words.push(format!("-H {}", quoted(&format!("{name}: {shown}"))));
        }
        match request.body.as_bytes() {
            Some(bytes) if bytes.is_empty() => {}
            Some(bytes) if has_body => {
                words.push(format!("--data-raw {}", quoted(&String::from_utf8_lossy(bytes))));
            }
            Some(bytes) => words.push(format!("--data-raw '[{} bytes]'", bytes.len())),
            None => words.push("--data-raw '[a stream]'".to_owned()),
        }
        url.push('\'');
        let url = url.strip_suffix("''").unwrap_or(&url);
        Ok(format!("curl {url}{}", words.iter().map(|word| format!(" \\\n  {word}")).collect::<String>()))
    }
}

/// Quotes a text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", inside(text))
}

/// Escapes a text for single quotes.
fn inside(text: &str) -> String {
    text.replace('\'', "'\\''")
}
