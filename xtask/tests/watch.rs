//! `cargo xtask watch` as people use it: files are saved, and lines come. No test depends on how long that takes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use support::*;

/// How long a line may take to come, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// The command, while it runs.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    /// What came so far.
    said: String,
}

impl Watch {
    /// Starts it, and waits until it watches.
    fn start(desk: &Desk, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["watch", "--spec", "api.yaml", "--out", "out"]).args(more).current_dir(desk.0.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        read(child.stdout.take().unwrap(), sender.clone());
        read(child.stderr.take().unwrap(), sender);
        let mut watch = Self { child, lines, said: String::new() };
        watch.waits("; Ctrl-C ends it");
        watch
    }

    /// Waits for a line with these words, and returns all that came until then.
    #[track_caller]
    fn waits(&mut self, words: &str) -> String {
        let mut said = String::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            said += &line;
            said.push('\n');
            if line.contains(words) {
                self.said += &said;
                return said;
            }
        }
        panic!("no {words:?} in: {said}\nbefore: {}", self.said)
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

/// What the files are when they are generated once.
#[track_caller]
fn is_as_generated(desk: &Desk) {
    let check = desk.run(&["--spec", "api.yaml", "--out", "out", "--check"]);
    assert_eq!(check.code, Some(0), "{}", check.err);
}

const PRICE: &str = "price: {type: number}";
const ROW: &str = "price: {type: number}, row: {type: string}";

#[test]
fn a_save_is_generated_and_files_that_changed_are_named() {
    let desk = Desk::new();
    let mut watch = Watch::start(&desk, &[]);
    assert!(watch.said.contains("out: 4 operations, 3 resources, 3 models"), "{}", watch.said);
    let written = format!("  written: {} and {} more", FILES[..8].join(", "), FILES.len() - 8);
    assert!(watch.said.contains(&written), "{}", watch.said);
    is_as_generated(&desk);
    // The spec's two, the runtime's manifest, and the templates of this workspace.
    let templates = fs::read_dir("../templates").unwrap().count();
    assert!(watch.said.contains(&format!("watching {} files", 3 + templates)), "{}", watch.said);

    desk.edit("api.yaml", PRICE, ROW);
    let said = watch.waits("done in ");
    assert!(said.contains("\napi.yaml\n  written: src/tickets/models.rs\n"), "{said}");
    assert!(said.contains("\n\ntickets\n  addition      `tickets::Ticket::row` "), "{said}");
    is_as_generated(&desk);

    desk.edit("sdk.yaml", TICKETS, "");
    let said = watch.waits("done in ");
    assert!(said.contains("\nsdk.yaml\nout: 3 operations, 2 resources, 2 models\n"), "{said}");
    assert!(said.contains("  removed: src/tickets/mod.rs, src/tickets/models.rs\n"), "{said}");
    assert!(said.contains("\n  breaking      "), "{said}");
    is_as_generated(&desk);

    desk.write("api.yaml", &format!("{}# A comment.\n", desk.read("api.yaml")));
    let said = watch.waits("nothing changed in ");
    assert!(!said.contains("written"), "{said}");
}

#[test]
fn it_stays_up_while_all_is_broken() {
    let desk = Desk::new();
    let mut watch = Watch::start(&desk, &[]);
    let before = desk.files("out");
    desk.edit("api.yaml", "openapi: 3.1.0", "openapi: [3.1.0");
    let said = watch.waits("nothing was written");
    assert!(said.contains("this is not YAML") && said.contains("--> api.yaml:"), "{said}");
    desk.edit("api.yaml", "openapi: [3.1.0", "openapi: 3.1.0");
    desk.edit("sdk.yaml", "get: tickets-get", "get: tickets-got");
    let said = watch.waits("nothing was written");
    assert!(said.contains("tickets-got"), "{said}");
    assert_eq!(desk.files("out"), before);
    desk.edit("sdk.yaml", "get: tickets-got", "get: tickets-get");
    watch.waits("nothing changed in ");

    // A file that isn't there yet, in a folder that isn't, either.
    desk.edit("api.yaml", PRICE, "price: {$ref: parts/deep/price.yaml}");
    watch.waits("nothing was written");
    desk.write("parts/deep/price.yaml", "type: string\n");
    let said = watch.waits("done in ");
    assert!(said.contains("parts/deep/price.yaml\n  written: src/tickets/models.rs"), "{said}");
    // What has changed since the last state that could be read.
    assert!(said.contains("tickets::Ticket::price") && said.contains("String"), "{said}");
    // Now it is one of the document's files.
    desk.write("parts/deep/price.yaml", "type: integer\n");
    watch.waits("done in ");
    fs::remove_dir_all(desk.path("parts")).unwrap();
    watch.waits("nothing was written");
    fs::remove_file(desk.path("api.yaml")).unwrap();
    watch.waits("nothing was written");
    desk.write("api.yaml", SPEC);
    watch.waits("done in ");
    is_as_generated(&desk);
}

#[test]
fn a_broken_start_is_one_more_broken_state() {
    let desk = Desk::new();
    desk.edit("api.yaml", PRICE, "price: {type: number");
    let mut watch = Watch::start(&desk, &[]);
    assert!(watch.said.contains("this is not YAML"), "{}", watch.said);
    desk.edit("api.yaml", "price: {type: number", PRICE);
    watch.waits("done in ");
    is_as_generated(&desk);
}

#[test]
fn a_configuration_comes_and_goes() {
    let desk = Desk::new();
    fs::rename(desk.path("sdk.yaml"), desk.path("away")).unwrap();
    let mut watch = Watch::start(&desk, &[]);
    fs::rename(desk.path("away"), desk.path("sdk.yaml")).unwrap();
    let said = watch.waits("done in ");
    assert!(said.contains("\nsdk.yaml\n"), "{said}");
    is_as_generated(&desk);
    fs::remove_file(desk.path("sdk.yaml")).unwrap();
    watch.waits("done in ");
    is_as_generated(&desk);
}

/// Editors write beside the file and move that to its place, or move the old one away first.
#[test]
fn files_and_folders_that_are_replaced_are_still_watched() {
    let desk = Desk::new();
    desk.edit("api.yaml", PRICE, "price: {$ref: parts/price.yaml}");
    desk.write("parts/price.yaml", "type: string\n");
    let mut watch = Watch::start(&desk, &[]);
    for kind in ["integer", "string", "boolean"] {
        desk.write("parts/.price.tmp", &format!("type: {kind}\n"));
        fs::rename(desk.path("parts/.price.tmp"), desk.path("parts/price.yaml")).unwrap();
        watch.waits("done in ");
        // The file is gone for a moment.
        fs::rename(desk.path("parts/price.yaml"), desk.path("parts/price.yaml~")).unwrap();
        desk.write("parts/price.yaml", &format!("type: array\nitems: {{type: {kind}}}\n"));
        watch.waits("done in ");
        // The whole folder, as git replaces it.
        desk.write("new/price.yaml", &format!("type: object\nadditionalProperties: {{type: {kind}}}\n"));
        fs::rename(desk.path("parts"), desk.path("old")).unwrap();
        fs::rename(desk.path("new"), desk.path("parts")).unwrap();
        fs::remove_dir_all(desk.path("old")).unwrap();
        watch.waits("done in ");
        is_as_generated(&desk);
    }
}

/// Whatever was seen half-way, the last state is what is generated.
#[test]
fn a_burst_of_changes_ends_with_the_last() {
    let desk = Desk::new();
    desk.edit("api.yaml", PRICE, "price: {$ref: parts/part0.yaml}");
    for part in 0..50 {
        let next = if part < 49 { format!("$ref: part{}.yaml", part + 1) } else { "type: string".to_owned() };
        desk.write(
            &format!("parts/part{part}.yaml"),
            &format!("type: object\nproperties: {{next: {{{next}}}}}\n"),
        );
    }
    let mut watch = Watch::start(&desk, &[]);
    for round in 0..20 {
        for part in 0..50 {
            let path = format!("parts/part{part}.yaml");
            let text = desk.read(&path);
            let text = text.split("# ").next().unwrap().to_owned();
            desk.write(&path, &format!("{text}# {round}\n"));
        }
    }
    desk.edit("parts/part49.yaml", "type: string", "type: integer");
    while !watch.waits(" in ").contains("src/tickets/models.rs") {}
    is_as_generated(&desk);
    // Quiet now: the next thing that is said is about the next save.
    while watch.lines.recv_timeout(Duration::from_secs(2)).is_ok() {}
    desk.edit("sdk.yaml", "description: The zoo.", "description: The new zoo.");
    let said = watch.waits("done in ");
    assert!(said.trim_start().starts_with("sdk.yaml\n"), "{said}");
    is_as_generated(&desk);
}

/// The crate is written into the spec's folder, and other files are saved there.
#[test]
fn its_own_files_and_others_do_not_wake_it() {
    let desk = Desk::new();
    let mut watch = Watch::start(&desk, &[]);
    desk.edit("api.yaml", PRICE, ROW);
    watch.waits("done in ");
    desk.write("out/src/mine.yaml", "by: hand\n");
    desk.write("notes.yaml", "no: part\n");
    let more = watch.lines.recv_timeout(Duration::from_secs(2));
    assert!(more.is_err(), "{more:?}");
}

#[test]
fn templates_are_read_anew() {
    let desk = Desk::new();
    let template = include_str!("../../templates/lib.rs.jinja");
    desk.write("own/lib.rs.jinja", template);
    let mut watch = Watch::start(&desk, &["--templates", "own"]);
    desk.write("own/lib.rs.jinja", &format!("{template}\n/// Mine.\npub const MINE: u8 = 1;\n"));
    let said = watch.waits("done in ");
    assert!(said.contains("\nown/lib.rs.jinja\n  written: src/lib.rs\n"), "{said}");
    desk.write("own/lib.rs.jinja", "{% if %}");
    let said = watch.waits("own/lib.rs.jinja:1");
    assert!(said.contains("error: the template fails"), "{said}");
    // One that was not there takes a built-in one's place.
    desk.write("own/lib.rs.jinja", template);
    watch.waits("done in ");
    let manifest = include_str!("../../templates/Cargo.toml.jinja");
    desk.write("own/Cargo.toml.jinja", &format!("{manifest}\n# Mine.\n"));
    let said = watch.waits("done in ");
    assert!(said.contains("own/Cargo.toml.jinja\n  written: Cargo.toml\n"), "{said}");
}

#[test]
fn warnings_are_said_once() {
    let desk = Desk::new();
    desk.edit("api.yaml", PRICE, "price: {$ref: '#/nowhere'}");
    let mut watch = Watch::start(&desk, &[]);
    assert!(watch.said.contains("points to nothing"), "{}", watch.said);
    desk.edit("sdk.yaml", "description: The zoo.", "description: The new zoo.");
    // It comes on another stream than what was done.
    watch.waits("1 warning as before");
    assert_eq!(watch.said.matches("points to nothing").count(), 1, "{}", watch.said);
}

/// What one run knows, the next one uses, whichever of the two commands it was.
#[test]
fn a_run_behind_it_has_nothing_to_do() {
    let desk = Desk::new();
    drop(Watch::start(&desk, &[]));
    let run = desk.run(&["--spec", "api.yaml", "--out", "out"]).passes();
    assert!(run.out.contains(&format!("0 files written, {} unchanged", FILES.len())), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let desk = Desk::new();
    let mut watch = Watch::start(&desk, &[]);
    let id = watch.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = watch.child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    is_as_generated(&desk);
}

#[test]
fn what_can_not_be_watched_is_said_at_once() {
    let desk = Desk::new();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        Outcome::of(command.arg("watch").args(more).current_dir(desk.0.path()))
    };
    run(&["--spec", "nowhere.yaml", "--out", "out"]).fails(&["there is no file nowhere.yaml"]);
    run(&["--spec", "api.yaml", "--out", "out", "--templates", "nowhere"]).fails(&["nowhere"]);
    run(&["--spec", "api.yaml", "--out", "out", "--check"]).fails(&["--check"]);
    assert!(!desk.path("out").exists());
}
