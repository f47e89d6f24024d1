//! The spec's files as text and values, `$ref`s between them, and the place of every value in its file.

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

/// All files that a spec consists of, the one it begins with first.
#[derive(Debug)]
pub struct Document {
    files: Vec<File>,
    /// Where each file stands, so that none is read twice.
    known: HashMap<PathBuf, FileId>,
    /// The folders that references may not leave: the spec's own, and those that the user allows.
    roots: Vec<PathBuf>,
    /// How many diagnostics were given a line.
    located: AtomicUsize,
}

/// How many diagnostics are given a line: nobody reads more, and in a file that is one long line each takes a while.
const MAX_LOCATED: usize = 5000;

/// How large one file may be, in bytes. The largest APIs that are published are about 40 MB.
const MAX_FILE: usize = 64 << 20;

/// How large all files of a spec may be together, in bytes.
const MAX_TOTAL: usize = 256 << 20;

#[derive(Debug)]
struct File {
    /// As people would type it.
    path: PathBuf,
    text: Arc<str>,
    value: Value,
    /// Whether it was read as JSON.
    json: bool,
    /// Where its values stand, once somebody has asked.
    positions: Arc<OnceLock<Positions>>,
}

impl File {
    fn new(path: &Path, text: String) -> Result<Self, Diagnostic> {
        let (value, json) = parse(path, &text)?;
        let (text, positions) = (Arc::from(text), Arc::default());
        Ok(Self { path: path.to_owned(), text, value, json, positions })
    }

    /// Where its values stand.
    fn positions(&self) -> &Positions {
        self.positions.get_or_init(|| Positions::new(&self.text, self.json))
    }

    /// Finds the positions while others go on: there is something to say about nearly every document of a company.
    fn expect_questions(&self) {
        let (text, json, positions) = (Arc::clone(&self.text), self.json, Arc::clone(&self.positions));
        rayon::spawn(move || {
            positions.get_or_init(|| Positions::new(&text, json));
        });
    }
}

/// One file of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(usize);

/// Where a value stands: a file, and a JSON pointer inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceLocation {
    /// The file.
    pub file: FileId,
    /// The pointer, empty for the whole file.
    pub pointer: String,
}

impl SourceLocation {
    /// The place of the member `key` of the value here.
    pub fn child(&self, key: &str) -> Self {
        // Made for every value of the document: one allocation each.
        let mut pointer = String::with_capacity(self.pointer.len() + key.len() + 1);
        pointer.push_str(&self.pointer);
        pointer.push('/');
        match key.contains(['~', '/']) {
            true => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            false => pointer.push_str(key),
        }
        Self { file: self.file, pointer }
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
    pub location: SourceLocation,
}

impl<'a> Located<'a> {
    /// The member `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<Self> {
        Some(Self { value: member(self.value, key)?, location: self.location.child(key) })
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> impl Iterator<Item = (&'a String, Self)> + use<'a> {
        let location = self.location.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| (key, Self { value, location: location.child(key) }))
    }

    /// The items of an array; none of anything else.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let location = self.location.clone();
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| Self { value, location: location.child(&index.to_string()) })
    }

    /// The member `key` as text.
    pub fn text(&self, key: &str) -> Option<String> {
        member(self.value, key)?.as_str().map(str::to_owned)
    }

    /// Whether the member `key` is true.
    pub fn flag(&self, key: &str) -> bool {
        member(self.value, key).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// The member `key` of an object. Most have a few, which are compared sooner than a key is hashed.
pub(crate) fn member<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    match object.len() {
        0..=FEW => object.iter().find(|(name, _)| *name == key).map(|(_, value)| value),
        _ => object.get(key),
    }
}

/// How many members are few.
const FEW: usize = 12;

