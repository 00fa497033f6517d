//! Unusual documents: they are compared like others, and hide nothing beside them.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::path::Path;

use serde_json::{Value, json};
use synctera_codegen::{Document, Families, TypeRules};
use synctera_drift::{Report, render};

fn read(name: &str) -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests/documents/valid");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    synctera_pin::distill(&synctera_pin::parse(name, &text).unwrap()).unwrap()
}

fn changed(document: &Document, change: impl FnOnce(&mut Value)) -> Document {
    let mut root = document.root().clone();
    change(&mut root);
    synctera_pin::distill(&Document::from_value("new.json", root).unwrap()).unwrap()
}

/// Rules in both directions.
fn reported(old: &Document, new: &Document) -> [Vec<&'static str>; 2] {
    let rules = |old, new| {
        let report = Report::of(old, new, &Families::default());
        report.changes.iter().map(|change| change.rule).collect()
    };
    [rules(old, new), rules(new, old)]
}

#[test]
fn what_is_unusual_is_equal_to_itself() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests/documents/valid");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let document = read(&name);
        let (families, types) = (Families::default(), TypeRules::default());
        let report = Report::of(&document, &document, &families);
        let report = report.with_items(&document, &document, &families, &types).unwrap();
        assert!(report.changes.is_empty(), "{name}: {:?}", report.changes);
        compared += 1;
    }
    assert!(compared >= 16, "{compared}");
}

#[test]
fn both_templates_of_a_path_are_there() {
    let both = read("two_templates.json");
    let one = changed(&both, |root| {
        root["paths"].as_object_mut().unwrap().remove("/things/{id}");
    });
    assert_eq!(reported(&both, &one), [["operation-removed"], ["operation-added"]]);
}

#[test]
fn a_document_of_openapi_3_1_is_compared_like_one_of_3_0() {
    let (new, old) = (read("openapi_3_1.json"), read("openapi_3_1_as_3_0.json"));
    assert_eq!(reported(&old, &new), [[""; 0], [""; 0]]);

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests/documents/valid");
    let text = std::fs::read_to_string(folder.join("openapi_3_1.json")).unwrap();
    let mut root: Value = text.parse().unwrap();
    let properties = &mut root["components"]["schemas"]["thing"]["properties"];
    properties["name"]["type"] = json!("string");
    properties["count"]["exclusiveMinimum"] = json!(2);
    properties["kind"] = json!({"enum": ["THING", "OTHER"]});
    let changed =
        synctera_pin::distill(&synctera_pin::document("new.json", root).unwrap()).unwrap();
    let mut reported = reported(&old, &changed);
    reported[0].sort_unstable();
    assert_eq!(reported[0], ["enum-value-added", "minimum-raised", "no-longer-nullable"]);
    // What 3.0 cannot say is among what is to be decided on.
    let (families, types) = (Families::default(), TypeRules::default());
    let report = Report::of(&old, &new, &families).with_items(&old, &new, &families, &types);
    let reasons: Vec<String> = report.unwrap().proposals.into_iter().map(|p| p.reason).collect();
    for part in ["#/webhooks: ", "`if` is not checked here", "nothing: it can only be null"] {
        assert!(reasons.iter().any(|reason| reason.contains(part)), "{part}: {reasons:?}");
    }
}

#[test]
fn operations_behind_a_reference_are_there() {
    let old = read("path_item_by_reference.json");
    let new = changed(&old, |root| {
        root["paths"].as_object_mut().unwrap().remove("/c");
    });
    assert_eq!(reported(&old, &new), [["operation-removed"], ["operation-added"]]);
}

#[test]
fn a_reference_into_a_schema_is_followed() {
    let old = read("references_into_schemas.json");
    let new = changed(&old, |root| {
        root["components"]["schemas"]["thing"]["properties"]["part"]["properties"]["x"]["maxLength"] =
            json!(3);
    });
    assert_eq!(reported(&old, &new), [["max-length-added"], ["max-length-removed"]]);
}

