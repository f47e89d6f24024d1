//! `CHANGELOG.md`, as [Keep a Changelog](https://keepachangelog.com/en/1.1.0/) has it: an entry comes in, and all else stays.

/// What a new file begins with.
const BEGIN: &str = "# Changelog

The form is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/), and versions are by
[Semantic Versioning](https://semver.org).
";

/// The sections that are written anew; others are a person's.
const SECTIONS: [&str; 5] = ["Breaking", "Changed", "Deprecated", "Added", "Documentation"];

/// The changelog with the entry of a version: sections with their headings. An entry that is there is replaced, but for
/// what a person wrote before its first section and in sections of other names: it is one that isn't released yet.
pub fn with(text: Option<&str>, version: &str, date: &str, sections: &str) -> String {
    let text = text.unwrap_or(BEGIN);
    let (text, is_windows) = (text.replace("\r\n", "\n"), text.contains("\r\n"));
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text.as_str()),
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let headings = headings(&lines);
    let of = |index: &usize| named(lines[*index]);
    let old = headings.iter().position(|index| of(index) == Some(version));
    let mut entry = format!("## [{version}] - {date}\n\n");
    let (before, behind) = match old {
        Some(position) => {
            let begin = headings[position];
            let end = headings.get(position + 1).copied().unwrap_or_else(|| end(&lines, begin));
            let (lead, own) = by_hand(&lines[begin + 1..end]);
            entry = [entry.as_str(), &lead, sections, &own].concat();
            (begin, end)
        }
        None => {
            let newest = headings.iter().find(|index| of(index).is_some_and(is_version)).copied();
            let place = newest.unwrap_or_else(|| end(&lines, 0));
            entry += sections;
            (place, place)
        }
    };
    let mut before = lines[..before].concat();
    if !before.is_empty() {
        before = format!("{}\n\n", before.trim_end());
    }
    let behind = lines[behind..].concat();
    let behind = behind.trim_start_matches('\n');
    let gap = if behind.is_empty() { "\n" } else { "\n\n" };
    let new = format!("{mark}{before}{}{gap}{behind}", entry.trim_end());
    if is_windows { new.replace('\n', "\r\n") } else { new }
}

/// The entry of a version.
pub fn entry(text: &str, version: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let headings = headings(&lines);
    let found = headings.iter().position(|index| named(lines[*index]) == Some(version));
    found.map_or(String::new(), |position| {
        let begin = headings[position];
        let end = headings.get(position + 1).copied().unwrap_or_else(|| end(&lines, begin));
        lines[begin..end].concat()
    })
}

/// Whether there are notes for a release to come.
pub fn has_notes(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let headings = headings(&lines);
    let found = headings
        .iter()
        .position(|index| named(lines[*index]).is_some_and(|name| name.eq_ignore_ascii_case("unreleased")));
    found.is_some_and(|position| {
        let begin = headings[position];
        let end = headings.get(position + 1).copied().unwrap_or_else(|| end(&lines, begin));
        lines[begin + 1..end].iter().any(|line| !line.trim().is_empty() && !line.starts_with('#'))
    })
}

/// The versions that have an entry, in their order.
pub fn versions(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    headings(&lines).into_iter().filter_map(|index| named(lines[index])).filter(|name| is_version(name)).collect()
}

/// The lines that are headings of entries.
fn headings(lines: &[&str]) -> Vec<usize> {
    outside_of_code(lines).filter(|index| lines[*index].starts_with("## ")).collect()
}

/// The lines outside of blocks of code and comments, which may look like anything.
fn outside_of_code<'a>(lines: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
    let mut fence = None;
    let mut is_comment = false;
    (0..lines.len()).filter(move |index| {
        let line = lines[*index].trim_start();
        let own = ["```", "~~~"].into_iter().find(|own| line.starts_with(own) && !is_comment);
        match (fence, own) {
            (None, Some(_)) => fence = own,
            (Some(_), Some(_)) if fence == own => fence = None,
            (Some(_), _) => {}
            (None, None) => {
                let was_comment = is_comment;
                let ends = [line.rfind("<!--"), line.rfind("-->")];
                is_comment = if ends == [None, None] { is_comment } else { ends[0] > ends[1] };
                return !was_comment && !is_comment;
            }
        }
        false
    })
}

/// What an entry is about: `0.2.0` of `## [0.2.0] - 2026-11-21`.
fn named(line: &str) -> Option<&str> {
    let name = line.strip_prefix("## ")?.trim();
    let name = name.strip_prefix('[').map_or(name, |name| name.split(']').next().unwrap_or_default());
    let name = name.split_whitespace().next()?;
    Some(name.strip_prefix('v').filter(|rest| is_version(rest)).unwrap_or(name))
}

fn is_version(text: &str) -> bool {
    semver::Version::parse(text).is_ok()
}

