//! Edits of `CHANGELOG.md` in the format of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/). Everything except
//! the entry of the release is kept.

/// Beginning of a new file.
const BEGIN: &str = "# Changelog

The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/), and versions follow
[Semantic Versioning](https://semver.org).
";

/// Titles of the generated sections. Sections with other titles are handwritten.
const SECTIONS: [&str; 5] = ["Breaking", "Changed", "Deprecated", "Added", "Documentation"];

/// Returns the changelog with the entry of a version. `sections` includes the headings of its sections.
///
/// An existing entry is replaced, except for the text before its first section and for handwritten sections.
pub fn with_entry(text: Option<&str>, version: &str, date: &str, sections: &str) -> String {
    let text = text.unwrap_or(BEGIN);
    let (text, has_crlf) = (text.replace("\r\n", "\n"), text.contains("\r\n"));
    let (byte_order_mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text.as_str()),
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let headings = entry_headings(&lines);
    let mut entry = format!("## [{version}] - {date}\n\n");
    let (begin, end) = match find_entry(&lines, &headings, |name| name == version) {
        Some((begin, end)) => {
            let (lead, handwritten) = handwritten(&lines[begin + 1..end]);
            entry = [entry.as_str(), &lead, sections, &handwritten].concat();
            (begin, end)
        }
        None => {
            let newest = headings.iter().find(|index| entry_name(lines[**index]).is_some_and(is_version)).copied();
            let position = newest.unwrap_or_else(|| end_of_entries(&lines, 0));
            entry += sections;
            (position, position)
        }
    };
    let mut before = lines[..begin].concat();
    if !before.is_empty() {
        before = format!("{}\n\n", before.trim_end());
    }
    let after = lines[end..].concat();
    let after = after.trim_start_matches('\n');
    let gap = if after.is_empty() { "\n" } else { "\n\n" };
    let new = format!("{byte_order_mark}{before}{}{gap}{after}", entry.trim_end());
    if has_crlf { new.replace('\n', "\r\n") } else { new }
}

/// Returns the entry of a version with its heading, or an empty text.
pub fn entry(text: &str, version: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let found = find_entry(&lines, &entry_headings(&lines), |name| name == version);
    found.map_or(String::new(), |(begin, end)| lines[begin..end].concat())
}

/// Returns `true` if the entry `Unreleased` has notes.
pub fn has_unreleased_notes(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let found = find_entry(&lines, &entry_headings(&lines), |name| name.eq_ignore_ascii_case("unreleased"));
    found.is_some_and(|(begin, end)| {
        lines[begin + 1..end].iter().any(|line| !line.trim().is_empty() && !line.starts_with('#'))
    })
}

/// Returns the versions that have an entry, in the order of the file.
pub fn versions(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    entry_headings(&lines)
        .into_iter()
        .filter_map(|index| entry_name(lines[index]))
        .filter(|name| is_version(name))
        .collect()
}

/// Returns the range of lines of the first entry whose name matches.
fn find_entry(lines: &[&str], headings: &[usize], matches: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let position = headings.iter().position(|index| entry_name(lines[*index]).is_some_and(&matches))?;
    let begin = headings[position];
    Some((begin, headings.get(position + 1).copied().unwrap_or_else(|| end_of_entries(lines, begin))))
}

/// Returns the indices of the lines that are headings of entries.
fn entry_headings(lines: &[&str]) -> Vec<usize> {
    outside_of_code(lines).filter(|index| lines[*index].starts_with("## ")).collect()
}

/// Returns the indices of the lines outside of code blocks and comments, which may contain any text.
fn outside_of_code<'a>(lines: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
    let mut open_fence = None;
    let mut is_comment = false;
    (0..lines.len()).filter(move |index| {
        let line = lines[*index].trim_start();
        let fence = ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence) && !is_comment);
        match (open_fence, fence) {
            (None, Some(_)) => open_fence = fence,
            (Some(_), Some(_)) if open_fence == fence => open_fence = None,
            (Some(_), _) => {}
            (None, None) => {
                let was_comment = is_comment;
                let [begin, end] = [line.rfind("<!--"), line.rfind("-->")];
                is_comment = if (begin, end) == (None, None) { is_comment } else { begin > end };
                return !was_comment && !is_comment;
            }
        }
        false
    })
}

/// Parses the name of an entry: `0.2.0` for `## [0.2.0] - 2026-11-21`.
fn entry_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("## ")?.trim();
    let name = name.strip_prefix('[').map_or(name, |name| name.split(']').next().unwrap_or_default());
    let name = name.split_whitespace().next()?;
    Some(name.strip_prefix('v').filter(|rest| is_version(rest)).unwrap_or(name))
}

fn is_version(text: &str) -> bool {
    semver::Version::parse(text).is_ok()
}

