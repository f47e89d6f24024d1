//! Old names that stay for a while, as the configuration says it.

use super::reader::Reader;
use crate::diagnostics::near;
use crate::document::{Located, SourceLocation};

/// The old names that stay for a while, deprecated.
#[derive(Clone, Debug, Default)]
pub struct Renamed {
    /// Methods, by the path from the top, with dots.
    pub methods: Vec<Renaming>,
    /// Types, by their names in Rust; the old one with or without its module.
    pub types: Vec<Renaming>,
}

/// What has another name now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// The name that it had.
    pub old: String,
    /// The name that it has.
    pub new: String,
    /// Where that stands; the old name is its key.
    pub location: SourceLocation,
}

impl<'a> Reader<'a> {
    pub(super) fn renamed(&mut self, renamed: &Located<'a>) -> Renamed {
        self.keys(renamed, &["methods", "types"]);
        let mut list = |key: &str, help: &str, is_name: &dyn Fn(&str) -> bool| {
            let mut renamings = Vec::new();
            for (old, new) in self.mapping(renamed, key) {
                match new.value.as_str() {
                    _ if !is_name(old) => {
                        self.error_at_key(&new.location, "an old name is expected here", help);
                    }
                    Some(text) if is_name(text) => {
                        if let Some((_, name)) = old.rsplit_once('.') {
                            self.snake_case(name, &new.location);
                        }
                        renamings.push(Renaming {
                            old: old.clone(),
                            new: text.to_owned(),
                            location: new.location,
                        });
                    }
                    _ => self.error(&new.location, "the name that it has now is expected here", help),
                }
            }
            renamings
        };
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_method = |text: &str| text.contains('.') && text.split('.').all(is_word);
        let is_type = |text: &str| text.split("::").all(is_word);
        Renamed {
            methods: list("methods", "write the path of a method, such as `pets.create`", &is_method),
            types: list("types", "write the name of a type, such as `Pet`", &is_type),
        }
    }
}

/// Why the new name of a `kind` of thing leads nowhere, and what to do.
pub(crate) fn unknown_target<'a>(
    kind: &str,
    renaming: &Renaming,
    all: &[Renaming],
    known: impl Iterator<Item = &'a str> + Clone,
) -> (String, String) {
    let name = &renaming.new;
    let mut now = name;
    for _ in all {
        let Some(next) = all.iter().find(|other| other.old == *now) else { break };
        now = &next.new;
        if known.clone().any(|known| known == now) {
            return (format!("`{name}` is an old name itself"), format!("write what it is now: `{now}`"));
        }
        if now == name {
            let help = format!("write the name of a {kind} that there is");
            return (format!("`{name}` leads in a circle of old names"), help);
        }
    }
    let help = match near(known, name).as_slice() {
        [] => format!("there is no {kind} at all"),
        near => format!("names like it: {}", near.join(", ")),
    };
    (format!("there is no {kind} `{name}`"), help)
}