/// Where the last entry ends: at links by their names, which stand at a file's end.
fn end(lines: &[&str], begin: usize) -> usize {
    let is_link = |line: &str| line.starts_with('[') && line.contains("]: ");
    let mut end = lines.len();
    while end > begin + 1 && (lines[end - 1].trim().is_empty() || is_link(lines[end - 1])) {
        end -= 1;
    }
    end
}

/// What a person wrote in an entry: before its first section, and in sections of other names.
fn by_hand(lines: &[&str]) -> (String, String) {
    let sections: Vec<usize> = outside_of_code(lines).filter(|index| lines[*index].starts_with("### ")).collect();
    let lead = lines[..sections.first().copied().unwrap_or(lines.len())].concat();
    let lead = if lead.trim().is_empty() { String::new() } else { format!("{}\n\n", lead.trim()) };
    let mut own = String::new();
    for (position, begin) in sections.iter().enumerate() {
        let title = lines[*begin].trim_start_matches('#').trim();
        if !SECTIONS.contains(&title) {
            let end = sections.get(position + 1).copied().unwrap_or(lines.len());
            own += &lines[*begin..end].concat();
        }
    }
    (lead, own)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    const SECTION: &str = "### Added\n\n- `get`.\n\n";

    #[track_caller]
    fn put(text: &str, version: &str) -> String {
        with(Some(text), version, "2026-11-21", SECTION)
    }

    #[test]
    fn an_entry_comes_before_the_newest() {
        let new = with(None, "0.1.0", "2026-11-21", SECTION);
        assert!(new.starts_with("# Changelog\n\nThe form"), "{new}");
        assert!(
            new.ends_with("(https://semver.org).\n\n## [0.1.0] - 2026-11-21\n\n### Added\n\n- `get`.\n"),
            "{new}"
        );
        let next = put(&new, "0.2.0");
        let expected = "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n## [0.1.0] - 2026-11-21\n\n### Added";
        assert!(next.contains(expected), "{next}");
        assert_eq!(next.replace("## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n", ""), new);
        // Windows' ends of lines stay.
        let next = put(&new.replace('\n', "\r\n"), "0.2.0");
        assert_eq!(next.matches("\r\n").count(), next.matches('\n').count());
    }

    #[test]
    fn what_a_person_wrote_stays() {
        let old = "# Changes\n\nWords.\n\n## [Unreleased]\n\n- Soon.\n\n## v0.1.0 (May)\n\n- First.\n```\n## [9.9.9]\n```\n\n[0.1.0]: https://a.example\n";
        let new = put(old, "0.2.0");
        assert_eq!(new, old.replace("## v0.1.0", "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n## v0.1.0"));
        assert!(has_notes(old) && !has_notes(&old.replace("- Soon.\n", "### Added\n")));
        // Links by their names stay at the end.
        let old = "# Changes\n\n## Unreleased\n\n[a]: https://a.example\n";
        assert_eq!(
            put(old, "0.2.0"),
            old.replace("[a]", "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n[a]")
        );
    }

    #[test]
    fn what_only_looks_like_an_entry_is_none() {
        let entry = "## [0.2.0] - 2026-11-21\n\n### Added\n\n- `get`.\n\n";
        for block in ["~~~\n## 0.2.0\n```\n~~~\n\n", "<!--\n## [0.2.0]\n-->\n\n", "<!-- ```\n## 0.2.0 -->\n\n"] {
            let old = format!("# Changes\n\n{block}## 0.1.0\n\n- First.\n");
            assert_eq!(put(&old, "0.2.0"), old.replace("## 0.1.0", &format!("{entry}## 0.1.0")));
        }
        let old = "\u{feff}## 0.1.0\n\n- First.\n";
        assert_eq!(put(old, "0.2.0"), format!("\u{feff}{entry}## 0.1.0\n\n- First.\n"));
    }

    #[test]
    fn an_entry_is_replaced_until_it_is_released() {
        let first = put("# Changes\n\n## [0.1.0]\n\n- First.\n\n[a]: https://a.example\n", "0.2.0");
        assert_eq!(put(&first, "0.2.0"), first);
        let edited = first.replace("- `get`.", "- `old`.\n\n### Fixed\n\n- Mine.\n\n### Documentation\n\n- 3.");
        let edited = edited.replace("### Added", "By hand.\n\n### Added");
        let again = put(&edited, "0.2.0");
        let expected = first.replace("### Added", "By hand.\n\n### Added");
        let expected = expected.replace("- `get`.", "- `get`.\n\n### Fixed\n\n- Mine.");
        assert_eq!(again, expected);
        let only = put("# Changes\n\n[a]: https://a.example\n", "0.2.0");
        assert_eq!(put(&only, "0.2.0"), only);
    }
}
