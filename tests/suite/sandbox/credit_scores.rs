//! Credit scores, which are stored as they come.

use serde_json::{Value, json};
use synctera_tests::subscriber::Subscriber;

use super::{Caller, ada};

#[tokio::test]
async fn a_score_is_stored_for_a_customer_and_listed() {
    let caller = Caller::new().await;
    let person = caller.post("/v2/persons", ada()).await.id();
    let other = caller.post("/v2/persons", ada()).await.id();
    let subscriber = Subscriber::start().await;
    let webhook = json!({ "url": subscriber.url(), "enabled_events": ["CREDIT_SCORE.*"],
        "is_enabled": true });
    caller.post("/v2/webhooks", webhook).await.with(201);
    let score = json!({ "customer_id": person, "source_of_score": "ACCOUNT_OPENING", "score": 712,
        "vendor_name": "EQUIFAX", "type": "FICO", "version": "8" });
    let stored = caller.post("/v2/credit_scores", score).await.with(201);
    assert_eq!((&stored["score"], &stored["type"]), (&json!(712), &json!("FICO")));
    let path = format!("/v2/credit_scores/{}", stored["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.with(200), stored);
    // The document has 201 for the list.
    let list = async |customer: &str| {
        let path = format!("/v2/credit_scores?customer_id={customer}");
        caller.get(&path).await.with(201)["credit_scores"].clone()
    };
    assert_eq!(list(&person).await, json!([stored]));
    assert_eq!(list(&other).await, json!([]));
    caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(subscriber.take_types(), ["CREDIT_SCORE.CREATED"]);
}

#[tokio::test]
async fn a_score_is_of_a_customer_and_within_its_range() {
    let caller = Caller::new().await;
    let person = caller.post("/v2/persons", ada()).await.id();
    for score in [-1, 1000] {
        let body = json!({ "customer_id": person, "source_of_score": "OTHER", "score": score });
        let refused = caller.post("/v2/credit_scores", body).await;
        assert_eq!(refused.fields("invalid"), ["score"], "{score}");
    }
    let nobody = "00000000-0000-4000-8000-000000000000";
    let body = json!({ "customer_id": nobody, "source_of_score": "OTHER", "score": 700 });
    let refused = caller.post("/v2/credit_scores", body).await;
    assert_eq!(refused.fields("invalid"), ["customer_id"]);
    assert_eq!(refused.with(400)["code"], "CUSTOMER_NOT_FOUND");
    // What is left out stays so: no bureau is asked.
    let bare = json!({ "customer_id": person, "source_of_score": "OTHER",
        "vendor_name": "EXPERIAN" });
    assert!(caller.post("/v2/credit_scores", bare).await.with(201)["score"].is_null());
}
