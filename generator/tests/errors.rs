//! What the generator says about wrong input: the whole report, as people see it. Each problem names its file, line
//! and column, shows the line, and says what to do; and all problems of a run are in one report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use generator::codegen::{self, Runtime};
use generator::diagnostics::Report;
use generator::render::{self, Templates};

/// A document that is right.
const SPEC: &str = r##"openapi: 3.1.0
info: {title: Things, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
  /things:
    get:
      operationId: listThings
      responses:
        "200":
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}
components:
  schemas:
    Thing: {type: object, properties: {id: {type: string}}}
"##;

/// A configuration that is right.
const CONFIG: &str = r#"package: {name: things-sdk, version: 0.1.0, description: "Things"}
base_url: {environment: THINGS_BASE_URL}
resources:
  things:
    methods:
      get: getThing
"#;

/// A folder of files, which are all that the paths in a report are told from.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("errors").join(name);
        let _ = fs::remove_dir_all(&folder);
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Self(folder)
    }

    fn shown(&self, text: impl ToString) -> String {
        text.to_string().replace(&format!("{}/", self.0.display()), "").replace('\\', "/")
    }

    fn read(&self, spec: &str) -> Result<generator::Reading, Report> {
        self.read_allowing(spec, &[])
    }

    fn read_allowing(&self, spec: &str, allowed: &[&str]) -> Result<generator::Reading, Report> {
        let allowed: Vec<PathBuf> = allowed.iter().map(|folder| self.0.join(folder)).collect();
        generator::read(&self.0.join(spec), &allowed, Some(&self.0.join("sdk.yaml")), None)
    }
}

/// The report about these files: the first one is the document, `sdk.yaml` the configuration.
fn report(name: &str, files: &[(&str, &str)]) -> String {
    let folder = Folder::new(name, files);
    match folder.read(files[0].0) {
        Ok(reading) if reading.warnings.diagnostics.is_empty() => panic!("{name} has no problems"),
        Ok(reading) => folder.shown(reading.warnings),
        Err(report) => folder.shown(report),
    }
}

/// The right document with one thing replaced.
fn spec(from: &str, to: &str) -> String {
    assert!(SPEC.contains(from), "{from}");
    SPEC.replacen(from, to, 1)
}

fn config(from: &str, to: &str) -> String {
    assert!(CONFIG.contains(from), "{from}");
    CONFIG.replacen(from, to, 1)
}

/// One snapshot for several reports of a kind.
#[derive(Default)]
struct Reports(String);

impl Reports {
    fn add(&mut self, title: &str, report: &str) {
        writeln!(self.0, "======== {title}\n{report}\n").unwrap();
    }

    fn spec(&mut self, title: &str, document: &str) {
        self.add(title, &report(title, &[("openapi.yaml", document), ("sdk.yaml", CONFIG)]));
    }

    fn config(&mut self, title: &str, configuration: &str) {
        self.add(title, &report(title, &[("openapi.yaml", SPEC), ("sdk.yaml", configuration)]));
    }

    fn check(self, name: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("errors_{name}"), self.0));
    }
}

