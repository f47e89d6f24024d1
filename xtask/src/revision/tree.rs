//! Files of a commit, from git to a folder: whatever the tree holds, nothing is written, or reached, outside of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::{Revision, slashed};
use crate::Failure;

/// How large a file may be: larger ones are no part of a spec.
const MAX_FILE: u64 = 64 << 20;

/// How large all files may be together, which is what the generator reads.
const MAX_TOTAL: u64 = 256 << 20;

/// How many files may be written.
const MAX_FILES: usize = 20_000;

/// A file that a commit has.
struct Entry {
    path: PathBuf,
    hash: String,
    is_link: bool,
    size: u64,
}

/// Writes single files and all that is in folders into a new folder, at the places that they have in the repository.
/// Returns the folder, and its path with links followed.
pub fn write(revision: &Revision, files: &[&Path], folders: &[&Path]) -> Result<(TempDir, PathBuf), Failure> {
    let failed = |error: std::io::Error| Failure(format!("no folder can be made for {}: {error}", revision.text));
    let folder = tempfile::Builder::new().prefix("xtask-revision-").tempdir().map_err(failed)?;
    let root = folder.path().canonicalize().map_err(failed)?;
    let entries = chosen(revision, list(revision, files, folders)?, files)?;
    let mut links = Vec::new();
    contents(revision, &entries, |entry, text| {
        let path = root.join(&entry.path);
        let parent = path.parent().unwrap_or(&root);
        std::fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
        if entry.is_link {
            links.push((path, text.to_vec()));
            return Ok(());
        }
        std::fs::write(&path, text).map_err(|error| unwritable(&path, &error))
    })?;
    // Behind all files, so that none is written through a link.
    link(&root, links)?;
    Ok((folder, root))
}

pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("{} can't be written: {error}", path.display()))
}

/// What the commit has of the files and folders. Submodules are other repositories, and left out.
fn list(revision: &Revision, files: &[&Path], folders: &[&Path]) -> Result<Vec<Entry>, Failure> {
    let mut arguments: Vec<OsString> =
        ["ls-tree", "-r", "-z", "-l", "--full-tree", &revision.commit, "--"].map(OsString::from).to_vec();
    let is_whole = folders.iter().any(|folder| folder.as_os_str().is_empty());
    if !is_whole {
        arguments.extend(files.iter().chain(folders).map(|path| OsString::from(slashed(path))));
    }
    let output = revision.repository.ask(&arguments, b"", &format!("list the files of {}", revision.text))?;
    let entries = output.split(|byte| *byte == 0).filter_map(entry);
    // A file that was asked for twice is one file.
    let entries: BTreeMap<PathBuf, Entry> = entries.map(|entry| (entry.path.clone(), entry)).collect();
    Ok(entries.into_values().collect())
}

/// Reads a line such as `100644 blob 3b18e512dba79e4c8300dd08aeb37f8e728b8dad      12<tab>spec/openapi.yaml`.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let about = std::str::from_utf8(&line[..tab]).ok()?;
    let mut words = about.split_ascii_whitespace();
    let (mode, kind, hash, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    // Names that are not Unicode can't be referred to.
    let path = PathBuf::from(std::str::from_utf8(&line[tab + 1..]).ok()?);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let size = size.parse().ok()?;
    (kind == "blob" && is_plain).then(|| Entry { path, hash: hash.to_owned(), is_link: mode == "120000", size })
}

/// The entries that are written. The spec may stand in the folder of a whole program: what looks like a document comes
/// first, and the rest as far as there is room.
fn chosen(revision: &Revision, mut entries: Vec<Entry>, files: &[&Path]) -> Result<Vec<Entry>, Failure> {
    let rank = |entry: &Entry| match entry.path.extension().map(|end| end.to_ascii_lowercase()) {
        _ if files.contains(&entry.path.as_path()) => 0,
        Some(end) if ["yaml", "yml", "json"].iter().any(|known| *end == **known) => 1,
        _ => 2,
    };
    entries.sort_by_cached_key(|entry| (rank(entry), entry.path.clone()));
    let (mut total, mut count) = (0, 0);
    let mut chosen = Vec::new();
    for entry in entries {
        if entry.size > MAX_FILE {
            match rank(&entry) {
                0 => return Err(too_large(revision, &entry)),
                _ => continue,
            }
        }
        (total, count) = (total + entry.size, count + 1);
        if total <= MAX_TOTAL && count <= MAX_FILES {
            chosen.push(entry);
        } else if rank(&entry) == 2 {
            break;
        } else {
            return Err(Failure(format!(
                "beside the spec, {} has more than {MAX_FILES} files or {} MiB of YAML and JSON; give the spec a folder \
                 of its own",
                revision.text,
                MAX_TOTAL >> 20,
            )));
        }
    }
    Ok(chosen)
}

fn too_large(revision: &Revision, entry: &Entry) -> Failure {
    let limit = MAX_FILE >> 20;
    Failure(format!(
        "{}:{} is larger than {limit} MiB, which a file may have",
        revision.text,
        slashed(&entry.path)
    ))
}

/// Hands on the contents of entries, in their order.
fn contents(
    revision: &Revision,
    entries: &[Entry],
    mut take: impl FnMut(&Entry, &[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let asked: String = entries.iter().map(|entry| format!("{}\n", entry.hash)).collect();
    let what = format!("read the files of {}", revision.text);
    let output = revision.repository.ask(&["cat-file", "--batch"], asked.as_bytes(), &what)?;
    let mut rest = output.as_slice();
    for entry in entries {
        // `<hash> blob <size>`, a line end, the content, a line end.
        let text = rest.iter().position(|byte| *byte == b'\n').and_then(|end| {
            let head = std::str::from_utf8(&rest[..end]).ok()?;
            let size: usize = head.strip_prefix(&format!("{} blob ", entry.hash))?.parse().ok()?;
            let text = rest.get(end + 1..)?.get(..size)?;
            rest = rest.get(end + 1 + size + 1..)?;
            Some(text)
        });
        let text = text.ok_or_else(|| {
            let (path, text) = (slashed(&entry.path), &revision.text);
            Failure(format!("git doesn't have the content of {text}:{path}; `git fetch` may bring it"))
        })?;
        take(entry, text)?;
    }
    Ok(())
}

/// Makes links, and takes away those that lead out. The folders that they stand in are there: none is made through a link.
/// Where the system has no links, the files behind them are not there.
fn link(root: &Path, links: Vec<(PathBuf, Vec<u8>)>) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        for (path, target) in &links {
            let target = PathBuf::from(String::from_utf8_lossy(target).into_owned());
            std::os::unix::fs::symlink(target, path).map_err(|error| unwritable(path, &error))?;
        }
        // A link may lead through others: only where all are there shows where each ends.
        for (path, _) in &links {
            if !path.canonicalize().is_ok_and(|real| real.starts_with(root)) {
                std::fs::remove_file(path).map_err(|error| unwritable(path, &error))?;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = (root, links);
    Ok(())
}
