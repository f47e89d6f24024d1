//! Which version a release has, and where the configuration says it.

use std::path::Path;

use generator::diagnostics::Diagnostic;
use generator::document::Document;
use semver::{Prerelease, Version};
use serde_json::Value;

use crate::{Failure, shown};

/// The place of the version in the configuration.
const POINTER: &str = "/package/version";

/// The version to release: the one that has to follow `old`, or the one that the configuration says where that is enough.
/// `last` names the last release.
pub fn choose(last: &str, old: &str, current: &str, needed: &str) -> Result<String, Failure> {
    let read = |text: &str| {
        Version::parse(text)
            .map_err(|error| Failure(format!("`{text}` is not a version: {error}; write it as `1.2.3`")))
    };
    let (old, current, needed) = (read(old)?, read(current)?, read(needed)?);
    if current == old {
        return Ok(needed.to_string());
    }
    if current < old {
        return Err(Failure(format!(
            "the configuration says version {current}, which is lower than {old} of {last}; write {old} or one from \
             {needed} on",
        )));
    }
    // What comes before a version may have the same changes as that.
    let whole = Version { pre: Prerelease::EMPTY, ..current.clone() };
    if current < needed && whole < needed {
        return Err(Failure(format!(
            "the configuration says version {current}, which is too low: what changed since {last} ({old}) needs at \
             least {needed}; write that, or {old} to have it chosen",
        )));
    }
    Ok(current.to_string())
}

/// The configuration's text with another version, and otherwise as it is.
pub fn set(path: &Path, text: &str, version: &str) -> Result<String, Failure> {
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let failed = || {
        let path = shown(path);
        Failure(format!("the version can't be set in {path}; write `version: {version}` there below `package`"))
    };
    let document = Document::parse(path, text)?;
    let old = document.root().get("package").and_then(|package| package.get("version")).ok_or_else(failed)?;
    let (line, column, _) = document.locate(Diagnostic::error(""), &old.location).line.ok_or_else(failed)?;
    let old = old.value.as_str().ok_or_else(failed)?;
    let begin = offset(text, line, column);
    // In front of it may be a quote, and an anchor's name.
    let begin = begin + text.get(begin..).and_then(|rest| rest.find(old)).ok_or_else(failed)?;
    let changed = format!("{}{version}{}", &text[..begin], &text[begin + old.len()..]);
    // Whatever it was that stood there: the version has changed, and nothing else.
    let mut expected = document.root().value.clone();
    *expected.pointer_mut(POINTER).ok_or_else(failed)? = Value::String(version.to_owned());
    match Document::parse(path, &changed) {
        Ok(document) if *document.root().value == expected => Ok(format!("{mark}{changed}")),
        _ => Err(failed()),
    }
}

/// The byte at which a line and a column, in characters and both from one, stand.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let begin: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(begin..).unwrap_or_default();
    begin + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[track_caller]
    fn chosen(old: &str, current: &str, needed: &str) -> String {
        choose("v", old, current, needed).unwrap_or_else(|Failure(why)| why)
    }

    #[test]
    fn the_version_follows_or_is_what_a_person_wrote() {
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
    fn nothing_but_the_version_changes() {
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
            let new =
                set(Path::new("sdk.yaml"), text, "0.2.0").unwrap_or_else(|Failure(why)| panic!("{text}: {why}"));
            let differs = |from: &str| text.replacen(from, "", 1).len() != text.len();
            assert!(differs("0.1.0"), "{text}");
            assert_eq!(new.matches("0.2.0").count(), 1, "{new}");
            let begin = new.find("0.2.0").unwrap();
            assert_eq!(format!("{}0.1.0{}", &new[..begin], &new[begin + 5..]), text);
            let value = Document::parse(Path::new("sdk.yaml"), new.trim_start_matches('\u{feff}')).unwrap();
            assert_eq!(value.root().value.pointer(POINTER), Some(&Value::String("0.2.0".to_owned())));
        }
        // What stands elsewhere too would change there.
        for text in
            ["a: &v 0.1.0\npackage: {version: *v}", "package: {version: &v 0.1.0, name: *v}", "package: {}"]
        {
            let Failure(why) = set(Path::new("sdk.yaml"), text, "0.2.0").unwrap_err();
            assert!(why.contains("write `version: 0.2.0` there"), "{why}");
        }
    }
}
