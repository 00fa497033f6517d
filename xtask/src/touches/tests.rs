//! What of this repository a change touches, as far as it can be reported from the repository itself.

use std::collections::BTreeSet;

use serde_json::json;
use synctera_codegen::{Document, Families};
use synctera_drift::Report;
use synctera_drift::touch::{Part, Touch};

use super::{RULES, Sources, rows};
use crate::workspace;

/// Both interfaces, with a change of each operation.
fn touches() -> Vec<Touch> {
    let root = workspace::root();
    let sources = Sources::read(&root).unwrap();
    let mut touches = Vec::new();
    for name in ["v2.json", "v0.json"] {
        let text = std::fs::read_to_string(root.join("spec").join(name)).unwrap();
        let old = Document::parse(name, &text).unwrap();
        let mut changed = old.root().clone();
        for key in old.operations() {
            let operation = changed.pointer_mut(&key.pointer()).unwrap();
            operation["responses"]["418"] = json!({ "description": "a teapot" });
        }
        let new = Document::from_value(name, changed).unwrap();
        let report = sources.report(Report::of(&old, &new, &Families::default()), &old, &new);
        assert_eq!(report.changes.len(), old.operations().len());
        touches.extend(report.changes.into_iter().flat_map(|change| change.touches));
    }
    touches
}

/// A rule that nothing touches would never be looked at again.
#[test]
fn every_rule_of_the_sandbox_calls_something() {
    let root = workspace::root();
    let text = std::fs::read_to_string(root.join(RULES)).unwrap();
    let all: BTreeSet<String> = rows(&text).unwrap().into_iter().map(|row| row.rule).collect();
    let touched: BTreeSet<String> = touches().into_iter().filter_map(|touch| touch.rule).collect();
    let never: Vec<&String> = all.difference(&touched).collect();
    assert_eq!(never, [""; 0], "{} of {}", touched.len(), all.len());
}

#[test]
fn every_journey_calls_something() {
    let files: BTreeSet<String> = touches()
        .into_iter()
        .filter(|touch| touch.part == Part::Journey)
        .map(|touch| touch.file)
        .collect();
    for file in ["people/customer.rs", "accounts/open.rs", "money/wire.rs", "cards/issue.rs"] {
        assert!(files.contains(&format!("facade/src/journeys/{file}")), "{file}: {files:?}");
    }
}

/// The files that a change of the pinned interface touches, by the rule that reports it.
fn files(rule: &str, change: impl FnOnce(&mut serde_json::Value)) -> BTreeSet<String> {
    let root = workspace::root();
    let sources = Sources::read(&root).unwrap();
    let text = std::fs::read_to_string(root.join("spec/v2.json")).unwrap();
    let old = Document::parse("v2.json", &text).unwrap();
    let mut changed = old.root().clone();
    change(&mut changed);
    let new = Document::from_value("v2.json", changed).unwrap();
    let companions = synctera_codegen::spec::companions(&root.join("spec")).unwrap();
    let report = Report::of(&old, &new, &companions.families);
    let report = report.with_items(&old, &new, &companions.families, &companions.types).unwrap();
    let report = sources.report(report, &old, &new);
    let reported = report.changes.into_iter().filter(|change| change.rule == rule);
    reported.flat_map(|change| change.touches).map(|touch| touch.file).collect()
}

#[test]
fn a_new_argument_touches_examples_tests_and_the_sandbox() {
    let touched = files("property-became-required", |root| {
        root["components"]["schemas"]["new_person"]["required"] =
            json!(["first_name", "is_customer", "status"]);
    });
    for file in [
        "crates/sandbox/src/domain/persons.rs",
        "facade/examples/custom_http.rs",
        "facade/src/journeys/people/person.rs",
        "tests/support/world.rs",
        "tests/suite/pages.rs",
    ] {
        assert!(touched.contains(file), "{file}: {touched:?}");
    }
}

#[test]
fn a_new_event_is_taken_up_where_events_are_read() {
    let touched = files("enum-value-added", |root| {
        let schemas = root["components"]["schemas"].as_object_mut().unwrap();
        let is_event = |schema: &&mut serde_json::Value| {
            let values = schema["enum"].as_array();
            values.is_some_and(|values| values.contains(&json!("ACCOUNT.CREATED")))
        };
        for schema in schemas.values_mut().filter(is_event) {
            schema["enum"].as_array_mut().unwrap().push(json!("LAMP.LIT"));
        }
    });
    assert!(touched.contains("facade/src/webhooks/resource.rs"), "{touched:?}");
}
