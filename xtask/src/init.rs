//! `cargo xtask init`: writes a first configuration for a document.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;

use crate::error::{Error, Result};
use crate::paths::display;

/// Arguments of `init`.
#[derive(Args)]
pub struct Options {
    /// OpenAPI document.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Allow the document to refer to files in this folder; may be repeated.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Path of the new configuration [default: sdk.yaml next to the document].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Writes the configuration that is inferred from the document. An existing file is never replaced.
pub fn run(options: &Options) -> Result<()> {
    let text = generator::init(&options.spec, &options.allow)?;
    let path = options.config.clone().unwrap_or_else(|| options.spec.with_file_name("sdk.yaml"));
    let file = std::fs::File::create_new(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::new(format!("{} already exists", display(&path)))
            .help("move the file, or name another with --config"),
        _ => Error::cannot("write", &path)(error),
    })?;
    println!("wrote {}", display(&path));
    println!("review it, then run: cargo xtask generate --spec {} --out DIR", display(&options.spec));
    Ok(())
}
