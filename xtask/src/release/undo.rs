//! Files as they were, for when something fails behind them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{Failure, shown};

/// Puts files back, unless it is told that all went well.
#[derive(Default)]
pub struct Undo {
    /// Files, and what was in them; nothing where there was none.
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
    /// Folders that weren't there, the outer ones first.
    folders: Vec<PathBuf>,
}

impl Undo {
    /// Remembers what is in a file, or that it isn't there.
    pub fn remember(&mut self, path: &Path) -> Result<(), Failure> {
        let text = match fs::read(path) {
            Ok(text) => Some(text),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
            Err(error) => return Err(Failure(format!("{} can't be read: {error}", shown(path)))),
        };
        let missing: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev() {
            if !self.folders.iter().any(|known| known == folder) {
                self.folders.push(folder.to_owned());
            }
        }
        self.files.push((path.to_owned(), text));
        Ok(())
    }

    /// All went well: files stay as they are.
    pub fn forget(mut self) {
        self.files.clear();
        self.folders.clear();
    }

    /// Puts back what is other than it was. Returns what can't be.
    pub fn back(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        for (path, text) in self.files.drain(..) {
            let result = match text {
                Some(text) if fs::read(&path).is_ok_and(|now| now == text) => Ok(()),
                Some(text) => {
                    let folder = path.parent().unwrap_or(Path::new("."));
                    fs::create_dir_all(folder).and_then(|()| fs::write(&path, text))
                }
                None if path.exists() => fs::remove_file(&path),
                None => Ok(()),
            };
            if let Err(error) = result {
                failures.push(format!("{}: {error}", shown(&path)));
            }
        }
        for folder in self.folders.drain(..).rev() {
            // Only what is empty goes.
            let _ = fs::remove_dir(folder);
        }
        failures
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        for failure in self.back() {
            eprintln!("can't be put back: {failure}");
        }
    }
}
