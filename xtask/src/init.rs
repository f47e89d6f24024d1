//! `cargo xtask init`: a first configuration for a document that has none.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::{Failure, shown};

#[derive(Args)]
pub struct Options {
    /// The OpenAPI document
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Another folder that the document may refer to; may be given more than once
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Where the configuration goes [default: sdk.yaml beside the document]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let text = generator::init(&options.spec, &options.allow)?;
    let path = options.config.clone().unwrap_or_else(|| options.spec.with_file_name("sdk.yaml"));
    // A configuration that a person has edited is never replaced.
    let file = std::fs::File::create_new(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure(format!("{} is there already; move it away to begin anew", shown(&path)))
        }
        _ => Failure(format!("{} can't be written: {error}", shown(&path))),
    })?;
    println!("{} says how the SDK presents the API, as far as the document shows", shown(&path));
    println!("look through it, then: cargo xtask generate --spec {} --out DIR", shown(&options.spec));
    Ok(())
}
