//! Finds the texts of a file that the rules apply to.

mod markup;
mod rust;

use super::text::{Kind, Text};

/// Language of a file, which selects how its texts are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Rust,
    /// minijinja template that writes Rust or TOML.
    Template,
    /// insta snapshot of generated Rust.
    Snapshot,
    Markdown,
    /// YAML or JSON.
    Yaml,
    /// TOML, shell or Python: comments that begin with `#`.
    Hash,
}

impl Language {
    /// Returns the language of a path, or `None` if the file is not checked.
    pub fn of(path: &str) -> Option<Self> {
        // The tables and tests of this command contain what it forbids.
        if path.starts_with("xtask/src/lint_docs") {
            return None;
        }
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "rs" => Some(Self::Rust),
            "jinja" if path.ends_with(".md.jinja") => Some(Self::Markdown),
            "jinja" => Some(Self::Template),
            "snap" => Some(Self::Snapshot),
            "md" => Some(Self::Markdown),
            "yaml" | "yml" | "json" => Some(Self::Yaml),
            "toml" | "py" | "sh" => Some(Self::Hash),
            _ if path == ".ci/run" => Some(Self::Hash),
            _ => None,
        }
    }
}

/// Returns the texts of a file.
pub fn texts(language: Language, source: &str) -> Vec<Text> {
    match language {
        Language::Rust => {
            let generated = source.starts_with("// @generated");
            rust::texts(source).into_iter().filter(|text| !generated || text.kind != Kind::Identifier).collect()
        }
        Language::Template => markup::template(source),
        Language::Snapshot => markup::snapshot(source),
        Language::Markdown => markup::markdown(source),
        Language::Yaml => markup::yaml(source),
        Language::Hash => markup::hash(source),
    }
}
