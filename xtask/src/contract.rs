//! `cargo xtask contract`: calls every method of the SDK against a mock server that validates requests against the
//! same document.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;
use generator::render;

use crate::error::{Error, Result};
use crate::paths::{display, workspace};
use crate::{cargo, generate};

/// Package of the mock server.
const PRISM: &str = "@stoplight/prism-cli@5.16.0";

/// Maximum time until the mock server listens. It reads the whole document first.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// Arguments of `contract`.
#[derive(Args)]
pub struct Options {
    /// OpenAPI document [default: spec/openapi.yaml].
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// SDK configuration [default: spec/sdk.yaml].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the generated crate [default: generated-sdk].
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

/// Builds the program that calls every method, and runs it against the mock server.
pub fn run(options: &Options) -> Result<()> {
    let generate = generate::Options::new(options.spec.clone(), options.config.clone(), options.sdk.clone(), &[]);
    let spec = generate.load()?;
    let text = render::render_contract(&spec.templates, &spec.krate)?;
    let program = write_program(&generate.out(), &spec.krate.package, &text)?;
    let prism = install()?;
    if !run_cargo(&program, "build").status().map_err(Error::cannot_run("cargo"))?.success() {
        return Err(Error::new("the contract program does not compile; see above"));
    }
    let server = Server::start(&prism, &generate.spec())?;
    println!("calling {} methods, with required and with all parameters", spec.operations);
    let status = run_cargo(&program, "run")
        .env("CONTRACT_BASE_URL", format!("http://127.0.0.1:{}", server.port))
        .env("NO_PROXY", "127.0.0.1")
        .status()
        .map_err(Error::cannot_run("cargo"))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::new("requests or responses of the SDK do not match the document; see above")),
    }
}

/// Writes the program that makes the calls, as a separate package.
fn write_program(sdk: &Path, package: &str, text: &str) -> Result<PathBuf> {
    let folder = workspace().join("target/contract");
    let sdk = sdk.canonicalize().map_err(Error::cannot("find the SDK at", sdk))?;
    let dependency = format!("{package} = {{ path = {:?} }}\n", sdk.display().to_string());
    cargo::write_program(&folder, "contract", &dependency, text)?;
    Ok(folder)
}

fn run_cargo(program: &Path, subcommand: &str) -> Command {
    let mut command = cargo::command();
    command
        .arg(subcommand)
        .arg("--quiet")
        .current_dir(program)
        .env("CARGO_TARGET_DIR", workspace().join("target"));
    command
}

/// Installs the mock server in `target/prism` unless it is already installed, and returns its entry script.
fn install() -> Result<PathBuf> {
    for tool in ["node", "npm"] {
        let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            return Err(Error::new(format!("`{tool}` is not installed; the mock server {PRISM} needs it"))
                .help("install Node.js 20 or later"));
        }
    }
    let folder = workspace().join("target/prism");
    let failed = Error::cannot("write", &folder);
    let stamp = folder.join("version");
    let entry = folder.join("node_modules/@stoplight/prism-cli/dist/index.js");
    if std::fs::read_to_string(&stamp).is_ok_and(|version| version == PRISM) && entry.is_file() {
        return Ok(entry);
    }
    println!("installing {PRISM} in {}", display(&folder));
    std::fs::create_dir_all(&folder).map_err(&failed)?;
    std::fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(&failed)?;
    let status = Command::new("npm")
        .args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", PRISM])
        .current_dir(&folder)
        .status()
        .map_err(Error::cannot_run("npm"))?;
    if !status.success() || !entry.is_file() {
        return Err(Error::new(format!("npm cannot install {PRISM}")).help("check the network connection"));
    }
    std::fs::write(stamp, PRISM).map_err(&failed)?;
    Ok(entry)
}

/// Mock server. The process is killed on drop.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts the server and waits until it listens.
    fn start(prism: &Path, spec: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut process = Command::new("node")
            .arg(prism)
            .args(["mock", "--errors", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(spec)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(Error::cannot_run("node"))?;
        let output = process.stdout.take();
        let server = Self { process, port };
        let (sender, receiver) = mpsc::channel();
        // The output is read to the end, because a full pipe would block the server.
        std::thread::spawn(move || {
            let lines = output.into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok));
            for _ in lines.filter(|line| line.contains("Prism is listening")) {
                let _ = sender.send(());
            }
        });
        match receiver.recv_timeout(START_TIMEOUT) {
            Ok(()) => Ok(server),
            Err(_) => Err(Error::new(format!("the mock server cannot read {}", display(spec)))),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns a port that is currently unused.
fn free_port() -> Result<u16> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).map_err(|error| Error::new(format!("no free port: {error}")))
}
