//! The next version by semantic versioning as cargo applies it.

use std::fmt;

use semver::{BuildMetadata, Prerelease, Version};

use super::change::Effect;

/// Error that a text is not a semantic version.
#[derive(Debug)]
pub struct InvalidVersion(String);

impl fmt::Display for InvalidVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not a version; expected a form such as `1.2.3`", self.0)
    }
}

impl std::error::Error for InvalidVersion {}

/// Returns the version that follows `current` for changes whose most severe effect is `effect`. Without an effect, the
/// version stays.
///
/// Before 1.0.0 a breaking change increments the minor version, and all other changes the patch version. Before 0.1.0
/// every change increments the patch version. From 1.0.0 on, additions and deprecations increment the minor version.
///
/// # Errors
/// If `current` is not a semantic version.
pub fn next_version(current: &str, effect: Option<Effect>) -> Result<String, InvalidVersion> {
    let mut version = Version::parse(current).map_err(|_| InvalidVersion(current.to_owned()))?;
    let Some(effect) = effect else { return Ok(current.to_owned()) };
    version.build = BuildMetadata::EMPTY;
    // A pre-release may contain any change.
    if !version.pre.is_empty() {
        version.pre = next_prerelease(&version.pre);
        return Ok(version.to_string());
    }
    let is_addition = matches!(effect, Effect::Addition | Effect::Deprecation);
    match (effect, version.major, version.minor) {
        (Effect::Breaking, 0, 0) => version.patch += 1,
        (Effect::Breaking, 0, _) => (version.minor, version.patch) = (version.minor + 1, 0),
        (Effect::Breaking, ..) => (version.major, version.minor, version.patch) = (version.major + 1, 0, 0),
        (_, 1.., _) if is_addition => (version.minor, version.patch) = (version.minor + 1, 0),
        _ => version.patch += 1,
    }
    Ok(version.to_string())
}

/// Returns `beta.2` for `beta.1`, and `beta.1` for `beta`.
fn next_prerelease(prerelease: &Prerelease) -> Prerelease {
    let text = prerelease.as_str();
    let (before, last) = text.rsplit_once('.').unwrap_or(("", text));
    let next = match last.parse::<u64>() {
        Ok(number) if before.is_empty() => (number + 1).to_string(),
        Ok(number) => format!("{before}.{}", number + 1),
        Err(_) => format!("{text}.1"),
    };
    Prerelease::new(&next).unwrap_or_else(|_| prerelease.clone())
}
