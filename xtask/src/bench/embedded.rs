//! The sandbox inside a program: what a start costs, and how long others wait for it.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use super::row::{Aim, Row};
use crate::workspace::{self, Error};

/// Accounts that are paid interest on the same day.
const ACCOUNTS: u64 = 10_000;
const START_CPU_MILLIS_MAX: f64 = 5.0;
const WORKSPACE_MILLIS_MAX: f64 = 5.0;
/// The longest wait, of the time for which the clock is moved.
const OF_THE_WHOLE_MAX: f64 = 0.1;

pub(super) fn rows() -> Result<Vec<Row>, Error> {
    let start = run(&["start"])?;
    let workspaces = run(&["workspaces"])?;
    let month_end = run(&["month_end", &ACCOUNTS.to_string()])?;
    let limit = |case: &str, took: u64, limit: f64| Row {
        bench: "embedded",
        case: case.to_owned(),
        peer: "limit",
        ours: micros(took),
        theirs: format!("{limit} ms"),
        ratio: took as f64 / 1000.0 / limit,
        aim: Aim::AtMost(1.0),
    };
    let (longest, moved) = (of(&month_end, "longest")?, of(&month_end, "moved")?);
    Ok(vec![
        limit("start, processor time", of(&start, "cpu")?, START_CPU_MILLIS_MAX),
        limit("a workspace", of(&workspaces, "median")?, WORKSPACE_MILLIS_MAX),
        Row {
            bench: "embedded",
            case: format!(
                "a month end, {ACCOUNTS} accounts: the longest of {} reads",
                of(&month_end, "answers")?
            ),
            peer: "the whole",
            ours: micros(longest),
            theirs: micros(moved),
            ratio: longest as f64 / moved.max(1) as f64,
            aim: Aim::AtMost(OF_THE_WHOLE_MAX),
        },
    ])
}

fn micros(micros: u64) -> String {
    format!("{:.1} ms", micros as f64 / 1000.0)
}

fn of(figures: &BTreeMap<String, u64>, name: &str) -> Result<u64, Error> {
    figures.get(name).copied().ok_or_else(|| format!("{name} was not measured").into())
}

fn run(arguments: &[&str]) -> Result<BTreeMap<String, u64>, Error> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "synctera-benches"])
        .args(["--bin", "sandbox_embedded", "--"])
        .args(arguments)
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("sandbox_embedded {}: {}", arguments.join(" "), output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let figure = |line: &str| -> Option<(String, u64)> {
        let (name, value) = line.split_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    Ok(text.lines().filter_map(figure).collect())
}
