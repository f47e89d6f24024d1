//! Files of the spec: text, parsed value, `$ref` resolution, and the location of each value.
//!
//! First stage of the pipeline. YAML and JSON files become [`serde_json::Value`]s. A [`Located`] is a value with its
//! [`SourceLocation`], so that every later diagnostic can point into the file.

mod path;
mod position;
mod reference;

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use self::position::{MAX_DEPTH, Positions, Target};
use crate::diagnostics::{CONTEXT, Diagnostic, Report, Severity};

/// Files of a spec, the root file first.
#[derive(Debug)]
pub struct Document {
    files: Vec<File>,
    /// Files by normalized path. Each file is read once.
    ids: HashMap<PathBuf, FileId>,
    /// Folders that references may point into: the folder of the spec and the folders that the user allows.
    roots: Vec<PathBuf>,
    /// Number of diagnostics that have a line.
    located: AtomicUsize,
}

/// Maximum number of diagnostics with a line. Finding the line is slow in a file that is one long line.
const MAX_LOCATED: usize = 5000;

/// Maximum size of a file, in bytes. The largest published documents have about 40 MB.
const MAX_FILE: usize = 64 << 20;

/// Maximum total size of the files of a spec, in bytes.
const MAX_TOTAL: usize = 256 << 20;

#[derive(Debug)]
struct File {
    /// Path, as given on the command line or in a reference.
    path: PathBuf,
    text: Arc<str>,
    value: Value,
    /// `true` if the file was parsed as JSON, `false` if as YAML.
    is_json: bool,
    /// Positions of the values. Computed on first use, because only diagnostics need them.
    positions: Arc<OnceLock<Positions>>,
}

impl File {
    fn new(path: &Path, text: String) -> Result<Self, Diagnostic> {
        let (value, is_json) = parse(path, &text)?;
        let (text, positions) = (Arc::from(text), Arc::default());
        Ok(Self { path: path.to_owned(), text, value, is_json, positions })
    }

    /// Returns the positions of the values.
    fn positions(&self) -> &Positions {
        self.positions.get_or_init(|| Positions::new(&self.text, self.is_json))
    }

    /// Computes the positions in the background. Almost every large document causes at least one warning.
    fn compute_positions(&self) {
        let (text, is_json, positions) = (Arc::clone(&self.text), self.is_json, Arc::clone(&self.positions));
        rayon::spawn(move || {
            positions.get_or_init(|| Positions::new(&text, is_json));
        });
    }
}

/// Identifier of a file of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(usize);

/// Location of a value: a file and a JSON pointer inside the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceLocation {
    /// File that has the value.
    pub file: FileId,
    /// JSON pointer, empty for the root value of the file.
    pub pointer: String,
}

impl SourceLocation {
    /// Returns the location of the member `key`.
    pub fn child(&self, key: &str) -> Self {
        // Called for every value of the document: allocate once.
        let mut pointer = String::with_capacity(self.pointer.len() + key.len() + 1);
        pointer.push_str(&self.pointer);
        pointer.push('/');
        match key.contains(['~', '/']) {
            true => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            false => pointer.push_str(key),
        }
        Self { file: self.file, pointer }
    }

    /// Returns the last key of the pointer, unescaped.
    pub fn key(&self) -> String {
        let key = self.pointer.rsplit('/').next().unwrap_or_default();
        key.replace("~1", "/").replace("~0", "~")
    }
}

/// Value with its location.
#[derive(Clone, Debug)]
pub struct Located<'a> {
    /// The value.
    pub value: &'a Value,
    /// Location of the value.
    pub location: SourceLocation,
}

impl<'a> Located<'a> {
    /// Returns the member `key`, or `None` if the value is not an object or has no such member.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self { value: member(self.value, key)?, location: self.location.child(key) })
    }

    /// Returns the members of an object. Other values have no members.
    pub fn members(&self) -> impl Iterator<Item = (&'a String, Self)> + use<'a> {
        let location = self.location.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| (key, Self { value, location: location.child(key) }))
    }

    /// Returns the items of an array. Other values have no items.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let location = self.location.clone();
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| Self { value, location: location.child(&index.to_string()) })
    }

    /// Returns the member `key`, if it is a string.
    pub fn text(&self, key: &str) -> Option<String> {
        member(self.value, key)?.as_str().map(str::to_owned)
    }

    /// Returns `true` if the member `key` is `true`.
    pub fn flag(&self, key: &str) -> bool {
        member(self.value, key).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// Returns the member `key` of an object. Comparing the keys of a small object is faster than hashing `key`.
pub(crate) fn member<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    match object.len() {
        0..=SMALL_OBJECT => object.iter().find(|(name, _)| *name == key).map(|(_, value)| value),
        _ => object.get(key),
    }
}