impl Document {
    /// Reads the file at `path` and every file that it refers to. Those have to be in its folder, or in one of
    /// those that `allowed` names.
    ///
    /// # Errors
    /// When a file can't be read, is larger than 64 MiB or too large together with the others (256 MiB), is neither
    /// YAML nor JSON, or lies outside the folders.
    pub fn load(path: &Path, allowed: &[PathBuf]) -> Result<Self, Report> {
        let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(missing) = allowed.iter().find(|folder| !folder.is_dir()) {
            let message = format!("the folder that is allowed is not there: {}", missing.display());
            return Err(Diagnostic::error(message).help("correct its name behind --allow").into());
        }
        let roots = std::iter::once(root).chain(allowed.iter().map(PathBuf::as_path));
        let roots = roots.map(path::normalize).collect();
        let mut document = Self { files: Vec::new(), known: HashMap::new(), roots, located: AtomicUsize::new(0) };
        document.read(path).map_err(Report::from)?;
        document.known.insert(path::normalize(path), FileId(0));
        let mut report = Report::default();
        let mut next = 0;
        while next < document.files.len() {
            document.files[next].expect_questions();
            for (location, reference) in document.references(FileId(next)) {
                // A warning is given where the reference is used.
                if let Err(diagnostic) = document.follow(&location, &reference)
                    && diagnostic.severity == Severity::Error
                {
                    report.push(diagnostic);
                }
            }
            next += 1;
        }
        if report.has_errors() { Err(report) } else { Ok(document) }
    }

