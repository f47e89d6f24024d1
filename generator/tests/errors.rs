//! Reports about invalid input. Each diagnostic has a location, the source line and a suggested action, and all
//! problems of a run are in one report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use generator::codegen::{self, Runtime};
use generator::diagnostics::Report;
use generator::render::{self, Templates};

/// Valid document.
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

/// Valid configuration.
const CONFIG: &str = r#"package: {name: things-sdk, version: 0.1.0, description: "Things"}
base_url: {environment: THINGS_BASE_URL}
resources:
  things:
    methods:
      get: getThing
"#;

/// Folder with input files. Reports are shown with paths relative to it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("errors").join(name);
        let _ = fs::remove_dir_all(&folder);
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("the folder is created")).expect("the folder is created");
            fs::write(path, text).expect("the file is written");
        }
        Self(folder)
    }

    fn shown(&self, text: impl ToString) -> String {
        text.to_string().replace(&format!("{}/", self.0.display()), "").replace('\\', "/")
    }

    fn read(&self, spec: &str) -> Result<generator::ReadOutput, Report> {
        self.read_allowing(spec, &[])
    }

    fn read_allowing(&self, spec: &str, allowed: &[&str]) -> Result<generator::ReadOutput, Report> {
        let allowed: Vec<PathBuf> = allowed.iter().map(|folder| self.0.join(folder)).collect();
        generator::read(&self.0.join(spec), &allowed, Some(&self.0.join("sdk.yaml")), None)
    }
}

/// Returns the valid document with one replacement.
fn spec(from: &str, to: &str) -> String {
    assert!(SPEC.contains(from), "{from}");
    SPEC.replacen(from, to, 1)
}

/// Returns the valid configuration with one replacement.
fn config(from: &str, to: &str) -> String {
    assert!(CONFIG.contains(from), "{from}");
    CONFIG.replacen(from, to, 1)
}

/// Snapshot of several reports.
struct Reports {
    name: &'static str,
    text: String,
}

impl Reports {
    fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    fn folder(&self, title: &str, files: &[(&str, &str)]) -> Folder {
        Folder::new(&format!("{}/{title}", self.name), files)
    }

    fn add(&mut self, title: &str, report: &str) {
        writeln!(self.text, "======== {title}\n{report}\n").unwrap();
    }

    /// Adds the report about these files. The first file is the document, and `sdk.yaml` is the configuration.
    fn files(&mut self, title: &str, files: &[(&str, &str)]) {
        let folder = self.folder(title, files);
        let report = match folder.read(files[0].0) {
            Ok(reading) if reading.warnings.diagnostics.is_empty() => panic!("{title} has no problems"),
            Ok(reading) => folder.shown(reading.warnings),
            Err(report) => folder.shown(report),
        };
        self.add(title, &report);
    }

    fn spec(&mut self, title: &str, document: &str) {
        self.files(title, &[("openapi.yaml", document), ("sdk.yaml", CONFIG)]);
    }

    fn config(&mut self, title: &str, configuration: &str) {
        self.files(title, &[("openapi.yaml", SPEC), ("sdk.yaml", configuration)]);
    }

    fn check(self) {
        support::assert_snapshot(&format!("errors_{}", self.name), &self.text);
    }
}

