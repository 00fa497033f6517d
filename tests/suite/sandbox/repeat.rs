//! The same calls on the same seed give the same bytes.

use serde_json::{Value, json};
use synctera_sandbox::Sandbox;
use synctera_tests::subscriber::Subscriber;

use super::Caller;

/// A life in the sandbox: every answer, and every event with its signature, as text.
async fn life(caller: &Caller) -> Vec<String> {
    let subscriber = Subscriber::start().await;
    let mut told = Vec::new();
    let mut say = async |method: &str, path: &str, body: Value| {
        let answer = caller.call(method, path, body).await;
        assert!(answer.status < 500, "{method} {path}: {answer:?}");
        let id = answer.headers.get("x-request-id").map(|id| id.to_str().unwrap().to_owned());
        // The port of the subscriber is the system's.
        let body = answer.body.to_string().replace(subscriber.url(), "<url>");
        told.push(format!("{method} {path}: {} {id:?} {body}", answer.status));
        answer.body
    };
    say("POST", "/v2/webhook_secrets", Value::Null).await;
    let webhook = json!({
        "url": subscriber.url(), "is_enabled": true,
        "enabled_events": ["PERSON.*", "ACCOUNT.*", "TRANSACTION.*", "STATEMENT.*", "CARD.*"],
    });
    say("POST", "/v2/webhooks", webhook).await;
    let person = say("POST", "/v2/persons", super::ada()).await["id"].clone();
    let consent = json!({ "person_id": person, "customer_consent": true });
    say("POST", "/v2/verifications/verify", consent).await;
    let templates = say("GET", "/v2/accounts/templates", Value::Null).await;
    let account = json!({
        "account_template_id": templates["account_templates"][0]["id"],
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": person }],
    });
    let account = say("POST", "/v2/accounts", account).await;
    for (amount, dc_sign) in [(500_00, "credit"), (20_00, "debit"), (9_999_00, "debit")] {
        let entry = json!({
            "account_number": account["account_number"], "amount": amount, "dc_sign": dc_sign,
            "effective_date": "2026-11-24",
        });
        let path = "/v2/ach/transaction_simulations/receiving_transaction";
        say("POST", path, entry).await;
    }
    let products = say("GET", "/v2/cards/products", Value::Null).await;
    let card = json!({
        "type": "DEBIT",
        "card_details": {
            "form": "VIRTUAL", "account_id": account["id"], "customer_id": person,
            "card_product_id": products["card_products"][0]["id"],
        },
    });
    let card = say("POST", "/v2/cards", card).await["card_details"]["id"].clone();
    let bought = json!({ "card_id": card, "amount": 30_00, "mid": "123456789012345" });
    say("POST", "/v2/cards/transaction_simulations/authorization", bought).await;
    say("POST", "/v2/persons", json!({ "status": "ACTIVE" })).await;
    say("GET", "/v2/nowhere", Value::Null).await;
    say("POST", "/sandbox/deliveries/settle", Value::Null).await;
    // Statements, interest, and the end of a hold.
    say("POST", "/sandbox/clock", json!({ "advance": { "days": 40 } })).await;
    say("POST", "/sandbox/deliveries/settle", Value::Null).await;
    let id = account["id"].as_str().unwrap();
    say("GET", &format!("/v2/statements?account_id={id}"), Value::Null).await;
    say("GET", "/v2/transactions/posted", Value::Null).await;
    say("GET", "/v2/transactions/pending", Value::Null).await;
    say("GET", "/sandbox/check", Value::Null).await;
    let mut events: Vec<String> = subscriber
        .take()
        .iter()
        .map(|event| {
            let body = String::from_utf8(event.body.to_vec()).unwrap();
            format!("{:?} {body}", event.headers["request-timestamp"])
                .replace(subscriber.url(), "<url>")
        })
        .collect();
    // Events of different resources do not wait for each other.
    events.sort();
    assert!(events.len() >= 10, "{events:#?}");
    told.extend(events);
    told
}

#[tokio::test]
async fn a_run_is_repeated_byte_for_byte() {
    let seeded = async |seed| life(&Caller::on(Sandbox::builder().seed(seed)).await).await;
    let (first, second) = (seeded(8841).await, seeded(8841).await);
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first, second);
    }
    assert_eq!(first.len(), second.len());
    // Another seed gives other ids to the same life.
    let other = seeded(1).await;
    assert_eq!(other.len(), first.len());
    assert_ne!(other[2], first[2]);
}

#[tokio::test]
async fn a_reset_repeats_it_too() {
    let caller = Caller::on(Sandbox::builder().seed(8841)).await;
    let first = life(&caller).await;
    caller.post("/sandbox/reset", Value::Null).await.with(200);
    assert_eq!(life(&caller).await, first);
}
