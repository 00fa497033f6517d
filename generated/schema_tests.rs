//! What the JSON Schemas of generated types say.

use serde_json::{Value, json};

use crate::v2::types;

fn of<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

#[test]
fn a_request_is_described_with_what_it_holds() {
    let schema = of::<types::NewPerson>();
    assert_eq!(schema["required"], json!(["is_customer", "status"]));
    assert_eq!(schema["properties"]["dob"]["format"], "date");
    let status = schema["properties"]["status"]["$ref"].as_str().unwrap().to_owned();
    let status = schema.pointer(status.trim_start_matches('#')).unwrap();
    assert!(status["anyOf"][0]["enum"].as_array().unwrap().contains(&json!("PROSPECT")));
}

#[test]
fn a_union_says_its_tags() {
    let schema = of::<types::NewCard>();
    let variants = schema["anyOf"][0]["oneOf"].as_array().unwrap();
    let tags: Vec<&Value> =
        variants.iter().map(|v| &v["allOf"][1]["properties"]["type"]["enum"]).collect();
    assert_eq!(tags, [&json!(["CREDIT"]), &json!(["DEBIT", "PREPAID"])]);
}
