//! A program that makes one call with the whole generated crate, and the same program by hand on reqwest and serde.

use std::path::{Path, PathBuf};

use generator::codegen::{Crate, Method, ModelKind, Models, ResponseKind, StringLiteral};

use super::figure::{Figure, Unit};
use super::table::Cells;
use super::{Bench, figures, generator as files};
use crate::measure::{Measured, Of, touch};
use crate::{Failure, shown, workspace};

pub fn build(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let folder = with_sdk(bench)?;
    let library = bench.generated.krate.library.as_str();
    let runs = bench.repeat(|| {
        for file in [bench.sdk().join("src/lib.rs"), folder.join("src/main.rs")] {
            touch(&file).map_err(|error| Failure(format!("{} can't be compiled: {error}", shown(&file))))?;
        }
        compile(bench, &folder, &[library, "with_sdk"])
    })?;
    let [seconds, memory] = figures(&runs);
    Ok(Cells::of([seconds.target(45.0).stretch(20.0), memory]))
}

pub fn size(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let folders = [("with_sdk", with_sdk(bench)?), ("by_hand", by_hand(bench)?)];
    let mut sizes = Vec::new();
    for (name, folder) in &folders {
        compile(bench, folder, &[name])?;
        let program = bench.target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let about = program.metadata();
        let about = about.map_err(|error| Failure(format!("there is no {}: {error}", shown(&program))))?;
        sizes.push(about.len() as f64);
    }
    let figure = Figure::new(Unit::Beyond, [sizes[0] - sizes[1]]).target(300e3).stretch(100e3);
    let note = format!("{:.2} MB, by hand {:.2} MB", sizes[0] / 1e6, sizes[1] / 1e6);
    Ok(Cells { note, ..Cells::of([figure]) })
}

/// Builds a program with optimizations, and measures the compilers of these crates.
fn compile(bench: &Bench<'_>, folder: &Path, crates: &[&str]) -> Result<Measured, Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(folder)));
    let mut command = bench.cargo(folder, &["build", "--release"])?;
    let measured = bench.measure(&mut command, &Of::Compilers(crates)).map_err(failed)?;
    match measured.status.success() {
        true => Ok(measured),
        false => Err(Failure(format!("{} doesn't compile:\n{}", shown(folder), measured.stderr.trim()))),
    }
}

fn with_sdk(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    let Crate { package, library, .. } = &bench.generated.krate;
    let Call { expression, output, field, .. } = Call::of(&bench.generated.krate)?;
    let text = format!(
        "#[tokio::main]\nasync fn main() -> {library}::Result<()> {{\n    \
         let client = {library}::Client::from_env()?;\n    \
         let answer: {library}::{output} = {expression}.await?;\n    \
         println!(\"{{:?}}\", answer.{field});\n    Ok(())\n}}\n"
    );
    write(bench, "with_sdk", &format!("{package} = {{ path = {:?} }}\n", bench.sdk().display().to_string()), &text)
}

/// What somebody writes who needs this one call.
fn by_hand(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    let krate = &bench.generated.krate;
    let Call { path, wire, envelope, .. } = Call::of(krate)?;
    let base = krate.api.base_url.text().trim_end_matches('/');
    let url = format!("{base}{path}");
    let token = krate.api.credentials.first();
    let token = token.map(|credential| format!(".bearer_auth(std::env::var({})?)", credential.variable));
    let token = token.unwrap_or_default();
    let (outer, answer, access) = match envelope {
        Some(name) => (
            format!(
                "#[derive(serde::Deserialize)]\nstruct Envelope {{\n    #[serde(rename = {name})]\n    result: Answer,\n}}\n\n"
            ),
            "Envelope",
            "answer.result.field",
        ),
        None => (String::new(), "Answer", "answer.field"),
    };
    let text = format!(
        "{outer}#[derive(serde::Deserialize)]\nstruct Answer {{\n    #[serde(rename = {wire})]\n    field: Option<String>,\n}}\n\n\
         #[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
         let client = reqwest::Client::new();\n    \
         let response = client.get({url:?}){token}.send().await?.error_for_status()?;\n    \
         let answer: {answer} = serde_json::from_slice(&response.bytes().await?)?;\n    \
         println!(\"{{:?}}\", {access});\n    Ok(())\n}}\n"
    );
    let libraries = format!(
        "{}\nserde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
        reqwest_of_runtime()?
    );
    write(bench, "by_hand", &libraries, &text)
}

/// The runtime's own line for reqwest: the same version with the same features.
fn reqwest_of_runtime() -> Result<String, Failure> {
    let manifest = workspace().join("generated-sdk/runtime/Cargo.toml");
    let text = std::fs::read_to_string(&manifest).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("reqwest = {"));
    let line = line.ok_or_else(|| Failure(format!("{} doesn't name reqwest", shown(&manifest))))?;
    Ok(line.replace(", optional = true", ""))
}

