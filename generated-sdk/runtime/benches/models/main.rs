//! Benchmarks of models and requests against the equivalent without the runtime: serde's derive on the same
//! types, and hand-written requests with the same libraries. `cargo xtask bench` shows the ratios.
#![allow(clippy::unwrap_used, missing_docs)]

mod derived;
mod documents;
mod request;
mod runtime;

use std::fmt::Debug;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Compares deserializing and serializing a document.
fn compare<R, D>(criterion: &mut Criterion, name: &str, json: &str)
where
    R: Debug + PartialEq + Serialize + DeserializeOwned,
    D: Serialize + DeserializeOwned,
{
    let (runtime_value, derived_value): (R, D) =
        (serde_json::from_str(json).unwrap(), serde_json::from_str(json).unwrap());
    // Both types must represent the same value. Only the runtime omits `.0` when serializing.
    let reparsed =
        serde_json::to_string(&derived_value).and_then(|text| serde_json::from_str::<R>(&text)).unwrap();
    assert_eq!(reparsed, runtime_value, "{name}");
    let mut group = criterion.benchmark_group(format!("decode/{name}"));
    group.bench_function("runtime", |bencher| {
        bencher.iter(|| serde_json::from_slice::<R>(black_box(json.as_bytes())).unwrap());
    });
    group.bench_function("other", |bencher| {
        bencher.iter(|| serde_json::from_slice::<D>(black_box(json.as_bytes())).unwrap());
    });
    group.finish();
    let mut group = criterion.benchmark_group(format!("encode/{name}"));
    group.bench_function("runtime", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&runtime_value)).unwrap())
    });
    group.bench_function("other", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&derived_value)).unwrap())
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .without_plots()
        .configure_from_args();
    let criterion = &mut criterion;
    compare::<Vec<runtime::Record>, Vec<derived::Record>>(criterion, "page", &documents::page());
    compare::<runtime::Account, derived::Account>(criterion, "small", documents::ACCOUNT);
    compare::<runtime::Group, derived::Group>(criterion, "deep", &documents::deep(12));
    compare::<runtime::Account, derived::Account>(criterion, "unknown", &documents::unknown());
    compare::<runtime::Record, derived::Record>(criterion, "reordered", &documents::reordered());
    compare::<runtime::Metrics, derived::Metrics>(criterion, "numbers", &documents::numbers());
    compare::<Vec<runtime::Step>, Vec<derived::Step>>(criterion, "tagged", &documents::steps("action"));
    compare::<Vec<runtime::Target>, Vec<derived::Target>>(criterion, "untagged", &documents::targets());
    request::compare(criterion);
    criterion.final_summary();
}
