//! Random documents: each gives a client or a sentence that says where it is that it cannot; compared
//! with itself it has not changed, and compared with a changed copy it has changed there and nowhere
//! else. A few in each run; `cargo xtask random-documents` runs thousands, and compiles some.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]
#![allow(clippy::print_stdout, reason = "the command shows the figures")]

mod documents;
mod kinds;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use synctera_codegen::generate::{Companions, Selection, interface};
use synctera_codegen::{Document, Families, TypeRules};
use synctera_drift::Report;

/// Documents that are generated, and that are compared, in a test run.
const GENERATED: u32 = 60;
const COMPARED: u32 = 300;

/// Documents of a large run that are written out to be compiled.
const COMPILED_MAX: usize = 60;

/// A number from the environment, for large runs.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn runner(cases: u32) -> TestRunner {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number("SYNCTERA_RANDOM_SEED").unwrap_or(1).to_le_bytes());
    // What is found is kept as a document of `crates/codegen/tests/documents`, not as a seed.
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

fn cases(usual: u32, name: &str) -> u32 {
    number(name).and_then(|cases| u32::try_from(cases).ok()).unwrap_or(usual)
}

fn distilled(root: &Value) -> Result<Document, synctera_codegen::Error> {
    synctera_pin::distill(&synctera_pin::document("random.json", root.clone())?)
}

#[test]
fn a_valid_document_gives_a_client_or_a_reason() {
    let cases = cases(GENERATED, "SYNCTERA_RANDOM_GENERATED");
    let folder = std::env::var_os("SYNCTERA_RANDOM_FOLDER").map(PathBuf::from);
    let (clients, written) = (Cell::new(0_u32), Cell::new(0));
    let reasons = RefCell::new(Vec::new());
    let test = |root: Value| {
        let generated = distilled(&root).and_then(|document| {
            interface(&document, &Companions::default(), "crate::v2", &Selection::All)
        });
        match generated {
            Ok(_) => {
                clients.set(clients.get() + 1);
                if let Some(folder) = folder.as_ref().filter(|_| written.get() < COMPILED_MAX) {
                    let path = folder.join(format!("random_{}.json", written.get()));
                    std::fs::write(path, format!("{root:#}")).unwrap();
                    written.set(written.get() + 1);
                }
            }
            Err(error) => {
                let reason = error.to_string();
                prop_assert!(reason.contains("#/") && !reason.contains('\n'), "{reason}");
                reasons.borrow_mut().push(reason);
            }
        }
        Ok(())
    };
    runner(cases).run(&documents::document(), test).unwrap();
    let reasons = reasons.into_inner();
    println!("{cases} documents: {} clients, {} reasons", clients.get(), reasons.len());
    for reason in reasons.iter().take(5) {
        println!("  {reason}");
    }
    assert!(clients.get() * 10 >= cases * 9, "{} of {cases}", clients.get());
}

/// The same document as OpenAPI 3.1 writes it.
fn in_31(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(in_31).collect(),
        Value::Object(map) => {
            let mut map: serde_json::Map<String, Value> =
                map.iter().map(|(key, child)| (key.clone(), in_31(child))).collect();
            // Only a schema has a type that is a text, of those that JSON has.
            let kinds = ["array", "boolean", "integer", "number", "object", "string"];
            let kind = map.get("type").and_then(Value::as_str).map(str::to_owned);
            if let Some(kind) = kind.filter(|kind| kinds.contains(&kind.as_str())) {
                if map.remove("nullable") == Some(json!(true)) {
                    map.insert("type".to_owned(), json!([kind, "null"]));
                }
                if map.get("exclusiveMinimum") == Some(&json!(true))
                    && let Some(bound) = map.remove("minimum")
                {
                    map.insert("exclusiveMinimum".to_owned(), bound);
                }
                if let Some([only]) = map.get("enum").and_then(Value::as_array).map(Vec::as_slice) {
                    let only = only.clone();
                    map.remove("enum");
                    map.insert("const".to_owned(), only);
                }
                if let Some(example) = map.remove("example") {
                    map.insert("examples".to_owned(), json!([example]));
                }
                if map.get("items") == Some(&json!({})) {
                    map.insert("items".to_owned(), json!(true));
                }
            }
            Value::Object(map)
        }
        other => other.clone(),
    }
}

