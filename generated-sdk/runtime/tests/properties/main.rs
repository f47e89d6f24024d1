//! Property tests with generated values and sequences of events.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod encoding;
mod retries;
#[path = "../support/mod.rs"]
mod support;

use proptest::prelude::ProptestConfig;

/// Returns the configuration for this number of cases.
fn config(cases: u32) -> ProptestConfig {
    // A failing case is printed and added as a separate test, so no file of failures is kept.
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}
