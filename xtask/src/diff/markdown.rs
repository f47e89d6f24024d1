//! The changes as Markdown: for a changelog, or a comment on a change.

use std::fmt::Write;

use generator::diff::{Change, Changes, Effect};

use super::Verdict;
use super::lines::{self, Limits};

/// The changes, and the version that follows.
pub fn report(verdict: &Verdict) -> String {
    format!("{}{}\n", sections(&verdict.changes), verdict.summary())
}

/// The changes below a heading for each effect.
pub fn sections(changes: &Changes) -> String {
    let mut text = String::new();
    for effect in Effect::ALL {
        let of_effect: Vec<Change> =
            changes.changes.iter().filter(|change| change.effect == effect).cloned().collect();
        if of_effect.is_empty() {
            continue;
        }
        let _ = writeln!(text, "### {}\n", title(effect));
        if effect == Effect::Documentation {
            let count = of_effect.len();
            let _ = writeln!(text, "- {count} {} in words only.\n", if count == 1 { "change" } else { "changes" });
            continue;
        }
        for line in lines::together(&of_effect, Limits::NONE) {
            let _ = writeln!(text, "- {}.", line.text);
            if let Some(advice) = line.first.advice.as_ref().filter(|_| line.count == 1) {
                let _ = writeln!(text, "  {}.", capital(advice));
            }
            if line.first.is_silent {
                text += "  The compiler does not find it.\n";
            }
        }
        text.push('\n');
    }
    text
}

/// The effects as changelogs call them.
fn title(effect: Effect) -> &'static str {
    match effect {
        Effect::Breaking => "Breaking",
        Effect::Behaviour => "Changed",
        Effect::Deprecation => "Deprecated",
        Effect::Addition => "Added",
        Effect::Documentation => "Documentation",
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
