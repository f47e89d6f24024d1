//! What the last run knew of a crate, so that the next one does only what is new: nothing where all that it would read
//! and write is as it was, and else no laying out of files that come out the same. It lives in cargo's target folder,
//! beside the program; without it, or with a damaged one, a run takes longer and does the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use generator::render::Files;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::generate::{Findings, whole};
use crate::tree::{Plan, read_file};

/// The folder of the records, one for each crate.
const FOLDER: &str = "xtask-generate";

/// How many records are kept: crates come and go, above all in tests.
const MAX_RECORDS: usize = 200;

/// A hash of a text, in hexadecimal digits.
pub type Fingerprint = String;

/// What is known of a crate.
#[derive(Serialize, Deserialize)]
struct Record {
    /// The program that generated it.
    program: Fingerprint,
    /// All that counts besides the contents of files.
    circumstances: Fingerprint,
    sources: Vec<Source>,
    files: BTreeMap<PathBuf, File>,
    findings: Findings,
}

/// A file that was read.
#[derive(Serialize, Deserialize)]
struct Source {
    path: PathBuf,
    /// Where it is, links followed: where they lead decides whether it may be read.
    real: PathBuf,
    text: Fingerprint,
}

/// A file that was generated.
#[derive(Serialize, Deserialize)]
struct File {
    /// What it was made of; nothing where it isn't worth a look.
    draft: Option<Fingerprint>,
    text: Fingerprint,
}

/// The record of one crate, as the last run left it and as this one will.
pub struct Cache {
    /// The crate's folder.
    out: PathBuf,
    /// Where the record is; nowhere if this program doesn't stand where cargo put it.
    place: Option<PathBuf>,
    program: Fingerprint,
    circumstances: Fingerprint,
    old: Option<Record>,
    /// What each file is made of this time, and whether it was made of that before and is still there.
    drafts: Mutex<BTreeMap<PathBuf, (Fingerprint, bool)>>,
}

impl Cache {
    /// Looks up what is known of the crate at `out`. Nothing is known, nor will be, where the circumstances aren't.
    pub fn open(out: &Path, circumstances: Option<String>) -> Self {
        let program = circumstances.is_some().then(program).flatten();
        let place = program.as_ref().map(|(folder, _)| {
            folder.join(FOLDER).join(fingerprint(whole(out).as_os_str().as_encoded_bytes())).with_extension("json")
        });
        let program = program.map(|(_, program)| program).unwrap_or_default();
        let old = place.as_deref().and_then(read).filter(|record| record.program == program);
        Self {
            out: out.to_owned(),
            place,
            program,
            circumstances: fingerprint(circumstances.unwrap_or_default().as_bytes()),
            old,
            drafts: Mutex::default(),
        }
    }

    /// What the last run found, and how many files there are, if all that this one would read and write is as that
    /// one left it.
    pub fn unchanged(&self) -> Option<(&Findings, usize)> {
        let old = self.old.as_ref().filter(|old| old.circumstances == self.circumstances)?;
        let is_same = |source: &Source| {
            source.path.canonicalize().is_ok_and(|real| real == source.real)
                && read_file(&source.path).is_ok_and(|text| fingerprint(without_mark(&text)) == source.text)
        };
        if !old.sources.par_iter().all(is_same) {
            return None;
        }
        let plan =
            Plan::compare(&self.out, &old.files, |_| false, |file, text| fingerprint(text) == file.text).ok()?;
        plan.is_empty().then_some((&old.findings, old.files.len()))
    }

    /// The file that these templates make of the data, if they made it before and it is still there.
    pub fn recall(&self, path: &Path, templates: &Fingerprint, data: &[u8]) -> Option<String> {
        let mut hash = Xxh3::new();
        hash.update(templates.as_bytes());
        hash.update(data);
        let draft = digits(hash.digest128());
        let old = self.old.as_ref().and_then(|old| old.files.get(path));
        let text = old.filter(|old| old.draft.as_ref() == Some(&draft)).and_then(|old| {
            let text = read_file(&self.out.join(path)).ok()?;
            (fingerprint(&text) == old.text).then(|| String::from_utf8(text).ok()).flatten()
        });
        self.drafts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), (draft, text.is_some()));
        text
    }

    /// The files that were recalled: they are there as they should be.
    pub fn recalled(&self) -> BTreeSet<PathBuf> {
        let drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.iter().filter(|(_, (_, is_there))| *is_there).map(|(path, _)| path.clone()).collect()
    }

    /// Keeps what this run knows for the next. That it can't is no failure.
    pub fn keep<'a>(self, sources: impl Iterator<Item = (&'a Path, &'a str)>, files: &Files, findings: Findings) {
        let Some(place) = self.place else { return };
        let source = |(path, text): (&Path, &str)| {
            let text = fingerprint(text.as_bytes());
            Some(Source { path: path.to_owned(), real: path.canonicalize().ok()?, text })
        };
        let Some(sources) = sources.map(source).collect() else { return };
        let mut drafts = self.drafts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let file = |(path, text): (&PathBuf, &String)| {
            (
                path.clone(),
                File { draft: drafts.remove(path).map(|(draft, _)| draft), text: fingerprint(text.as_bytes()) },
            )
        };
        let files = files.iter().map(file).collect();
        let (program, circumstances) = (self.program, self.circumstances);
        let _ = write(&place, &Record { program, circumstances, sources, files, findings });
    }
}

/// The folder that cargo put this program into, and the program's fingerprint. It is what it was at first: while this one
/// runs, cargo may put another in its place.
fn program() -> Option<(PathBuf, Fingerprint)> {
    static PROGRAM: OnceLock<Option<(PathBuf, Fingerprint)>> = OnceLock::new();
    PROGRAM.get_or_init(look_at_program).clone()
}

fn look_at_program() -> Option<(PathBuf, Fingerprint)> {
    let path = std::env::current_exe().ok()?;
    let folder = path.parent().filter(|folder| folder.join("deps").is_dir())?;
    let mut file = std::fs::File::open(&path).ok()?;
    // Piece by piece: with all that a debugger needs it has 100 MB.
    let (mut hash, mut piece) = (Xxh3::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece).ok()? {
            0 => return Some((folder.to_owned(), digits(hash.digest128()))),
            count => hash.update(&piece[..count]),
        }
    }
}

pub fn fingerprint(text: &[u8]) -> Fingerprint {
    digits(xxh3_128(text))
}

fn digits(hash: u128) -> Fingerprint {
    format!("{hash:032x}")
}

/// Some editors mark UTF-8 by a character that is no part of the text.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// Reads a record, unless it is damaged: its first line is the fingerprint of the rest.
fn read(place: &Path) -> Option<Record> {
    let text = read_file(place).ok()?;
    let (mark, record) = text.split_at_checked(text.iter().position(|byte| *byte == b'\n')?)?;
    let record = record.get(1..)?;
    (mark == fingerprint(record).as_bytes()).then(|| serde_json::from_slice(record).ok()).flatten()
}

/// Writes a record beside its place and moves it there: a run at the same time sees a whole one.
fn write(place: &Path, record: &Record) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let text = serde_json::to_vec(record)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(fingerprint(&text).as_bytes())?;
    file.write_all(b"\n")?;
    file.write_all(&text)?;
    if !place.exists() {
        prune(folder);
    }
    file.persist(place)?;
    Ok(())
}

/// Removes the oldest records where there are too many.
fn prune(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut records: Vec<_> =
        entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    records.sort();
    let surplus = records.len().saturating_sub(MAX_RECORDS);
    for (_, path) in &records[..surplus] {
        let _ = std::fs::remove_file(path);
    }
}
