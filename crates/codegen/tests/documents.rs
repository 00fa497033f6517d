//! Small documents with something unusual: they give a client, or one sentence that says where it is
//! that something is not supported. `cargo xtask random-documents` compiles those of `valid/`.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::collections::BTreeMap;
use std::path::Path;

use synctera_codegen::Error;
use synctera_codegen::generate::{Companions, Generated, Selection, interface};

fn texts(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn generated(name: &str, text: &str) -> Result<Generated, Error> {
    let document = synctera_pin::distill(&synctera_pin::parse(name, text)?)?;
    interface(&document, &Companions::default(), "crate::v2", &Selection::All)
}

fn of(name: &str) -> Generated {
    generated(name, &texts("valid")[name]).unwrap()
}

#[test]
fn what_is_valid_gives_a_client() {
    let texts = texts("valid");
    assert!(texts.len() >= 16, "{:?}", texts.keys());
    for (name, text) in texts {
        let generated = generated(&name, &text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(!generated.operations.is_empty(), "{name}");
    }
}

#[test]
fn what_is_not_supported_is_reported_in_a_sentence() {
    let reported: BTreeMap<String, String> = texts("refused")
        .into_iter()
        .map(|(name, text)| {
            let error = match generated(&name, &text) {
                Ok(_) => "nothing".to_owned(),
                Err(error) => error.to_string(),
            };
            (name, error)
        })
        .collect();
    assert_eq!(reported.len(), 21);
    insta::assert_json_snapshot!(reported);
}

#[test]
fn lists_of_themselves_are_lists_of_json() {
    let generated = of("list_of_itself.json");
    assert!(generated.code.contains("::std::vec::Vec<::serde_json::Value>"));
    let notes: Vec<&str> = generated.facts.notes.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(
        notes,
        ["#/components/schemas/m", "#/components/schemas/p", "#/components/schemas/r"]
    );
}

#[test]
fn all_operations_are_there() {
    let ids = |name: &str| -> Vec<String> {
        of(name).operations.iter().map(|operation| operation.id.clone()).collect()
    };
    assert_eq!(ids("path_item_by_reference.json"), ["list_a", "get_b", "list_c"]);
    assert_eq!(ids("two_templates.json"), ["get_thing", "read_thing"]);
    assert_eq!(ids("written.yaml"), ["get_thing", "put_things_id"]);
    assert_eq!(
        ids("names_that_collide.json"),
        ["type_call", "create_thing", "create_thing_2", "n1st"]
    );
}

#[test]
fn names_stay_on_the_wire() {
    let code = of("names_that_collide.json").code;
    let names = code.split("const FIELDS: &'static [&'static str] = &[").skip(1);
    let thing =
        names.map(|rest| rest.split(']').next().unwrap()).find(|names| names.contains("\"aB\""));
    for name in
        ["\"aB\"", "\"a_b\"", "\"$x\"", "\"x\"", "\"1st\"", "\"first name\"", "\"größe\"", "\"\""]
    {
        assert!(thing.unwrap().contains(name), "{name}: {thing:?}");
    }
    for query in ["\"a-b\"", "\"a_b\"", "\"type\"", "\"1st\"", "\"body\""] {
        assert!(code.contains(&format!("pairs.maybe({query}")), "{query}");
    }
}

#[test]
fn headers_that_must_be_there_are_arguments() {
    let code = of("required_headers.json").code;
    let code: String = code.split_whitespace().collect();
    for part in [
        "x_trace:&str,",
        "body_header:&str,",
        "x_depth:i64,",
        "x_trace_header:&str,",
        ".header(\"X-Trace\",x_trace_header.to_string())",
        ".header(\"X-Depth\",x_depth.to_string())",
        ".header(\"Body\",body_header.to_string())",
        "::std::format!(\"{}={};{}={}\",\"session\",session,\"type\",type_cookie)",
    ] {
        assert!(code.contains(part), "no {part} in {code}");
    }
    assert!(!code.contains("idempotency_key:"), "{code}");
}

#[test]
fn a_tag_without_a_mapping_holds_the_names_of_schemas() {
    let generated = of("tag_without_mapping.json");
    let union = generated.facts.unions.values().next().unwrap();
    let values: Vec<&str> = union.variants.keys().map(String::as_str).collect();
    assert_eq!(values, ["Cat", "dog", "fish"]);
}

#[test]
fn a_document_of_openapi_3_1_gives_the_client_of_its_form_in_3_0() {
    let code = |name: &str| of(name).code;
    assert_eq!(code("openapi_3_1.json"), code("openapi_3_1_as_3_0.json"));
    let pinned = |name: &str| {
        let document = synctera_pin::parse(name, &texts("valid")[name]).unwrap();
        synctera_pin::canonical_text(&synctera_pin::distill(&document).unwrap())
    };
    assert_eq!(pinned("openapi_3_1.json"), pinned("openapi_3_1_as_3_0.json"));
}

#[test]
fn what_is_simplified_is_noted() {
    let notes: BTreeMap<String, Vec<String>> = texts("valid")
        .into_iter()
        .map(|(name, text)| {
            let notes = generated(&name, &text).unwrap().facts.notes;
            (name, notes.iter().map(|(place, reason)| format!("{place}: {reason}")).collect())
        })
        .collect();
    insta::assert_json_snapshot!(notes);
}
