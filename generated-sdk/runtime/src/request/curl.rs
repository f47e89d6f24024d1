//! Requests as `curl` commands, without secrets.

use super::Request;
use crate::error::Result;
use crate::operation::Placement;
use crate::policy::auth::RequestCredentials;
use crate::transport::headers::is_secret_name;

impl Request {
    /// Returns the command. If `include_body` is set, it contains the body.
    pub(crate) fn curl(&self, include_body: bool) -> Result<String> {
        let request = self.prepare(&RequestCredentials::default(), None, None)?;
        // The quotes are closed around variables, so the shell expands them.
        let mut url = format!("'{}", escape(request.url.as_str()));
        let mut arguments = Vec::new();
        match request.method {
            http::Method::GET => {}
            // With `-X HEAD`, curl would wait for a body.
            http::Method::HEAD => arguments.push("--head".to_owned()),
            ref method => arguments.push(format!("-X {method}")),
        }
        if url.contains(['[', ']', '{', '}']) {
            // curl expands these characters to several URLs otherwise.
            arguments.push("--globoff".to_owned());
        }
        let client = &self.state;
        for credential in client.credentials.select(client.api, &self.operation)? {
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
                Placement::Bearer => arguments.push(format!("-H \"Authorization: Bearer ${variable}\"")),
                Placement::Basic => arguments.push(format!("-u \"${variable}\"")),
                Placement::Header(name) => arguments.push(format!("-H \"{name}: ${variable}\"")),
                Placement::Cookie(name) => arguments.push(format!("-b \"{name}=${variable}\"")),
                Placement::Query(name) => {
                    let separator = if url.contains('?') { '&' } else { '?' };
                    url.push_str(&format!("{separator}{name}='\"${variable}\"'"));
                }
            }
        }
        for (name, value) in &request.headers {
            let is_secret = value.is_sensitive() || is_secret_name(name.as_str());
            let value = if is_secret { "[secret]".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            arguments.push(format!("-H {}", quote(&format!("{name}: {value}"))));
        }
        match request.body.as_bytes() {
            Some(bytes) if bytes.is_empty() => {}
            Some(bytes) if include_body => {
                arguments.push(format!("--data-raw {}", quote(&String::from_utf8_lossy(bytes))));
            }
            Some(bytes) => arguments.push(format!("--data-raw '[{} bytes]'", bytes.len())),
            None => arguments.push("--data-raw '[a stream]'".to_owned()),
        }
        url.push('\'');
        let url = url.strip_suffix("''").unwrap_or(&url);
        Ok(format!(
            "curl {url}{}",
            arguments.iter().map(|argument| format!(" \\\n  {argument}")).collect::<String>()
        ))
    }
}

/// Quotes a text as one word of a shell.
fn quote(text: &str) -> String {
    format!("'{}'", escape(text))
}

/// Escapes a text for single quotes.
fn escape(text: &str) -> String {
    text.replace('\'', "'\\''")
}
