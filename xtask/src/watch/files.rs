//! Files that are looked at again and again, to see when one is saved.
//!
//! Notices of the system would come sooner, but each system has others, none come from another machine's disk or into a
//! container, and a file that is replaced by its folder or in one move is lost to most. To ask for the times of the few
//! files of a spec takes microseconds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// Of very many files, the looking takes a twentieth of the time.
const SHARE: u32 = 20;

/// How long nothing may have changed before what is there counts: an editor, or git, may be in the middle of it.
const QUIET: Duration = Duration::from_millis(100);

/// The same where a file is gone: most come back at once.
const QUIET_WHERE_GONE: Duration = Duration::from_millis(700);

/// How long something may go on changing.
const LONGEST: Duration = Duration::from_secs(5);

/// How many files and folders are looked at below a folder.
const MOST: usize = 5000;

/// What tells that a file was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Another number is another file, moved to the same place.
    number: u64,
}

/// The files that are watched, as they are; nothing for those that aren't there.
pub type State = BTreeMap<PathBuf, Option<Stamp>>;

/// What is watched.
#[derive(Default)]
pub struct Watched {
    /// Files, and where one may appear.
    pub files: Vec<PathBuf>,
    /// Folders whose templates count.
    pub templates: Option<PathBuf>,
    /// Folders in which any document may be what is missing.
    pub folders: Vec<PathBuf>,
    /// The folder that is written to, in which nothing is watched.
    pub out: PathBuf,
}

impl Watched {
    /// How everything is now.
    pub fn state(&self) -> State {
        let mut paths = self.files.clone();
        if let Some(folder) = &self.templates {
            paths.extend(entries(folder).filter(|path| has_end(path, &["jinja"])));
        }
        let mut room = MOST;
        for folder in &self.folders {
            self.walk(folder, &mut room, &mut paths);
        }
        paths.into_iter().map(|path| (path.clone(), stamp(&path))).collect()
    }

    /// Waits until something is other than it was, and then until that is all. Returns how it is.
    pub fn wait(&self, before: &State) -> State {
        loop {
            let begin = Instant::now();
            let now = self.state();
            if now != *before {
                let now = self.settle(before, now);
                // A file may have been moved away and back.
                if now != *before {
                    return now;
                }
            }
            sleep(PAUSE.max(begin.elapsed() * SHARE));
        }
    }

    fn settle(&self, before: &State, mut now: State) -> State {
        let begin = Instant::now();
        let mut since = begin;
        loop {
            sleep(QUIET / 4);
            let next = self.state();
            if next != now {
                (now, since) = (next, Instant::now());
            }
            let is_gone = |(path, stamp): (&PathBuf, &Option<Stamp>)| {
                stamp.is_none() && before.get(path).is_some_and(Option::is_some)
            };
            let quiet = if now.iter().any(is_gone) { QUIET_WHERE_GONE } else { QUIET };
            if since.elapsed() >= quiet || begin.elapsed() >= LONGEST {
                return now;
            }
        }
    }

    /// The documents in a folder and those in it. What other programs keep there is left out, and so are links, which may
    /// lead in a circle.
    fn walk(&self, folder: &Path, room: &mut usize, paths: &mut Vec<PathBuf>) {
        for path in entries(folder) {
            let Some(rest) = room.checked_sub(1) else { return };
            *room = rest;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_symlink() || !path.is_dir() {
                if has_end(&path, &["yaml", "yml", "json"]) {
                    paths.push(path);
                }
            } else if !name.starts_with('.') && !["target", "node_modules"].contains(&&*name) && path != self.out {
                self.walk(&path, room, paths);
            }
        }
    }
}

/// The files that are other in one state than in the other.
pub fn changed<'a>(before: &'a State, now: &'a State) -> impl Iterator<Item = &'a PathBuf> {
    let is_other = |(path, stamp): &(&PathBuf, &Option<Stamp>)| before.get(*path).unwrap_or(&None) != *stamp;
    let gone = before.iter().filter(|(path, stamp)| stamp.is_some() && !now.contains_key(*path));
    now.iter().filter(is_other).chain(gone).map(|(path, _)| path)
}

/// What `seen` says where it knows a file. Others were found since `begin`: what was saved since then may not have been
/// read, and counts as other than it is.
pub fn carry(seen: &State, mut now: State, begin: SystemTime) -> State {
    for (path, stamp) in &mut now {
        match seen.get(path) {
            Some(known) => stamp.clone_from(known),
            None if stamp.as_ref().is_some_and(|stamp| stamp.modified >= Some(begin)) => *stamp = None,
            None => {}
        }
    }
    now
}

fn stamp(path: &Path) -> Option<Stamp> {
    let about = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let number = 0;
    Some(Stamp { modified: about.modified().ok(), length: about.len(), number })
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn has_end(path: &Path, ends: &[&str]) -> bool {
    path.extension().is_some_and(|end| ends.iter().any(|known| end.eq_ignore_ascii_case(known)))
}
