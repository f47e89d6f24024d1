//! Changes as text for a terminal: in full if they are few, otherwise grouped.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use generator::diff::{Change, ChangeLocation, Effect};

use super::report::DiffReport;
use super::summary_lines::{self, Limits, Line};

/// Maximum number of changes that are shown in full.
const MAX_IN_FULL: usize = 40;

/// Formats the changes by resource and the next version. The text contains ANSI colours.
pub fn report(report: &DiffReport, all: bool) -> String {
    let changes = &report.changes.changes;
    let is_documentation = |change: &&Change| change.effect == Effect::Documentation;
    let in_full = all || changes.iter().filter(|change| !is_documentation(change)).count() <= MAX_IN_FULL;
    let mut text = format!("{} -> {}\n", report.old, report.new);
    if !in_full {
        let _ = writeln!(text, "{}", report.summary());
    }
    text += &list(changes, in_full, all);
    let _ = writeln!(text, "\n{}", report.summary());
    if !in_full {
        text += "help: run with `--all` to show each change with its location and how to adapt\n";
    }
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

/// Formats the changes by resource, in full or grouped. Without `all`, changes of documentation are only counted.
pub fn list(changes: &[Change], in_full: bool, all: bool) -> String {
    let mut text = String::new();
    let lines = match in_full {
        true => summary_lines::individual(changes),
        false => summary_lines::grouped(changes, Limits::for_count(changes.len())),
    };
    let mut resource = None;
    let mut documentation_changes = 0;
    for line in &lines {
        if resource != Some(line.resource) {
            write_documentation_changes(&mut text, &mut documentation_changes);
            resource = Some(line.resource);
            let bold = Style::new().bold();
            let name = if line.resource.is_empty() { "client" } else { line.resource };
            let _ = writeln!(text, "\n{bold}{name}{bold:#}");
        }
        match line.effect {
            Effect::Documentation if !all => documentation_changes += line.count,
            _ => write_line(&mut text, line, in_full),
        }
    }
    write_documentation_changes(&mut text, &mut documentation_changes);
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
        let _ = writeln!(text, "{:16}{style}the compiler does not detect this change{style:#}", "");
    }
    if let Some(advice) = &change.advice {
        let _ = writeln!(text, "{:16}help: {advice}", "");
    }
    if let Some(remedy) = &change.remedy {
        let _ = writeln!(text, "{:16}help: to keep the old name, write in sdk.yaml: {remedy}", "");
    }
    let dim = Style::new().dimmed();
    if let Some(location) = location(change) {
        let _ = writeln!(text, "{:16}{dim}{location}{dim:#}", "");
    }
}

/// Writes the number of documentation changes since the last call.
fn write_documentation_changes(text: &mut String, count: &mut usize) {
    if *count > 0 {
        let (style, number) = (style(Effect::Documentation), *count);
        let name = Effect::Documentation.name();
        let noun = if number == 1 { "change" } else { "changes" };
        let _ = writeln!(text, "  {style}{name:<13}{style:#} {number} {noun} in documentation only");
    }
    *count = 0;
}

/// Formats the locations in both documents.
fn location(change: &Change) -> Option<String> {
    let format = |source: &ChangeLocation| match source.line {
        Some(line) => format!("{}:{line}", source.file.display()),
        None => format!("{} {}", source.file.display(), source.pointer),
    };
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => Some(format!("{} -> {}", format(old), format(new))),
        (Some(source), None) | (None, Some(source)) => Some(format(source)),
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
