//! Line and column of a value, found only when there is something to say about it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_yaml::Spanned;

/// How YAML is read: by version 1.2 of its rules (`no` is text, not false), and the first of two equal keys is
/// a mistake.
pub(super) fn options() -> serde_yaml::Options {
    let mut options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
    };
    // The whole API of a company is larger than the reader expects of YAML; aliases stay bounded.
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = 20_000_000;
        budget.max_events = 60_000_000;
        budget.max_total_scalar_bytes = 1 << 30;
        budget.max_depth = 256;
        budget.flow_nesting_limit = 256;
    }
    options
}

/// What of a member is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Key,
    Value,
}

/// The line and column, from one, of the value that `pointer` points to, or of its key.
pub(super) fn find(text: &str, json: bool, pointer: &str, target: Target) -> Option<(usize, usize)> {
    let path: Vec<String> =
        pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    if json
        && target == Target::Value
        && let Some(position) = find_json(text, &path)
    {
        return Some(position);
    }
    let mut found = None;
    let seed = Follow { path: &path, target, found: &mut found };
    // The rest of the text doesn't matter once the value was found.
    let _ = serde_yaml::with_deserializer_from_str_with_options(text, options(), |deserializer| {
        seed.deserialize(deserializer)
    });
    found
}

/// JSON that is kept as text knows where it began.
fn find_json(text: &str, path: &[String]) -> Option<(usize, usize)> {
    let mut raw: &RawValue = serde_json::from_str(text).ok()?;
    for key in path {
        raw = match raw.get().as_bytes().first()? {
            b'{' => serde_json::from_str::<std::collections::HashMap<String, &RawValue>>(raw.get())
                .ok()?
                .remove(key)?,
            _ => {
                serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok()?.get(key.parse::<usize>().ok()?).copied()?
            }
        };
    }
    let offset = (raw.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let before = text.get(..offset)?;
    let line_begin = before.rfind('\n').map_or(0, |at| at + 1);
    Some((before.matches('\n').count() + 1, before[line_begin..].chars().count() + 1))
}

/// Walks along a path and notes where the value at its end begins.
struct Follow<'a> {
    path: &'a [String],
    target: Target,
    found: &'a mut Option<(usize, usize)>,
}

impl<'de> DeserializeSeed<'de> for Follow<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() {
            let spanned: Spanned<IgnoredAny> = serde::Deserialize::deserialize(deserializer)?;
            self.found.get_or_insert((spanned.referenced.line() as usize, spanned.referenced.column() as usize));
            return Ok(());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Follow<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a mapping or a sequence")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            match self.path.split_first() {
                Some((first, path)) if *first == key.value => {
                    if path.is_empty() && self.target == Target::Key {
                        *self.found = Some((key.referenced.line() as usize, key.referenced.column() as usize));
                    }
                    map.next_value_seed(Follow { path, target: self.target, found: &mut *self.found })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let wanted = self.path.first().and_then(|key| key.parse::<usize>().ok());
        let mut index = 0;
        loop {
            let more = match wanted == Some(index) {
                true => {
                    let path = self.path.get(1..).unwrap_or_default();
                    sequence.next_element_seed(Follow { path, target: self.target, found: &mut *self.found })?
                }
                false => sequence.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if more.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }
}
