//! Documents that are made of the one to measure: with one operation changed, and several times as large.

use std::path::{Component, Path, PathBuf};

use generator::document::{Document, Located};
use serde_json::{Map, Value, json};

use crate::{Failure, shown};

/// The operations of a path.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The files of a document, the one that it begins with first, by their paths from that one's folder.
#[derive(Clone)]
pub struct Files(Vec<(PathBuf, Value)>);

impl Files {
    pub fn of(document: &Document) -> Result<Self, Failure> {
        let mut home = PathBuf::new();
        let files = document.files().enumerate().map(|(index, file)| {
            let path = document.path(file.location.file);
            if index == 0 {
                home = path.parent().unwrap_or(Path::new("")).to_owned();
            }
            let outside =
                || Failure(format!("{} is outside of the document's folder: it can't be copied", shown(path)));
            let path = straight(path.strip_prefix(&home).map_err(|_| outside())?).ok_or_else(outside)?;
            Ok((path, file.value.clone()))
        });
        files.collect::<Result<_, _>>().map(Self)
    }

    /// Writes the files into a folder, all as JSON without blanks, and says where the document is: the generator takes
    /// files up to a size.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, Failure> {
        super::generator::remove(folder)?;
        for (path, value) in &self.0 {
            let path = folder.join(path);
            super::generator::create(path.parent().unwrap_or(folder))?;
            std::fs::write(&path, value.to_string())
                .map_err(|error| Failure(format!("{} can't be written: {error}", shown(&path))))?;
        }
        Ok(folder.join(&self.0[0].0))
    }

    /// The document with another summary, another description and one more parameter in the query of one operation,
    /// which reads something and stands in the middle. Nothing if there is none.
    pub fn changed(&self, document: &Document) -> Option<(Self, String)> {
        let paths = document.root().get("paths")?;
        let items =
            paths.members().filter_map(|(path, item)| Some((path, document.deref(item).ok()?.get("get")?)));
        let reading: Vec<(&String, Located<'_>)> = items.collect();
        let (path, operation) = reading.get(reading.len() / 2)?;
        let file = document.files().position(|file| file.location.file == operation.location.file)?;
        let mut files = self.clone();
        let operation = files.0[file].1.pointer_mut(&operation.location.pointer)?.as_object_mut()?;
        operation.insert("summary".to_owned(), json!("Read it as never before"));
        operation
            .insert("description".to_owned(), json!("What it does was changed, and it takes one more parameter."));
        let parameters = operation.entry("parameters").or_insert(json!([])).as_array_mut()?;
        parameters.push(json!({"name": "bench_only", "in": "query", "schema": {"type": "string"}}));
        Some((files, format!("GET {path}")))
    }

    /// The document several times over: all paths, components and other files once more for each time, under names of
    /// their own.
    pub fn multiplied(&self, times: usize) -> Self {
        let mut files = self.clone();
        for number in 2..=times {
            let folder = format!("copy-{number}");
            // What the other files say of this one is true in their folder.
            files.0.extend(self.0.iter().skip(usize::from(self.0.len() == 1)).map(|(path, value)| {
                let mut value = value.clone();
                rewrite("", &mut value, &mut |key, text| {
                    (key == "operationId").then(|| format!("{text}Copy{number}"))
                });
                rename_tags(&mut value, number);
                (Path::new(&folder).join(path), value)
            }));
            let mut copy = self.0[0].1.clone();
            rename_tags(&mut copy, number);
            rewrite("", &mut copy, &mut |key, text| match key {
                "operationId" => Some(format!("{text}Copy{number}")),
                "$ref" if !text.starts_with('#') && !text.contains("://") => Some(format!("{folder}/{text}")),
                _ => renamed_reference(text, number),
            });
            let whole = &mut files.0[0].1;
            let sections = [copy.get_mut("paths").map(Value::take), copy.get_mut("components").map(Value::take)];
            let [Some(Value::Object(paths)), components] = sections else { continue };
            if let Some(Value::Object(into)) = whole.get_mut("paths") {
                into.extend(paths.into_iter().map(|(path, item)| (renamed_path(&path, number), item)));
            }
            if let (Some(Value::Object(into)), Some(Value::Object(components))) =
                (whole.get_mut("components"), components)
            {
                extend_components(into, components, number);
            }
        }
        files
    }
}

/// A path without steps back; nothing if it leads out of its folder.
fn straight(path: &Path) -> Option<PathBuf> {
    path.components().try_fold(PathBuf::new(), |mut straight, part| {
        match part {
            Component::ParentDir => straight.pop().then_some(())?,
            Component::Normal(name) => straight.push(name),
            _ => {}
        }
        Some(straight)
    })
}

fn extend_components(into: &mut Map<String, Value>, copied: Map<String, Value>, number: usize) {
    for (kind, items) in copied.into_iter().filter(|(kind, _)| is_copied(kind)) {
        if let (Value::Object(items), Some(Value::Object(into))) = (items, into.get_mut(&kind)) {
            into.extend(items.into_iter().map(|(name, item)| (format!("{name}Copy{number}"), item)));
        }
    }
}

/// All copies have the same credentials.
fn is_copied(kind: &str) -> bool {
    kind != "securitySchemes" && !kind.starts_with("x-")
}

/// A reference to what is copied, as the copy has it. It is recognized anywhere: discriminators have some too.
fn renamed_reference(text: &str, number: usize) -> Option<String> {
    let cut = |rest: &str| rest.find('/').unwrap_or(rest.len());
    if let Some((kind, rest)) = text.strip_prefix("#/components/").and_then(|rest| rest.split_once('/')) {
        let (name, below) = rest.split_at(cut(rest));
        return is_copied(kind).then(|| format!("#/components/{kind}/{name}Copy{number}{below}"));
    }
    let rest = text.strip_prefix("#/paths/")?;
    let (path, below) = rest.split_at(cut(rest));
    let path = renamed_path(&path.replace("~1", "/"), number).replace('/', "~1");
    Some(format!("#/paths/{path}{below}"))
}

/// The path with another first word, so that it leads to a resource of its own.
fn renamed_path(path: &str, number: usize) -> String {
    let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    match segments.iter_mut().find(|segment| !segment.is_empty() && !segment.contains('{')) {
        Some(segment) => *segment += &format!("-copy-{number}"),
        None => return format!("/copy-{number}{path}"),
    }
    segments.join("/")
}

/// Renames the tags of all operations.
fn rename_tags(value: &mut Value, number: usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rename_tags(item, number)),
        Value::Object(members) => {
            for method in METHODS {
                let tags = members.get_mut(method).and_then(|operation| operation.get_mut("tags")?.as_array_mut());
                for tag in tags.into_iter().flatten() {
                    if let Value::String(name) = tag {
                        *name += &format!(" Copy{number}");
                    }
                }
            }
            members.values_mut().for_each(|member| rename_tags(member, number));
        }
        _ => {}
    }
}

/// Gives every text in a value, with its key, the chance to be another.
fn rewrite(key: &str, value: &mut Value, other: &mut impl FnMut(&str, &str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(changed) = other(key, text) {
                *text = changed;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite("", item, other)),
        Value::Object(members) => members.iter_mut().for_each(|(key, item)| rewrite(key, item, other)),
        _ => {}
    }
}
