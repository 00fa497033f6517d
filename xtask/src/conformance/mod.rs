//! `cargo xtask conformance`: does the sandbox keep the document, whatever it is sent?
//!
//! Schemathesis (from PyPI, installed under `target/`) makes requests from the document: right ones,
//! wrong ones, and chains of them. Every answer is held against the document.

mod document;
mod documented;
mod ids;
mod report;
mod tool;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value};
use synctera_codegen::spec::{INTERFACES, Spec};

use crate::workspace::{self, Error};
use document::Key;
use documented::Documented;
use ids::Ids;
use report::Report;
use tool::{Run, Server, Tool};

#[derive(Args)]
pub(crate) struct Options {
    /// Requests that an operation is sent in each phase, about
    #[arg(long, default_value_t = 25, value_name = "N")]
    examples: u32,
    /// What the requests are made from: the same seed makes the same requests
    #[arg(long, default_value_t = 20260101)]
    seed: u64,
    /// Make requests for so many seconds, shared out to the interfaces by their operations
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u32>,
    /// Phases to run, of coverage, fuzzing and stateful
    #[arg(long, default_value = "coverage,fuzzing,stateful", value_name = "LIST")]
    phases: String,
    /// Only this interface, v2 or v0
    #[arg(long)]
    interface: Option<String>,
    /// Only operations whose path matches this regular expression
    #[arg(long, value_name = "REGEX")]
    path: Option<String>,
    /// How many failures of a kind are shown
    #[arg(long, default_value_t = 3, value_name = "N")]
    show: usize,
    /// List the served operations that did not once do what they were asked
    #[arg(long)]
    idle: bool,
    /// A sandbox built beforehand; otherwise it is built now
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let folder = workspace::root().join("target/conformance");
    std::fs::create_dir_all(&folder)?;
    let Some(tool) = Tool::install(&folder)? else {
        println!("skipped: conformance needs python3 with venv, and PyPI or what it gave before");
        return Ok(ExitCode::SUCCESS);
    };
    let program = match &options.sandbox {
        Some(program) => program.clone(),
        None => tool::build_sandbox()?,
    };
    let spec = Spec::load(&workspace::spec())?;
    let documented = Documented::read()?;
    let ids = Ids::read()?;
    let mut places = Map::new();
    for (interface, _) in INTERFACES {
        let root = spec.interface(interface).root();
        for (label, found) in ids.places(root).as_object().into_iter().flatten() {
            places.insert(format!("{interface} {label}"), found.clone());
        }
    }
    let places_file = folder.join("places.json");
    write(&places_file, &Value::Object(places))?;
    let mut report = Report::default();
    let operations = |interface: &str| spec.interface(interface).operations().len().max(1);
    let all: usize = INTERFACES.iter().map(|(interface, _)| operations(interface)).sum();
    for (interface, _) in INTERFACES {
        if options.interface.as_deref().is_some_and(|only| only != interface) {
            continue;
        }
        let served = served(&program, interface)?;
        let pinned = spec.interface(interface);
        let document = document::document(interface, pinned, &served, &documented);
        let document_file = folder.join(format!("{interface}.json"));
        write(&document_file, &document)?;
        let server = Server::start(&program)?;
        let log = folder.join(format!("{interface}.jsonl"));
        tool.run(&Run {
            interface,
            server: &server,
            document: &document_file,
            places: &places_file,
            log: &log,
            documented: &documented,
            seconds: options.seconds.map(|all_seconds| {
                all_seconds * u32::try_from(operations(interface)).unwrap_or(1)
                    / u32::try_from(all).unwrap_or(1)
            }),
            options,
        })?;
        report.read(&log, interface, &served)?;
        report.read_words(&log.with_extension("txt"))?;
    }
    report.print(options.show, options.idle);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The operations of an interface that the sandbox serves.
fn served(program: &std::path::Path, interface: &str) -> Result<BTreeSet<Key>, Error> {
    let listed = tool::output(std::process::Command::new(program).arg("--operations"))?;
    Ok(listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (of, _, method, path) =
                (words.next()?, words.next()?, words.next()?, words.next()?);
            (of == interface).then(|| (method.to_owned(), path.to_owned()))
        })
        .collect())
}

fn write(path: &std::path::Path, value: &Value) -> Result<(), Error> {
    std::fs::write(path, serde_json::to_string_pretty(value)?)
        .map_err(|e| format!("{}: {e}", path.display()).into())
}
