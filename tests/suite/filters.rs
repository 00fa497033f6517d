//! Filters are held against the document's limits before a call leaves.

use serde_json::{Value, json};
use synctera::{Retries, Synctera};
use synctera_tests::document::{Document, V0, V2};
use synctera_tests::expected::expected;
use synctera_tests::harness;
use synctera_tests::sample::Extent;
use synctera_tests::stub::{Canned, Stub};

use crate::every_operation::ids;

/// Values just beyond the limits of a parameter.
fn beyond(schema: &Value, required: bool) -> Vec<Value> {
    let mut values = Vec::new();
    match schema["type"].as_str() {
        Some("integer") => {
            values.extend(schema["minimum"].as_i64().map(|least| json!(least - 1)));
            values.extend(schema["maximum"].as_i64().map(|most| json!(most + 1)));
        }
        Some("number") => {
            values.extend(schema["minimum"].as_f64().map(|least| json!(least - 0.5)));
            values.extend(schema["maximum"].as_f64().map(|most| json!(most + 0.5)));
        }
        Some("string") if schema.get("enum").is_none() && schema.get("format").is_none() => {
            let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok());
            values.extend(most.map(|most| json!("1".repeat(most + 1))));
            let least = schema["minLength"].as_u64().filter(|least| *least > 0);
            values.extend(least.map(|_| json!("")));
            values.extend(schema["pattern"].as_str().map(|_| json!("\u{0}")));
        }
        Some("array") if required => values.push(json!([])),
        _ => {}
    }
    values
}

async fn walk(document: &'static Document) -> (usize, Vec<String>) {
    let stub = Stub::start().await;
    stub.answer(Canned::json(&json!({})));
    let builder = Synctera::builder("a-key").base_url(stub.base_url()).retries(Retries::none());
    let client = builder.build().unwrap();
    let ids = ids(document);
    let (mut count, mut failures) = (0, Vec::new());
    for operation in document.operations() {
        let id = ids[&(operation.method.clone(), operation.path)];
        for parameter in operation.parameters_in("query") {
            let name = parameter["name"].as_str().unwrap();
            let schema = document.deref(&parameter["schema"]);
            for value in beyond(schema, parameter["required"] == true) {
                let (mut input, _) = expected(document, &operation, Extent::Minimal, 0);
                input.query.insert(name.to_owned(), value.clone());
                let outcome = match document.name {
                    "v0" => harness::v0::call(client.legacy(), id, &input).await,
                    _ => harness::v2::call(client.api(), id, &input).await,
                };
                count += 1;
                let sent = stub.take().len();
                match outcome {
                    Err(why) if sent == 0 && why.contains(name) => {}
                    other => failures.push(format!("{id} {name}={value}: {sent} sent, {other:?}")),
                }
            }
        }
    }
    (count, failures)
}

#[tokio::test]
async fn what_is_beyond_a_limit_is_told_and_not_sent() {
    let (v2, mut failures) = walk(&V2).await;
    let (v0, more) = walk(&V0).await;
    failures.extend(more);
    println!("{v2} filters of v2 and {v0} of v0 were beyond a limit");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(v2 > 50, "{v2}");
}
