//! What a change is to those who write Rust: the items it touches, and the names that change alone.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use serde_json::{Value, json};
use synctera_codegen::{Document, Families, TypeRules};
use synctera_drift::{Change, Class, Report};

/// Lamps that are made and listed: what is sent of them is another type than what is read.
fn lamps() -> Value {
    let body = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    json!({
        "openapi": "3.0.3", "info": {"version": "v2"},
        "paths": {"/lamps": {
            "post": {"operationId": "create_lamp", "tags": ["Lamps"], "requestBody": body(reference("lamp")),
                "responses": {"201": body(reference("lamp"))}},
            "get": {"operationId": "list_lamps", "tags": ["Lamps"],
                "parameters": [{"name": "color", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": body(reference("lamp_list"))}},
        }},
        "components": {"schemas": {
            "lamp_list": {"type": "object", "properties": {"lamps": {"type": "array", "items": reference("lamp")}}},
            "lamp": {"type": "object", "properties": {
                "id": {"type": "string", "readOnly": true},
                "type": {"type": "string"},
                "mode": {"type": "string", "enum": ["ON", "OFF"]},
                "mount": reference("hook"),
            }},
            "hook": {"type": "object", "properties": {"width": {"type": "integer"}}},
            "peg": {"type": "object", "properties": {"width": {"type": "integer"}, "peg": {"type": "string"}}},
        }},
    })
}

fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let document = |root: &Value| {
        synctera_pin::distill(&Document::from_value("t", root.clone()).unwrap()).unwrap()
    };
    let (old, new) = (document(old), document(new));
    let (families, types) = (Families::default(), TypeRules::default());
    let report = Report::of(&old, &new, &families);
    report.with_items(&old, &new, &families, &types).unwrap().changes
}

/// Rule, what changed, and the items.
fn reported(changes: &[Change]) -> Vec<(&str, String, Vec<&str>)> {
    changes
        .iter()
        .map(|c| (c.rule, c.values(), c.items.iter().map(String::as_str).collect()))
        .collect()
}

/// The document with a component under another name.
fn renamed(from: &str, to: &str) -> Value {
    let text = lamps().to_string();
    let text = text.replace(&format!("schemas/{from}\""), &format!("schemas/{to}\""));
    text.replace(&format!("\"{from}\":{{"), &format!("\"{to}\":{{")).parse().unwrap()
}

#[test]
fn a_change_names_the_types_and_fields_that_it_touches() {
    let mut new = lamps();
    new["components"]["schemas"]["lamp"]["properties"].as_object_mut().unwrap().remove("type");
    let found = changes(&lamps(), &new);
    let items = ["Lamp.type_", "LampInput.type_", "NewLamp.type_"];
    let [(rule, _, touched)] = &reported(&found)[..] else {
        unreachable!("{found:?}");
    };
    assert_eq!(*rule, "property-removed");
    // Which of the names the generator takes for what is sent is its own affair.
    assert!(touched.iter().all(|item| items.contains(item)) && touched.len() == 2, "{touched:?}");

    let mut new = lamps();
    new["paths"]["/lamps"]["get"]["parameters"][0]["deprecated"] = json!(true);
    let found = changes(&lamps(), &new);
    assert_eq!(
        reported(&found),
        [("parameter-deprecated", String::new(), vec!["ListLampsQuery.color"])]
    );

    let mut new = lamps();
    new["paths"]["/lamps"]["get"]["operationId"] = json!("find_lamps");
    let found = changes(&lamps(), &new);
    assert_eq!(reported(&found)[0].2, ["ListLampsQuery", "find_lamps", "list_lamps"]);
}

#[test]
fn a_component_with_another_name_is_reported_once_and_breaks_rust_alone() {
    let found = changes(&lamps(), &renamed("hook", "bracket"));
    assert_eq!(
        reported(&found),
        [("type-renamed", "Hook → Bracket".to_owned(), vec!["Bracket", "Hook"])]
    );
    assert_eq!(found[0].class, Class::Rust);
    let calls: Vec<&str> = found[0].operations.iter().map(|o| o.id.as_str()).collect();
    assert_eq!(calls, ["list_lamps", "create_lamp"]);
    let back = changes(&renamed("hook", "bracket"), &lamps());
    assert_eq!(reported(&back)[0].1, "Bracket → Hook");
    assert_eq!(reported(&changes(&lamps(), &lamps())), []);
}

#[test]
fn what_is_named_after_a_renamed_type_is_reported_with_it() {
    let found = changes(&lamps(), &renamed("lamp", "lantern"));
    let plain: Vec<_> = found.iter().filter(|c| c.values() == "Lamp → Lantern").collect();
    assert_eq!(plain.len(), 1, "{:?}", reported(&found));
    assert!(plain[0].items.contains("LampMode") && plain[0].items.contains("LanternMode"));
    assert!(found.iter().all(|change| change.rule == "type-renamed"), "{:?}", reported(&found));
}

#[test]
fn a_type_in_the_place_of_another_that_stays_is_reported_separately() {
    let mut new = lamps();
    let schemas = &mut new["components"]["schemas"];
    schemas["lamp"]["properties"]["mount"] = json!({"$ref": "#/components/schemas/peg"});
    schemas["lamp_list"]["properties"]["hook"] = json!({"$ref": "#/components/schemas/hook"});
    let mut old = lamps();
    old["components"]["schemas"]["lamp_list"]["properties"]["peg"] =
        json!({"$ref": "#/components/schemas/peg"});
    old["components"]["schemas"]["lamp_list"]["properties"]["hook"] =
        json!({"$ref": "#/components/schemas/hook"});
    let found = changes(&old, &new);
    let rules: Vec<(&str, String)> = found.iter().map(|c| (c.rule, c.values())).collect();
    assert!(rules.contains(&("type-exchanged", "Hook → Peg".to_owned())), "{rules:?}");
    assert!(rules.iter().all(|(rule, _)| *rule != "type-renamed"), "{rules:?}");
}

#[test]
fn what_another_kind_of_value_still_has_stops_no_program() {
    let union = |of_hook: Value| {
        let mut root = lamps();
        let schemas = &mut root["components"]["schemas"];
        schemas["hook"]["properties"] = of_hook;
        schemas["lamp"]["properties"]["mount"] = json!({"oneOf": [
            {"$ref": "#/components/schemas/hook"}, {"$ref": "#/components/schemas/peg"}]});
        root
    };
    let width = json!({"type": "integer"});
    let old = union(json!({"width": width, "hook": {"type": "string"}}));
    let spared = changes(&old, &union(json!({"hook": {"type": "string"}})));
    let reported: Vec<_> = spared.iter().map(|c| (c.rule, c.class, c.breaks_rust)).collect();
    assert_eq!(reported, [("property-removed", Class::Wire, false)]);
    let gone = changes(&old, &union(json!({"width": width})));
    let reported: Vec<_> = gone.iter().map(|c| (c.rule, c.class, c.breaks_rust)).collect();
    assert_eq!(reported, [("property-removed", Class::Wire, true)]);
}

#[test]
fn a_type_that_is_gone_goes_with_what_led_to_it() {
    let mut new = lamps();
    new["paths"]["/lamps"].as_object_mut().unwrap().remove("get");
    let found = changes(&lamps(), &new);
    let [change] = found.as_slice() else {
        unreachable!("{:?}", reported(&found));
    };
    assert_eq!(change.rule, "operation-removed");
    assert!(change.items.contains("LampList"), "{:?}", change.items);
    assert!(!change.items.contains("Hook"), "it is still there: {:?}", change.items);
    let back = changes(&new, &lamps());
    assert_eq!(reported(&back)[0].0, "operation-added");
    assert!(back.iter().all(|change| change.rule != "type-removed"));
}

#[test]
fn values_that_differ_in_case_are_one_variant() {
    let mut new = lamps();
    new["components"]["schemas"]["lamp"]["properties"]["mode"]["enum"] = json!(["On", "OFF"]);
    let found = changes(&lamps(), &new);
    let gone: Vec<_> = found.iter().filter(|c| c.rule == "enum-value-removed").collect();
    assert_eq!((gone.len(), gone[0].class, gone[0].breaks_rust), (1, Class::Wire, false));
}

#[test]
fn what_is_only_read_any_more_cannot_be_built() {
    let mut old = lamps();
    let schemas = old["components"]["schemas"].as_object_mut().unwrap();
    schemas["lamp"]["properties"].as_object_mut().unwrap().remove("id");
    let mut new = old.clone();
    new["components"]["schemas"]["order"] = json!({"type": "object", "properties": {}});
    let body = "/paths/~1lamps/post/requestBody/content/application~1json/schema";
    *new.pointer_mut(body).unwrap() = json!({"$ref": "#/components/schemas/order"});
    let rules = |found: &[Change]| -> Vec<(&'static str, String)> {
        found.iter().filter(|c| c.rule.starts_with("type-")).map(|c| (c.rule, c.values())).collect()
    };
    let found = rules(&changes(&old, &new));
    assert!(found.contains(&("type-not-sent", "Lamp".to_owned())), "{found:?}");
    let back = rules(&changes(&new, &old));
    assert!(back.iter().all(|(rule, _)| *rule != "type-not-sent"), "{back:?}");
}

#[test]
fn a_list_of_values_that_is_new_changes_the_fields_that_hold_it() {
    let mut old = lamps();
    old["components"]["schemas"]["mode"] = json!({"type": "string"});
    old["components"]["schemas"]["lamp"]["properties"]["mode"] =
        json!({"$ref": "#/components/schemas/mode"});
    let mut new = old.clone();
    new["components"]["schemas"]["mode"]["enum"] = json!(["ON", "OFF"]);
    let found = changes(&old, &new);
    let change = found.iter().find(|change| change.rule == "became-enum").unwrap();
    for item in ["Lamp.mode", "Mode"] {
        assert!(change.items.contains(item), "{:?}", change.items);
    }
}

#[test]
fn a_type_that_goes_with_nothing_reported_is_reported_by_itself() {
    let mut new = lamps();
    let answer = "/paths/~1lamps/get/responses/200";
    *new.pointer_mut(answer).unwrap() = json!({});
    let found = changes(&lamps(), &new);
    let rules: Vec<(&str, String)> = found.iter().map(|c| (c.rule, c.values())).collect();
    let body = ("answer-body-removed", String::new());
    assert_eq!(rules, [body, ("type-removed", "LampList".to_owned())]);
    let back = changes(&new, &lamps());
    assert!(back.iter().all(|change| change.rule != "type-removed"));
}

/// Lamps in pages, and the lamp that is made with some texts.
fn in_pages(page: &str, texts: &[&str]) -> Value {
    let mut root = lamps();
    let query = json!({"name": page, "in": "query", "schema": {"type": "string"}});
    root["paths"]["/lamps"]["get"]["parameters"] = json!([query]);
    root["components"]["schemas"]["lamp_list"]["properties"]["next_page_token"] =
        json!({"type": "string"});
    let properties: serde_json::Map<String, Value> =
        texts.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    root["components"]["schemas"]["order"] = json!({"required": texts, "properties": properties});
    let body = "/paths/~1lamps/post/requestBody/content/application~1json/schema";
    *root.pointer_mut(body).unwrap() = json!({"$ref": "#/components/schemas/order"});
    root
}

/// What is reported of calls that compile as they did.
fn of_calls(old: &Value, new: &Value) -> Vec<(&'static str, Class, String)> {
    let found = changes(old, new).into_iter();
    let is_of_calls = |change: &Change| {
        ["list-paged", "list-not-paged", "arguments-exchanged"].contains(&change.rule)
    };
    found.filter(is_of_calls).map(|change| (change.rule, change.class, change.values())).collect()
}

#[test]
fn a_list_that_is_no_longer_walked_is_told() {
    let (old, new) = (in_pages("page_token", &["a"]), in_pages("page", &["a"]));
    let nothing = String::new();
    assert_eq!(of_calls(&old, &new), [("list-not-paged", Class::Rust, nothing.clone())]);
    assert_eq!(of_calls(&new, &old), [("list-paged", Class::Additive, nothing)]);
    let change = changes(&old, &new).into_iter().find(|c| c.rule == "list-not-paged").unwrap();
    assert!(change.items.contains("ListLampsQuery"), "{:?}", change.items);
}

#[test]
fn arguments_that_change_places_unseen_are_told() {
    let of = |texts: &[&str]| in_pages("page_token", texts);
    // `b` is first now, and the last one is new: both calls compile.
    let reported = of_calls(&of(&["a", "b"]), &of(&["b", "c"]));
    assert_eq!(reported, [("arguments-exchanged", Class::Rust, "a, b → b, c".to_owned())]);
    // Another number of arguments stops programs; a name in the same place takes the same value.
    assert_eq!(of_calls(&of(&["a", "b"]), &of(&["a", "b", "c"])), []);
    assert_eq!(of_calls(&of(&["a", "c"]), &of(&["b", "c"])), []);
}

#[test]
fn a_type_that_comes_with_others_is_reported_with_them() {
    let mut new = lamps();
    let schemas = &mut new["components"]["schemas"];
    schemas["screw"] = json!({"properties": {"thread": {"type": "integer"}}});
    schemas["bolt"] = json!({"properties": {"screw": {"$ref": "#/components/schemas/screw"}}});
    schemas["hook"]["properties"]["bolt"] = json!({"$ref": "#/components/schemas/bolt"});
    let found = changes(&lamps(), &new);
    let [change] = found.as_slice() else {
        unreachable!("{:?}", reported(&found));
    };
    assert_eq!(change.rule, "optional-property-added");
    assert!(change.items.contains("Bolt") && change.items.contains("Screw"), "{:?}", change.items);
}
