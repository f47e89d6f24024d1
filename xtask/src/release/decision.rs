//! Decision on the version and the changelog entry of a release.

use std::path::PathBuf;

use super::files::ReleaseFiles;
use super::runtime::{self, RuntimeState};
use super::{previous, version};
use crate::diff::{DiffReport, SdkVersion, SpecFiles, markdown_sections};
use crate::error::{Error, Result};
use crate::paths::display;
use crate::revision::Revision;

/// Release to write.
pub struct Release {
    pub package: String,
    pub version: String,
    /// Reasons for the version, as lines for the user.
    pub explanation: String,
    /// Sections of the changelog entry.
    pub sections: String,
    /// Previous release, if there is one.
    pub previous: Option<Revision>,
    /// Files of the spec without the configuration.
    pub sources: Vec<PathBuf>,
}

/// Compares the spec with the previous release and chooses the version.
pub fn decide(files: &ReleaseFiles, since: Option<&str>) -> Result<Release> {
    let previous = previous::find(&files.repository, since, &files.spec)?;
    let spec =
        SpecFiles { spec: files.spec.clone(), config: Some(files.config.clone()), allow: files.allow.clone() };
    let new = SdkVersion::from_files(&spec)?;
    let sources = new.reading.sources().map(|(path, _)| path.to_owned());
    let sources = sources.filter(|path| *path != files.config).collect();
    match previous {
        Ok(previous) => next_release(files, &spec, &new, previous, sources),
        Err(reason) => first_release(files, &new, &reason, sources),
    }
}

fn first_release(files: &ReleaseFiles, new: &SdkVersion, reason: &str, sources: Vec<PathBuf>) -> Result<Release> {
    let version = new.number().to_owned();
    let config = display(&files.config);
    if previous::is_tagged(&files.repository, &version) {
        return Err(Error::new(format!("{reason}, but the tag v{version} exists"))
            .help(format!("name the previous release with --since, or set a higher version in {config}")));
    }
    let package = new.reading.sdk.package.name.clone();
    let operations = new.reading.sdk.operations().len();
    Ok(Release {
        explanation: format!("{reason}: {package} {version} is the first release"),
        sections: format!("### Added\n\n- First release, with {operations} operations of the API.\n"),
        package,
        version,
        previous: None,
        sources,
    })
}

fn next_release(
    files: &ReleaseFiles,
    spec: &SpecFiles,
    new: &SdkVersion,
    previous: Revision,
    sources: Vec<PathBuf>,
) -> Result<Release> {
    let config = display(&files.config);
    let old = SdkVersion::from_revision(&previous, spec)?;
    let report = DiffReport::new(&old, new)?;
    if report.effect.is_none() && new.number() == old.number() {
        let runtime = match runtime::compare(&files.repository, Some(&previous))? {
            RuntimeState::ChangedWithoutVersion => format!("\n{}", runtime::warning(&previous)),
            _ => String::new(),
        };
        let message =
            format!("nothing to release: no changes for callers since {} ({})", previous.name, old.number());
        return Err(Error::new(message)
            .help(format!("to release nevertheless, set a higher version in {config}{runtime}")));
    }
    let version = version::choose(&previous.name, old.number(), new.number(), &report.next_version)?;
    if previous::is_tagged(&files.repository, &version) {
        return Err(Error::new(format!("the tag v{version} already exists"))
            .help(format!("name the previous release with --since, or set a higher version in {config}")));
    }
    let notes: String = report.notes.iter().map(|note| format!("\nnote: {note}")).collect();
    let sections = match markdown_sections(&report.changes) {
        text if text.is_empty() => "### Changed\n\n- No changes for callers.\n".to_owned(),
        text => text,
    };
    Ok(Release {
        package: new.reading.sdk.package.name.clone(),
        explanation: format!(
            "since {} ({}): {}{notes}\nversion {version}",
            previous.name,
            old.number(),
            report.summary()
        ),
        version,
        sections,
        previous: Some(previous),
        sources,
    })
}
