//! `cargo xtask contract`: every method of the SDK against a mock server that reads the same spec.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;
use generator::render;

use crate::generate;
use crate::{Failure, shown, workspace};

/// The mock server. Its version is stated here and nowhere else.
const PRISM: &str = "@stoplight/prism-cli@5.16.0";

/// How long the server may take to read the document.
const START: Duration = Duration::from_secs(120);

#[derive(Args)]
pub struct Options {
    /// The OpenAPI document [default: spec/openapi.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How the SDK presents the API [default: spec/sdk.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The generated crate [default: generated-sdk]
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let generate = generate::Options::of(options.spec.clone(), options.config.clone(), options.sdk.clone());
    let generated = generate.read()?;
    let program = render::render_contract(&generated.templates, &generated.krate)?;
    let program = write_program(&generate.out(), &generated.krate.package, &program)?;
    let prism = install()?;
    build(&program)?;
    let server = Server::start(&prism, &generate.spec())?;
    println!("calling {} methods, each with what is required and with everything", generated.operations);
    let status = cargo(&program, "run")
        .env("CONTRACT_BASE_URL", format!("http://127.0.0.1:{}", server.port))
        .env("NO_PROXY", "127.0.0.1")
        .status()
        .map_err(|error| Failure(format!("the calls can't be run: {error}")))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure("the SDK and the spec disagree; see the calls above".to_owned())),
    }
}

/// Writes the program that makes the calls: a crate of its own, which no user of the SDK ever builds.
fn write_program(sdk: &Path, package: &str, text: &str) -> Result<PathBuf, Failure> {
    let folder = workspace().join("target/contract");
    let failed = |error: std::io::Error| Failure(format!("{} can't be written: {error}", folder.display()));
    let sdk =
        sdk.canonicalize().map_err(|error| Failure(format!("there is no SDK at {}: {error}", shown(sdk))))?;
    let manifest = format!(
        "[package]\nname = \"contract\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\n{package} = {{ path = {:?} }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        sdk.display().to_string(),
    );
    std::fs::create_dir_all(folder.join("src")).map_err(failed)?;
    std::fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
    std::fs::write(folder.join("src/main.rs"), text).map_err(failed)?;
    // The same versions as everywhere else in the workspace.
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
    Ok(folder)
}

fn cargo(program: &Path, command: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command).arg("--quiet").current_dir(program).env("CARGO_TARGET_DIR", workspace().join("target"));
    cargo
}

fn build(program: &Path) -> Result<(), Failure> {
    let status =
        cargo(program, "build").status().map_err(|error| Failure(format!("cargo can't be run: {error}")))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure("the program that calls every method doesn't compile".to_owned())),
    }
}

/// Installs the mock server below `target`, and returns what Node has to run.
fn install() -> Result<PathBuf, Failure> {
    for tool in ["node", "npm"] {
        let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            return Err(Failure(format!(
                "`{tool}` is not there, and the contract test needs it: it runs the mock server {PRISM}. \
                 Install Node.js 20 or newer, and run this again. Everything else works without it"
            )));
        }
    }
    let folder = workspace().join("target/prism");
    let failed = |error: std::io::Error| Failure(format!("{} can't be written: {error}", folder.display()));
    let stamp = folder.join("version");
    let entry = folder.join("node_modules/@stoplight/prism-cli/dist/index.js");
    if std::fs::read_to_string(&stamp).is_ok_and(|version| version == PRISM) && entry.is_file() {
        return Ok(entry);
    }
    println!("installing {PRISM} below {}", shown(&folder));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    std::fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(failed)?;
    let status = Command::new("npm")
        .args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", PRISM])
        .current_dir(&folder)
        .status()
        .map_err(|error| Failure(format!("npm can't be run: {error}")))?;
    if !status.success() || !entry.is_file() {
        return Err(Failure(format!("npm could not install {PRISM}; it needs the network once")));
    }
    std::fs::write(stamp, PRISM).map_err(failed)?;
    Ok(entry)
}

/// The mock server, until it is dropped.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(prism: &Path, spec: &Path) -> Result<Self, Failure> {
        let port = free_port()?;
        let mut process = Command::new("node")
            .arg(prism)
            .args(["mock", "--errors", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(spec)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| Failure(format!("the mock server can't be started: {error}")))?;
        let output = process.stdout.take();
        let server = Self { process, port };
        let (send, receive) = mpsc::channel();
        // The server says when it listens; afterwards its output is read so that it never waits for us.
        std::thread::spawn(move || {
            for line in output.into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok))
            {
                if line.contains("Prism is listening") {
                    let _ = send.send(());
                }
            }
        });
        match receive.recv_timeout(START) {
            Ok(()) => Ok(server),
            Err(_) => Err(Failure(format!("the mock server can't read {}", shown(spec)))),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens on at this moment.
fn free_port() -> Result<u16, Failure> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| Failure(format!("no port is free: {error}")))
}
