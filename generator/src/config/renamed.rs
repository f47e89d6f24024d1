//! Deprecated names of methods and types in the configuration.

use super::reader::Reader;
use crate::diagnostics::{quoted_list, similar_names};
use crate::document::{Located, SourceLocation};

/// Deprecated names of methods and types.
#[derive(Clone, Debug, Default)]
pub struct Renamed {
    /// Renamed methods. Names are paths from the root, with dots.
    pub methods: Vec<Renaming>,
    /// Renamed types. Names are Rust names, the old name with or without its module.
    pub types: Vec<Renaming>,
}

/// Renaming of a method or type. The old name stays available as a deprecated name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// Deprecated name.
    pub old: String,
    /// Current name.
    pub new: String,
    /// Location of the entry, whose key is the deprecated name.
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
                        self.error_at_key(&new.location, format!("invalid deprecated name `{old}`"), help);
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
                    _ => self.error(&new.location, format!("invalid current name of `{old}`"), help),
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

/// Returns the message and the help for a current name that does not exist. `kind` is "method" or "type".
pub(crate) fn unknown_target<'a>(
    kind: &str,
    renaming: &Renaming,
    all: &[Renaming],
    known: impl Iterator<Item = &'a str> + Clone,
) -> (String, String) {
    let name = &renaming.new;
    let mut current = name;
    for _ in all {
        let Some(next) = all.iter().find(|other| other.old == *current) else { break };
        current = &next.new;
        if known.clone().any(|known| known == current) {
            return (
                format!("`{name}` is a deprecated name itself"),
                format!("write the current name, `{current}`"),
            );
        }
        if current == name {
            let help = format!("write the name of an existing {kind}");
            return (format!("`{name}` is in a cycle of deprecated names"), help);
        }
    }
    let help = match similar_names(known, name).as_slice() {
        [] => format!("remove the entry; the SDK has no {kind}s"),
        similar => format!("use a similar name: {}", quoted_list(similar.iter().copied())),
    };
    (format!("unknown {kind} `{name}`"), help)
}
