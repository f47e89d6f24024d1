//! `cargo xtask contract`: every method of the SDK against a mock server that reads the same spec.

use clap::Args;

use crate::Failure;

#[derive(Args)]
pub struct Options {}

pub fn run(_: &Options) -> Result<(), Failure> {
    Err(Failure("not yet".to_owned()))
}
