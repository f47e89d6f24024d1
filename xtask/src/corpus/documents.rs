//! Search for OpenAPI documents in folders.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// OpenAPI document of the corpus.
pub struct CorpusDocument {
    pub path: PathBuf,
    /// Name that is unique in the corpus.
    pub name: String,
}

/// Finds the OpenAPI documents in files and folders, in the order of their paths.
pub fn find(paths: &[PathBuf]) -> Result<Vec<CorpusDocument>> {
    let mut files = Vec::new();
    for path in paths {
        find_in(path, &mut files)?;
    }
    files.sort();
    let mut documents: Vec<CorpusDocument> = Vec::new();
    for path in files {
        let name = unique_name(&path, &documents);
        documents.push(CorpusDocument { path, name });
    }
    Ok(documents)
}

fn find_in(path: &Path, documents: &mut Vec<PathBuf>) -> Result<()> {
    let failed = Error::cannot("read", path);
    if path.metadata().map_err(&failed)?.is_file() {
        documents.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(&failed)? {
        let path = entry.map_err(&failed)?.path();
        if path.is_dir() {
            find_in(&path, documents)?;
        } else if is_document(&path)? {
            documents.push(path);
        }
    }
    Ok(())
}

/// Returns `true` for files that state an OpenAPI version, which the parts of a document do not.
fn is_document(path: &Path) -> Result<bool> {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    if !["json", "yaml", "yml"].contains(&extension) {
        return Ok(false);
    }
    let text = std::fs::read(path).map_err(Error::cannot("read", path))?;
    let text = String::from_utf8_lossy(&text);
    // The key may be anywhere in JSON. In YAML it is at the beginning of a line.
    Ok(match extension {
        "json" => text.contains("\"openapi\""),
        _ => text.lines().any(|line| line.starts_with("openapi:")),
    })
}

/// Returns the file's stem, preceded by names of its folders until the name is unique.
fn unique_name(path: &Path, documents: &[CorpusDocument]) -> String {
    let text = |name: Option<&OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
    let mut name = text(path.file_stem());
    for folder in path.ancestors().skip(1) {
        if !documents.iter().any(|document| document.name == name) {
            break;
        }
        name = format!("{}-{name}", text(folder.file_name()));
    }
    name
}
