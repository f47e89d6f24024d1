//! The next version, by SemVer and by what Rust takes for a breaking change.

use std::fmt;

use semver::{BuildMetadata, Prerelease, Version};

use super::Effect;

/// A text that is no version.
#[derive(Debug)]
pub struct NotAVersion(String);

impl fmt::Display for NotAVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not a version: write it as `1.2.3`", self.0)
    }
}

impl std::error::Error for NotAVersion {}

/// The version behind `current` for changes whose worst effect is this; the same where nothing has changed.
///
/// Before 1.0.0 the second number is for breaking changes and the third for all others, before 0.1.0 the third is for
/// any change, as cargo has it. What is new, and what is deprecated, raises the second number from 1.0.0 on.
///
/// # Errors
/// When `current` is not a version.
pub fn next(current: &str, effect: Option<Effect>) -> Result<String, NotAVersion> {
    let mut version = Version::parse(current).map_err(|_| NotAVersion(current.to_owned()))?;
    let Some(effect) = effect else { return Ok(current.to_owned()) };
    version.build = BuildMetadata::EMPTY;
    // What comes before a version may change in any way.
    if !version.pre.is_empty() {
        version.pre = following(&version.pre);
        return Ok(version.to_string());
    }
    let is_new = matches!(effect, Effect::Addition | Effect::Deprecation);
    match (effect, version.major, version.minor) {
        (Effect::Breaking, 0, 0) => version.patch += 1,
        (Effect::Breaking, 0, _) => (version.minor, version.patch) = (version.minor + 1, 0),
        (Effect::Breaking, ..) => (version.major, version.minor, version.patch) = (version.major + 1, 0, 0),
        (_, 1.., _) if is_new => (version.minor, version.patch) = (version.minor + 1, 0),
        _ => version.patch += 1,
    }
    Ok(version.to_string())
}

/// `beta.2` behind `beta.1`, `beta.1` behind `beta`.
fn following(pre: &Prerelease) -> Prerelease {
    let text = pre.as_str();
    let (before, last) = text.rsplit_once('.').unwrap_or(("", text));
    let next = match last.parse::<u64>() {
        Ok(number) if before.is_empty() => (number + 1).to_string(),
        Ok(number) => format!("{before}.{}", number + 1),
        Err(_) => format!("{text}.1"),
    };
    Prerelease::new(&next).unwrap_or_else(|_| pre.clone())
}