#[test]
fn a_document_of_openapi_3_1_is_read_as_its_form_in_3_0() {
    let cases = cases(COMPARED, "SYNCTERA_RANDOM_COMPARED") / 3;
    let read = Cell::new(0_u32);
    let test = |root: Value| {
        let mut newer = in_31(&root);
        newer["openapi"] = json!("3.1.0");
        match (distilled(&root), distilled(&newer)) {
            (Ok(old), Ok(new)) => {
                prop_assert_eq!(old.root(), new.root());
                read.set(read.get() + 1);
            }
            (Err(old), Err(new)) => prop_assert_eq!(old.to_string(), new.to_string()),
            (old, new) => prop_assert!(false, "{:?} in 3.0, {:?} in 3.1", old.err(), new.err()),
        }
        Ok(())
    };
    runner(cases).run(&documents::document(), test).unwrap();
    println!("{cases} documents: {} are the same in the form of 3.1", read.get());
    assert!(read.get() * 10 >= cases * 9, "{} of {cases}", read.get());
}

/// What becomes of a property, and what that is called.
const CHANGES: [(&str, &str, &str); 12] = [
    (r#"{"type": "string"}"#, r#"{"type": "string", "maxLength": 9}"#, "max-length-added"),
    (r#"{"type": "string", "maxLength": 9}"#, r#"{"type": "string"}"#, "max-length-removed"),
    (r#"{"type": "string"}"#, r#"{"type": "boolean"}"#, "type-changed"),
    (r#"{"type": "integer"}"#, r#"{"type": "number"}"#, "type-widened"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "format": "uuid"}"#, "format-added"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "enum": ["A"]}"#, "became-enum"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "default": "x"}"#, "default-added"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "deprecated": true}"#, "property-deprecated"),
    (r#"{"type": "string"}"#, r#"{"type": "string", "pattern": "x"}"#, "pattern-added"),
    (
        r#"{"type": "string", "enum": ["A"]}"#,
        r#"{"type": "string", "enum": ["A", "B"]}"#,
        "enum-value-added",
    ),
    (r#"{"type": "string"}"#, "null", "property-removed"),
    ("null", r#"{"type": "string"}"#, "optional-property-added"),
];

/// A document in which one operation more answers with what the others answer with, and beside it with
/// a property of which everything is known.
fn probed(root: &Value, probe: &Value) -> Value {
    let mut root = root.clone();
    let schemas = root["components"]["schemas"].as_object().unwrap();
    let mut properties: serde_json::Map<String, Value> = schemas
        .keys()
        .map(|name| {
            (format!("beside_{name}"), json!({"$ref": format!("#/components/schemas/{name}")}))
        })
        .collect();
    if !probe.is_null() {
        properties.insert("probe".to_owned(), probe.clone());
    }
    root["paths"]["/probe"] = json!({"get": {"operationId": "probe", "responses": {"200": {
        "description": "", "content": {"application/json": {
            "schema": {"type": "object", "properties": properties}}}}}}});
    root
}

#[test]
fn a_change_is_reported_alone_and_no_change_is_none() {
    let cases = cases(COMPARED, "SYNCTERA_RANDOM_COMPARED");
    let (families, types) = (Families::default(), TypeRules::default());
    let compared = Cell::new(0_u32);
    let test = |(root, (before, after, rule)): (Value, (&str, &str, &str))| {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let old = probed(&root, &value(before));
        let new = probed(&root, &value(after));
        let (Ok(old), Ok(new)) = (distilled(&old), distilled(&new)) else {
            return Ok(());
        };
        compared.set(compared.get() + 1);
        let report = Report::of(&old, &old, &families);
        prop_assert!(report.changes.is_empty(), "{:?}", report.changes);
        let report = Report::of(&old, &new, &families);
        let reported: Vec<&str> = report.changes.iter().map(|change| change.rule).collect();
        prop_assert_eq!(&reported, &[rule]);
        // The generator's names add none, as far as there is a client.
        if let Ok(report) =
            Report::of(&old, &old, &families).with_items(&old, &old, &families, &types)
        {
            prop_assert!(report.changes.is_empty(), "{:?}", report.changes);
        }
        Ok(())
    };
    runner(cases).run(&(documents::document(), select(&CHANGES[..])), test).unwrap();
    println!(
        "{cases} documents: {} compared with themselves and with a changed copy",
        compared.get()
    );
    assert!(compared.get() * 10 >= cases * 9, "{} of {cases}", compared.get());
}
