//! Version of a release, and the configuration's text with it.

use std::path::Path;

use generator::diagnostics::Diagnostic;
use generator::document::Document;
use semver::{Prerelease, Version};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::paths::display;

/// JSON pointer of the version in the configuration.
const POINTER: &str = "/package/version";

/// Chooses the version of a release.
///
/// `old` is the version of the previous release, whose name is `previous`; `current` is the version in the
/// configuration; `required` is the lowest version that the changes allow. If `current` equals `old`, the result is
/// `required`, otherwise `current`.
///
/// # Errors
/// Fails if `current` is lower than `old` or than `required`.
pub fn choose(previous: &str, old: &str, current: &str, required: &str) -> Result<String> {
    let parse = |text: &str| {
        Version::parse(text).map_err(|error| {
            Error::new(format!("`{text}` is not a version: {error}")).help("write a version such as `1.2.3`")
        })
    };
    let (old, current, required) = (parse(old)?, parse(current)?, parse(required)?);
    if current == old {
        return Ok(required.to_string());
    }
    if current < old {
        let message = format!("the configuration has version {current}, which is lower than {old} of {previous}");
        return Err(Error::new(message).help(format!("set {old}, or {required} or later")));
    }
    // A pre-release may contain the same changes as its release.
    let release = Version { pre: Prerelease::EMPTY, ..current.clone() };
    if current < required && release < required {
        let message = format!(
            "the configuration has version {current}, which is too low: the changes since {previous} ({old}) require \
             at least {required}"
        );
        return Err(Error::new(message).help(format!("set {required} or later, or {old} to choose automatically")));
    }
    Ok(current.to_string())
}

/// Returns the configuration's text with another version. Nothing else changes.
///
/// # Errors
/// Fails if the version is not a plain scalar of its own, for example an alias.
pub fn set(path: &Path, text: &str, version: &str) -> Result<String> {
    let (byte_order_mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let failed = || {
        Error::new(format!("cannot set the version in {}", display(path)))
            .help(format!("write `version: {version}` below `package`"))
    };
    let document = Document::parse(path, text)?;
    let old = document.root().get("package").and_then(|package| package.get("version")).ok_or_else(failed)?;
    let (line, column, _) = document.locate(Diagnostic::error(""), &old.location).line.ok_or_else(failed)?;
    let old = old.value.as_str().ok_or_else(failed)?;
    let begin = byte_offset(text, line, column);
    // A quote or an anchor may precede the version.
    let begin = begin + text.get(begin..).and_then(|rest| rest.find(old)).ok_or_else(failed)?;
    let changed = format!("{}{version}{}", &text[..begin], &text[begin + old.len()..]);
    let mut expected = document.root().value.clone();
    *expected.pointer_mut(POINTER).ok_or_else(failed)? = Value::String(version.to_owned());
    match Document::parse(path, &changed) {
        Ok(document) if *document.root().value == expected => Ok(format!("{byte_order_mark}{changed}")),
        _ => Err(failed()),
    }
}

/// Returns the byte offset of a line and column, which count characters from 1.
fn byte_offset(text: &str, line: usize, column: usize) -> usize {
    let begin: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(begin..).unwrap_or_default();
    begin + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[track_caller]
    fn chosen(old: &str, current: &str, required: &str) -> String {
        choose("v", old, current, required).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn chooses_the_required_or_the_configured_version() {
        assert_eq!(chosen("0.1.0", "0.1.0", "0.2.0"), "0.2.0");
        assert_eq!(chosen("0.1.0", "0.2.0", "0.2.0"), "0.2.0");
        assert_eq!(chosen("0.1.0", "1.0.0", "0.2.0"), "1.0.0");
        assert_eq!(chosen("0.1.0", "0.2.0-beta.1", "0.2.0"), "0.2.0-beta.1");
        assert_eq!(chosen("0.2.0-beta.1", "0.2.0-beta.1", "0.2.0-beta.2"), "0.2.0-beta.2");
        assert_eq!(chosen("0.2.0-beta.1", "0.2.0", "0.2.0-beta.2"), "0.2.0");
        assert!(
            chosen("0.1.0", "0.1.1", "0.2.0").contains("too low")
                && chosen("0.1.0", "0.1.1", "0.2.0").contains("0.2.0")
        );
        assert!(chosen("0.1.0", "0.1.1-beta", "0.2.0").contains("too low"));
        assert!(chosen("0.2.0", "0.1.9", "0.3.0").contains("lower than 0.2.0"));
        assert!(chosen("0.1", "0.1.0", "0.2.0").contains("not a version"));
    }

    #[test]
    fn changes_only_the_version() {
        let texts = [
            "package:\n  name: a # version: 0.1.0\n  version: 0.1.0 # 0.1.0\nbase_url: {url: https://a.example/0.1.0}\n",
            "version: 0.1.0\nresources: {version: 0.1.0}\npackage: {name: 0.1.0, 'version': '0.1.0'}\n",
            "# 0.1.0\r\npackage:\r\n  \"version\":   \"0.1.0\"\r\n",
            "\u{feff}package:\n  name: \u{1f600}\n  version: !!str 0.1.0",
            "package: &package\n  version: >-\n    0.1.0\n",
            "package: {description: \"\u{1f600}é 0.1.0\", version: 0.1.0}",
            "{\"package\": {\"description\": \"\u{1f600}\\u00e9 0.1.0\", \"version\": \"0.1.0\"}}",
            "package:\n  version: &version 0.1.0\n",
        ];
        for text in texts {
            let new = set(Path::new("sdk.yaml"), text, "0.2.0").unwrap_or_else(|error| panic!("{text}: {error}"));
            let differs = |from: &str| text.replacen(from, "", 1).len() != text.len();
            assert!(differs("0.1.0"), "{text}");
            assert_eq!(new.matches("0.2.0").count(), 1, "{new}");
            let begin = new.find("0.2.0").unwrap();
            assert_eq!(format!("{}0.1.0{}", &new[..begin], &new[begin + 5..]), text);
            let value = Document::parse(Path::new("sdk.yaml"), new.trim_start_matches('\u{feff}')).unwrap();
            assert_eq!(value.root().value.pointer(POINTER), Some(&Value::String("0.2.0".to_owned())));
        }
        // A version with an alias would change in two values.
        for text in
            ["a: &v 0.1.0\npackage: {version: *v}", "package: {version: &v 0.1.0, name: *v}", "package: {}"]
        {
            let error = set(Path::new("sdk.yaml"), text, "0.2.0").unwrap_err().to_string();
            assert!(error.contains("write `version: 0.2.0` below `package`"), "{error}");
        }
    }
}
