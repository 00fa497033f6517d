//! What of this repository a change touches, as far as it can be told from the repository itself.

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