#[test]
fn unreadable_files() {
    let mut reports = Reports::new("unreadable_files");
    reports.spec("yaml with wrong indentation", &spec("info: {", "info:\n  title: x\n version: {"));
    reports.spec("yaml with a duplicate key", &spec("/things:\n", "/things/{id}:\n"));
    reports.spec("yaml with a tab", &spec("    get:\n", "\tget:\n"));
    reports.spec("empty file", "");
    reports.spec("no mapping", "- openapi\n");
    let json = "{\n  \"openapi\": \"3.1.0\",\n  \"paths\": {},,\n}\n";
    reports.files("invalid json", &[("openapi.json", json), ("sdk.yaml", CONFIG)]);
    let folder = reports.folder("missing file", &[("sdk.yaml", CONFIG)]);
    reports.add("missing file", &folder.shown(folder.read("missing.yaml").expect_err("an error")));
    reports.files("two invalid files", &[("openapi.yaml", "paths: ["), ("sdk.yaml", "package: {")]);
    let nested = format!("{{\n  \"openapi\": {}{}\n}}\n", "[".repeat(200), "]".repeat(200));
    reports.files("deeply nested json", &[("openapi.json", &nested), ("sdk.yaml", CONFIG)]);
    reports.spec("deeply nested yaml", &format!("a: {}{}", "[".repeat(300), "]".repeat(300)));
    reports.spec("deeply nested yaml sequences", &"- ".repeat(300));
    reports.spec("recursive alias", "a: &a\n  b: *a\n");
    let bomb = (1..12).map(|n| format!("a{n}: &a{n} [*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0}]\n", n - 1));
    reports.spec("exponential aliases", &format!("a0: &a0 [x]\n{}", bomb.collect::<String>()));
    reports.spec("two documents in one file", &format!("{SPEC}---\n{SPEC}"));
    let bytes = |name: &str, bytes: &[u8]| {
        let folder =
            Folder::new(&format!("unreadable_files/{name}"), &[("openapi.yaml", ""), ("sdk.yaml", CONFIG)]);
        fs::write(folder.0.join("openapi.yaml"), bytes).unwrap();
        folder.shown(folder.read("openapi.yaml").expect_err("an error"))
    };
    let utf16: Vec<u8> =
        std::iter::once('\u{feff}').chain(SPEC.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    reports.add("utf-16", &bytes("utf-16", &utf16));
    reports.add("latin-1", &bytes("latin-1", b"openapi: 3.1.0\ninfo: {title: caf\xe9}\n"));
    reports.add("too large", &bytes("too large", &vec![b' '; (64 << 20) + 1]));
    reports.check();
}

/// Valid YAML that is no supported OpenAPI document.
#[test]
fn unsupported_documents() {
    let mut reports = Reports::new("unsupported_documents");
    reports.spec("not openapi", "asyncapi: 3.0.0\ninfo: {title: Events}\n");
    reports.spec("openapi 2", "swagger: \"2.0\"\npaths: {}\n");
    reports.spec("openapi 4", &spec("openapi: 3.1.0", "openapi: 4.0.0"));
    reports.spec("no server", &spec("servers: [{url: \"https://api.example.com\"}]\n", ""));
    reports.check();
}

#[test]
fn references() {
    let reference = "\"#/components/schemas/Thing\"}}}\n  /things:";
    let to = |target: &str| spec(reference, &format!("\"{target}\"}}}}}}\n  /things:"));
    let mut reports = Reports::new("references");
    reports.spec("missing target", &to("#/components/schemas/Think"));
    reports.spec("control characters", &to("#/\\e[2J\\u202e"));
    reports.spec("missing file", &to("missing.yaml#/Thing"));
    reports.spec("http url", &to("https://example.com/thing.yaml"));
    reports.spec("file url", &to("file:///etc/hosts"));
    reports.spec("network path", &to("//example.com/thing.yaml"));
    reports.spec("path outside of the folder", &to("../../other.yaml"));
    reports.spec("escaped path outside of the folder", &to("%2e%2e/other.yaml"));
    reports.spec(
        "cycle",
        &spec(
            "Thing: {",
            "A: {$ref: \"#/components/schemas/B\"}\n    B: {$ref: \"#/components/schemas/A\"}\n    Thing: {",
        ),
    );
    reports.files(
        "missing target in another file",
        &[
            ("openapi.yaml", &to("schemas/thing.json")),
            ("sdk.yaml", CONFIG),
            ("schemas/thing.json", "{\n  \"properties\": {\n    \"a\": {\"$ref\": \"#/definitions/x\"}\n  }\n}\n"),
        ],
    );
    reports.files(
        "invalid file",
        &[("openapi.yaml", &to("thing.yaml")), ("sdk.yaml", CONFIG), ("thing.yaml", "type: object\n  x: y\n")],
    );
    reports.check();
}

/// References read files only in the folder of the document and in allowed folders.
#[test]
fn references_are_restricted_to_allowed_folders() {
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
        assert!(report.contains("outside of the folder") && report.contains("--allow"), "{report}");
        assert!(folder.read_allowing("openapi.yaml", &["../outside"]).is_ok(), "{name}");
        assert!(folder.read_allowing("openapi.yaml", &["a"]).is_err(), "{name}");
    }
    let folder = Folder::new("inside", &[("openapi.yaml", &to("..\\outside\\thing.yaml")), ("sdk.yaml", CONFIG)]);
    assert!(folder.read("openapi.yaml").is_err());
    assert!(folder.read_allowing("openapi.yaml", &["missing"]).is_err());
}

