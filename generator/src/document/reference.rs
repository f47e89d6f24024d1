//! `$ref`: what it points to, in this file or another one beside it.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::path::normalize;
use super::{Document, FileId, Located, SourceLocation};
use crate::diagnostics::Diagnostic;

impl Document {
    /// The references of a file that lead to other files.
    pub(super) fn references(&self, file: FileId) -> Vec<(SourceLocation, String)> {
        let mut found = Vec::new();
        let value = &self.files[file.0].value;
        // Most documents are one file; to name the place of every value in it would take a while.
        if leads_out(value) {
            let location = SourceLocation { file, pointer: String::new() };
            collect(Located { value, location }, &mut found);
        }
        found
    }

    /// Reads the file that a reference leads to, unless it was read before.
    pub(super) fn follow(&mut self, location: &SourceLocation, reference: &str) -> Result<(), Diagnostic> {
        let (name, _) = split(reference);
        let path = self.beside(location, name)?;
        if self.known.contains_key(&normalize(&path)) {
            return Ok(());
        }
        if !path.is_file() {
            let message = format!("`$ref: {reference}` leads to a file that is not there: {}", path.display());
            return Err(self.locate(Diagnostic::error(message).help("correct the name"), location));
        }
        let file = self.read(&path)?;
        self.known.insert(normalize(&path), file);
        Ok(())
    }

    /// The value that a `$ref` at `place` points to, references behind references followed.
    ///
    /// # Errors
    /// When it points out of the spec's folder; as warnings, when it points to nothing or in a circle.
    pub fn resolve(&self, location: &SourceLocation, reference: &str) -> Result<Located<'_>, Diagnostic> {
        let mut location = location.clone();
        let mut reference = reference.to_owned();
        // A circle comes back to where it has been when half of the way was gone.
        let mut middle = None;
        for step in 0..MAX_CHAIN {
            let target = self.target(&location, &reference)?;
            if middle.as_ref() == Some(&target) {
                let message = format!("`$ref: {reference}` leads in a circle");
                return Err(self.locate(Diagnostic::warning(message).help(ABSENT), &location));
            }
            if step == MAX_CHAIN / 2 {
                middle = Some(target.clone());
            }
            let Some(found) = self.at(&target) else {
                let message = format!("`$ref: {reference}` points to nothing");
                let help =
                    format!("there is no `{}` in {}; {ABSENT}", target.pointer, self.path(target.file).display());
                return Err(self.locate(Diagnostic::warning(message).help(help), &location));
            };
            // A reference with siblings is a value of its own.
            match (found.value.as_object(), found.text("$ref")) {
                (Some(object), Some(next)) if object.len() == 1 => {
                    location = target;
                    reference = next;
                }
                _ => return Ok(found),
            }
        }
        let message = format!("`$ref: {reference}` is one of more than {MAX_CHAIN} in a row");
        Err(self.locate(Diagnostic::warning(message).help(ABSENT), &location))
    }

    /// Follows a reference that may stand in place of a value.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn deref<'a>(&'a self, located: Located<'a>) -> Result<Located<'a>, Diagnostic> {
        match located.text("$ref") {
            Some(reference) => self.resolve(&located.location, &reference),
            None => Ok(located),
        }
    }

    fn target(&self, location: &SourceLocation, reference: &str) -> Result<SourceLocation, Diagnostic> {
        let (name, pointer) = split(reference);
        let file = match name {
            "" => location.file,
            name => {
                let path = self.beside(location, name)?;
                *self.known.get(&normalize(&path)).ok_or_else(|| {
                    self.locate(Diagnostic::error(format!("`$ref: {reference}` leads to no file")), location)
                })?
            }
        };
        Ok(SourceLocation { file, pointer: decode(pointer) })
    }

    fn is_inside(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    /// The path of a file that is named relative to another.
    fn beside(&self, location: &SourceLocation, name: &str) -> Result<PathBuf, Diagnostic> {
        let refuse = |why: &str, help: &str| {
            let message = format!("`$ref: {name}` {why}");
            Err(self.locate(Diagnostic::error(message).help(help), location))
        };
        if name.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
            return refuse("is a URL", "write the path from this file to that one, such as `schemas/pet.yaml`");
        }
        if name.contains("://") || name.starts_with("//") {
            let message = format!("`$ref: {name}` is on the network, and the generator reads only files");
            let help =
                "it is taken for any value, or left out; save the document beside this one and refer to that";
            return Err(self.locate(Diagnostic::warning(message).help(help), location));
        }
        let folder = self.path(location.file).parent().unwrap_or(Path::new(""));
        let path = folder.join(decode(name));
        let target = normalize(&path);
        if !self.is_inside(&target) {
            // As it is named here, unless a link is what leads out.
            let is_link = path.parent().map(normalize).is_some_and(|folder| self.is_inside(&folder));
            let folder = if is_link { target.parent() } else { path.parent() };
            let folder = folder.unwrap_or(&target).display();
            return refuse(
                "leaves the folder of the spec",
                &format!("move the file below the spec's first file, or allow its folder: --allow {folder}"),
            );
        }
        Ok(path)
    }
}

/// What becomes of a reference to nothing.
const ABSENT: &str = "it is taken for any value, or left out";

/// How many references may stand one behind another.
const MAX_CHAIN: usize = 64;

/// A reference's file and pointer.
fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Undoes percent-encoding, which a reference may use as it is a URL. What is not UTF-8 then stays as it was.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap_or(text.into()).into_owned()
}

/// Whether there may be a reference to another file in a value.
fn leads_out(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, value)| match value {
            Value::String(reference) => key == "$ref" && !split(reference).0.is_empty(),
            value => leads_out(value),
        }),
        Value::Array(items) => items.iter().any(leads_out),
        _ => false,
    }
}

fn collect(located: Located<'_>, found: &mut Vec<(SourceLocation, String)>) {
    if let Some(Value::String(reference)) = located.value.get("$ref")
        && !split(reference).0.is_empty()
    {
        found.push((located.location.clone(), reference.clone()));
    }
    // Examples are data: a `$ref` in them is none. But names may be anything: a property may be called `example`.
    let names = ["properties", "patternProperties", "schemas", "$defs", "definitions", "paths", "responses"];
    let is_named = names.contains(&located.location.key().as_str());
    for (key, value) in located.members() {
        let is_data =
            matches!(key.as_str(), "example" | "examples" | "default" | "enum" | "const") || key.starts_with("x-");
        if is_named || !is_data {
            collect(value, found);
        }
    }
    for item in located.items() {
        collect(item, found);
    }
}
