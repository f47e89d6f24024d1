//! Programs that call the crates before and after each change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::changes::{Change, Compiler};
use super::workspace::write_package;

/// Function that calls the crate of one state.
pub struct Caller<'a> {
    /// File name without extension.
    pub name: String,
    package: &'a str,
    body: &'a str,
    /// Expected result of the compiler.
    pub expected: Compiler,
}

/// Returns the callers of a change, each for the crate before and the crate after the change. `caller` compiles with
/// the first crate, and `new_caller` only with the second.
pub fn callers(change: &Change) -> Vec<Caller<'_>> {
    let caller = |name: &str, state: usize, body, expected| {
        let name = format!("{}_{name}", change.name);
        Caller { name, package: &change.states[state], body, expected }
    };
    let mut callers = vec![
        caller("old_before", 0, &change.caller, Compiler::Compatible),
        caller("old_after", 1, &change.caller, change.compiler),
    ];
    if let Some(body) = &change.new_caller {
        callers.push(caller("new_before", 0, body, Compiler::Breaking));
        callers.push(caller("new_after", 1, body, Compiler::Compatible));
    }
    callers
}

/// Writes a package with all callers and returns the names of its programs. `libraries` maps the packages to their
/// library names. Callers that must compile are modules of one program, which saves time. Those that must not compile
/// are separate programs.
pub fn write_callers(folder: &Path, changes: &[Change], libraries: &BTreeMap<String, &str>) -> BTreeSet<String> {
    let mut manifest = "[package]\nname = \"callers\"\nedition = \"2024\"\n\n[dependencies]\n".to_owned();
    for package in libraries.keys() {
        writeln!(manifest, "{package} = {{ path = \"../{package}\" }}").unwrap();
    }
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::from([("Cargo.toml".into(), manifest)]);
    let mut programs = BTreeSet::from(["compiling".to_owned()]);
    let mut compiling = "#![allow(dead_code, unused)]\nfn main() {}\n".to_owned();
    for caller in changes.iter().flat_map(callers) {
        let library = libraries[caller.package];
        let text = format!(
            "#![allow(dead_code, unused)]\nuse {} as {library};\n\n\
             async fn caller(client: {library}::Client) -> {library}::Result<()> {{\n{}\nOk(())\n}}\n",
            caller.package, caller.body
        );
        if caller.expected == Compiler::Breaking {
            files.insert(format!("src/bin/{}.rs", caller.name).into(), format!("{text}\nfn main() {{}}\n"));
            programs.insert(caller.name);
        } else {
            files.insert(format!("src/bin/compiling/{}.rs", caller.name).into(), text);
            writeln!(compiling, "mod {};", caller.name).unwrap();
        }
    }
    files.insert("src/bin/compiling/main.rs".into(), compiling);
    write_package(&folder.join("callers"), &files);
    programs
}