#[cfg(unix)]
#[test]
fn symbolic_link_out_of_the_folder_is_not_followed() {
    let reference = "\"#/components/schemas/Thing\"}}}\n  /things:";
    let document = spec(reference, "\"link/thing.yaml\"}}}\n  /things:");
    let outside = Folder::new("linked", &[("thing.yaml", "type: string\n")]);
    let folder = Folder::new("linking", &[("openapi.yaml", &document), ("sdk.yaml", CONFIG)]);
    std::os::unix::fs::symlink(&outside.0, folder.0.join("link")).unwrap();
    let report = folder.read("openapi.yaml").expect_err("an error").to_string();
    assert!(report.contains("outside of the folder") && report.contains("--allow"), "{report}");
    assert!(folder.read_allowing("openapi.yaml", &["../linked"]).is_ok());
}

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
    let mut reports = Reports::new("several_problems_at_once");
    reports.files("document and configuration", &[("openapi.yaml", &document), ("sdk.yaml", &configuration)]);
    reports.check();
}

#[test]
fn operations() {
    let mut reports = Reports::new("operations");
    let parameter = "      parameters:\n        - {name: id, in: path, required: true, schema: {type: string}}\n";
    reports.spec("undeclared path parameter", &spec(parameter, ""));
    reports.config("unknown operation", &config("getThing", "getThings"));
    reports.config("method without an operation", &config("get: getThing", "get: {}"));
    reports.config("method as a number", &config("get: getThing", "get: 3"));
    reports.check();
}

#[test]
fn configurations() {
    let mut reports = Reports::new("configurations");
    reports.config("unknown keys", &format!("{}colour: red\n", config("methods:", "method:")));
    reports.config("invalid package name", &config("things-sdk", "things sdk"));
    reports.config(
        "missing package",
        &config("package: {name: things-sdk, version: 0.1.0, description: \"Things\"}\n", ""),
    );
    reports.config("version as a number", &config("version: 0.1.0", "version: 1"));
    reports.config("invalid method name", &config("      get:", "      GetIt:"));
    reports.config("unknown model", &format!("{CONFIG}    models: [Think]\n"));
    reports.config("unknown security scheme", &format!("{CONFIG}authentication: {{token: THINGS_TOKEN}}\n"));
    reports.config("invalid header name", &format!("{CONFIG}idempotency_header: \"Idempotency Key\"\n"));
    reports.config(
        "names of unknown schemas and properties",
        &format!("{CONFIG}names: {{types: {{Think: Idea}}, fields: {{ip: address}}}}\n"),
    );
    let pages = "pagination:\n  pages: {style: page_number, page: page, per_page: size, items: result}\n";
    let list = |pagination: &str| {
        config("get: getThing", &format!("list: {{operation: listThings, pagination: {pagination}}}"))
    };
    reports.config("unknown pagination", &format!("{}{pages}", list("cursors")));
    reports.config(
        "unknown pagination style",
        &format!("{}{}", list("pages"), pages.replace("page_number", "pages")),
    );
    reports.config(
        "pagination without a required key",
        &format!("{}{}", list("pages"), pages.replace("page: page, ", "")),
    );
    reports.config("pagination of an operation without its parameters", &format!("{}{pages}", list("pages")));
    for (title, keys) in [
        ("key of another pagination style", "style: offset, offset: skip, per_page: size"),
        ("offset without its parameter", "style: offset, limit: size"),
        ("first page as text", "style: page_number, page: page, first: one"),
        ("page size as a number", "style: page_number, page: page, per_page: 20"),
        ("cursor without a source", "style: cursor, cursor: after"),
        ("cursor with two sources", "style: cursor, cursor: after, next: cursor, item: id"),
        ("flag as a boolean", "style: cursor, cursor: after, item: id, has_more: true"),
        ("url without a source", "style: next_url, next: []"),
        ("path with a number", "style: next_url, next: [links.next, 2]"),
        ("path for the link header", "style: link_header, next: link"),
    ] {
        let styled = format!("pagination:\n  pages: {{{keys}}}\n");
        reports.config(title, &format!("{}{styled}", list("pages")));
    }
    reports.check();
}

