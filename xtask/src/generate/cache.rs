//! Record of the last run for each output folder.
//!
//! A run whose inputs and outputs are unchanged reads no spec at all. Any other run reuses the files whose input is
//! unchanged: formatting takes most of the time. Records are stored in cargo's target folder, next to this program. A
//! missing or damaged record only makes a run slower.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use generator::render::Files;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::report::RunReport;
use crate::output;
use crate::paths::resolve;

/// Name of the folder of records.
const FOLDER: &str = "xtask-generate";

/// Maximum number of records. Tests create many output folders and use each only once.
const MAX_RECORDS: usize = 200;

/// Hash of a text, in hexadecimal digits.
type Fingerprint = String;

#[derive(Serialize, Deserialize)]
struct Record {
    /// Fingerprint of the program and of all inputs except the contents of the sources.
    key: Fingerprint,
    /// Files that were read.
    sources: BTreeMap<PathBuf, Fingerprint>,
    /// Files that were generated.
    files: BTreeMap<PathBuf, GeneratedFile>,
    report: RunReport,
}

#[derive(Serialize, Deserialize)]
struct GeneratedFile {
    /// Fingerprint of the data that the file was rendered from, or `None` if the renderer does not cache the file.
    input: Option<Fingerprint>,
    text: Fingerprint,
}

/// Cache of one output folder.
pub struct Cache {
    out: PathBuf,
    /// Path of the record, or `None` if nothing can be cached.
    path: Option<PathBuf>,
    key: Fingerprint,
    /// Record of the last run, if it has the same key.
    last: Option<Record>,
    /// Fingerprints of the data that this run renders.
    inputs: Mutex<BTreeMap<PathBuf, Fingerprint>>,
}

impl Cache {
    /// Opens the cache of the output folder `out`. Without a key, the cache is empty and is not saved.
    pub fn open(out: &Path, key: Option<String>) -> Self {
        let (path, key) = match (program(), key) {
            (Some((folder, stamp)), Some(key)) => {
                let name = fingerprint(resolve(out).as_os_str().as_encoded_bytes());
                let path = folder.join(FOLDER).join(name).with_extension("json");
                (Some(path), fingerprint(format!("{stamp}\n{key}").as_bytes()))
            }
            _ => (None, String::new()),
        };
        let last = path.as_deref().and_then(read).filter(|record| record.key == key);
        Self { out: out.to_owned(), path, key, last, inputs: Mutex::default() }
    }

    /// Returns the report of the last run and the number of its files if its sources and files are unchanged.
    pub fn unchanged_run(&self) -> Option<(&RunReport, usize)> {
        let last = self.last.as_ref()?;
        let is_same_source = |(path, text): (&PathBuf, &Fingerprint)| {
            output::read_file(path).is_ok_and(|bytes| fingerprint(without_byte_order_mark(&bytes)) == *text)
        };
        let is_same_file = |(path, file): (&PathBuf, &GeneratedFile)| {
            output::read_generated(&self.out, path).is_some_and(|bytes| fingerprint(&bytes) == file.text)
        };
        let is_unchanged = last.sources.par_iter().all(is_same_source)
            && output::is_listed(&self.out, last.files.keys())
            && last.files.par_iter().all(is_same_file);
        is_unchanged.then_some((&last.report, last.files.len()))
    }

    /// Returns the text of a generated file if the last run rendered it from the same data and it is unchanged.
    pub fn rendered(&self, path: &Path, data: &[u8]) -> Option<String> {
        let input = fingerprint(data);
        let last = self.last.as_ref().and_then(|last| last.files.get(path));
        let text = last.filter(|last| last.input.as_ref() == Some(&input)).and_then(|last| {
            let bytes = output::read_generated(&self.out, path)?;
            (fingerprint(&bytes) == last.text).then(|| String::from_utf8(bytes).ok()).flatten()
        });
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), input);
        text
    }

    /// Saves the record of this run. Errors are ignored: the next run is only slower.
    pub fn save<'a>(self, sources: impl Iterator<Item = (&'a Path, &'a str)>, files: &Files, report: RunReport) {
        let Some(path) = self.path else { return };
        let sources = sources.map(|(path, text)| (path.to_owned(), fingerprint(text.as_bytes()))).collect();
        let mut inputs = self.inputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        let generated = |(path, text): (&PathBuf, &String)| {
            (path.clone(), GeneratedFile { input: inputs.remove(path), text: fingerprint(text.as_bytes()) })
        };
        let files = files.iter().map(generated).collect();
        let _ = write(&path, &Record { key: self.key, sources, files, report });
    }
}

/// Returns the folder that cargo put this program into, and a stamp that changes when the program is built again.
///
/// The stamp is read once: cargo may replace the program while `watch` runs.
fn program() -> Option<(PathBuf, String)> {
    static PROGRAM: OnceLock<Option<(PathBuf, String)>> = OnceLock::new();
    let read = || {
        let path = std::env::current_exe().ok()?;
        let folder = path.parent().filter(|folder| folder.join("deps").is_dir())?;
        let metadata = path.metadata().ok()?;
        Some((folder.to_owned(), format!("{} {:?}", metadata.len(), metadata.modified().ok()?)))
    };
    PROGRAM.get_or_init(read).clone()
}

fn fingerprint(bytes: &[u8]) -> Fingerprint {
    format!("{:032x}", xxh3_128(bytes))
}

fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// Reads a record, or returns `None` if it is damaged: its first line is the fingerprint of the rest.
fn read(path: &Path) -> Option<Record> {
    let text = output::read_file(path).ok()?;
    let (checksum, record) = text.split_at_checked(text.iter().position(|byte| *byte == b'\n')?)?;
    let record = record.get(1..)?;
    (checksum == fingerprint(record).as_bytes()).then(|| serde_json::from_slice(record).ok()).flatten()
}

/// Writes a record to a temporary file and renames it, so that concurrent runs never read half a record.
fn write(path: &Path, record: &Record) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let text = serde_json::to_vec(record)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(fingerprint(&text).as_bytes())?;
    file.write_all(b"\n")?;
    file.write_all(&text)?;
    if !path.exists() {
        remove_oldest(folder);
    }
    file.persist(path)?;
    Ok(())
}

/// Removes the oldest records until at most [`MAX_RECORDS`] are left.
fn remove_oldest(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut records: Vec<_> =
        entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    records.sort();
    for (_, path) in &records[..records.len().saturating_sub(MAX_RECORDS)] {
        let _ = std::fs::remove_file(path);
    }
}
