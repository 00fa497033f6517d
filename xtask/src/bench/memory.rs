//! Much to do, and the memory that it takes: runs the programs of the package in `benches/`.

use std::process::{Command, Stdio};

use super::row::{Aim, Row};
use crate::workspace::{self, Error};

/// Ten times as much to do, in no more memory; a little is left for chance.
const FLAT: Aim = Aim::AtMost(1.25);

/// What a program measured.
struct Figures {
    count: u64,
    millis: u64,
    /// KiB.
    peak: u64,
}

impl Figures {
    fn memory(&self) -> String {
        format!("{:.1} MB", self.peak as f64 / 1024.0)
    }

    /// Items a second.
    fn rate(&self) -> f64 {
        self.count as f64 * 1000.0 / self.millis.max(1) as f64
    }
}

pub(super) fn bulk() -> Result<Vec<Row>, Error> {
    let few = run("bulk", &["1000", "16"])?;
    let many = run("bulk", &["10000", "16"])?;
    let one_by_one = run("bulk", &["1000", "1"])?;
    let mut rows = vec![flat("bulk", "10,000 customers, memory", "1,000 customers", &many, &few)];
    rows.push(rate("bulk", "customers a second", "one at a time", &many, &one_by_one));
    Ok(rows)
}

pub(super) fn reconcile() -> Result<Vec<Row>, Error> {
    let few = run("reconcile", &["100000"])?;
    let many = run("reconcile", &["1000000"])?;
    let mut rows = vec![flat("reconcile", "a million rows, memory", "100,000 rows", &many, &few)];
    rows.push(rate("reconcile", "rows a second", "100,000 rows", &many, &few));
    Ok(rows)
}

fn flat(bench: &'static str, case: &str, peer: &'static str, many: &Figures, few: &Figures) -> Row {
    Row {
        bench,
        case: case.to_owned(),
        peer,
        ours: many.memory(),
        theirs: few.memory(),
        ratio: many.peak as f64 / few.peak.max(1) as f64,
        aim: FLAT,
    }
}

fn rate(bench: &'static str, case: &str, peer: &'static str, many: &Figures, few: &Figures) -> Row {
    Row {
        bench,
        case: case.to_owned(),
        peer,
        ours: format!("{:.0}", many.rate()),
        theirs: format!("{:.0}", few.rate()),
        ratio: many.rate() / few.rate(),
        aim: Aim::None,
    }
}

/// Runs a program; it says: count, milliseconds, peak memory in KiB.
fn run(program: &str, arguments: &[&str]) -> Result<Figures, Error> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "synctera-benches", "--bin", program])
        .arg("--")
        .args(arguments)
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Option<Vec<u64>> =
        said.split_whitespace().map(|figure| figure.parse().ok()).collect();
    match figures.as_deref() {
        Some([count, millis, peak]) if output.status.success() => {
            Ok(Figures { count: *count, millis: *millis, peak: *peak })
        }
        _ => Err(format!("{program} {} says {said:?}", arguments.join(" ")).into()),
    }
}
