//! What holds for every value and every course of events, tried with many that are made up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod encoding;
mod schedules;
#[path = "../support/mod.rs"]
mod support;

use proptest::prelude::ProptestConfig;

/// Settings for so many cases.
fn config(cases: u32) -> ProptestConfig {
    // What fails is told, and becomes a test of its own: no file remembers it.
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}