    /// Reads one text as a document; `path` names it in diagnostics.
    ///
    /// # Errors
    /// When the text is neither YAML nor JSON.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Report> {
        let file = File::new(path, text.to_owned()).map_err(Report::from)?;
        Ok(Self { files: vec![file], known: HashMap::new(), roots: Vec::new(), located: AtomicUsize::new(0) })
    }

    /// Takes a value as a document that nobody has written, and that has no lines; `path` names it in diagnostics.
    pub fn of(path: &Path, value: Value) -> Self {
        let file =
            File { path: path.to_owned(), text: Arc::from(""), value, json: true, positions: Arc::default() };
        Self { files: vec![file], known: HashMap::new(), roots: Vec::new(), located: AtomicUsize::new(0) }
    }

    fn read(&mut self, path: &Path) -> Result<FileId, Diagnostic> {
        let before: usize = self.files.iter().map(|file| file.text.len()).sum();
        let text = read_text(path, MAX_FILE.min(MAX_TOTAL.saturating_sub(before)))?;
        self.files.push(File::new(path, text)?);
        Ok(FileId(self.files.len() - 1))
    }

    /// The texts of all files, by their paths.
    pub fn sources(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|file| (file.path.as_path(), &*file.text))
    }

    /// The line, from one, of the value at a place; nothing in a file that is all one line.
    pub fn line(&self, location: &SourceLocation) -> Option<usize> {
        let file = self.files.get(location.file.0)?;
        let positions = file.positions();
        let (line, _) = positions.find(&location.pointer, Target::Value)?;
        (!positions.is_one_line(&file.text)).then_some(line)
    }

    /// The value of the whole first file.
    pub fn root(&self) -> Located<'_> {
        let location = SourceLocation { file: FileId(0), pointer: String::new() };
        Located { value: &self.files[0].value, location }
    }

    /// The value at a place, if there is one.
    pub fn at(&self, location: &SourceLocation) -> Option<Located<'_>> {
        let value = self.files.get(location.file.0)?.value.pointer(&location.pointer)?;
        Some(Located { value, location: location.clone() })
    }

    /// The named schemas of every file.
    pub fn component_schemas(&self) -> Vec<Located<'_>> {
        (0..self.files.len())
            .filter_map(|file| {
                self.at(&SourceLocation { file: FileId(file), pointer: "/components/schemas".to_owned() })
            })
            .collect()
    }

    /// A diagnostic's file, line, column and the line itself.
    pub fn locate(&self, diagnostic: Diagnostic, location: &SourceLocation) -> Diagnostic {
        self.locate_what(diagnostic, location, Target::Value)
    }

    /// As [`locate`](Self::locate), at the key of the value rather than the value.
    pub fn locate_key(&self, diagnostic: Diagnostic, location: &SourceLocation) -> Diagnostic {
        self.locate_what(diagnostic, location, Target::Key)
    }

    fn locate_what(&self, diagnostic: Diagnostic, location: &SourceLocation, target: Target) -> Diagnostic {
        let Some(file) = self.files.get(location.file.0) else { return diagnostic };
        let diagnostic = diagnostic.in_file(&file.path).at_pointer(&location.pointer);
        if self.located.fetch_add(1, Ordering::Relaxed) >= MAX_LOCATED {
            return diagnostic;
        }
        let positions = file.positions();
        match positions.find(&location.pointer, target) {
            Some((line, column)) => {
                diagnostic.at_part(line, column, positions.line(&file.text, (line, column), CONTEXT))
            }
            None => diagnostic,
        }
    }

    /// All files as whole values, the one that the spec begins with first.
    pub fn files(&self) -> impl Iterator<Item = Located<'_>> {
        let whole = |file| SourceLocation { file, pointer: String::new() };
        self.files
            .iter()
            .enumerate()
            .map(move |(id, file)| Located { value: &file.value, location: whole(FileId(id)) })
    }

    /// The file's name, as people would type it.
    pub fn path(&self, file: FileId) -> &Path {
        &self.files[file.0].path
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Reads a text file of `limit` bytes at the most.
fn read_text(path: &Path, limit: usize) -> Result<String, Diagnostic> {
    let problem = |message: String| Diagnostic::error(message).in_file(path);
    let unreadable = |error: std::io::Error| {
        problem(format!("the file can't be read: {error}")).help("check the name, and that the file may be read")
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // No more than can be used: the file may have no end.
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limit {
        let (file, total) = (MAX_FILE >> 20, MAX_TOTAL >> 20);
        return Err(problem(format!(
            "the spec is too large: one file may have {file} MiB, all files together {total} MiB"
        ))
        .help("leave out what the SDK doesn't need, such as long examples, or make several SDKs"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(problem("the file is UTF-16".to_owned()).help("save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        problem(format!("the file is not UTF-8 in line {line}")).help("save it as UTF-8")
    })?;
    // Some editors mark UTF-8 by a character that is none.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Reads text as JSON where the name or the first character says so, else as YAML. Returns whether it was JSON.
fn parse(path: &Path, text: &str) -> Result<(Value, bool), Diagnostic> {
    let problem = |message: String, line: usize, column: usize| {
        let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let help = "correct the line, or the one before it";
        Diagnostic::error(message).in_file(path).at_line(line, column, source).help(help)
    };
    if is_json(path) || text.trim_start().starts_with('{') {
        match serde_json::from_str(text) {
            Ok(value) => return Ok((value, true)),
            Err(error) if is_json(path) => {
                let text = error.to_string();
                let what = match text.split(" at line ").next().unwrap_or_default() {
                    "recursion limit exceeded" => "more than 127 values are inside each other",
                    what => what,
                };
                return Err(problem(format!("this is not JSON: {what}"), error.line(), error.column()));
            }
            Err(_) => {}
        }
    }
    let value = position::yaml(text).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |at| (at.line() as usize, at.column() as usize));
        problem(format!("this is not YAML: {}", reason(&error.to_string())), line, column)
    })?;
    Ok((value, false))
}

/// Why YAML can't be read, without what concerns only programs that call the reader.
fn reason(text: &str) -> String {
    // The position stands beside the message, and the reader's own settings mean nothing here.
    let line = text.lines().next().unwrap_or_default();
    let ends = [" at line ", ", set ", "; use ", " (defined "];
    let what = ends.iter().fold(line, |what, end| what.split(end).next().unwrap_or_default());
    match what.strip_prefix("budget breached: ") {
        Some(what) if what.starts_with("Depth") => format!("more than {MAX_DEPTH} values are inside each other"),
        Some(_) => "its aliases stand for too much".to_owned(),
        None if what == "recursion limit exceeded" => {
            format!("more than {MAX_DEPTH} values are inside each other")
        }
        None if what.starts_with("recursive references") => "an alias stands for a value that it is in".to_owned(),
        None => what.to_owned(),
    }
}
