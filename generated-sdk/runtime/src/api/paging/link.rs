//! Links to the next page: parsing of the `Link` header (RFC 8288), and checks of link targets.

use http::HeaderMap;
use url::Url;

/// Returns the target of the first link with the relation `next`.
pub(super) fn next_in(headers: &HeaderMap) -> Option<String> {
    headers.get_all(http::header::LINK).iter().find_map(|value| {
        // A title may contain any bytes, a target only ASCII, which the conversion does not change.
        let text = String::from_utf8_lossy(value.as_bytes());
        let mut rest = Rest(&text);
        std::iter::from_fn(|| rest.link()).find(|link| link.leads_to_next).map(|link| link.target.to_owned())
    })
}

/// Resolves a link from the response to a request for `from`. Because requests carry credentials, a link to
/// another origin than `home` is an error.
pub(super) fn resolve(from: &Url, home: &Url, link: &str) -> Result<Url, String> {
    let mut to =
        from.join(link).map_err(|error| format!("the link to the next page is not a valid URL: {error}"))?;
    if to.origin() != home.origin() {
        // The message contains only the origin because the URL may contain values of parameters.
        return Err(format!(
            "the next page is at {}, which must not receive the credentials for {}",
            to.origin().ascii_serialization(),
            home.origin().ascii_serialization()
        ));
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err("the link to the next page contains a user name or password".to_owned());
    }
    to.set_fragment(None);
    Ok(to)
}

struct Link<'a> {
    target: &'a str,
    leads_to_next: bool,
}

/// Remaining text of a header.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Parses the next link. A malformed link ends the header.
    fn link(&mut self) -> Option<Link<'a>> {
        self.0 = self.0.trim_start_matches([',', ' ', '\t']);
        let (target, rest) = self.0.strip_prefix('<')?.split_once('>')?;
        self.0 = rest;
        let (mut relations, mut has_anchor) = (None, false);
        while let Some((name, value)) = self.parameter() {
            match name.to_ascii_lowercase().as_str() {
                // RFC 8288 requires that later `rel` parameters are ignored.
                "rel" => _ = relations.get_or_insert(value),
                "anchor" => has_anchor = true,
                _ => {}
            }
        }
        let relations = relations.unwrap_or_default();
        let has_next = relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"));
        Some(Link { target: target.trim(), leads_to_next: has_next && !has_anchor && !target.trim().is_empty() })
    }

    /// Parses name and value of the next parameter of a link. Returns `None` at the end of the link.
    fn parameter(&mut self) -> Option<(&'a str, String)> {
        self.0 = self.0.trim_start();
        self.0 = self.0.strip_prefix(';')?.trim_start();
        let name = self.take_until(&['=', ';', ',', ' ', '\t']);
        self.0 = self.0.trim_start();
        let Some(rest) = self.0.strip_prefix('=') else { return Some((name, String::new())) };
        self.0 = rest.trim_start();
        let value = match self.0.strip_prefix('"') {
            Some(rest) => {
                self.0 = rest;
                self.quoted()
            }
            None => self.take_until(&[';', ',', ' ', '\t']).to_owned(),
        };
        Some((name, value))
    }

    fn take_until(&mut self, ends: &[char]) -> &'a str {
        let (taken, rest) = self.0.split_at(self.0.find(ends).unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Parses a string up to its closing quote, with `\` as the escape character.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        let mut characters = self.0.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => text.extend(characters.next()),
                other => text.push(other),
            }
        }
        self.0 = characters.as_str();
        text
    }
}
