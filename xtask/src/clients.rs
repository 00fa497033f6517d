//! `cargo xtask clients`: do generators for other languages make clients of the documents that the
//! sandbox serves, and do those clients work on it?

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::python;
use crate::running::{self, Server};
use crate::workspace::{self, Error};

/// What each session prints: the person's verification, the account, its balance, the clock, the
/// events that are left, the first event, and whether the books add up.
const SESSION: [&str; 8] = [
    "ok",
    "ACCEPTED",
    "ACTIVE_OR_DISBURSED",
    "50000",
    "2026-11-26T14:00:00",
    "0",
    "ACCOUNT.CREATED",
    "true",
];

#[derive(Args)]
pub(crate) struct Options {
    /// A sandbox built beforehand; otherwise it is built now
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
}

/// The documents, as files.
struct Documents {
    openapi: PathBuf,
    older: PathBuf,
    control: PathBuf,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let folder = workspace::root().join("target/clients");
    std::fs::create_dir_all(&folder)?;
    let program = match &options.sandbox {
        Some(program) => program.clone(),
        None => running::build()?,
    };
    let server = start(&program)?;
    let documents = Documents {
        openapi: fetch(&server, "openapi.json", &folder.join("openapi.json"))?,
        older: fetch(&server, "openapi.json?version=v0", &folder.join("older.json"))?,
        control: fetch(&server, "control.json", &folder.join("control.json"))?,
    };
    drop(server);
    in_python(&program, &folder.join("python"), &documents)?;
    in_typescript(&program, &folder.join("typescript"), &documents)?;
    Ok(ExitCode::SUCCESS)
}

fn start(program: &Path) -> Result<Server, Error> {
    Server::start(program, &["--clock", "2026-11-24T14:00:00Z"])
}

fn fetch(server: &Server, name: &str, to: &Path) -> Result<PathBuf, Error> {
    let http = reqwest::blocking::Client::builder().no_proxy().build()?;
    let answer = http.get(format!("{}/sandbox/{name}", server.url)).send()?.error_for_status()?;
    std::fs::write(to, answer.bytes()?)?;
    Ok(to.to_owned())
}

/// Where the sources of a session are.
fn sources(language: &str) -> PathBuf {
    workspace::root().join("crates/sandbox/clients").join(language)
}

fn in_python(program: &Path, folder: &Path, documents: &Documents) -> Result<(), Error> {
    let sources = sources("python");
    std::fs::create_dir_all(folder)?;
    let Some(programs) = python::environment(folder, &sources.join("requirements.txt"))? else {
        println!("python: skipped: it needs python3 with venv, and PyPI or what it gave before");
        return Ok(());
    };
    for document in [&documents.openapi, &documents.older, &documents.control] {
        running::output(Command::new(programs.join("openapi-spec-validator")).arg(document))?;
    }
    // The generator formats with a program beside it.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path =
        std::env::join_paths([programs.clone()].into_iter().chain(std::env::split_paths(&path)))?;
    for (document, package) in
        [(&documents.openapi, "synctera_v2"), (&documents.control, "synctera_control")]
    {
        let said = running::output(
            Command::new(programs.join("openapi-python-client"))
                .args(["generate", "--overwrite", "--meta", "none", "--path"])
                .arg(document)
                .args(["--output-path", package])
                .env("PATH", &path)
                .current_dir(folder),
        )?;
        tell_left_out(package, &said);
    }
    let server = start(program)?;
    let said = running::output(
        Command::new(programs.join("python"))
            .arg(sources.join("session.py"))
            .env("PYTHONPATH", folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SANDBOX", &server.url),
    )?;
    judge("python", &said)
}

/// Tells which operations a client does not have, as the generator has no word for them.
fn tell_left_out(package: &str, said: &str) {
    for line in said.lines().filter(|line| line.contains("will not be generated")) {
        println!("{package}: {line}");
    }
}

fn in_typescript(program: &Path, folder: &Path, documents: &Documents) -> Result<(), Error> {
    let sources = sources("typescript");
    std::fs::create_dir_all(folder)?;
    for name in ["package.json", "tsconfig.json", "session.ts"] {
        std::fs::copy(sources.join(name), folder.join(name))?;
    }
    let npm = Command::new("npm")
        .args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"])
        .args(["--prefer-offline", "--ignore-scripts"])
        .current_dir(folder)
        .output();
    if !npm.is_ok_and(|output| output.status.success()) {
        println!(
            "typescript: skipped: it needs node with npm, and its registry or what that gave before"
        );
        return Ok(());
    }
    let tool = |name: &str| {
        let mut command = Command::new(folder.join("node_modules/.bin").join(name));
        command.current_dir(folder);
        command
    };
    for (document, types) in
        [(&documents.openapi, "synctera.d.ts"), (&documents.control, "control.d.ts")]
    {
        running::output(tool("openapi-typescript").arg(document).args(["--output", types]))?;
    }
    running::output(&mut tool("tsc"))?;
    let server = start(program)?;
    let said = running::output(
        Command::new("node").arg("out/session.js").env("SANDBOX", &server.url).current_dir(folder),
    )?;
    judge("typescript", &said)
}

/// Holds what a session printed against what it should.
fn judge(language: &str, said: &str) -> Result<(), Error> {
    // Languages write moments and booleans differently.
    let lines: Vec<String> = said.lines().map(|line| line.trim().to_owned()).collect();
    let fits = |(line, expected): (&String, &&str)| {
        line.eq_ignore_ascii_case(expected) || expected.contains('T') && line.starts_with(*expected)
    };
    if lines.len() != SESSION.len() || !lines.iter().zip(&SESSION).all(fits) {
        return Err(format!("{language}: the session printed:\n{said}").into());
    }
    println!("{language}: the session works");
    Ok(())
}