/// The files themselves.
#[test]
fn unreadable_files() {
    let mut reports = Reports::default();
    reports.spec("yaml with a wrong indent", &spec("info: {", "info:\n  title: x\n version: {"));
    reports.spec("yaml with a key twice", &spec("/things:\n", "/things/{id}:\n"));
    reports.spec("yaml with a tab", &spec("    get:\n", "\tget:\n"));
    reports.spec("an empty file", "");
    reports.spec("not a mapping", "- openapi\n");
    let json = "{\n  \"openapi\": \"3.1.0\",\n  \"paths\": {},,\n}\n";
    reports.add("broken json", &report("broken json", &[("openapi.json", json), ("sdk.yaml", CONFIG)]));
    let folder = Folder::new("no such file", &[("sdk.yaml", CONFIG)]);
    reports.add("no such file", &folder.shown(folder.read("missing.yaml").expect_err("an error")));
    reports.add(
        "both files broken",
        &report("both files broken", &[("openapi.yaml", "paths: ["), ("sdk.yaml", "package: {")]),
    );
    let nested = format!("{{\n  \"openapi\": {}{}\n}}\n", "[".repeat(200), "]".repeat(200));
    reports.add("deep json", &report("deep json", &[("openapi.json", &nested), ("sdk.yaml", CONFIG)]));
    reports.spec("deep yaml", &format!("a: {}{}", "[".repeat(300), "]".repeat(300)));
    reports.spec("deep yaml by dashes", &"- ".repeat(300));
    reports.spec("an alias in what it stands for", "a: &a\n  b: *a\n");
    let bomb = (1..12).map(|n| format!("a{n}: &a{n} [*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0}]\n", n - 1));
    reports.spec("aliases of aliases", &format!("a0: &a0 [x]\n{}", bomb.collect::<String>()));
    reports.spec("two documents in one file", &format!("{SPEC}---\n{SPEC}"));
    let bytes = |name: &str, bytes: &[u8]| {
        let folder = Folder::new(name, &[("openapi.yaml", ""), ("sdk.yaml", CONFIG)]);
        fs::write(folder.0.join("openapi.yaml"), bytes).unwrap();
        folder.shown(folder.read("openapi.yaml").expect_err("an error"))
    };
    let utf16: Vec<u8> =
        std::iter::once('\u{feff}').chain(SPEC.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    reports.add("utf-16", &bytes("utf-16", &utf16));
    reports.add("latin-1", &bytes("latin-1", b"openapi: 3.1.0\ninfo: {title: caf\xe9}\n"));
    reports.add("too large", &bytes("too large", &vec![b' '; (64 << 20) + 1]));
    reports.check("unreadable_files");
}

/// What is read but is none of what the generator reads.
#[test]
fn foreign_documents() {
    let mut reports = Reports::default();
    reports.spec("not openapi", "asyncapi: 3.0.0\ninfo: {title: Events}\n");
    reports.spec("openapi 2", "swagger: \"2.0\"\npaths: {}\n");
    reports.spec("openapi 4", &spec("openapi: 3.1.0", "openapi: 4.0.0"));
    reports.spec("no server", &spec("servers: [{url: \"https://api.example.com\"}]\n", ""));
    reports.check("foreign_documents");
}

#[test]
fn references() {
    let reference = "\"#/components/schemas/Thing\"}}}\n  /things:";
    let to = |target: &str| spec(reference, &format!("\"{target}\"}}}}}}\n  /things:"));
    let mut reports = Reports::default();
    reports.spec("to nothing", &to("#/components/schemas/Think"));
    reports.spec("to what would do something to a terminal", &to("#/\\e[2J\\u202e"));
    reports.spec("to a file that is not there", &to("missing.yaml#/Thing"));
    reports.spec("to the network", &to("https://example.com/thing.yaml"));
    reports.spec("to a file by its url", &to("file:///etc/hosts"));
    reports.spec("to another host", &to("//example.com/thing.yaml"));
    reports.spec("out of the folder", &to("../../other.yaml"));
    reports.spec("out of the folder by an escape", &to("%2e%2e/other.yaml"));
    reports.spec(
        "in a circle",
        &spec(
            "Thing: {",
            "A: {$ref: \"#/components/schemas/B\"}\n    B: {$ref: \"#/components/schemas/A\"}\n    Thing: {",
        ),
    );
    reports.add(
        "to nothing in another file",
        &report(
            "to nothing in another file",
            &[
                ("openapi.yaml", &to("schemas/thing.json")),
                ("sdk.yaml", CONFIG),
                (
                    "schemas/thing.json",
                    "{\n  \"properties\": {\n    \"a\": {\"$ref\": \"#/definitions/x\"}\n  }\n}\n",
                ),
            ],
        ),
    );
    reports.add(
        "to a broken file",
        &report(
            "to a broken file",
            &[("openapi.yaml", &to("thing.yaml")), ("sdk.yaml", CONFIG), ("thing.yaml", "type: object\n  x: y\n")],
        ),
    );
    reports.check("references");
}

/// Whatever a reference says, only the spec's folder is read, and those that the user allows.
#[test]
fn folders() {
    let reference = "\"#/components/schemas/Thing\"}}}\n  /things:";
    let to = |target: &str| spec(reference, &format!("{:?}}}}}}}\n  /things:", target));
    let thing = "type: object\nproperties: {id: {type: string}}\n";
    let outside = Folder::new("outside", &[("thing.yaml", thing)]);
    let absolute = outside.0.join("thing.yaml").display().to_string();
    let names = ["../outside/thing.yaml", "a/../../outside/thing.yaml", "%2e%2E%2foutside/thing.yaml", &absolute];
    for (index, name) in names.iter().enumerate() {
        let folder = Folder::new(
            &format!("inside {index}"),
            &[("openapi.yaml", &to(name)), ("sdk.yaml", CONFIG), ("a/b", "")],
        );
        let report = folder.read("openapi.yaml").expect_err(name).to_string();
        assert!(report.contains("leaves the folder") && report.contains("--allow"), "{report}");
        assert!(folder.read_allowing("openapi.yaml", &["../outside"]).is_ok(), "{name}");
        assert!(folder.read_allowing("openapi.yaml", &["a"]).is_err(), "{name}");
    }
    let folder = Folder::new("inside", &[("openapi.yaml", &to("..\\outside\\thing.yaml")), ("sdk.yaml", CONFIG)]);
    assert!(folder.read("openapi.yaml").is_err());
    assert!(folder.read_allowing("openapi.yaml", &["missing"]).is_err());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let reference = "\"#/components/schemas/Thing\"}}}\n  /things:";
    let document = spec(reference, "\"link/thing.yaml\"}}}\n  /things:");
    let outside = Folder::new("linked", &[("thing.yaml", "type: string\n")]);
    let folder = Folder::new("linking", &[("openapi.yaml", &document), ("sdk.yaml", CONFIG)]);
    std::os::unix::fs::symlink(&outside.0, folder.0.join("link")).unwrap();
    let report = folder.read("openapi.yaml").expect_err("an error").to_string();
    assert!(report.contains("leaves the folder") && report.contains("--allow"), "{report}");
    assert!(folder.read_allowing("openapi.yaml", &["../linked"]).is_ok());
}

/// A document can be wrong in several ways, and all of them are said at once.
#[test]
fn several_problems_at_once() {
    let document = SPEC
        .replace(
            "        - {name: id, in: path, required: true, schema: {type: string}}\n",
            "        - {in: path}\n        - {name: q, in: body}\n",
        )
        .replace(
            "{type: array, items: {$ref: \"#/components/schemas/Thing\"}}",
            "{type: array, items: {$ref: \"#/nowhere\"}}",
        )
        .replace("{id: {type: string}}", "{id: {type: strin}, other: 3}");
    let configuration = config("get: getThing", "get: getThing\n      all: listThing");
    let mut reports = Reports::default();
    reports.add(
        "of the document and of the configuration",
        &report("several", &[("openapi.yaml", &document), ("sdk.yaml", &configuration)]),
    );
    reports.check("several_problems_at_once");
}

#[test]
fn operations() {
    let mut reports = Reports::default();
    let parameter = "      parameters:\n        - {name: id, in: path, required: true, schema: {type: string}}\n";
    reports.spec("a path parameter that is not declared", &spec(parameter, ""));
    reports.config("an operation that is not there", &config("getThing", "getThings"));
    reports.config("a method without an operation", &config("get: getThing", "get: {}"));
    reports.config("a method that is a number", &config("get: getThing", "get: 3"));
    reports.check("operations");
}

#[test]
fn configurations() {
    let mut reports = Reports::default();
    reports.config("unknown keys", &format!("{}colour: red\n", config("methods:", "method:")));
    reports.config("the name of a package", &config("things-sdk", "things sdk"));
    reports.config(
        "no package",
        &config("package: {name: things-sdk, version: 0.1.0, description: \"Things\"}\n", ""),
    );
    reports.config("a version that is a number", &config("version: 0.1.0", "version: 1"));
    reports.config("the name of a method", &config("      get:", "      GetIt:"));
    reports.config("a model that is not there", &format!("{CONFIG}    models: [Think]\n"));
    reports.config("a scheme that is not there", &format!("{CONFIG}authentication: {{token: THINGS_TOKEN}}\n"));
    reports.config("a header that is none", &format!("{CONFIG}idempotency_header: \"Idempotency Key\"\n"));
    reports.config(
        "names of what is not there",
        &format!("{CONFIG}names: {{types: {{Think: Idea}}, fields: {{ip: address}}}}\n"),
    );
    let pages = "pagination:\n  pages: {style: page_number, page: page, per_page: size, items: result}\n";
    let list = |pagination: &str| {
        config("get: getThing", &format!("list: {{operation: listThings, pagination: {pagination}}}"))
    };
    reports.config("a pagination that is not there", &format!("{}{pages}", list("cursors")));
    reports.config(
        "a pagination of another style",
        &format!("{}{}", list("pages"), pages.replace("page_number", "pages")),
    );
    reports.config(
        "a pagination that lacks a key",
        &format!("{}{}", list("pages"), pages.replace("page: page, ", "")),
    );
    reports.config("a list that is none", &format!("{}{pages}", list("pages")));
    for (title, keys) in [
        ("a key of another style", "style: offset, offset: skip, per_page: size"),
        ("an offset without its parameter", "style: offset, limit: size"),
        ("a first page that is no number", "style: page_number, page: page, first: one"),
        ("a size that is a number", "style: page_number, page: page, per_page: 20"),
        ("a cursor from nowhere", "style: cursor, cursor: after"),
        ("a cursor from two places", "style: cursor, cursor: after, next: cursor, item: id"),
        ("a flag that is none", "style: cursor, cursor: after, item: id, has_more: true"),
        ("a url from nowhere", "style: next_url, next: []"),
        ("a url at a number", "style: next_url, next: [links.next, 2]"),
        ("a path for the link header", "style: link_header, next: link"),
    ] {
        let styled = format!("pagination:\n  pages: {{{keys}}}\n");
        reports.config(title, &format!("{}{styled}", list("pages")));
    }
    reports.check("configurations");
}

#[test]
fn renamed() {
    let mut reports = Reports::default();
    let with = |renamed: &str| {
        let more = "      list: listThings\n      find: {operation: listThings}\n  shop: {}\n";
        format!("{CONFIG}{more}renamed:\n  {renamed}\n")
    };
    for (title, renamed) in [
        ("a method that is not there", "methods: {things.fetch: things.gets}"),
        ("a method that has its old name still", "methods: {things.find: things.list}"),
        ("a method that has the old name only", "methods: {things.get: things.get}"),
        ("an old method of no resource", "methods: {thing.fetch: things.get}"),
        ("old methods of old methods", "methods: {things.fetch: things.load, things.load: things.get}"),
        ("old methods in a circle", "methods: {things.fetch: things.load, things.load: things.fetch}"),
        ("an old method that is written as no method is", "methods: {things.getThing: things.get}"),
        ("an old method without its resource", "methods: {fetch: things.get}"),
        ("a new method without its resource", "methods: {things.fetch: get}"),
        ("a method that has no name", "methods: {things.fetch: }"),
        ("a type that is not there", "types: {Item: Think}"),
        ("a type that has its old name still", "types: {Thing: ThingGetRequest}"),
        ("a type that has the old name only", "types: {things::Thing: Thing}"),
        ("an old type in no module", "types: {thing::Item: Thing}"),
        ("a type that is in another module", "types: {Item: shop::Thing}"),
        ("old types of old types", "types: {Item: Entry, Entry: Thing}"),
        ("old types in a circle", "types: {Item: Entry, Entry: Item}"),
        ("an old type that is written as no type is", "types: {old_thing: Thing}"),
        ("an old type that is no word", "types: {'Thing<T>': Thing}"),
        ("an old type that every module has", "types: {Request: Thing}"),
        ("an old type that is there twice", "types: {Item: Thing, things::Item: ThingListRequest}"),
        ("what is neither method nor type", "resources: {shops: shop}"),
        ("what is no mapping", "types: [Thing]"),
    ] {
        reports.config(title, &with(renamed));
    }
    reports.check("renamed");
}

#[test]
fn scopes() {
    let with =
        |one_of: &str| config("get: getThing", &format!("get:\n        scope: Either\n        one_of: {one_of}"));
    let mut reports = Reports::default();
    reports.config("of nothing", &with("{}"));
    reports.config("of an operation without the parameter", &with("{id: getThing, zone: listThings}"));
    reports.config("without a name", &with("{id: getThing}").replace("        scope: Either\n", ""));
    let document = format!(
        "{}{}",
        spec(
            "components:",
            "  /other/{other}:\n    get:\n      operationId: getOther\n      parameters:\n        - {name: other, in: path, required: true, schema: {type: string}}\n        - {name: more, in: query, schema: {type: string}}\ncomponents:"
        ),
        ""
    );
    let configuration = with("{id: getThing, other: getOther}");
    reports.add(
        "of operations that differ in more",
        &report("differ", &[("openapi.yaml", &document), ("sdk.yaml", &configuration)]),
    );
    reports.check("scopes");
}

/// A template that somebody changed can be broken in itself, fail on what it is given, or write what is not Rust.
#[test]
fn templates() {
    let mut reports = Reports::default();
    for (title, text) in [
        ("does not parse", "//! Text.\n{% if crate.library %}\n//! {{ crate.library }\n{% endif %}\n"),
        ("has no such variable", "//! Text.\n\n//! {{ crate.libary }}\n"),
        ("has no such filter", "//! {{ crate.library | shout }}\n"),
        ("never ends its block", "//! Text.\n{% for feature in crate.features %}\n"),
        ("gives what is not Rust", "//! Text.\n\npub struct {{ crate.library }} {\n    field u32,\n}\n"),
    ] {
        let folder =
            Folder::new(title, &[("openapi.yaml", SPEC), ("sdk.yaml", CONFIG), ("templates/lib.rs.jinja", text)]);
        let sdk = folder.read("openapi.yaml").expect("a right document").sdk;
        let runtime = Runtime { version: "0.1.0".to_owned(), path: "runtime".to_owned() };
        let krate = codegen::lower(&sdk, runtime, true);
        let result = Templates::load(Some(&folder.0.join("templates")))
            .and_then(|templates| render::render(&templates, &krate));
        reports.add(title, &folder.shown(result.expect_err("an error")));
    }
    reports.check("templates");
}
