//! The spec's files as text and values, `$ref`s between them, and the place of every value in its file.

mod position;
mod reference;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::position::Target;
use crate::diagnostics::{Diagnostic, Report};

/// All files that a spec consists of, the one it begins with first.
#[derive(Debug)]
pub struct Document {
    files: Vec<File>,
    /// Where each file stands, so that none is read twice.
    known: HashMap<PathBuf, FileId>,
    /// The folder that references may not leave.
    root: PathBuf,
}

#[derive(Debug)]
struct File {
    /// As people would type it.
    path: PathBuf,
    text: String,
    value: Value,
}

/// One file of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(usize);

/// Where a value stands: a file, and a JSON pointer inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The pointer, empty for the whole file.
    pub pointer: String,
}

impl Place {
    /// The place of the member `key` of the value here.
    pub fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self { file: self.file, pointer: format!("{}/{key}", self.pointer) }
    }

    /// The last key of the pointer, unescaped.
    pub fn key(&self) -> String {
        let key = self.pointer.rsplit('/').next().unwrap_or_default();
        key.replace("~1", "/").replace("~0", "~")
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Located<'a> {
    /// The value.
    pub value: &'a Value,
    /// Its place.
    pub place: Place,
}

impl<'a> Located<'a> {
    /// The member `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self { value: self.value.get(key)?, place: self.place.child(key) })
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> impl Iterator<Item = (&'a String, Self)> + use<'a> {
        let place = self.place.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| (key, Self { value, place: place.child(key) }))
    }

    /// The items of an array; none of anything else.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let place = self.place.clone();
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| Self { value, place: place.child(index) })
    }

    /// The member `key` as text.
    pub fn text(&self, key: &str) -> Option<String> {
        self.value.get(key)?.as_str().map(str::to_owned)
    }

    /// Whether the member `key` is true.
    pub fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or(false)
    }
}

impl Document {
    /// Reads the file at `path` and every file that it refers to.
    ///
    /// # Errors
    /// When a file can't be read, is neither YAML nor JSON, or lies outside the folder of the first one.
    pub fn load(path: &Path) -> Result<Self, Report> {
        let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut document = Self { files: Vec::new(), known: HashMap::new(), root: reference::normal(root) };
        document.read(path).map_err(Report::from)?;
        document.known.insert(reference::normal(path), FileId(0));
        let mut next = 0;
        while next < document.files.len() {
            for (place, reference) in document.references(FileId(next)) {
                document.follow(&place, &reference).map_err(Report::from)?;
            }
            next += 1;
        }
        Ok(document)
    }

    /// Reads one text as a document; `path` names it in diagnostics.
    ///
    /// # Errors
    /// When the text is neither YAML nor JSON.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Report> {
        let value = parse(path, text).map_err(Report::from)?;
        let file = File { path: path.to_owned(), text: text.to_owned(), value };
        Ok(Self { files: vec![file], known: HashMap::new(), root: PathBuf::new() })
    }

    fn read(&mut self, path: &Path) -> Result<FileId, Diagnostic> {
        let place = |message: String| Diagnostic::error(message).in_file(path);
        let text = std::fs::read_to_string(path).map_err(|error| {
            place(format!("the file can't be read: {error}")).help("check the name, and that it is UTF-8 text")
        })?;
        let value = parse(path, &text)?;
        self.files.push(File { path: path.to_owned(), text, value });
        Ok(FileId(self.files.len() - 1))
    }

    /// The value of the whole first file.
    pub fn root(&self) -> Located<'_> {
        let place = Place { file: FileId(0), pointer: String::new() };
        Located { value: &self.files[0].value, place }
    }

    /// The value at a place, if there is one.
    pub fn at(&self, place: &Place) -> Option<Located<'_>> {
        let value = self.files.get(place.file.0)?.value.pointer(&place.pointer)?;
        Some(Located { value, place: place.clone() })
    }

    /// The named schemas of every file.
    pub fn component_schemas(&self) -> Vec<Located<'_>> {
        (0..self.files.len())
            .filter_map(|file| self.at(&Place { file: FileId(file), pointer: "/components/schemas".to_owned() }))
            .collect()
    }

    /// A diagnostic's file, line, column and the line itself.
    pub fn locate(&self, diagnostic: Diagnostic, place: &Place) -> Diagnostic {
        self.locate_what(diagnostic, place, Target::Value)
    }

    /// As [`locate`](Self::locate), at the key of the value rather than the value.
    pub fn locate_key(&self, diagnostic: Diagnostic, place: &Place) -> Diagnostic {
        self.locate_what(diagnostic, place, Target::Key)
    }

    fn locate_what(&self, diagnostic: Diagnostic, place: &Place, target: Target) -> Diagnostic {
        let Some(file) = self.files.get(place.file.0) else { return diagnostic };
        let diagnostic = diagnostic.in_file(&file.path).at_pointer(&place.pointer);
        match position::find(&file.text, is_json(&file.path), &place.pointer, target) {
            Some((line, column)) => {
                let text = file.text.lines().nth(line - 1).unwrap_or_default();
                diagnostic.at_line(line, column, text)
            }
            None => diagnostic,
        }
    }

    /// The file's name, as people would type it.
    pub fn path(&self, file: FileId) -> &Path {
        &self.files[file.0].path
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Reads text as JSON where the name or the first character says so, else as YAML.
fn parse(path: &Path, text: &str) -> Result<Value, Diagnostic> {
    let place = |message: String, line: usize, column: usize| {
        let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        Diagnostic::error(message).in_file(path).at_line(line, column, source)
    };
    if is_json(path) || text.trim_start().starts_with('{') {
        match serde_json::from_str(text) {
            Ok(value) => return Ok(value),
            Err(error) if is_json(path) => {
                let text = error.to_string();
                let what = text.split(" at line ").next().unwrap_or_default();
                let error = place(format!("this is not JSON: {what}"), error.line(), error.column());
                return Err(error.help("correct the line, or the one before it"));
            }
            Err(_) => {}
        }
    }
    serde_yaml::from_str_with_options(text, position::options()).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |at| (at.line() as usize, at.column() as usize));
        let text = error.to_string();
        // The position stands beside the message, and the reader's own settings mean nothing here.
        let what = first_line(&text).split(" at line ").next().unwrap_or_default();
        let what = what.split(", set ").next().unwrap_or_default();
        place(format!("this is not YAML: {what}"), line, column).help("correct the line, or the one before it")
    })
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
