//! Two published documents compared: ours beside programs that compare any JSON.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::measure::{folder, median, timed};
use super::row::{Aim, Row};
use crate::workspace::{self, Error};

/// The documents, where nothing else is asked for.
const DOCUMENTS: [&str; 2] = ["synctera-v0-0.153.0.json", "synctera-v2.json"];
/// What a comparison may take.
const LIMIT: Duration = Duration::from_secs(1);
/// A peer of npm and one of PyPI.
const JSON_DIFF: &str = "json-diff@1.0.6";
const DEEPDIFF: &str = "deepdiff==9.1.0";
const DEEPDIFF_PROGRAM: &str = "import json, sys; from deepdiff import DeepDiff; \
     DeepDiff(*(json.load(open(path)) for path in sys.argv[1:])).to_json()";

pub(super) fn rows(runs: usize, documents: &[PathBuf]) -> Result<Vec<Row>, Error> {
    let documents: Vec<PathBuf> = match documents {
        [] => DOCUMENTS.iter().map(|name| published().join(name)).collect(),
        given => given.to_vec(),
    };
    if let Some(missing) = documents.iter().find(|document| !document.is_file()) {
        eprintln!("drift: skipped: {} is no file", missing.display());
        return Ok(Vec::new());
    }
    let folder = folder()?;
    let ours = build(&folder)?;
    let mut sides: Vec<(&'static str, PathBuf, Vec<OsString>)> = Vec::new();
    let report = folder.join("drift.json").into();
    sides.push((
        "ours",
        ours,
        vec!["drift".into(), "--format".into(), "json".into(), "--out".into(), report],
    ));
    match json_diff(&folder) {
        Some(program) => sides.push(("json-diff", program, Vec::new())),
        None => eprintln!("drift: json-diff is skipped: it needs npm and its registry"),
    }
    let library = deepdiff(&folder);
    match &library {
        Some(_) => {
            sides.push(("deepdiff", "python3".into(), vec!["-c".into(), DEEPDIFF_PROGRAM.into()]));
        }
        None => eprintln!("drift: deepdiff is skipped: it needs Python, pip and its registry"),
    }
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); sides.len()];
    for _ in 0..runs {
        for ((_, program, arguments), times) in sides.iter().zip(&mut times) {
            let mut command = Command::new(program);
            command.args(arguments).args(&documents);
            if let Some(library) = &library {
                command.env("PYTHONPATH", library);
            }
            // A peer may say with its exit code that there are differences.
            let took =
                if *program == sides[0].1 { timed(&mut command)? } else { ran(&mut command)? };
            times.push(took);
        }
    }
    let medians: Vec<Duration> =
        times.iter_mut().map(|times| median(times).unwrap_or_default()).collect();
    let Some(ours) = medians.first().copied() else { return Ok(Vec::new()) };
    let row = |peer, theirs: Duration, aim| Row {
        bench: "drift",
        case: case(&documents),
        peer,
        ours: format!("{:.2} s", ours.as_secs_f64()),
        theirs: format!("{:.2} s", theirs.as_secs_f64()),
        ratio: ours.as_secs_f64() / theirs.as_secs_f64(),
        aim,
    };
    let mut rows = vec![row("the limit", LIMIT, Aim::AtMost(1.0))];
    for ((peer, ..), theirs) in sides.iter().zip(&medians).skip(1) {
        rows.push(row(peer, *theirs, Aim::None));
    }
    Ok(rows)
}

/// Where the published documents are, as for the tests.
fn published() -> PathBuf {
    match std::env::var_os("SYNCTERA_DOCUMENTS") {
        Some(named) => workspace::root().join(named),
        None => workspace::root().join("../shared/spec"),
    }
}

fn case(documents: &[PathBuf]) -> String {
    let name = |document: &PathBuf| {
        let stem = document.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        stem.trim_start_matches("synctera-").to_owned()
    };
    documents.iter().map(name).collect::<Vec<_>>().join(" to ")
}

/// Runs a program to its end, whatever it thinks of what it read.
fn ran(command: &mut Command) -> Result<Duration, Error> {
    let start = std::time::Instant::now();
    let output = command.output();
    let output = output.map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    let took = start.elapsed();
    match output.status.code() {
        Some(0 | 1) if !output.stdout.is_empty() || output.stderr.is_empty() => Ok(took),
        _ => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(format!("{}: {}\n{said}", command.get_program().display(), output.status).into())
        }
    }
}

/// This program as a release build.
fn build(folder: &Path) -> Result<PathBuf, Error> {
    let target = folder.join("build");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            env!("CARGO_PKG_NAME"),
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(workspace::root())
        .status()?;
    if status.success() {
        let program = target.join("release").join(env!("CARGO_PKG_NAME"));
        Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
    } else {
        Err("our own side does not build".into())
    }
}

/// json-diff, installed from npm unless it is there.
fn json_diff(folder: &Path) -> Option<PathBuf> {
    let home = folder.join("json-diff");
    let program = home.join("node_modules/.bin/json-diff");
    if !program.exists() {
        std::fs::create_dir_all(&home).ok()?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
        timed(npm.arg(&home).arg(JSON_DIFF)).ok()?;
    }
    Some(program)
}

/// deepdiff, installed from PyPI unless it is there: the folder that Python takes it from.
fn deepdiff(folder: &Path) -> Option<PathBuf> {
    let home = folder.join("deepdiff");
    if !home.join("deepdiff").exists() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
        timed(pip.arg(&home).arg(DEEPDIFF)).ok()?;
    }
    Some(home)
}
