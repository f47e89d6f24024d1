//! Variants of a document: with one changed operation, and with a part of its paths.

use std::path::{Component, Path, PathBuf};

use generator::document::Document;
use serde_json::{Value, json};

use super::context::remove;
use crate::error::{Error, Result};
use crate::paths::display;

/// Files of a document. The first is the root; paths are relative to its folder.
#[derive(Clone)]
pub struct DocumentFiles(Vec<(PathBuf, Value)>);

impl DocumentFiles {
    /// Collects the files of a document.
    ///
    /// # Errors
    /// Fails if a file is outside of the root's folder.
    pub fn new(document: &Document) -> Result<Self> {
        let mut root = PathBuf::new();
        let files = document.files().enumerate().map(|(index, file)| {
            let path = document.path(file.location.file);
            if index == 0 {
                root = path.parent().unwrap_or(Path::new("")).to_owned();
            }
            let relative = path.strip_prefix(&root).ok().and_then(normalize);
            let relative = relative.ok_or_else(|| {
                Error::new(format!("cannot copy {}: it is outside of the document's folder", display(path)))
            })?;
            Ok((relative, file.value.clone()))
        });
        files.collect::<Result<_>>().map(Self)
    }

    /// Writes the files as JSON to an empty folder. Returns the path of the root.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        remove(folder)?;
        for (path, value) in &self.0 {
            let path = folder.join(path);
            let failed = Error::cannot("write", &path);
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(&failed)?;
            std::fs::write(&path, value.to_string()).map_err(&failed)?;
        }
        Ok(folder.join(&self.0[0].0))
    }

    /// Returns the document with another summary and one more query parameter in the middle GET operation, or `None`
    /// without such an operation.
    pub fn with_changed_operation(&self, document: &Document) -> Option<Self> {
        let paths = document.root().get("paths")?;
        let operations: Vec<_> =
            paths.members().filter_map(|(_, item)| document.deref(item).ok()?.get("get")).collect();
        let location = &operations.get(operations.len() / 2)?.location;
        let file = document.files().position(|file| file.location.file == location.file)?;
        let mut files = self.clone();
        let operation = files.0[file].1.pointer_mut(&location.pointer)?.as_object_mut()?;
        operation.insert("summary".to_owned(), json!("Changed by the benchmark"));
        let parameters = operation.entry("parameters").or_insert(json!([])).as_array_mut()?;
        parameters.push(json!({"name": "bench_only", "in": "query", "schema": {"type": "string"}}));
        Some(files)
    }

    /// Returns the document with the first of `parts` equal parts of its paths.
    pub fn with_part_of_paths(&self, parts: usize) -> Self {
        let mut files = self.clone();
        if let Some(Value::Object(paths)) = files.0[0].1.get_mut("paths") {
            let count = paths.len().div_ceil(parts);
            *paths = std::mem::take(paths).into_iter().take(count).collect();
        }
        files
    }
}

/// Resolves `..` in a relative path, or returns `None` if it leads out of its folder.
fn normalize(path: &Path) -> Option<PathBuf> {
    path.components().try_fold(PathBuf::new(), |mut normalized, part| {
        match part {
            Component::ParentDir => normalized.pop().then_some(())?,
            Component::Normal(name) => normalized.push(name),
            _ => {}
        }
        Some(normalized)
    })
}
