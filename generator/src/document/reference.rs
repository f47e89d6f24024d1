//! Resolution of `$ref` inside a file and to other files.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::path::normalize;
use super::{Document, FileId, Located, SourceLocation};
use crate::diagnostics::Diagnostic;

impl Document {
    /// Returns the references of a file to other files.
    pub(super) fn external_references(&self, file: FileId) -> Vec<(SourceLocation, String)> {
        let mut references = Vec::new();
        let value = &self.files[file.0].value;
        // Most documents are one file. Building the location of every value in it is slow.
        if has_external_reference(value) {
            let location = SourceLocation { file, pointer: String::new() };
            collect_external(Located { value, location }, &mut references);
        }
        references
    }

    /// Reads the file of a reference, unless it has been read before.
    pub(super) fn load_target(&mut self, location: &SourceLocation, reference: &str) -> Result<(), Diagnostic> {
        let (name, _) = split(reference);
        let path = self.referenced_path(location, name)?;
        if self.ids.contains_key(&normalize(&path)) {
            return Ok(());
        }
        if !path.is_file() {
            let message = format!("`$ref: {reference}`: no file {}", path.display());
            return Err(self.locate(Diagnostic::error(message).help("correct the file name"), location));
        }
        let file = self.read(&path)?;
        self.ids.insert(normalize(&path), file);
        Ok(())
    }

    /// Returns the value that a `$ref` at `location` refers to. Follows chains of references.
    ///
    /// # Errors
    /// Returns an error if the target is outside of the allowed folders, and a warning if the target does not exist or
    /// the references form a cycle.
    pub fn resolve(&self, location: &SourceLocation, reference: &str) -> Result<Located<'_>, Diagnostic> {
        let mut location = location.clone();
        let mut reference = reference.to_owned();
        // Target in the middle of the chain. A cycle reaches it again before the limit.
        let mut middle = None;
        for step in 0..MAX_CHAIN {
            let target = self.target(&location, &reference)?;
            if middle.as_ref() == Some(&target) {
                let message = format!("`$ref: {reference}` is part of a cycle of references; {IGNORED}");
                let help = "replace one of the references by a schema";
                return Err(self.locate(Diagnostic::warning(message).help(help), &location));
            }
            if step == MAX_CHAIN / 2 {
                middle = Some(target.clone());
            }
            let Some(found) = self.at(&target) else {
                let file = self.path(target.file).display();
                let message = format!(
                    "`$ref: {reference}` has no target: `{}` does not exist in {file}; {IGNORED}",
                    target.pointer
                );
                return Err(self.locate(Diagnostic::warning(message).help("correct the reference"), &location));
            };
            // A reference with sibling keywords is a separate schema.
            match (found.value.as_object(), found.text("$ref")) {
                (Some(object), Some(next)) if object.len() == 1 => {
                    location = target;
                    reference = next;
                }
                _ => return Ok(found),
            }
        }
        let message = format!("`$ref: {reference}` is in a chain of more than {MAX_CHAIN} references; {IGNORED}");
        Err(self.locate(Diagnostic::warning(message).help("refer to the schema directly"), &location))
    }

    /// Returns the value itself, or the target if the value is a reference.
    ///
    /// # Errors
    /// Returns the errors of [`resolve`](Self::resolve).
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
                let path = self.referenced_path(location, name)?;
                *self.ids.get(&normalize(&path)).ok_or_else(|| {
                    self.locate(
                        Diagnostic::error(format!("`$ref: {reference}`: the file is not loaded")),
                        location,
                    )
                })?
            }
        };
        Ok(SourceLocation { file, pointer: decode(pointer) })
    }

    fn is_allowed(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    /// Returns the path of a file that is named relative to the file of `location`.
    fn referenced_path(&self, location: &SourceLocation, name: &str) -> Result<PathBuf, Diagnostic> {
        let reject = |reason: &str, help: &str| {
            let message = format!("`$ref: {name}` {reason}");
            Err(self.locate(Diagnostic::error(message).help(help), location))
        };
        if name.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) {
            return reject("is a file URL", "use a path relative to this file, such as `schemas/pet.yaml`");
        }
        if name.contains("://") || name.starts_with("//") {
            let message =
                format!("`$ref: {name}` is a network URL, which the generator does not fetch; {IGNORED}");
            let help = "save the document in the folder of the spec and refer to the copy";
            return Err(self.locate(Diagnostic::warning(message).help(help), location));
        }
        let folder = self.path(location.file).parent().unwrap_or(Path::new(""));
        let path = folder.join(decode(name));
        let target = normalize(&path);
        if !self.is_allowed(&target) {
            // The message has the folder as the reference names it. For a symbolic link it has the folder of the
            // link's target.
            let is_link = path.parent().map(normalize).is_some_and(|folder| self.is_allowed(&folder));
            let folder = if is_link { target.parent() } else { path.parent() };
            let folder = folder.unwrap_or(&target).display();
            return reject(
                "is outside of the folder of the spec",
                &format!("move the file into the folder of the spec, or pass `--allow {folder}`"),
            );
        }
        Ok(path)
    }
}

/// Effect of a reference without a target.
const IGNORED: &str = "it is read as an untyped JSON value or ignored";

/// Maximum number of references in a chain.
const MAX_CHAIN: usize = 64;

/// Splits a reference into file and JSON pointer.
fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Decodes percent-encoding; a reference is a URL. A text that does not decode to UTF-8 is returned unchanged.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap_or(text.into()).into_owned()
}

/// Returns `true` if a value may contain a reference to another file.
fn has_external_reference(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, value)| match value {
            Value::String(reference) => key == "$ref" && !split(reference).0.is_empty(),
            value => has_external_reference(value),
        }),
        Value::Array(items) => items.iter().any(has_external_reference),
        _ => false,
    }
}

fn collect_external(located: Located<'_>, references: &mut Vec<(SourceLocation, String)>) {
    if let Some(Value::String(reference)) = located.value.get("$ref")
        && !split(reference).0.is_empty()
    {
        references.push((located.location.clone(), reference.clone()));
    }
    // Examples are data: a `$ref` in an example is not a reference. In a map of names every key is a name, because a
    // property may be called `example`.
    let maps = ["properties", "patternProperties", "schemas", "$defs", "definitions", "paths", "responses"];
    let is_map = maps.contains(&located.location.key().as_str());
    for (key, value) in located.members() {
        let is_data =
            matches!(key.as_str(), "example" | "examples" | "default" | "enum" | "const") || key.starts_with("x-");
        if is_map || !is_data {
            collect_external(value, references);
        }
    }
    for item in located.items() {
        collect_external(item, references);
    }
}
