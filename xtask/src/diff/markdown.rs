//! Changes as Markdown, for a changelog or a pull request.

use std::fmt::Write;

use generator::diff::{Change, Changes, Effect};

use super::report::DiffReport;
use super::summary_lines::{self, Limits};

/// Formats the changes and the next version.
pub fn report(report: &DiffReport) -> String {
    format!("{}{}\n", sections(&report.changes), report.summary())
}

/// Formats the changes with one heading per effect.
pub fn sections(changes: &Changes) -> String {
    let mut text = String::new();
    for effect in Effect::ALL {
        let changes: Vec<Change> =
            changes.changes.iter().filter(|change| change.effect == effect).cloned().collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(text, "### {}\n", title(effect));
        if effect == Effect::Documentation {
            let count = changes.len();
            let noun = if count == 1 { "change" } else { "changes" };
            let _ = writeln!(text, "- {count} {noun} in documentation only.\n");
            continue;
        }
        for line in summary_lines::grouped(&changes, Limits::NONE) {
            let _ = writeln!(text, "- {}.", line.text);
            if let Some(advice) = line.first.advice.as_ref().filter(|_| line.count == 1) {
                let _ = writeln!(text, "  {}.", capitalized(advice));
            }
            if line.first.is_silent {
                text += "  The compiler does not detect this change.\n";
            }
        }
        text.push('\n');
    }
    text
}

/// Returns the title of a changelog section.
fn title(effect: Effect) -> &'static str {
    match effect {
        Effect::Breaking => "Breaking",
        Effect::Behaviour => "Changed",
        Effect::Deprecation => "Deprecated",
        Effect::Addition => "Added",
        Effect::Documentation => "Documentation",
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
