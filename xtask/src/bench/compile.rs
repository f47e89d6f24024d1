//! What the compiler takes for the generated crate.

use super::table::Cells;
use super::{Bench, figures, say};
use crate::measure::{Measured, Of, touch};
use crate::{Failure, shown};

pub fn whole(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let runs = bench.repeat(|| compile(bench, &["check", "--all-features"]))?;
    let [seconds, memory] = figures(&runs);
    let peers = bench.peers.iter().map(|(peer, version)| match version {
        Some(_) => peer.check(bench, [&seconds, &memory]),
        None => peer.missing(),
    });
    let peers = peers.collect();
    let figures = [seconds.target(30.0).stretch(12.0), memory.target(1.5e9).stretch(1e9)];
    Ok(Cells { peers, ..Cells::of(figures) })
}

pub fn one_resource(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let known: Vec<&str> =
        bench.generated.krate.features.iter().map(|feature| feature.module.trim_start_matches("r#")).collect();
    let resource = match bench.options.resource.as_deref() {
        Some(name) if known.contains(&name) => name,
        Some(name) => {
            return Err(Failure(format!(
                "there is no resource `{name}` at the top; there are {}",
                known.join(", ")
            )));
        }
        None => known.first().copied().ok_or_else(|| Failure("there are no resources".to_owned()))?,
    };
    let runs = bench.repeat(|| compile(bench, &["check", "--no-default-features", "--features", resource]))?;
    let [seconds, memory] = figures(&runs);
    let figures = [seconds.target(2.0).stretch(1.0), memory];
    Ok(Cells { note: format!("`{resource}`"), ..Cells::of(figures) })
}

/// Once is enough: what counts is the memory.
pub fn documentation(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let runs = [compile(bench, &["doc", "--no-deps", "--all-features"])?];
    let [seconds, memory] = figures(&runs);
    say(&format!("  {}, {}", seconds.show(), memory.show()));
    super::generator::remove(&bench.target().join("doc"))?;
    Ok(Cells::of([seconds, memory.target(2e9)]))
}

/// Compiles the generated crate anew, and measures the compiler of that crate alone.
fn compile(bench: &Bench<'_>, arguments: &[&str]) -> Result<Measured, Failure> {
    let sdk = bench.sdk();
    let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(&sdk)));
    touch(&sdk.join("src/lib.rs")).map_err(failed)?;
    let library = bench.generated.krate.library.as_str();
    let measured =
        bench.measure(&mut bench.cargo(&sdk, arguments)?, &Of::Compilers(&[library])).map_err(failed)?;
    match measured.status.success() {
        true => Ok(measured),
        false => Err(Failure(format!("{} doesn't compile:\n{}", shown(&sdk), measured.stderr.trim()))),
    }
}
