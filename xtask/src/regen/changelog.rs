//! `spec/CHANGELOG.md`: the way from one pinned interface to the next.
//!
//! An entry is known by the digests of the pinned file before and after it. The entries of an
//! interface are a chain: each begins where the one before it ended. So a step that is taken back
//! takes its entry with it, and what was done and undone leaves the file as it was.

use synctera_drift::Report;
use synctera_drift::render::inline;

const TITLE: &str = "# How the pinned interface has changed\n\n\
    Written by `cargo xtask regen`, an entry for each step; do not edit.\n";
const MARK: &str = "<!-- pinned ";

/// One step of one interface.
pub(super) struct Step<'a> {
    /// `v2` or `v0`.
    pub(super) interface: &'a str,
    /// Digests of the pinned file.
    pub(super) from: String,
    pub(super) to: String,
    pub(super) report: &'a Report,
}

/// The text with the step added, or with the entries taken out that it undoes. No text is no file.
pub(super) fn with(text: Option<&str>, step: &Step<'_>) -> Option<String> {
    let mut entries = entries(text.unwrap_or_default());
    let begins = mark(step.interface, &step.to);
    let undone = entries.iter().position(|entry| entry.contains(&format!("{begins} →")));
    match undone {
        Some(first) => {
            let of_interface = format!("{MARK}{} ", step.interface);
            let mut index = 0;
            entries.retain(|entry| {
                index += 1;
                index <= first || !entry.contains(&of_interface)
            });
        }
        None => entries.push(entry(step)),
    }
    if entries.is_empty() {
        return None;
    }
    Some(format!("{TITLE}\n{}", entries.join("\n")))
}

fn mark(interface: &str, from: &str) -> String {
    format!("{MARK}{interface} {from}")
}

/// The entries of a file, each with its heading.
fn entries(text: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("## ") {
            entries.push(String::new());
        }
        if let Some(entry) = entries.last_mut() {
            entry.push_str(line);
            entry.push('\n');
        }
    }
    for entry in &mut entries {
        let end = entry.trim_end().len();
        entry.truncate(end);
        entry.push('\n');
    }
    entries
}

fn entry(step: &Step<'_>) -> String {
    let Step { interface, from, to, report } = step;
    let heading = format!(
        "## {interface}: {} → {}\n",
        inline(&report.old.version),
        inline(&report.new.version)
    );
    let mut text = format!("{heading}\n{} → {to} -->\n\n", mark(interface, from));
    let counts: Vec<String> =
        report.counts().iter().rev().map(|(class, count)| format!("{count} {class}")).collect();
    text.push_str(&format!(
        "{} changes: {}. Version step: {}.\n",
        report.changes.len(),
        counts.join(", "),
        report.step().words(true)
    ));
    let told = report.changes.iter().map(|change| {
        let values = change.values();
        let values = if values.is_empty() { values } else { format!(": {}", inline(&values)) };
        let location = inline(&change.location.to_string());
        format!("- {}: `{}` {location}{values}\n", change.class, change.rule)
    });
    let told: String = told.collect();
    if !told.is_empty() {
        text.push('\n');
        text.push_str(&told);
    }
    text
}

#[cfg(test)]
mod tests {
    use synctera_codegen::{Document, Families};

    use super::*;

    fn report() -> Report {
        let document = |deprecated: bool| {
            Document::from_value(
                "lamps.json",
                serde_json::json!({"openapi": "3.0.3", "info": {"version": "v2"},
                    "paths": {"/lamps": {"get": {"operationId": "list", "deprecated": deprecated}}}}),
            )
            .unwrap()
        };
        Report::of(&document(false), &document(true), &Families::default())
    }

    fn step<'a>(interface: &'a str, from: &str, to: &str, report: &'a Report) -> Step<'a> {
        Step { interface, from: from.to_owned(), to: to.to_owned(), report }
    }

    #[test]
    fn what_is_done_and_undone_leaves_the_file_as_it_was() {
        let report = report();
        let one = with(None, &step("v2", "a", "b", &report)).unwrap();
        assert!(one.contains("- behavioral: `operation-deprecated` GET /lamps\n"), "{one}");
        assert_eq!(with(Some(&one), &step("v2", "b", "a", &report)), None);
        let other = with(Some(&one), &step("v0", "x", "y", &report)).unwrap();
        let two = with(Some(&other), &step("v2", "b", "c", &report)).unwrap();
        assert_eq!(two.matches("\n## ").count(), 3);
        assert_eq!(with(Some(&two), &step("v2", "c", "b", &report)), Some(other.clone()));
        // Back to the beginning at once; the other interface keeps its entry.
        let back = with(Some(&two), &step("v2", "c", "a", &report)).unwrap();
        assert_eq!(back.matches("\n## ").count(), 1);
        assert!(back.contains("## v0"));
        assert_eq!(with(Some(&other), &step("v0", "y", "x", &report)), Some(one));
    }
}
