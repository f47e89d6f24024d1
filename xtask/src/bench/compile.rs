//! Rows about compiling the generated crate and a program that uses it.

use std::path::PathBuf;

use generator::codegen::{Crate, Method, ModelKind, Module, ResponseKind};

use super::context::{Context, remove};
use super::peers;
use super::table::{Cells, Figure, Unit};
use crate::cargo;
use crate::error::{Error, Result};
use crate::measure::{Measurement, Scope, touch};
use crate::paths::workspace;

/// Measures `cargo check` with all features.
pub fn check_all(context: &Context) -> Result<Cells> {
    let [seconds, memory] = context.repeat(|| compile_sdk(context, &["check", "--all-features"]))?;
    let peers = peers::check(context, &[&seconds, &memory]);
    Ok(Cells { peers, ..Cells::for_large([seconds.target(30.0), memory.target(1.5e9)]) })
}

/// Measures `cargo check` with the feature of one top-level resource.
pub fn check_one_resource(context: &Context) -> Result<Cells> {
    let features = &context.spec.krate.features;
    let known: Vec<&str> = features.iter().map(|feature| feature.module.trim_start_matches("r#")).collect();
    let resource = match context.resource.as_deref() {
        Some(name) if known.contains(&name) => name,
        Some(name) => {
            let message = format!("unknown resource `{name}`; expected one of {}", known.join(", "));
            return Err(Error::new(message));
        }
        None => known.first().copied().ok_or_else(|| Error::new("the document has no resources"))?,
    };
    let arguments = ["check", "--no-default-features", "--features", resource];
    let [seconds, memory] = context.repeat(|| compile_sdk(context, &arguments))?;
    Ok(Cells::for_large([seconds.target(2.0), memory]).note(format!("`{resource}`")))
}

/// Measures `cargo doc` with all features.
pub fn documentation(context: &Context) -> Result<Cells> {
    let [seconds, memory] = context.repeat(|| compile_sdk(context, &["doc", "--no-deps", "--all-features"]))?;
    remove(&context.target().join("doc"))?;
    Ok(Cells::for_large([seconds, memory.target(2e9)]))
}

/// Measures an optimized build of a program that makes one call, including the generated crate.
pub fn build_program(context: &Context) -> Result<Cells> {
    let (with_sdk, _) = programs(context)?;
    let library = context.spec.krate.library.as_str();
    let [seconds, memory] = context.repeat(|| {
        for file in [context.sdk().join("src/lib.rs"), with_sdk.join("src/main.rs")] {
            touch(&file).map_err(Error::cannot("write", &file))?;
        }
        build(context, &with_sdk, &[library, "with_sdk"])
    })?;
    Ok(Cells::for_large([seconds.target(45.0), memory]))
}

/// Measures the size of a program that makes one call, compared to one that sends the same request with reqwest
/// and serde_json.
pub fn program_size(context: &Context) -> Result<Cells> {
    let (with_sdk, without_sdk) = programs(context)?;
    let mut sizes = Vec::new();
    for (name, folder) in [("with_sdk", with_sdk), ("without_sdk", without_sdk)] {
        build(context, &folder, &[name])?;
        let program = context.target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        sizes.push(program.metadata().map_err(Error::cannot("read", &program))?.len() as f64);
    }
    let figure = Figure::new(Unit::SizeDifference, [sizes[0] - sizes[1]]).target(300e3);
    let note = format!("{:.2} MB, by hand {:.2} MB", sizes[0] / 1e6, sizes[1] / 1e6);
    Ok(Cells::for_large([figure]).note(note))
}

/// Compiles the generated crate again and measures its compiler.
fn compile_sdk(context: &Context, arguments: &[&str]) -> Result<Measurement> {
    let file = context.sdk().join("src/lib.rs");
    touch(&file).map_err(Error::cannot("write", &file))?;
    let mut command = context.cargo(&context.sdk(), arguments)?;
    context.measure(&mut command, &Scope::Compilers(&[context.spec.krate.library.as_str()]))
}

