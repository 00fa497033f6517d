//! A fresh sandbox: nothing about it can be known beforehand, unless its seed is given.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use synctera_sandbox::Sandbox;

use super::{Caller, ada};

/// Ids and secrets of a life that is the same each time.
async fn secrets(caller: &Caller) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    let mut note = |value: &Value| {
        let text = value.as_str().unwrap().to_owned();
        assert!(secrets.insert(text.clone()), "{text} is there twice");
    };
    let holder = caller.verified().await;
    note(&json!(holder));
    let (account, number) = caller.checking(&holder).await;
    note(&json!(account));
    note(&json!(number));
    let card = caller.virtual_card(&account, &holder).await;
    note(&card);
    note(&caller.post("/v2/webhook_secrets", Value::Null).await.with(201)["secret"]);
    let path = format!("/v2/cards/{}/client_token", card.as_str().unwrap());
    note(&caller.post(&path, Value::Null).await.with(201)["client_token"]);
    let key = caller.post("/sandbox/keys", json!({ "workspace": "2_1" })).await.with(201);
    note(&key["api_key"]);
    let made = caller.post("/v2/persons", ada()).await;
    note(&json!(made.headers["x-request-id"].to_str().unwrap()));
    secrets
}

#[tokio::test]
async fn what_a_fresh_sandbox_makes_cannot_be_predicted() {
    let (one, two) = (Caller::on(Sandbox::builder()).await, Caller::on(Sandbox::builder()).await);
    let (first, second) = (secrets(&one).await, secrets(&two).await);
    assert_eq!(first.intersection(&second).count(), 0, "{first:?} {second:?}");
    one.post("/sandbox/reset", Value::Null).await.with(200);
    let third = secrets(&one).await;
    assert_eq!(first.intersection(&third).count(), 0, "a reset begins anew");

    let seeded = async || secrets(&Caller::on(Sandbox::builder().seed(7)).await).await;
    assert_eq!(seeded().await, seeded().await);
}

#[tokio::test]
async fn a_key_that_no_request_can_carry_starts_nothing() {
    for key in ["", "a key", "kéy", "tab\there", &"x".repeat(257)] {
        let error = Sandbox::builder().api_key(key, "1_1").start().await.unwrap_err();
        let text = "an API key has 1 to 256 visible characters of ASCII";
        assert_eq!(error.to_string(), text, "{key:?}");
    }
    let twice = Sandbox::builder().api_key("one", "1_1").api_key("one", "2_1");
    let error = twice.start().await.unwrap_err();
    assert_eq!(error.to_string(), "an API key is given for two workspaces");
    Sandbox::builder().api_key("one", "1_1").api_key("one", "1_1").start().await.unwrap();
}
