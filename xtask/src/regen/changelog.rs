//! `spec/CHANGELOG.md`: the way from one pinned interface to the next.
//!
//! An entry is known by the digests of the pinned file before and after it. The entries of an
//! interface are a chain: each begins where the one before it ended. So a step that is taken back
//! takes its entry with it, and what was done and undone leaves the file as it was. A step that is
//! taken again from the same beginning, after a decision, has one entry; one that changes nothing for
//! anybody has none.

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
    /// The day, as `2026-11-30`.
    pub(super) day: &'a str,
    /// The version of the crates that do not have it yet.
    pub(super) after: &'a str,
}

/// The text with the step added, or with the entries taken out that it undoes. No text is no file.
pub(super) fn with(text: Option<&str>, step: &Step<'_>) -> Option<String> {
    let mut entries = entries(text.unwrap_or_default());
    let of_interface = format!("{MARK}{} ", step.interface);
    let begins_at = |digest: &str| {
        let begins = format!("{} →", mark(step.interface, digest));
        entries.iter().position(|entry| entry.contains(&begins))
    };
    let (undone, again) = (begins_at(&step.to), begins_at(&step.from));
    if let Some(first) = undone.into_iter().chain(again).min() {
        let mut index = 0;
        entries.retain(|entry| {
            index += 1;
            index <= first || !entry.contains(&of_interface)
        });
    }
    if undone.is_none() {
        if step.report.changes.is_empty() {
            // The chain goes on without an entry.
            if let Some(last) = entries.iter_mut().rfind(|entry| entry.contains(&of_interface)) {
                let end = |digest: &str| format!("→ {digest} -->");
                *last = last.replace(&end(&step.from), &end(&step.to));
            }
        } else {
            entries.push(entry(step));
        }
    }
    if entries.is_empty() {
        return None;
    }
    Some(format!("{TITLE}\n{}", entries.join("\n")))
}

/// Whether an entry of an interface begins at the file with this digest.
pub(super) fn begins_at(text: &str, interface: &str, digest: &str) -> bool {
    text.contains(&format!("{} →", mark(interface, digest)))
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
    let Step { interface, from, to, report, day, after } = step;
    let (old, new) = (inline(&report.old.version), inline(&report.new.version));
    let versions = if old == new { String::new() } else { format!(" ({old} → {new})") };
    let heading = format!("## {day}, after {after}: {interface}{versions}\n");
    let mut text = format!("{heading}\n{} → {to} -->\n\n", mark(interface, from));
    let counts: Vec<String> =
        report.counts().iter().rev().map(|(class, count)| format!("{count} {class}")).collect();
    text.push_str(&format!(
        "{} changes: {}. Version step: {}.\n",
        report.changes.len(),
        counts.join(", "),
        report.step().words(true)
    ));
    let reported = report.changes.iter().map(|change| {
        let values = change.values();
        let values = if values.is_empty() { values } else { format!(": {}", inline(&values)) };
        let location = inline(&change.location.to_string());
        format!("- {}: `{}` {location}{values}\n", change.class, change.rule)
    });
    let reported: String = reported.collect();
    if !reported.is_empty() {
        text.push('\n');
        text.push_str(&reported);
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
        let (from, to) = (from.to_owned(), to.to_owned());
        Step { interface, from, to, report, day: "2026-11-30", after: "0.1.0" }
    }

    #[test]
    fn a_heading_says_when_and_for_whom() {
        let one = with(None, &step("v2", "a", "b", &report())).unwrap();
        assert!(one.contains("\n## 2026-11-30, after 0.1.0: v2\n"), "{one}");
    }

    #[test]
    fn a_step_that_is_taken_again_has_one_entry() {
        let report = report();
        let one = with(None, &step("v2", "a", "b", &report)).unwrap();
        let two = with(Some(&one), &step("v2", "b", "c", &report)).unwrap();
        // A decision: the second step ends elsewhere.
        let again = with(Some(&two), &step("v2", "b", "d", &report)).unwrap();
        assert_eq!(again, with(Some(&one), &step("v2", "b", "d", &report)).unwrap());
    }

    #[test]
    fn a_step_without_changes_has_no_entry_and_breaks_no_chain() {
        let report = report();
        let mut nothing = report.clone();
        nothing.changes.clear();
        assert_eq!(with(None, &step("v2", "a", "b", &nothing)), None);
        let one = with(None, &step("v2", "a", "b", &report)).unwrap();
        let silent = with(Some(&one), &step("v2", "b", "c", &nothing)).unwrap();
        assert_eq!(silent, one.replace("→ b -->", "→ c -->"));
        assert_eq!(with(Some(&silent), &step("v2", "c", "a", &report)), None);
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
        assert!(back.contains(", after 0.1.0: v0\n"), "{back}");
        assert_eq!(with(Some(&other), &step("v0", "y", "x", &report)), Some(one));
    }
}