/// Maximum number of members of a small object.
const SMALL_OBJECT: usize = 12;

impl Document {
    /// Reads the file at `path` and every file that it refers to, directly or indirectly. These must be in the same
    /// folder or in one of the folders `allowed`, at any depth.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read, is neither YAML nor JSON, is larger than 64 MiB, or is outside of the
    /// folders, and if all files together are larger than 256 MiB.
    pub fn load(path: &Path, allowed: &[PathBuf]) -> Result<Self, Report> {
        let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(missing) = allowed.iter().find(|folder| !folder.is_dir()) {
            let message = format!("no folder {}", missing.display());
            return Err(Diagnostic::error(message).help("correct the argument of --allow").into());
        }
        let roots = std::iter::once(root).chain(allowed.iter().map(PathBuf::as_path));
        let roots = roots.map(path::normalize).collect();
        let mut document = Self { files: Vec::new(), ids: HashMap::new(), roots, located: AtomicUsize::new(0) };
        document.read(path).map_err(Report::from)?;
        document.ids.insert(path::normalize(path), FileId(0));
        let mut report = Report::default();
        let mut next = 0;
        while next < document.files.len() {
            document.files[next].compute_positions();
            for (location, reference) in document.external_references(FileId(next)) {
                // Warnings are reported when the reference is resolved.
                if let Err(diagnostic) = document.load_target(&location, &reference)
                    && diagnostic.severity == Severity::Error
                {
                    report.push(diagnostic);
                }
            }
            next += 1;
        }
        if report.has_errors() { Err(report) } else { Ok(document) }
    }

