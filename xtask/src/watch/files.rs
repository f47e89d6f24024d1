//! Notifications about saved files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use notify_debouncer_full::notify::{ErrorKind, EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use crate::error::{Error, Result};
use crate::paths::resolve;

/// Time without events after which the debouncer reports a file.
const DEBOUNCE: Duration = Duration::from_millis(80);

/// Time without further changes after which files are read. Editors and git replace files in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// Maximum time to wait until no further changes arrive.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Files whose changes are reported.
pub struct WatchedFiles {
    /// Files. They need not exist.
    pub files: Vec<PathBuf>,
    /// Folder of templates.
    pub templates: Option<PathBuf>,
    /// If set, all YAML and JSON files in the document folders are reported: any of them may be the missing file.
    pub any_document: bool,
}

/// Watcher of the folders that contain a spec and its templates.
pub struct FileWatcher {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    events: Receiver<DebounceEventResult>,
    /// Folders of documents, watched with their subfolders.
    document_folders: Vec<PathBuf>,
    /// Folders watched without their subfolders.
    other_folders: BTreeSet<PathBuf>,
    /// Output folder, which contains no documents.
    out: PathBuf,
}

impl FileWatcher {
    /// Starts watching folders of documents with their subfolders, and other folders without.
    ///
    /// The parents of the document folders are watched too, because git may replace a whole folder.
    pub fn new(document_folders: &[PathBuf], other_folders: &[PathBuf], out: &Path) -> Result<Self> {
        let (sender, events) = channel();
        let debouncer = new_debouncer(DEBOUNCE, None, sender)
            .map_err(|error| Error::new(format!("cannot watch files: {error}")))?;
        let document_folders: Vec<PathBuf> = document_folders.iter().map(|folder| resolve(folder)).collect();
        let parents = document_folders.iter().filter_map(|folder| folder.parent().map(Path::to_owned));
        let other_folders = other_folders.iter().map(|folder| resolve(folder)).chain(parents).collect();
        let mut watcher = Self { debouncer, events, document_folders, other_folders, out: resolve(out) };
        watcher.watch_folders()?;
        Ok(watcher)
    }

    /// Waits until watched files change and no more changes arrive. Returns the paths that changed.
    pub fn wait(&mut self, watched: &WatchedFiles) -> Result<BTreeSet<PathBuf>> {
        let files: BTreeSet<PathBuf> =
            watched.files.iter().flat_map(|file| [resolve_folder(file), resolve(file)]).collect();
        let templates = watched.templates.as_deref().map(resolve);
        let mut changed = BTreeSet::new();
        let mut first: Option<Instant> = None;
        let mut deadline: Option<Instant> = None;
        loop {
            let result = match deadline {
                None => self.events.recv().map_err(|_| Error::new("the file watcher stopped"))?,
                Some(deadline) => {
                    match self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                        Ok(result) => result,
                        Err(_) => break,
                    }
                }
            };
            let events = result.unwrap_or_else(|errors| {
                errors.iter().for_each(|error| eprintln!("warning: cannot watch files: {error}"));
                Vec::new()
            });
            // Reading a file is an event too.
            let events = events.into_iter().filter(|event| !matches!(event.kind, EventKind::Access(_)));
            let mut is_changed = false;
            for path in events.flat_map(|event| event.event.paths) {
                let is_template = path.parent() == templates.as_deref() && has_extension(&path, &["jinja"]);
                // A folder that is moved or removed changes the files in it.
                let affected: Vec<_> = files.iter().filter(|file| file.starts_with(&path)).cloned().collect();
                is_changed |= !affected.is_empty();
                changed.extend(affected);
                if is_template {
                    changed.insert(path);
                    is_changed = true;
                } else if watched.any_document {
                    let known = changed.len();
                    self.collect_documents(&path, &mut changed);
                    is_changed |= changed.len() > known || changed.contains(&path);
                }
            }
            if is_changed {
                let now = Instant::now();
                deadline = Some((now + QUIET).min(*first.get_or_insert(now) + MAX_WAIT));
            }
        }
        // A folder that was replaced is not watched yet.
        self.watch_folders()?;
        Ok(changed)
    }

    /// Watches all folders that exist. Watching a folder again has no effect.
    fn watch_folders(&mut self) -> Result<()> {
        let other = self.other_folders.iter().map(|folder| (folder, RecursiveMode::NonRecursive));
        let documents = self.document_folders.iter().map(|folder| (folder, RecursiveMode::Recursive));
        for (folder, mode) in other.chain(documents).filter(|(folder, _)| folder.is_dir()) {
            match self.debouncer.watch(folder, mode) {
                Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                    return Err(Error::new(format!("too many folders below {}", folder.display()))
                        .help("move the spec to a folder of its own, or raise fs.inotify.max_user_watches"));
                }
                // A folder that was removed meanwhile is watched once its parent reports it.
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds a document, or all documents in a folder: files that are created before a new folder is watched are not
    /// reported.
    fn collect_documents(&self, path: &Path, documents: &mut BTreeSet<PathBuf>) {
        if !self.may_contain_documents(path) {
            return;
        }
        if path.is_dir() && !path.is_symlink() {
            for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
                self.collect_documents(&entry.path(), documents);
            }
        } else if has_extension(path, &["yaml", "yml", "json"]) {
            documents.insert(path.to_owned());
        }
    }

    /// Returns `false` for the output folder, hidden files, and folders of build tools.
    fn may_contain_documents(&self, path: &Path) -> bool {
        let Some(folder) = self.document_folders.iter().find(|folder| path.starts_with(folder)) else {
            return false;
        };
        let is_output = path.starts_with(&self.out) && !folder.starts_with(&self.out);
        let is_ignored = |name: &str| name.starts_with('.') || ["target", "node_modules"].contains(&name);
        let inside = path.strip_prefix(folder).unwrap_or(path);
        !is_output && !inside.iter().any(|name| name.to_str().is_some_and(is_ignored))
    }
}

/// Returns the absolute path of a file, with links resolved in its folder only.
fn resolve_folder(file: &Path) -> PathBuf {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    match (file.parent(), file.file_name()) {
        (Some(folder), Some(name)) => resolve(folder).join(name),
        _ => file,
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|extension| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
