//! An overlay that fits, and ones that no longer do.

use super::*;
use serde_json::json;

fn document() -> Document {
    Document::from_value(
        "v2.json",
        json!({
            "openapi": "3.0.3", "info": {"version": "v2"},
            "paths": {"/things": {"get": {"operationId": "getThing1", "parameters": [
                {"name": "id", "in": "query"}, {"name": "limit", "in": "query"},
            ]}}},
            "components": {"schemas": {
                "thing": {"properties": {"a": {"type": "string"}}}, "other": {"type": "integer"},
            }},
        }),
    )
    .unwrap()
}

fn overlay(rest: &str) -> Result<Overlay> {
    let head = "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nextends: v2\n";
    Overlay::parse("v2-test.yaml", &format!("{head}{rest}"))
}

#[test]
fn updates_removals_replacements_and_names() {
    let overlay = overlay(
        r#"
actions:
  - target: $.components.schemas.thing
    description: it lost b
    update: {properties: {b: {type: integer}}}
  - target: $.paths['/things'].get.parameters[?@.name=='id']
    description: merged away
    remove: true
  - target: $.components.schemas.thing.properties.a
    description: real shape
    x-synctera-replace: {type: boolean}
x-synctera-names:
  operations: {getThing1: get_thing}
  schemas: {thing: widget, other: thing}
"#,
    )
    .unwrap();
    let mut document = document();
    assert_eq!(overlay.apply(&mut document).unwrap(), 6);
    assert_eq!(
        document.schema("widget").unwrap()["properties"],
        json!({"a": {"type": "boolean"}, "b": {"type": "integer"}})
    );
    assert_eq!(document.schema("thing"), Some(&json!({"type": "integer"})));
    let get = &document.root()["paths"]["/things"]["get"];
    assert_eq!(get["operationId"], "get_thing");
    assert_eq!(get["parameters"], json!([{"name": "limit", "in": "query"}]));
}

#[test]
fn a_stale_action_is_an_error_with_its_reason() {
    let overlay =
        overlay("actions: [{target: $.components.schemas.gone, description: why, remove: true}]")
            .unwrap();
    let error = overlay.apply(&mut document()).unwrap_err().to_string();
    assert_eq!(
        error,
        "v2-test.yaml: target $.components.schemas.gone matches nothing in the document any \
         more; its reason was: why"
    );
}

#[test]
fn what_still_fits_is_applied_and_the_rest_is_told() {
    let overlay = overlay(
        r##"
actions:
  - {target: $.components.schemas.gone, description: why, remove: true}
  - {target: $.components.schemas.thing, description: a dangling one, update: {items: {$ref: "#/components/schemas/no"}}}
  - {target: $.components.schemas.thing, description: fits, update: {nullable: true}}
x-synctera-names:
  operations: {getThing1: get_thing, getThing2: get_other}
  schemas: {thing: widget, gone: lost, other: widget}
"##,
    )
    .unwrap();
    let mut document = document();
    let stale = overlay.apply_what_fits(&mut document);
    assert_eq!(stale.len(), 5, "{stale:?}");
    // The first of two that ask for one name gets it, the second keeps its own.
    assert_eq!(document.schema("widget"), Some(&json!({"type": "integer"})));
    assert_eq!(document.schema("thing").unwrap()["nullable"], true);
    assert_eq!(document.root()["paths"]["/things"]["get"]["operationId"], "get_thing");
}

#[test]
fn an_action_without_reason_is_refused() {
    let error = overlay("actions: [{target: $.info, description: '', remove: true}]");
    assert!(error.unwrap_err().to_string().contains("needs a description"));
}

#[test]
fn a_restored_shape_is_held_against_its_source() {
    let overlay = overlay(
        r##"
actions:
  - target: $.components.schemas.thing
    description: restored
    x-synctera-restored-from: "0.153.0#/components/schemas/thing"
    x-synctera-replace: {properties: {a: {type: integer}}}
"##,
    )
    .unwrap();
    let mut root = document().into_root();
    root["info"]["version"] = json!("0.153.0");
    let older = Document::from_value("v0.json", root.clone()).unwrap();
    assert_eq!(overlay.check_restored(&older).len(), 1);
    root["components"]["schemas"]["thing"]["properties"]["a"]["type"] = json!("integer");
    let older = Document::from_value("v0.json", root).unwrap();
    assert_eq!(overlay.check_restored(&older), Vec::<String>::new());
}