/// Builds a program with optimizations and measures the compilers of these crates.
fn build(context: &Context, folder: &std::path::Path, crates: &[&str]) -> Result<Measurement> {
    context.measure(&mut context.cargo(folder, &["build", "--release"])?, &Scope::Compilers(crates))
}

/// Writes a program that makes one call with the SDK, and one that sends the same request with reqwest. Returns their
/// folders.
fn programs(context: &Context) -> Result<(PathBuf, PathBuf)> {
    let krate = &context.spec.krate;
    let Crate { package, library, .. } = krate;
    let (expression, path) = simplest_call(krate)
        .ok_or_else(|| Error::new("no GET operation returns an object of its own resource"))?;
    let with_sdk = context.folder.join("with_sdk");
    let text = format!(
        "#[tokio::main]\nasync fn main() -> {library}::Result<()> {{\n    \
         let client = {library}::Client::from_env()?;\n    \
         println!(\"{{:?}}\", {expression}.await?);\n    Ok(())\n}}\n"
    );
    let dependency = format!("{package} = {{ path = {:?} }}\n", context.sdk().display().to_string());
    cargo::write_program(&with_sdk, "with_sdk", &dependency, &text)?;

    let without_sdk = context.folder.join("without_sdk");
    let url = format!("{}{path}", krate.api.base_url.text().trim_end_matches('/'));
    let token = krate.api.credentials.first();
    let token = token.map(|credential| format!(".bearer_auth(std::env::var({})?)", credential.variable));
    let text = format!(
        "#[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
         let request = reqwest::Client::new().get({url:?}){};\n    \
         let response = request.send().await?.error_for_status()?;\n    \
         let value: serde_json::Value = serde_json::from_slice(&response.bytes().await?)?;\n    \
         println!(\"{{value:?}}\");\n    Ok(())\n}}\n",
        token.unwrap_or_default()
    );
    let dependencies = format!("{}\nserde_json = \"1\"\n", reqwest_dependency()?);
    cargo::write_program(&without_sdk, "without_sdk", &dependencies, &text)?;
    Ok((with_sdk, without_sdk))
}

/// Returns the runtime's dependency on reqwest, so that both programs use the same features.
fn reqwest_dependency() -> Result<String> {
    let manifest = workspace().join("generated-sdk/runtime/Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(Error::cannot("read", &manifest))?;
    let line = text.lines().find(|line| line.starts_with("reqwest = {"));
    let line = line.ok_or_else(|| Error::new("the runtime does not depend on reqwest"))?;
    Ok(line.replace(", optional = true", ""))
}

/// Returns the call with the fewest arguments that reads an object, as an expression on `client`, and its path with
/// values in place of the parameters.
fn simplest_call(krate: &Crate) -> Option<(&str, String)> {
    let methods =
        krate.modules.iter().flat_map(|module| module.methods.iter().map(move |method| (module, method)));
    let (_, method) = methods
        .filter(|(module, method)| reads_object(module, method))
        .min_by_key(|(_, method)| method.arguments.len())?;
    let mut path = method.operations.first()?.path.text().to_owned();
    while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(begin..=end, "023e105f4ecef8ad9ca31a8372d0c353");
    }
    Some((&method.calls.as_ref()?[0], path))
}

fn reads_object(module: &Module, method: &Method) -> bool {
    let [operation] = method.operations.as_slice() else { return false };
    let ResponseKind::Json(output) = &method.request.response else { return false };
    let output = output.to_string();
    let models = module.models.iter().flat_map(|models| &models.models);
    operation.verb.text() == "GET"
        && method.calls.is_some()
        && method.endpoint_choice.is_none()
        && !method.deprecated
        && models.into_iter().any(|model| model.kind == ModelKind::Struct && model.name == output)
}