#[test]
fn headers_that_are_no_parameters_are_no_change() {
    let old = read("ignored_headers.json");
    let new = changed(&old, |root| {
        let parameters = root["paths"]["/a"]["get"]["parameters"].as_array_mut().unwrap();
        parameters.retain(|p| p["name"] == "X-Trace" || p["in"] == "cookie");
    });
    assert_eq!(reported(&old, &new), [[""; 0], [""; 0]]);
}

#[test]
fn a_chain_of_schemas_is_followed_to_its_end() {
    const SCHEMAS: usize = 20_000;
    let next = |index: usize| json!({"$ref": format!("#/components/schemas/n{index}")});
    let mut schemas = serde_json::Map::new();
    for index in 0..SCHEMAS {
        let schema = json!({"type": "object", "properties": {"next": next(index + 1)}});
        schemas.insert(format!("n{index}"), schema);
    }
    schemas.insert(
        format!("n{SCHEMAS}"),
        json!({"type": "object", "properties": {"x": {"type": "string"}}}),
    );
    let body = json!({"content": {"application/json": {"schema": next(0)}}});
    let root = json!({"openapi": "3.0.3", "info": {"version": "v2"}, "paths": {"/a": {"get": {
        "operationId": "a", "responses": {"200": body}}}}, "components": {"schemas": schemas}});
    let old = Document::from_value("old.json", root).unwrap();
    let new = changed(&old, |root| {
        root["components"]["schemas"][format!("n{SCHEMAS}")]["properties"]["x"]["pattern"] =
            json!("y");
    });
    assert_eq!(reported(&old, &new), [["pattern-added"], ["pattern-removed"]]);
}

#[test]
fn parts_that_share_parts_take_no_time() {
    let mut schemas = serde_json::Map::new();
    for index in 0..50 {
        let part = json!({"$ref": format!("#/components/schemas/p{}", index + 1)});
        schemas.insert(
            format!("p{index}"),
            json!({"allOf": [part, {"allOf": [part]}, {"required": ["x"]}]}),
        );
    }
    schemas
        .insert("p50".into(), json!({"type": "object", "properties": {"x": {"type": "string"}}}));
    let body =
        json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/p0"}}}});
    let root = json!({"openapi": "3.0.3", "info": {"version": "v2"}, "paths": {"/a": {"get": {
        "operationId": "a", "responses": {"200": body}}}}, "components": {"schemas": schemas}});
    let old = Document::from_value("old.json", root).unwrap();
    let new = changed(&old, |root| {
        root["components"]["schemas"]["p50"]["properties"]["x"]["maxLength"] = json!(3);
    });
    assert_eq!(reported(&old, &new), [["max-length-added"], ["max-length-removed"]]);
}

#[test]
fn a_hostile_document_does_nothing_to_a_report() {
    let old = read("references_into_schemas.json");
    let new = changed(&old, |root| {
        root["info"]["version"] =
            json!("v2 ![x](https://evil.example/x.png) @all\n# News\u{1b}[2J");
        let part = &mut root["components"]["schemas"]["thing"]["properties"]["part"];
        part["properties"]["x"]["default"] = json!("```\n# No\u{202e}\u{1b}[31m");
    });
    let mut report = Report::of(&old, &new, &Families::default());
    let new = changed(&old, |root| {
        let part = &mut root["components"]["schemas"]["thing"]["properties"]["part"];
        part["properties"]["```\n# News\u{1b}[31m token"] = json!({"type": "string"});
    });
    let types = TypeRules::parse("[sensitive]\nwords = [\"token\"]").unwrap();
    let families = Families::default();
    report.proposals = synctera_drift::proposals::proposals(&old, &new, &types, &families);
    assert_eq!(report.proposals.len(), 1, "{:?}", report.proposals);
    let markdown = render::markdown(&report);
    let first = markdown.lines().next().unwrap();
    assert!(first.contains("`v2 ![x](https://evil.example/x.png) @all # News"), "{first}");
    for text in [markdown, render::summary(&report, true)] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("# N")), "{text}");
    }
}
