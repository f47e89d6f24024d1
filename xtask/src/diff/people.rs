//! The changes for people at a terminal: all of them where they are few, and else in as few lines as say it all.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use generator::diff::{Change, Effect, Source};

use super::Verdict;
use super::lines::{self, Limits, Line};

/// How many changes are shown in full.
const MAX_IN_FULL: usize = 40;

/// The changes, resource by resource, and the version that follows. Colours are in it: what prints it takes them away
/// where nobody would see them.
pub fn report(verdict: &Verdict, all: bool) -> String {
    let changes = &verdict.changes.changes;
    let is_documentation = |change: &&Change| change.effect == Effect::Documentation;
    let in_full = all || changes.iter().filter(|change| !is_documentation(change)).count() <= MAX_IN_FULL;
    let mut text = format!("{} -> {}\n", verdict.old, verdict.new);
    if !in_full {
        let _ = writeln!(text, "{}", verdict.summary());
    }
    text += &list(changes, in_full, all);
    let _ = writeln!(text, "\n{}", verdict.summary());
    if !in_full {
        text += "`--all` shows each change with how to adapt and where it comes from\n";
    }
    for note in &verdict.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

/// The changes, resource by resource: in full or alike ones together, and only with `all` those that are in words only.
pub fn list(changes: &[Change], in_full: bool, all: bool) -> String {
    let mut text = String::new();
    let lines = if in_full { lines::each(changes) } else { lines::together(changes, Limits::of(changes.len())) };
    let mut group = None;
    let mut documented = 0;
    for line in &lines {
        if group != Some(line.group) {
            document(&mut text, &mut documented);
            group = Some(line.group);
            let bold = Style::new().bold();
            let name = if line.group.is_empty() { "the client" } else { line.group };
            let _ = writeln!(text, "\n{bold}{name}{bold:#}");
        }
        match line.effect {
            Effect::Documentation if !all => documented += line.count,
            _ => write_line(&mut text, line, in_full),
        }
    }
    document(&mut text, &mut documented);
    text
}

fn write_line(text: &mut String, line: &Line<'_>, in_full: bool) {
    let style = style(line.effect);
    let name = line.effect.name();
    let _ = writeln!(text, "  {style}{name:<13}{style:#} {}", line.text);
    if !in_full {
        return;
    }
    let change = line.first;
    if change.is_silent {
        let _ = writeln!(text, "{:16}{style}the compiler does not find it{style:#}", "");
    }
    if let Some(advice) = &change.advice {
        let _ = writeln!(text, "{:16}-> {advice}", "");
    }
    if let Some(remedy) = &change.remedy {
        let _ = writeln!(text, "{:16}-> or keep the old name, in sdk.yaml: {remedy}", "");
    }
    let dim = Style::new().dimmed();
    if let Some(place) = places(change) {
        let _ = writeln!(text, "{:16}{dim}{place}{dim:#}", "");
    }
}

/// How many changes are only in what is said, since the last time.
fn document(text: &mut String, count: &mut usize) {
    if *count > 0 {
        let (style, number) = (style(Effect::Documentation), *count);
        let name = Effect::Documentation.name();
        let _ = writeln!(text, "  {style}{name:<13}{style:#} {number} more in words only");
    }
    *count = 0;
}

/// Where both documents have it.
fn places(change: &Change) -> Option<String> {
    let place = |source: &Source| match source.line {
        Some(line) => format!("{}:{line}", source.file.display()),
        None => format!("{} {}", source.file.display(), source.pointer),
    };
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => Some(format!("{} -> {}", place(old), place(new))),
        (Some(only), None) | (None, Some(only)) => Some(place(only)),
        (None, None) => None,
    }
}

fn style(effect: Effect) -> Style {
    let color = match effect {
        Effect::Breaking => AnsiColor::Red,
        Effect::Behaviour => AnsiColor::Magenta,
        Effect::Deprecation => AnsiColor::Yellow,
        Effect::Addition => AnsiColor::Green,
        Effect::Documentation => AnsiColor::Blue,
    };
    color.on_default()
}