/// Returns the index of the line after the last entry: the end, or the link definitions there.
fn end_of_entries(lines: &[&str], begin: usize) -> usize {
    let is_link = |line: &str| line.starts_with('[') && line.contains("]: ");
    let mut end = lines.len();
    while end > begin + 1 && (lines[end - 1].trim().is_empty() || is_link(lines[end - 1])) {
        end -= 1;
    }
    end
}

/// Returns the handwritten parts of an entry: the text before its first section, and sections with other titles.
fn handwritten(lines: &[&str]) -> (String, String) {
    let sections: Vec<usize> = outside_of_code(lines).filter(|index| lines[*index].starts_with("### ")).collect();
    let lead = lines[..sections.first().copied().unwrap_or(lines.len())].concat();
    let lead = if lead.trim().is_empty() { String::new() } else { format!("{}\n\n", lead.trim()) };
    let mut other_sections = String::new();
    for (position, begin) in sections.iter().enumerate() {
        let title = lines[*begin].trim_start_matches('#').trim();
        if !SECTIONS.contains(&title) {
            let end = sections.get(position + 1).copied().unwrap_or(lines.len());
            other_sections += &lines[*begin..end].concat();
        }
    }
    (lead, other_sections)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    const SECTION: &str = "### Added\n\n- `get`.\n\n";

    #[track_caller]
    fn add(text: &str, version: &str) -> String {
        with_entry(Some(text), version, "2026-11-21", SECTION)
    }

    #[test]
    fn inserts_an_entry_before_the_newest() {
        let new = with_entry(None, "0.1.0", "2026-11-21", SECTION);
        assert!(new.starts_with("# Changelog\n\nThe format"), "{new}");
        assert!(
            new.ends_with("(https://semver.org).\n\n## [0.1.0] - 2026-11-21\n\n### Added\n\n- `get`.\n"),
            "{new}"
        );
        let next = add(&new, "0.2.0");
        let expected = "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n## [0.1.0] - 2026-11-21\n\n### Added";
        assert!(next.contains(expected), "{next}");
        assert_eq!(next.replace("## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n", ""), new);
        // CRLF line ends are kept.
        let next = add(&new.replace('\n', "\r\n"), "0.2.0");
        assert_eq!(next.matches("\r\n").count(), next.matches('\n').count());
    }

    #[test]
    fn keeps_handwritten_text() {
        let old = "# Changes\n\nWords.\n\n## [Unreleased]\n\n- Soon.\n\n## v0.1.0 (May)\n\n- First.\n```\n## [9.9.9]\n```\n\n[0.1.0]: https://a.example\n";
        let new = add(old, "0.2.0");
        assert_eq!(new, old.replace("## v0.1.0", "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n## v0.1.0"));
        assert!(has_unreleased_notes(old) && !has_unreleased_notes(&old.replace("- Soon.\n", "### Added\n")));
        // Link definitions stay at the end.
        let old = "# Changes\n\n## Unreleased\n\n[a]: https://a.example\n";
        assert_eq!(
            add(old, "0.2.0"),
            old.replace("[a]", "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n[a]")
        );
    }

    #[test]
    fn ignores_headings_in_code_and_comments() {
        let entry = "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n";
        for block in ["~~~\n## 0.2.0\n```\n~~~\n\n", "<!--\n## [0.2.0]\n-->\n\n", "<!-- ```\n## 0.2.0 -->\n\n"] {
            let old = format!("# Changes\n\n{block}## 0.1.0\n\n- First.\n");
            assert_eq!(add(&old, "0.2.0"), old.replace("## 0.1.0", &format!("{entry}## 0.1.0")));
        }
        let old = "\u{feff}## 0.1.0\n\n- First.\n";
        assert_eq!(add(old, "0.2.0"), format!("\u{feff}{entry}## 0.1.0\n\n- First.\n"));
    }

    #[test]
    fn replaces_an_existing_entry() {
        let first = add("# Changes\n\n## [0.1.0]\n\n- First.\n\n[a]: https://a.example\n", "0.2.0");
        assert_eq!(add(&first, "0.2.0"), first);
        let edited = first.replace("- `get`.", "- `old`.\n\n### Fixed\n\n- Mine.\n\n### Documentation\n\n- 3.");
        let edited = edited.replace("### Added", "Handwritten.\n\n### Added");
        let replaced = add(&edited, "0.2.0");
        let expected = first.replace("### Added", "Handwritten.\n\n### Added");
        let expected = expected.replace("- `get`.", "- `get`.\n\n### Fixed\n\n- Mine.");
        assert_eq!(replaced, expected);
        let only = add("# Changes\n\n[a]: https://a.example\n", "0.2.0");
        assert_eq!(add(&only, "0.2.0"), only);
    }
}
