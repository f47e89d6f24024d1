//! Export of files of a commit to a temporary folder. Nothing outside of the folder is written or reachable, even
//! if the commit contains unsafe names or links.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::commit::Revision;
use crate::error::{Error, Result};
use crate::paths::with_slashes;

/// Maximum size of a file, in bytes. Larger files are not part of a spec.
const MAX_FILE: u64 = 64 << 20;

/// Maximum size of all files, in bytes. Equals the generator's limit.
const MAX_TOTAL: u64 = 256 << 20;

/// Maximum number of files.
const MAX_FILES: usize = 20_000;

/// File of a commit.
struct Entry {
    path: PathBuf,
    hash: String,
    is_link: bool,
    size: u64,
}

/// Writes files and the contents of folders to a temporary folder, at their paths in the repository. Returns the
/// folder and its path with symbolic links resolved.
pub fn export(revision: &Revision, files: &[&Path], folders: &[&Path]) -> Result<(TempDir, PathBuf)> {
    let failed =
        |error: std::io::Error| Error::new(format!("cannot create a folder for {}: {error}", revision.name));
    let folder = tempfile::Builder::new().prefix("xtask-revision-").tempdir().map_err(failed)?;
    let root = folder.path().canonicalize().map_err(failed)?;
    let entries = select(revision, list(revision, files, folders)?, files)?;
    let mut links = Vec::new();
    read_contents(revision, &entries, |entry, text| {
        let path = root.join(&entry.path);
        let parent = path.parent().unwrap_or(&root);
        std::fs::create_dir_all(parent).map_err(Error::cannot("write", parent))?;
        if entry.is_link {
            links.push((path, text.to_vec()));
            return Ok(());
        }
        std::fs::write(&path, text).map_err(Error::cannot("write", &path))
    })?;
    // Links are created last, so that no file is written through one.
    create_links(&root, links)?;
    Ok((folder, root))
}

/// Lists the entries of the commit below these files and folders. Submodules are left out.
fn list(revision: &Revision, files: &[&Path], folders: &[&Path]) -> Result<Vec<Entry>> {
    let mut arguments: Vec<OsString> =
        ["ls-tree", "-r", "-z", "-l", "--full-tree", &revision.commit, "--"].map(OsString::from).to_vec();
    let includes_root = folders.iter().any(|folder| folder.as_os_str().is_empty());
    if !includes_root {
        arguments.extend(files.iter().chain(folders).map(|path| OsString::from(with_slashes(path))));
    }
    let output = revision.repository.output(&arguments, b"", &format!("list the files of {}", revision.name))?;
    // The map removes duplicates: a file may be listed by itself and in its folder.
    let entries: BTreeMap<PathBuf, Entry> =
        output.split(|byte| *byte == 0).filter_map(parse_entry).map(|entry| (entry.path.clone(), entry)).collect();
    Ok(entries.into_values().collect())
}

/// Parses a line such as `100644 blob 3b18e512dba79e4c8300dd08aeb37f8e728b8dad      12<tab>spec/openapi.yaml`.
fn parse_entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let fields = std::str::from_utf8(&line[..tab]).ok()?;
    let mut fields = fields.split_ascii_whitespace();
    let (mode, kind, hash, size) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    // A document cannot refer to a name that is not UTF-8.
    let path = PathBuf::from(std::str::from_utf8(&line[tab + 1..]).ok()?);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let size = size.parse().ok()?;
    (kind == "blob" && is_plain).then(|| Entry { path, hash: hash.to_owned(), is_link: mode == "120000", size })
}

/// Selects the entries to write. The folder of the spec may contain a whole program: YAML and JSON files are selected
/// first, others until a limit is reached.
fn select(revision: &Revision, mut entries: Vec<Entry>, files: &[&Path]) -> Result<Vec<Entry>> {
    let rank = |entry: &Entry| match entry.path.extension().map(|extension| extension.to_ascii_lowercase()) {
        _ if files.contains(&entry.path.as_path()) => 0,
        Some(extension) if ["yaml", "yml", "json"].iter().any(|known| *extension == **known) => 1,
        _ => 2,
    };
    entries.sort_by_cached_key(|entry| (rank(entry), entry.path.clone()));
    let (mut total, mut count) = (0, 0);
    let mut selected = Vec::new();
    for entry in entries {
        if entry.size > MAX_FILE {
            match rank(&entry) {
                0 => return Err(too_large(revision, &entry)),
                _ => continue,
            }
        }
        (total, count) = (total + entry.size, count + 1);
        if total <= MAX_TOTAL && count <= MAX_FILES {
            selected.push(entry);
        } else if rank(&entry) == 2 {
            break;
        } else {
            let message = format!(
                "the folder of the spec has more than {MAX_FILES} files or {} MiB of YAML and JSON at {}",
                MAX_TOTAL >> 20,
                revision.name
            );
            return Err(Error::new(message).help("move the spec to a folder of its own"));
        }
    }
    Ok(selected)
}

fn too_large(revision: &Revision, entry: &Entry) -> Error {
    let path = with_slashes(&entry.path);
    Error::new(format!("{}:{path} is larger than {} MiB", revision.name, MAX_FILE >> 20))
}

/// Calls `take` with the contents of each entry, in order.
fn read_contents(
    revision: &Revision,
    entries: &[Entry],
    mut take: impl FnMut(&Entry, &[u8]) -> Result<()>,
) -> Result<()> {
    let input: String = entries.iter().map(|entry| format!("{}\n", entry.hash)).collect();
    let action = format!("read the files of {}", revision.name);
    let output = revision.repository.output(&["cat-file", "--batch"], input.as_bytes(), &action)?;
    let mut rest = output.as_slice();
    for entry in entries {
        // Format: `<hash> blob <size>`, line feed, content, line feed.
        let text = rest.iter().position(|byte| *byte == b'\n').and_then(|end| {
            let head = std::str::from_utf8(&rest[..end]).ok()?;
            let size: usize = head.strip_prefix(&format!("{} blob ", entry.hash))?.parse().ok()?;
            let text = rest.get(end + 1..)?.get(..size)?;
            rest = rest.get(end + 1 + size + 1..)?;
            Some(text)
        });
        let text = text.ok_or_else(|| {
            let path = with_slashes(&entry.path);
            Error::new(format!("git does not have the content of {}:{path}", revision.name))
                .help("run `git fetch`")
        })?;
        take(entry, text)?;
    }
    Ok(())
}

/// Creates links, and removes those that lead out of `root`. The folders of all links exist. On systems without
/// symbolic links, none is created.
fn create_links(root: &Path, links: Vec<(PathBuf, Vec<u8>)>) -> Result<()> {
    #[cfg(unix)]
    {
        for (path, target) in &links {
            let target = PathBuf::from(String::from_utf8_lossy(target).into_owned());
            std::os::unix::fs::symlink(target, path).map_err(Error::cannot("write", path))?;
        }
        // A link may lead through others, so its target is known only after all are created.
        for (path, _) in &links {
            if !path.canonicalize().is_ok_and(|real| real.starts_with(root)) {
                std::fs::remove_file(path).map_err(Error::cannot("write", path))?;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = (root, links);
    Ok(())
}
