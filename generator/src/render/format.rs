//! Formatting of Rust files, with blank lines between items. The templates lay out the tables in macros, because
//! prettyplease does not format the arguments of macros.

use std::path::Path;

use syn::spanned::Spanned;

use crate::diagnostics::Diagnostic;

/// Syntax error in the output of a template.
pub(super) struct SyntaxError {
    message: String,
    line: usize,
    column: usize,
}

impl SyntaxError {
    pub(super) fn diagnostic(&self, template: &Path, path: &Path, text: &str) -> Diagnostic {
        let source = text.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        let message = format!("{} is not valid Rust: {}", path.display(), self.message);
        Diagnostic::error(message).file(path).help(format!("correct the template: {}", template.display())).line(
            self.line,
            self.column + 1,
            source,
        )
    }
}

/// Formats a file.
///
/// # Errors
/// If the text is not valid Rust.
pub(super) fn format(text: &str) -> Result<String, SyntaxError> {
    let file = syn::parse_file(text).map_err(|error| {
        let start = error.span().start();
        SyntaxError { message: error.to_string(), line: start.line, column: start.column }
    })?;
    let header = syn::File { shebang: None, frontmatter: None, attrs: file.attrs, items: Vec::new() };
    let mut parts = vec![prettyplease::unparse(&header)];
    let mut run = Vec::new();
    for item in file.items {
        match &item {
            syn::Item::Macro(invocation) if invocation.ident.is_none() => {
                flush(&mut run, &mut parts);
                let range = item.span().byte_range();
                parts.push(text.get(range).unwrap_or_default().replace("\n\n", "\n"));
            }
            _ => run.push(item),
        }
    }
    flush(&mut run, &mut parts);
    let mut formatted = String::with_capacity(text.len());
    for part in parts.iter().map(|part| part.trim_end()).filter(|part| !part.is_empty()) {
        if !formatted.is_empty() {
            formatted.push('\n');
        }
        formatted.push_str(part);
        formatted.push('\n');
    }
    Ok(formatted)
}

fn flush(run: &mut Vec<syn::Item>, parts: &mut Vec<String>) {
    if !run.is_empty() {
        let file = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: std::mem::take(run) };
        parts.push(separate(&prettyplease::unparse(&file)));
    }
}

/// Inserts blank lines between items, and between the functions of an `impl`.
fn separate(text: &str) -> String {
    let mut separated = String::with_capacity(text.len() + text.len() / 16);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        separated.push_str(line);
        separated.push('\n');
        let Some(next) = lines.peek() else { break };
        let indent = |line: &str| line.len() - line.trim_start().len();
        let same = indent(line) == indent(next) && indent(line) <= 4;
        let is_end =
            matches!(line.trim(), "}" | "};" | "]);" | ");") || (indent(line) == 0 && line.ends_with(';'));
        let kind = |line: &str| line.strip_prefix("pub ").unwrap_or(line).split(' ').next().map(str::to_owned);
        let is_list = kind(line) == kind(next) && matches!(kind(line).as_deref(), Some("use" | "mod"));
        let is_end = is_end && !line.trim_start().starts_with("//");
        let is_continued = next.trim_start().starts_with(['}', ')', ']']) || next.trim().is_empty();
        if same && is_end && !is_continued && !is_list {
            separated.push('\n');
        }
    }
    separated
}
