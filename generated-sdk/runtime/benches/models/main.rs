//! Models and requests, each beside what people write without the runtime: serde's derive on the same types, and
//! requests by hand with the same libraries. `cargo xtask bench` shows the ratios.
#![allow(clippy::unwrap_used, missing_docs)]

mod by_derive;
mod by_runtime;
mod documents;
mod request;

use std::fmt::Debug;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Both ways to read and write a document of one kind.
fn compare<R, D>(criterion: &mut Criterion, name: &str, json: &str)
where
    R: Debug + PartialEq + Serialize + DeserializeOwned,
    D: Serialize + DeserializeOwned,
{
    let (ours, theirs): (R, D) = (serde_json::from_str(json).unwrap(), serde_json::from_str(json).unwrap());
    // Both mean the same, or there is nothing to compare. Only the runtime leaves `.0` out.
    let again = serde_json::to_string(&theirs).and_then(|text| serde_json::from_str::<R>(&text)).unwrap();
    assert_eq!(again, ours, "{name}");
    let mut group = criterion.benchmark_group(format!("decode/{name}"));
    group.bench_function("runtime", |bencher| {
        bencher.iter(|| serde_json::from_slice::<R>(black_box(json.as_bytes())).unwrap());
    });
    group.bench_function("other", |bencher| {
        bencher.iter(|| serde_json::from_slice::<D>(black_box(json.as_bytes())).unwrap());
    });
    group.finish();
    let mut group = criterion.benchmark_group(format!("encode/{name}"));
    group.bench_function("runtime", |bencher| bencher.iter(|| serde_json::to_vec(black_box(&ours)).unwrap()));
    group.bench_function("other", |bencher| bencher.iter(|| serde_json::to_vec(black_box(&theirs)).unwrap()));
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .without_plots()
        .configure_from_args();
    let compared = &mut criterion;
    compare::<Vec<by_runtime::Record>, Vec<by_derive::Record>>(compared, "page", &documents::page());
    compare::<by_runtime::Account, by_derive::Account>(compared, "small", documents::ACCOUNT);
    compare::<by_runtime::Group, by_derive::Group>(compared, "deep", &documents::deep(12));
    compare::<by_runtime::Account, by_derive::Account>(compared, "unknown", &documents::unknown());
    compare::<by_runtime::Record, by_derive::Record>(compared, "reordered", &documents::reordered());
    compare::<by_runtime::Metrics, by_derive::Metrics>(compared, "numbers", &documents::numbers());
    compare::<Vec<by_runtime::Step>, Vec<by_derive::Step>>(compared, "tagged", &documents::steps("action"));
    compare::<Vec<by_runtime::Target>, Vec<by_derive::Target>>(compared, "untagged", &documents::targets());
    request::compare(compared);
    criterion.final_summary();
}
