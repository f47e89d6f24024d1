//! Table of results.

use super::result::{Check, DocumentResult, Figures};

/// Titles of the columns, with their widths.
const COLUMNS: [(&str, usize); 11] = [
    ("operations", 10),
    ("models", 7),
    ("typed", 8),
    ("warnings", 8),
    ("generate", 10),
    ("memory", 8),
    ("check", 10),
    ("memory", 8),
    ("compiles", 8),
    ("rustc warnings", 14),
    ("program", 8),
];

/// Prints one line per document.
pub fn print(results: &[DocumentResult]) {
    let line = |name: &str, cells: [String; 11]| {
        let cells = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| format!(" {cell:>width$}"));
        println!("{name:<32}{}", cells.collect::<String>());
    };
    line("document", COLUMNS.map(|(title, _)| title.to_owned()));
    for result in results {
        let figure = |format: fn(&Figures) -> String| result.figures.as_ref().map_or("-".to_owned(), format);
        let check = |format: fn(&Check) -> String| result.check.as_ref().map_or("-".to_owned(), format);
        let cells = [
            figure(|figures| figures.operations.to_string()),
            figure(|figures| figures.models.to_string()),
            figure(|figures| format!("{:.1} %", figures.typed)),
            figure(|figures| figures.warnings.to_string()),
            format!("{:.2} s", result.generate_seconds),
            megabytes(result.generate_peak),
            check(|check| format!("{:.1} s", check.seconds)),
            check(|check| megabytes(check.peak)),
            check(|check| yes_or_no(check.compiles)),
            check(|check| check.warnings.to_string()),
            result.program_passes.map_or("-".to_owned(), yes_or_no),
        ];
        line(&result.name, cells);
    }
}

/// Formats a size in bytes.
pub fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or("-".to_owned(), |bytes| format!("{} MB", bytes.div_ceil(1_000_000)))
}

fn yes_or_no(value: bool) -> String {
    if value { "yes".to_owned() } else { "no".to_owned() }
}
