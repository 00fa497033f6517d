//! The reports on what was really published, step by step.
//!
//! The documents are not in the repository: they are in `$SYNCTERA_DOCUMENTS`, or in `../shared/spec`
//! beside it. Where they are not, these tests say so and pass; `.ci/run` has them.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test speaks to who runs it")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;
use synctera_codegen::Document;
use synctera_codegen::spec::companions;
use synctera_drift::Report;

/// The steps, each from file to file.
const STEPS: [[&str; 2]; 4] = [
    ["synctera-v0-0.19.0", "synctera-v0-0.20.0"],
    ["synctera-v0-0.20.0", "synctera-v0-0.150.0"],
    ["synctera-v0-0.150.0", "synctera-v0-0.153.0"],
    ["synctera-v0-0.153.0", "synctera-v2"],
];

fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SYNCTERA_DOCUMENTS")
        .map_or_else(|| root.join("../shared/spec"), |named| root.join(named));
    let all_there =
        STEPS.iter().flatten().all(|name| folder.join(format!("{name}.json")).is_file());
    if !all_there {
        eprintln!("skipped: the published documents are not in {}", folder.display());
    }
    all_there.then_some(folder)
}

fn published(name: &str) -> Option<Document> {
    let text = std::fs::read_to_string(folder()?.join(format!("{name}.json"))).unwrap();
    Some(synctera_pin::parse(name, &text).unwrap())
}

/// The report of each step, with its name.
static REPORTS: LazyLock<Vec<(String, Report)>> = LazyLock::new(|| {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let companions = companions(&spec).unwrap();
    let (families, types) = (&companions.families, &companions.types);
    let mut reports = Vec::new();
    for [old, new] in STEPS {
        let (Some(old), Some(new)) = (published(old), published(new)) else {
            return Vec::new();
        };
        let (old, new) =
            (synctera_pin::distill(&old).unwrap(), synctera_pin::distill(&new).unwrap());
        let report = Report::of(&old, &new, families);
        let report = report.with_items(&old, &new, families, types).unwrap();
        reports.push((format!("{} to {}", old.version(), new.version()), report));
    }
    reports
});

/// A change in one line; of the calls and items only as many as identify it.
fn line(change: &synctera_drift::Change) -> String {
    let mut line = format!("{} {} {}", change.class, change.rule, change.location);
    let values = change.values();
    if !values.is_empty() {
        let _infallible = write!(line, ": {values}");
    }
    let ways: Vec<&str> = change.directions.iter().map(|direction| direction.name()).collect();
    if let Some(call) = change.operations.first() {
        let rest = change.operations.len() - 1;
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let _infallible = write!(line, "\n    {} of {}{more}", ways.join(" and "), call.id);
    }
    if !change.items.is_empty() {
        let items: Vec<&str> = change.items.iter().map(String::as_str).collect();
        let _infallible = write!(line, "\n    {}", items.join(", "));
    }
    line
}

#[test]
fn the_reports_are_those_that_were_reviewed() {
    for (step, report) in REPORTS.iter() {
        let mut text = String::new();
        for (class, count) in report.counts().iter().rev() {
            let _infallible = writeln!(text, "{class}: {count}");
        }
        let _infallible = writeln!(text, "step: {}\n", report.step().words(true));
        for change in &report.changes {
            let _infallible = writeln!(text, "{}", line(change));
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(step.replace(' ', "_"), text);
        });
    }
}

#[test]
fn what_was_looked_up_by_hand_is_what_is_reported() {
    let Some(folder) = folder() else {
        return;
    };
    let text = include_str!("checked.toml");
    let table: toml::Table = text.parse().unwrap();
    let rows = table["checked"].as_array().unwrap();
    assert!(rows.len() >= 40, "{}", rows.len());
    for row in rows {
        let step = row["step"].as_str().unwrap();
        let wanted = row["change"].as_str().unwrap();
        let (_, report) = REPORTS.iter().find(|(name, _)| name == step).unwrap();
        let reported = report
            .changes
            .iter()
            .map(|c| (format!("{} {} {}", c.class, c.rule, c.location), c.values()))
            .filter(|(reported, values)| {
                reported == wanted || format!("{reported}: {values}") == wanted
            })
            .count();
        assert_eq!(reported, 1, "{step}: {wanted}");

        // What the publisher wrote, before anything of ours has touched it.
        let names = STEPS.iter().zip(REPORTS.iter()).find(|(_, (name, _))| name == step).unwrap().0;
        for (side, name) in ["old", "new"].into_iter().zip(names) {
            let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
            let raw: Value = text.parse().unwrap();
            let [pointer, value] = row[side].as_array().unwrap().as_slice() else {
                unreachable!("a place and what is there");
            };
            let value: Value = value.as_str().unwrap().parse().unwrap();
            let found = raw.pointer(pointer.as_str().unwrap()).unwrap_or(&Value::Null);
            assert_eq!(*found, value, "{step}: {wanted}, {side}");
        }
    }
}

#[test]
fn taking_a_step_back_tells_the_opposite() {
    for ([old, new], (step, report)) in STEPS.iter().zip(REPORTS.iter()) {
        let (Some(old), Some(new)) = (published(old), published(new)) else {
            return;
        };
        let (old, new) =
            (synctera_pin::distill(&old).unwrap(), synctera_pin::distill(&new).unwrap());
        let back = Report::of(&new, &old, &synctera_codegen::Families::default());
        let count = |report: &Report, rule: &str| {
            report.changes.iter().filter(|change| change.rule == rule).count()
        };
        for (there, again) in [
            ("operation-removed", "operation-added"),
            ("union-variant-removed", "union-variant-added"),
            ("error-status-removed", "error-status-added"),
            ("idempotency-key-dropped", "idempotency-key-listed"),
        ] {
            assert_eq!(count(report, there), count(&back, again), "{step}: {there}");
            assert_eq!(count(report, again), count(&back, there), "{step}: {again}");
        }
        assert!(Report::of(&new, &new, &synctera_codegen::Families::default()).changes.is_empty());
    }
}
