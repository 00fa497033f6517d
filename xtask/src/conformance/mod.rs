//! `cargo xtask conformance`: does the sandbox keep the document, whatever it is sent?
//!
//! Schemathesis (from PyPI, installed under `target/`) makes requests from the document: right ones,
//! wrong ones, and chains of them. Every answer is held against the document.

mod document;
mod documented;
mod ids;
mod options;
mod report;
mod tool;

use std::collections::BTreeSet;
use std::process::ExitCode;

use serde_json::{Map, Value};
use synctera_codegen::Document;
use synctera_codegen::spec::{INTERFACES, Spec};

use crate::running::{self, Server};
use crate::workspace::{self, Error};
use document::Key;
use documented::Documented;
use ids::Ids;
use options::KEY;
pub(crate) use options::Options;
use report::Report;
use tool::{Run, Tool};

/// The control API, beside the platform's interfaces.
const CONTROL: &str = "sandbox";

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let folder = workspace::root().join("target/conformance");
    std::fs::create_dir_all(&folder)?;
    let Some(tool) = Tool::install(&folder)? else {
        println!("skipped: conformance needs python3 with venv, and PyPI or what it gave before");
        return Ok(ExitCode::SUCCESS);
    };
    let program = match &options.sandbox {
        // It is started in another folder.
        Some(program) => std::path::absolute(program)?,
        None => running::build()?,
    };
    let spec = Spec::load(&workspace::spec())?;
    let documented = Documented::read()?;
    let ids = Ids::read()?;
    let control = document::control()?;
    let interfaces = INTERFACES.map(|(interface, _)| (interface, spec.interface(interface)));
    let interfaces = interfaces.into_iter().chain([(CONTROL, &control)]);
    let interfaces: Vec<(&str, &Document)> = interfaces.collect();
    let mut places = Map::new();
    for (interface, pinned) in &interfaces {
        for (label, found) in ids.places(pinned.root()).as_object().into_iter().flatten() {
            places.insert(format!("{interface} {label}"), found.clone());
        }
    }
    let places_file = folder.join("places.json");
    write(&places_file, &Value::Object(places))?;
    let mut report = Report::default();
    let operations =
        |pinned: &Document| u32::try_from(pinned.operations().len()).unwrap_or(1).max(1);
    let all: u32 = interfaces.iter().map(|(_, pinned)| operations(pinned)).sum();
    for (interface, pinned) in interfaces {
        if options.interface.as_deref().is_some_and(|only| only != interface) {
            continue;
        }
        let is_control = interface == CONTROL;
        let served = if is_control {
            pinned
                .operations()
                .into_iter()
                .map(|key| (key.method.to_uppercase(), key.path))
                .collect()
        } else {
            served(&program, interface)?
        };
        let document = if is_control {
            pinned.root().clone()
        } else {
            document::document(interface, pinned, &served, &documented)
        };
        let document_file = folder.join(format!("{interface}.json"));
        write(&document_file, &document)?;
        let server = Server::start(&program, &["--api-key", KEY])?;
        let log = folder.join(format!("{interface}.jsonl"));
        tool.run(&Run {
            interface,
            path: &if is_control { String::new() } else { format!("/{interface}") },
            server: &server,
            document: &document_file,
            places: &places_file,
            log: &log,
            documented: &documented,
            seconds: options.seconds.map(|seconds| seconds * operations(pinned) / all),
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
    let listed = running::output(std::process::Command::new(program).arg("--operations"))?;
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