#[test]
fn deprecated_names() {
    let mut reports = Reports::new("deprecated_names");
    let with = |renamed: &str| {
        let more = "      list: listThings\n      find: {operation: listThings}\n  shop: {}\n";
        format!("{CONFIG}{more}renamed:\n  {renamed}\n")
    };
    for (title, renamed) in [
        ("unknown method", "methods: {things.fetch: things.gets}"),
        ("old name of an existing method", "methods: {things.find: things.list}"),
        ("method with equal old and new names", "methods: {things.get: things.get}"),
        ("unknown resource of an old method", "methods: {thing.fetch: things.get}"),
        ("chained old methods", "methods: {things.fetch: things.load, things.load: things.get}"),
        ("cycle of old methods", "methods: {things.fetch: things.load, things.load: things.fetch}"),
        ("invalid name of an old method", "methods: {things.getThing: things.get}"),
        ("old method without a resource", "methods: {fetch: things.get}"),
        ("new method without a resource", "methods: {things.fetch: get}"),
        ("missing new method", "methods: {things.fetch: }"),
        ("unknown type", "types: {Item: Think}"),
        ("old name of an existing type", "types: {Thing: ThingGetRequest}"),
        ("type with equal old and new names", "types: {things::Thing: Thing}"),
        ("unknown module of an old type", "types: {thing::Item: Thing}"),
        ("type in another module", "types: {Item: shop::Thing}"),
        ("chained old types", "types: {Item: Entry, Entry: Thing}"),
        ("cycle of old types", "types: {Item: Entry, Entry: Item}"),
        ("invalid case of an old type", "types: {old_thing: Thing}"),
        ("old type with generics", "types: {'Thing<T>': Thing}"),
        ("reserved name of an old type", "types: {Request: Thing}"),
        ("duplicate old type", "types: {Item: Thing, things::Item: ThingListRequest}"),
        ("neither methods nor types", "resources: {shops: shop}"),
        ("old names as an array", "types: [Thing]"),
    ] {
        reports.config(title, &with(renamed));
    }
    reports.check();
}

#[test]
fn endpoint_choices() {
    let with =
        |one_of: &str| config("get: getThing", &format!("get:\n        choice: Either\n        one_of: {one_of}"));
    let mut reports = Reports::new("endpoint_choices");
    reports.config("no operations", &with("{}"));
    reports.config("operation without the parameter", &with("{id: getThing, zone: listThings}"));
    reports.config("missing name", &with("{id: getThing}").replace("        choice: Either\n", ""));
    let document = format!(
        "{}{}",
        spec(
            "components:",
            "  /other/{other}:\n    get:\n      operationId: getOther\n      parameters:\n        - {name: other, in: path, required: true, schema: {type: string}}\n        - {name: more, in: query, schema: {type: string}}\ncomponents:"
        ),
        ""
    );
    let configuration = with("{id: getThing, other: getOther}");
    reports.files(
        "operations with different parameters",
        &[("openapi.yaml", &document), ("sdk.yaml", &configuration)],
    );
    reports.check();
}

/// Errors of custom templates: syntax errors, errors while rendering, and output that is not Rust.
#[test]
fn templates() {
    let mut reports = Reports::new("templates");
    for (title, text) in [
        ("syntax error", "//! Text.\n{% if crate.library %}\n//! {{ crate.library }\n{% endif %}\n"),
        ("unknown variable", "//! Text.\n\n//! {{ crate.libary }}\n"),
        ("unknown filter", "//! {{ crate.library | shout }}\n"),
        ("unclosed block", "//! Text.\n{% for feature in crate.features %}\n"),
        ("invalid Rust", "//! Text.\n\npub struct {{ crate.library }} {\n    field u32,\n}\n"),
    ] {
        let folder = reports
            .folder(title, &[("openapi.yaml", SPEC), ("sdk.yaml", CONFIG), ("templates/lib.rs.jinja", text)]);
        let sdk = folder.read("openapi.yaml").expect("a valid document").sdk;
        let runtime = Runtime { version: "0.1.0".to_owned(), path: "runtime".to_owned() };
        let krate = codegen::lower(&sdk, runtime, true);
        let result = Templates::load(Some(&folder.0.join("templates")))
            .and_then(|templates| render::render(&templates, &krate));
        reports.add(title, &folder.shown(result.expect_err("an error")));
    }
    reports.check();
}