fn write(bench: &Bench<'_>, name: &str, libraries: &str, text: &str) -> Result<PathBuf, Failure> {
    let folder = bench.folder.join(name);
    let failed = |error: std::io::Error| Failure(format!("{} can't be written: {error}", shown(&folder)));
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\n{libraries}\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [profile.release]\nstrip = true\n"
    );
    files::create(&folder.join("src"))?;
    std::fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
    std::fs::write(folder.join("src/main.rs"), text).map_err(failed)?;
    Ok(folder)
}

/// The call that the programs make: of those that read one object with some text in it, the shortest.
struct Call<'a> {
    /// As an expression on `client`.
    expression: &'a str,
    /// The path, with values in place of its parameters.
    path: String,
    /// The answer's type, by its path below the crate.
    output: String,
    /// A field of the answer that is text.
    field: &'a str,
    /// Its name on the wire, as a literal.
    wire: &'a StringLiteral,
    /// The property of the envelope that holds the answer, as a literal.
    envelope: Option<&'a StringLiteral>,
}

impl<'a> Call<'a> {
    fn of(krate: &'a Crate) -> Result<Self, Failure> {
        let modules = krate.modules.iter();
        let methods = modules.flat_map(|module| module.methods.iter().map(move |method| (module, method)));
        let mut best: Option<(usize, Self)> = None;
        for (module, method) in methods {
            let Some(models) = &module.models else { continue };
            let count = method.arguments.len();
            if best.as_ref().is_some_and(|(least, _)| *least <= count) {
                continue;
            }
            if let Some(call) = Self::by(krate, &module.path, models, method) {
                best = Some((count, call));
            }
        }
        let none = || {
            Failure("no operation reads one object with text in it, in the resource that it belongs to".to_owned())
        };
        best.map(|(_, call)| call).ok_or_else(none)
    }

    fn by(krate: &'a Crate, module: &[String], models: &'a Models, method: &'a Method) -> Option<Self> {
        let [operation] = method.operations.as_slice() else { return None };
        let ResponseKind::Json(output) = &method.request.response else { return None };
        if operation.verb.text() != "GET" || method.scope.is_some() || method.deprecated {
            return None;
        }
        let output = output.to_string();
        let model = models.models.iter().find(|model| model.name == output && model.kind == ModelKind::Struct)?;
        let is_text = |ty: &str| matches!(ty, "String" | "Option<String>");
        let field = model.fields.iter().find(|field| is_text(&field.ty.to_string()))?;
        let mut path = operation.path.text().to_owned();
        while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
            path.replace_range(begin..=end, "023e105f4ecef8ad9ca31a8372d0c353");
        }
        let envelope = krate.api.envelope.as_ref().filter(|_| operation.envelope);
        Some(Self {
            expression: &method.calls.as_ref()?[0],
            path,
            output: format!("{}::{}", module.join("::"), model.name),
            field: &field.name,
            wire: &field.wire,
            envelope: envelope.map(|names| &names.result),
        })
    }
}
