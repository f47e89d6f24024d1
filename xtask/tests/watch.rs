//! Tests of `cargo xtask watch`. None depends on how fast the machine is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use support::*;

/// Maximum time until a line is printed, on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Running command.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    /// Output so far.
    output: String,
}

impl Watch {
    /// Starts the command and waits until it watches files.
    fn start(sandbox: &Sandbox, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["watch", "--spec", "api.yaml", "--out", "out"]).args(more).current_dir(sandbox.0.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        read(child.stdout.take().unwrap(), sender.clone());
        read(child.stderr.take().unwrap(), sender);
        let mut watch = Self { child, lines, output: String::new() };
        watch.wait_for("; press Ctrl-C to stop");
        watch
    }

    /// Waits for a line that contains `words`, and returns all lines up to it.
    #[track_caller]
    fn wait_for(&mut self, words: &str) -> String {
        let mut lines = String::new();
        while let Ok(line) = self.lines.recv_timeout(TIMEOUT) {
            lines += &line;
            lines.push('\n');
            if line.contains(words) {
                self.output += &lines;
                return lines;
            }
        }
        panic!("no {words:?} in: {lines}\nbefore: {}", self.output)
    }
}

impl Watch {
    /// Waits for a line with these words unless it was printed. Lines of standard output and standard error may arrive
    /// in any order.
    #[track_caller]
    fn expect(&mut self, words: &str) {
        if !self.output.contains(words) {
            self.wait_for(words);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stream: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
}

/// Asserts that the output is up to date.
#[track_caller]
fn assert_up_to_date(sandbox: &Sandbox) {
    let check = sandbox.run(&["--spec", "api.yaml", "--out", "out", "--check"]);
    assert_eq!(check.code, Some(0), "{}", check.err);
}

const PRICE: &str = "price: {type: number}";
const ROW: &str = "price: {type: number}, row: {type: string}";

#[test]
fn generates_on_save_and_prints_changed_files() {
    let sandbox = Sandbox::new();
    let mut watch = Watch::start(&sandbox, &[]);
    assert!(watch.output.contains("out: 4 operations, 3 resources, 3 models"), "{}", watch.output);
    let written = format!("  written: {} and {} more", FILES[..8].join(", "), FILES.len() - 8);
    assert!(watch.output.contains(&written), "{}", watch.output);
    assert_up_to_date(&sandbox);
    assert!(watch.output.contains("watching api.yaml and its files"), "{}", watch.output);

    sandbox.edit("api.yaml", PRICE, ROW);
    let output = watch.wait_for("generated in ");
    assert!(output.contains("\napi.yaml\n  written: src/tickets/models.rs\n"), "{output}");
    assert!(output.contains("\n\ntickets\n  addition      `tickets::Ticket::row` "), "{output}");
    assert_up_to_date(&sandbox);

    sandbox.edit("sdk.yaml", TICKETS, "");
    let output = watch.wait_for("generated in ");
    assert!(output.contains("\nsdk.yaml\nout: 3 operations, 2 resources, 2 models\n"), "{output}");
    assert!(output.contains("  removed: src/tickets/mod.rs, src/tickets/models.rs\n"), "{output}");
    assert!(output.contains("\n  breaking      "), "{output}");
    assert_up_to_date(&sandbox);

    sandbox.write("api.yaml", &format!("{}# A comment.\n", sandbox.read("api.yaml")));
    let output = watch.wait_for("unchanged in ");
    assert!(!output.contains("written"), "{output}");
}

#[test]
fn continues_after_errors() {
    let sandbox = Sandbox::new();
    let mut watch = Watch::start(&sandbox, &[]);
    let before = sandbox.files("out");
    sandbox.edit("api.yaml", "openapi: 3.1.0", "openapi: [3.1.0");
    let output = watch.wait_for("no files were written");
    assert!(output.contains("invalid YAML") && output.contains("--> api.yaml:"), "{output}");
    sandbox.edit("api.yaml", "openapi: [3.1.0", "openapi: 3.1.0");
    sandbox.edit("sdk.yaml", "get: tickets-get", "get: tickets-got");
    let output = watch.wait_for("no files were written");
    assert!(output.contains("tickets-got"), "{output}");
    assert_eq!(sandbox.files("out"), before);
    sandbox.edit("sdk.yaml", "get: tickets-got", "get: tickets-get");
    watch.wait_for("unchanged in ");

    // A missing file in a missing folder.
    sandbox.edit("api.yaml", PRICE, "price: {$ref: parts/deep/price.yaml}");
    watch.wait_for("no files were written");
    sandbox.write("parts/deep/price.yaml", "type: string\n");
    let output = watch.wait_for("generated in ");
    assert!(output.contains("parts/deep/price.yaml\n  written: src/tickets/models.rs"), "{output}");
    // Changes since the last successful run.
    assert!(output.contains("tickets::Ticket::price") && output.contains("String"), "{output}");
    // The file is watched now.
    sandbox.write("parts/deep/price.yaml", "type: integer\n");
    watch.wait_for("generated in ");
    fs::remove_dir_all(sandbox.path("parts")).unwrap();
    watch.wait_for("no files were written");
    fs::remove_file(sandbox.path("api.yaml")).unwrap();
    watch.wait_for("no files were written");
    sandbox.write("api.yaml", SPEC);
    watch.wait_for("generated in ");
    assert_up_to_date(&sandbox);
}

#[test]
fn starts_with_a_broken_document() {
    let sandbox = Sandbox::new();
    sandbox.edit("api.yaml", PRICE, "price: {type: number");
    let mut watch = Watch::start(&sandbox, &[]);
    watch.expect("invalid YAML");
    sandbox.edit("api.yaml", "price: {type: number", PRICE);
    watch.wait_for("generated in ");
    assert_up_to_date(&sandbox);
}

#[test]
fn detects_a_new_and_a_removed_configuration() {
    let sandbox = Sandbox::new();
    fs::rename(sandbox.path("sdk.yaml"), sandbox.path("away")).unwrap();
    let mut watch = Watch::start(&sandbox, &[]);
    fs::rename(sandbox.path("away"), sandbox.path("sdk.yaml")).unwrap();
    let output = watch.wait_for("generated in ");
    assert!(output.contains("\nsdk.yaml\n"), "{output}");
    assert_up_to_date(&sandbox);
    fs::remove_file(sandbox.path("sdk.yaml")).unwrap();
    watch.wait_for("generated in ");
    assert_up_to_date(&sandbox);
}

/// Editors write a temporary file and rename it, or rename the old file first.
#[test]
fn watches_files_and_folders_that_are_replaced() {
    let sandbox = Sandbox::new();
    sandbox.edit("api.yaml", PRICE, "price: {$ref: parts/price.yaml}");
    sandbox.write("parts/price.yaml", "type: string\n");
    let mut watch = Watch::start(&sandbox, &[]);
    for kind in ["integer", "string", "boolean"] {
        sandbox.write("parts/.price.tmp", &format!("type: {kind}\n"));
        fs::rename(sandbox.path("parts/.price.tmp"), sandbox.path("parts/price.yaml")).unwrap();
        watch.wait_for("generated in ");
        // The file is missing for a moment.
        fs::rename(sandbox.path("parts/price.yaml"), sandbox.path("parts/price.yaml~")).unwrap();
        sandbox.write("parts/price.yaml", &format!("type: array\nitems: {{type: {kind}}}\n"));
        watch.wait_for("generated in ");
        // The whole folder is replaced, as git does.
        sandbox.write("new/price.yaml", &format!("type: object\nadditionalProperties: {{type: {kind}}}\n"));
        fs::rename(sandbox.path("parts"), sandbox.path("old")).unwrap();
        fs::rename(sandbox.path("new"), sandbox.path("parts")).unwrap();
        fs::remove_dir_all(sandbox.path("old")).unwrap();
        watch.wait_for("generated in ");
        assert_up_to_date(&sandbox);
    }
}

#[test]
fn generates_the_last_of_many_quick_saves() {
    let sandbox = Sandbox::new();
    sandbox.edit("api.yaml", PRICE, "price: {$ref: parts/part0.yaml}");
    for part in 0..50 {
        let next = if part < 49 { format!("$ref: part{}.yaml", part + 1) } else { "type: string".to_owned() };
        sandbox.write(
            &format!("parts/part{part}.yaml"),
            &format!("type: object\nproperties: {{next: {{{next}}}}}\n"),
        );
    }
    let mut watch = Watch::start(&sandbox, &[]);
    for round in 0..20 {
        for part in 0..50 {
            let path = format!("parts/part{part}.yaml");
            let text = sandbox.read(&path);
            let text = text.split("# ").next().unwrap().to_owned();
            sandbox.write(&path, &format!("{text}# {round}\n"));
        }
    }
    sandbox.edit("parts/part49.yaml", "type: string", "type: integer");
    while !watch.wait_for(" in ").contains("src/tickets/models.rs") {}
    assert_up_to_date(&sandbox);
    // Once there is no more output, the next output is about the next save.
    while watch.lines.recv_timeout(Duration::from_secs(2)).is_ok() {}
    sandbox.edit("sdk.yaml", "description: The zoo.", "description: The new zoo.");
    let output = watch.wait_for("generated in ");
    assert!(output.trim_start().starts_with("sdk.yaml\n"), "{output}");
    assert_up_to_date(&sandbox);
}

#[test]
fn ignores_generated_and_unrelated_files() {
    let sandbox = Sandbox::new();
    let mut watch = Watch::start(&sandbox, &[]);
    sandbox.edit("api.yaml", PRICE, ROW);
    watch.wait_for("generated in ");
    sandbox.write("out/src/mine.yaml", "by: hand\n");
    sandbox.write("notes.yaml", "no: part\n");
    let more = watch.lines.recv_timeout(Duration::from_secs(2));
    assert!(more.is_err(), "{more:?}");
}

#[test]
fn reads_changed_templates() {
    let sandbox = Sandbox::new();
    let template = include_str!("../../templates/lib.rs.jinja");
    sandbox.write("own/lib.rs.jinja", template);
    let mut watch = Watch::start(&sandbox, &["--templates", "own"]);
    sandbox.write("own/lib.rs.jinja", &format!("{template}\n/// Mine.\npub const MINE: u8 = 1;\n"));
    let output = watch.wait_for("generated in ");
    assert!(output.contains("\nown/lib.rs.jinja\n  written: src/lib.rs\n"), "{output}");
    sandbox.write("own/lib.rs.jinja", "{% if %}");
    let output = watch.wait_for("own/lib.rs.jinja:1");
    assert!(output.contains("error: the template fails"), "{output}");
    // A new template replaces a built-in one.
    sandbox.write("own/lib.rs.jinja", template);
    watch.wait_for("generated in ");
    let manifest = include_str!("../../templates/Cargo.toml.jinja");
    sandbox.write("own/Cargo.toml.jinja", &format!("{manifest}\n# Mine.\n"));
    let output = watch.wait_for("generated in ");
    assert!(output.contains("own/Cargo.toml.jinja\n  written: Cargo.toml\n"), "{output}");
}

#[test]
fn prints_warnings_once() {
    let sandbox = Sandbox::new();
    sandbox.edit("api.yaml", PRICE, "price: {$ref: '#/nowhere'}");
    let mut watch = Watch::start(&sandbox, &[]);
    watch.expect("has no target");
    sandbox.edit("sdk.yaml", "description: The zoo.", "description: The new zoo.");
    // Warnings are printed to standard error, so their order to other output varies.
    watch.wait_for("1 unchanged warning");
    assert_eq!(watch.output.matches("has no target").count(), 1, "{}", watch.output);
}

#[test]
fn shares_the_cache_with_generate() {
    let sandbox = Sandbox::new();
    drop(Watch::start(&sandbox, &[]));
    let run = sandbox.run(&["--spec", "api.yaml", "--out", "out"]).passes();
    assert!(run.out.contains(&format!("0 files written, {} unchanged", FILES.len())), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn stops_on_ctrl_c() {
    let sandbox = Sandbox::new();
    let mut watch = Watch::start(&sandbox, &[]);
    let id = watch.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = watch.child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    assert_up_to_date(&sandbox);
}

#[test]
fn rejects_invalid_options_at_once() {
    let sandbox = Sandbox::new();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        Outcome::run(command.arg("watch").args(more).current_dir(sandbox.0.path()))
    };
    run(&["--spec", "nowhere.yaml", "--out", "out"]).fails(&["no file nowhere.yaml"]);
    run(&["--spec", "api.yaml", "--out", "out", "--templates", "nowhere"]).fails(&["nowhere"]);
    run(&["--spec", "api.yaml", "--out", "out", "--check"]).fails(&["--check"]);
    assert!(!sandbox.path("out").exists());
}