    /// Parses a text as a document of one file. `path` is the file name in diagnostics.
    ///
    /// # Errors
    /// Returns an error if the text is neither YAML nor JSON.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Report> {
        let file = File::new(path, text.to_owned()).map_err(Report::from)?;
        Ok(Self { files: vec![file], ids: HashMap::new(), roots: Vec::new(), located: AtomicUsize::new(0) })
    }

    /// Returns a document with the given value and no text. `path` is the file name in diagnostics, which have no line.
    pub fn from_value(path: &Path, value: Value) -> Self {
        let file =
            File { path: path.to_owned(), text: Arc::from(""), value, is_json: true, positions: Arc::default() };
        Self { files: vec![file], ids: HashMap::new(), roots: Vec::new(), located: AtomicUsize::new(0) }
    }

    fn read(&mut self, path: &Path) -> Result<FileId, Diagnostic> {
        let total: usize = self.files.iter().map(|file| file.text.len()).sum();
        let text = read_text(path, MAX_FILE.min(MAX_TOTAL.saturating_sub(total)))?;
        self.files.push(File::new(path, text)?);
        Ok(FileId(self.files.len() - 1))
    }

    /// Returns the path and text of each file. Texts have no byte order mark.
    pub fn sources(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|file| (file.path.as_path(), &*file.text))
    }

    /// Returns the line of a value, counted from one, or `None` if the file has only one line.
    pub fn line(&self, location: &SourceLocation) -> Option<usize> {
        let file = self.files.get(location.file.0)?;
        let positions = file.positions();
        let (line, _) = positions.find(&location.pointer, Target::Value)?;
        (!positions.is_one_line(&file.text)).then_some(line)
    }

    /// Returns the root value of the root file.
    pub fn root(&self) -> Located<'_> {
        let location = SourceLocation { file: FileId(0), pointer: String::new() };
        Located { value: &self.files[0].value, location }
    }

    /// Returns the value at a location, if the value exists.
    pub fn at(&self, location: &SourceLocation) -> Option<Located<'_>> {
        let value = self.files.get(location.file.0)?.value.pointer(&location.pointer)?;
        Some(Located { value, location: location.clone() })
    }

    /// Returns `components.schemas` of each file.
    pub fn component_schemas(&self) -> Vec<Located<'_>> {
        (0..self.files.len())
            .filter_map(|file| {
                self.at(&SourceLocation { file: FileId(file), pointer: "/components/schemas".to_owned() })
            })
            .collect()
    }

    /// Adds the file, pointer, line and column of a value to a diagnostic.
    pub fn locate(&self, diagnostic: Diagnostic, location: &SourceLocation) -> Diagnostic {
        self.locate_target(diagnostic, location, Target::Value)
    }

    /// Adds the file, pointer, line and column of the key of a value to a diagnostic.
    pub fn locate_key(&self, diagnostic: Diagnostic, location: &SourceLocation) -> Diagnostic {
        self.locate_target(diagnostic, location, Target::Key)
    }

    fn locate_target(&self, diagnostic: Diagnostic, location: &SourceLocation, target: Target) -> Diagnostic {
        let Some(file) = self.files.get(location.file.0) else { return diagnostic };
        let diagnostic = diagnostic.file(&file.path).pointer(&location.pointer);
        if self.located.fetch_add(1, Ordering::Relaxed) >= MAX_LOCATED {
            return diagnostic;
        }
        let positions = file.positions();
        match positions.find(&location.pointer, target) {
            Some((line, column)) => {
                diagnostic.line_excerpt(line, column, positions.line(&file.text, (line, column), CONTEXT))
            }
            None => diagnostic,
        }
    }

    /// Returns the root value of each file, the root file first.
    pub fn files(&self) -> impl Iterator<Item = Located<'_>> {
        let root = |file| SourceLocation { file, pointer: String::new() };
        self.files
            .iter()
            .enumerate()
            .map(move |(id, file)| Located { value: &file.value, location: root(FileId(id)) })
    }

    /// Returns the path of a file, as given on the command line or in a reference.
    pub fn path(&self, file: FileId) -> &Path {
        &self.files[file.0].path
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Reads a text file of at most `limit` bytes.
fn read_text(path: &Path, limit: usize) -> Result<String, Diagnostic> {
    let problem = |message: String| Diagnostic::error(message).file(path);
    let unreadable = |error: std::io::Error| {
        problem(format!("the file cannot be read: {error}")).help("check the path and the permissions of the file")
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // The limit also protects against files without an end, such as devices.
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limit {
        let (file, total) = (MAX_FILE >> 20, MAX_TOTAL >> 20);
        return Err(problem(format!(
            "the spec is too large; the limits are {file} MiB for a file and {total} MiB for all files"
        ))
        .help("remove unneeded parts, such as long examples, or split the spec into several SDKs"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(problem("the file is UTF-16, not UTF-8".to_owned()).help("save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        problem(format!("line {line} is not valid UTF-8")).help("save it as UTF-8")
    })?;
    // Some editors begin UTF-8 files with a byte order mark.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Parses text as JSON if the file name or the first character indicates JSON, otherwise as YAML. Returns the value,
/// and `true` for JSON.
fn parse(path: &Path, text: &str) -> Result<(Value, bool), Diagnostic> {
    let problem = |message: String, line: usize, column: usize| {
        let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let help = "correct this line or the line before it";
        Diagnostic::error(message).file(path).line(line, column, source).help(help)
    };
    if is_json(path) || text.trim_start().starts_with('{') {
        match serde_json::from_str(text) {
            Ok(value) => return Ok((value, true)),
            Err(error) if is_json(path) => {
                let text = error.to_string();
                let reason = match text.split(" at line ").next().unwrap_or_default() {
                    "recursion limit exceeded" => "values are nested more than 127 levels deep",
                    reason => reason,
                };
                return Err(problem(format!("invalid JSON: {reason}"), error.line(), error.column()));
            }
            Err(_) => {}
        }
    }
    let value = position::parse_yaml(text).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |at| (at.line() as usize, at.column() as usize));
        problem(format!("invalid YAML: {}", yaml_error_reason(&error.to_string())), line, column)
    })?;
    Ok((value, false))
}

/// Returns the reason of a YAML error, without the position and the parser settings that the error text contains.
fn yaml_error_reason(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let ends = [" at line ", ", set ", "; use ", " (defined "];
    let reason = ends.iter().fold(line, |reason, end| reason.split(end).next().unwrap_or_default());
    let too_deep = || format!("values are nested more than {MAX_DEPTH} levels deep");
    match reason.strip_prefix("budget breached: ") {
        Some(budget) if budget.starts_with("Depth") => too_deep(),
        Some(_) => "the aliases expand to too many values".to_owned(),
        None if reason == "recursion limit exceeded" => too_deep(),
        None if reason.starts_with("recursive references") => {
            "an alias refers to a value that contains it".to_owned()
        }
        None => reason.to_owned(),
    }
}
