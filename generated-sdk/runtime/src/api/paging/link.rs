//! Links to the next page: the `Link` header (RFC 8288), and where a link may lead.

use http::HeaderMap;
use url::Url;

/// The target of the first link in the headers that leads to the next page.
pub(super) fn next_in(headers: &HeaderMap) -> Option<String> {
    headers.get_all(http::header::LINK).iter().find_map(|value| {
        // A title may have any bytes; a target has none that this would change.
        let text = String::from_utf8_lossy(value.as_bytes());
        let mut rest = Rest(&text);
        std::iter::from_fn(|| rest.link()).find(|link| link.leads_to_next).map(|link| link.target.to_owned())
    })
}

/// Where a link leads that stands in the answer to a request for `from`. Credentials go along, so it must stay at
/// the origin of `home`.
pub(super) fn resolve(from: &Url, home: &Url, link: &str) -> Result<Url, String> {
    let mut to = from.join(link).map_err(|error| format!("the link to the next page is no URL: {error}"))?;
    if to.origin() != home.origin() {
        // The whole link isn't shown: there may be values of parameters in it.
        return Err(format!(
            "the next page is at {}, where the credentials for {} don't go",
            to.origin().ascii_serialization(),
            home.origin().ascii_serialization()
        ));
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err("the link to the next page has a user or a password in it".to_owned());
    }
    to.set_fragment(None);
    Ok(to)
}

struct Link<'a> {
    target: &'a str,
    leads_to_next: bool,
}

/// What is left of a header to read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// The next link. What is broken ends the header.
    fn link(&mut self) -> Option<Link<'a>> {
        self.0 = self.0.trim_start_matches([',', ' ', '\t']);
        let (target, rest) = self.0.strip_prefix('<')?.split_once('>')?;
        self.0 = rest;
        let (mut relations, mut is_of_this_page) = (None, true);
        while let Some((name, value)) = self.parameter() {
            match name.to_ascii_lowercase().as_str() {
                // By the RFC the first one counts.
                "rel" => _ = relations.get_or_insert(value),
                "anchor" => is_of_this_page = false,
                _ => {}
            }
        }
        let relations = relations.unwrap_or_default();
        let has_next = relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"));
        Some(Link {
            target: target.trim(),
            leads_to_next: has_next && is_of_this_page && !target.trim().is_empty(),
        })
    }

    /// A parameter of a link, its name and value; nothing at the link's end.
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

    /// A text up to its closing quote, which `\` takes the meaning from.
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
