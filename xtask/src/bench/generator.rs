//! Rows about the generator. Every run is a separate process.

use generator::document::Document;

use super::context::{Context, log, remove};
use super::documents::DocumentFiles;
use super::peers;
use super::table::{Cells, Figure, Unit};
use crate::error::{Error, Result};

/// Parts into which the paths of the document are divided: an eighth, a quarter, a half, all.
const PARTS: [usize; 4] = [8, 4, 2, 1];

/// Measures generation into an empty folder.
pub fn from_nothing(context: &Context) -> Result<Cells> {
    let out = context.folder.join("generated");
    let [seconds, memory] = context.repeat(|| {
        remove(&out)?;
        context.generate(&context.generate.spec(), &out, context.generate.config().as_deref())
    })?;
    let peers = peers::generate(context, &[&seconds, &memory]);
    Ok(Cells { peers, ..Cells::for_large([seconds.target(1.0), memory.target(400e6)]) })
}

/// Measures generation without any change since the last run.
pub fn unchanged(context: &Context) -> Result<Cells> {
    let out = context.folder.join("generated");
    let generate = || context.generate(&context.generate.spec(), &out, context.generate.config().as_deref());
    generate()?;
    let [seconds, _] = context.repeat(generate)?;
    Ok(Cells::for_large([seconds.target(0.2)]))
}

/// Measures generation after a change of one operation. Runs alternate between the document and the changed one.
pub fn one_operation(context: &Context) -> Result<Cells> {
    let document = Document::load(&context.generate.spec(), &context.generate.allow)?;
    let files = DocumentFiles::new(&document)?;
    let changed =
        files.with_changed_operation(&document).ok_or_else(|| Error::new("the document has no GET operation"))?;
    let folder = context.folder.join("documents");
    let specs = [changed.write(&folder.join("changed"))?, files.write(&folder.join("unchanged"))?];
    let out = context.folder.join("changed");
    let config = context.generate.config();
    context.generate(&specs[1], &out, config.as_deref())?;
    let mut next = specs.iter().cycle();
    let mut written = Vec::new();
    let [seconds, _] = context.repeat(|| {
        let measured = context.generate(next.next().unwrap_or(&specs[0]), &out, config.as_deref())?;
        written.extend(files_written(&measured.stdout));
        Ok(measured)
    })?;
    Ok(Cells::for_large([seconds.target(0.3), Figure::new(Unit::Files, written)]))
}

/// Measures how the time grows with the number of paths.
pub fn growth(context: &Context) -> Result<Cells> {
    let files = DocumentFiles::new(&Document::load(&context.generate.spec(), &context.generate.allow)?)?;
    let (folder, out) = (context.folder.join("documents"), context.folder.join("part"));
    let mut medians = Vec::new();
    for parts in PARTS {
        log(&format!("  1/{parts} of the paths"));
        let spec = files.with_part_of_paths(parts).write(&folder.join("part"))?;
        // Names are inferred: the configuration lists operations that are left out.
        let [seconds, _] = context.repeat(|| {
            remove(&out)?;
            context.generate(&spec, &out, None)
        })?;
        medians.push(seconds.median().unwrap_or_default());
    }
    remove(&out)?;
    remove(&folder)?;
    let ratio = Figure::new(Unit::Ratio, [medians[PARTS.len() - 1] / medians[0]]).target(PARTS[0] as f64);
    let each = PARTS.iter().zip(&medians).map(|(parts, seconds)| format!("1/{parts} in {seconds:.2} s"));
    Ok(Cells::new([ratio]).note(each.collect::<Vec<_>>().join(", ")))
}

/// Parses the number of written files from the generator's output.
fn files_written(output: &str) -> Option<f64> {
    output.lines().find_map(|line| line.split_once(" files written")?.0.parse().ok())
}
