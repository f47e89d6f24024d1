//! `cargo xtask generate`: writes the crate from the spec.

mod cache;
mod options;
mod report;

use std::time::Instant;

use generator::render::{self, Files};

pub use self::cache::Cache;
pub use self::options::{LoadedSpec, Options};
use self::report::FileCounts;
pub use self::report::RunReport;
use crate::error::{Error, Result};
use crate::output::{self, Plan};
use crate::paths::display;

/// Generates the crate, or checks it with `--check`.
pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let out = options.out();
    let cache = Cache::open(&out, options.cache_key());
    if let Some((report, unchanged)) = cache.unchanged_run()
        && !(options.strict && report.has_warnings())
    {
        report.print_warnings();
        if options.explain {
            report.print_untyped();
        }
        report.print_result(options, &FileCounts { written: 0, unchanged, removed: 0 }, start);
        return Ok(());
    }
    let spec = options.load()?;
    let report = RunReport::new(&spec);
    report.print_warnings();
    let (files, plan) = plan(options, &cache, &spec)?;
    if options.explain {
        report.print_untyped();
    }
    if options.check && !plan.is_empty() {
        let message = format!("{} is stale:\n{plan}", display(&out));
        let help = "run `cargo xtask generate` with the same options but without --check, and commit the result";
        return Err(Error::new(message.trim_end()).help(help));
    }
    output::write(&out, &files, &plan)?;
    let (written, removed) = (plan.write.len(), plan.remove.len());
    report.print_result(options, &FileCounts { written, unchanged: files.len() - written, removed }, start);
    cache.save(spec.reading.sources(), &files, report);
    // The process ends here, and freeing these values is slow.
    std::mem::forget((spec, files));
    Ok(())
}

/// Renders the files of the crate and compares them with the output folder.
pub fn plan(options: &Options, cache: &Cache, spec: &LoadedSpec) -> Result<(Files, Plan)> {
    let out = options.out();
    let files = render::render_with(&spec.templates, &spec.krate, &|path, data| cache.rendered(path, data))?;
    if out.symlink_metadata().is_ok() && !out.is_dir() {
        return Err(Error::new(format!("{} is not a folder", display(&out)))
            .help("name a folder, or a path that does not exist, with --out"));
    }
    let plan = Plan::new(&out, &files)?;
    Ok((files, plan))
}
