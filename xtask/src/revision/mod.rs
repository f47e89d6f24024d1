//! Specs at git revisions.

mod checkout;
mod commit;
mod export;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use self::checkout::Checkout;
pub use self::commit::Revision;
use crate::error::{Error, Result};

/// Version of a spec that the user names.
#[derive(Debug)]
pub enum SpecSource {
    /// OpenAPI document in the work tree.
    File(PathBuf),
    /// Git revision of the spec.
    Revision(Revision),
}

impl SpecSource {
    /// Parses an argument. An existing file takes precedence over a revision of the same name, as in git.
    ///
    /// Revisions are looked up in the repository that contains `spec`. To name a revision that is also a file, write
    /// `refs/heads/NAME`.
    pub fn parse(text: &str, spec: &Path) -> Result<Self> {
        let path = Path::new(text);
        if !text.is_empty() && path.exists() && !path.is_dir() {
            return Ok(Self::File(path.to_owned()));
        }
        Revision::find(text, spec).map(Self::Revision).map_err(|error| match (path.is_dir(), error) {
            (true, Error::Message { message, .. }) => Error::new(format!("{text:?} is a folder, and {message}"))
                .help("name the OpenAPI document in the folder, or a revision"),
            (false, Error::Message { message, help }) => {
                Error::Message { message: format!("no file {text:?}, and {message}"), help }
            }
            (_, error) => error,
        })
    }
}
