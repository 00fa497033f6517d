//! The same request under the same key: answered once, and the same from then on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::http::StatusCode;
use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use synctera_sandbox::Fault;
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Answer, Caller, ada, answer};

impl Caller {
    async fn keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        answer(self.request("POST", path).header("idempotency-key", key).json(body)).await
    }

    async fn count(&self, kind: &str) -> Value {
        self.get("/sandbox").await.body["resources"][kind].clone()
    }
}

#[tokio::test]
async fn an_answer_is_given_again_for_seven_days() {
    let caller = Caller::new().await;
    let first = caller.keyed("/v2/persons", "signup", &ada()).await;
    assert_eq!(first.status, 201);
    let again = caller.keyed("/v2/persons", "signup", &ada()).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_ne!(again.headers["x-request-id"], first.headers["x-request-id"]);

    let advance = json!({ "advance": { "days": 6, "hours": 23 } });
    caller.post("/sandbox/clock", advance).await.with(200);
    assert_eq!(caller.keyed("/v2/persons", "signup", &ada()).await.id(), first.id());
    caller.post("/sandbox/clock", json!({ "advance": { "hours": 1 } })).await.with(200);
    assert_ne!(caller.keyed("/v2/persons", "signup", &ada()).await.id(), first.id());
    assert_eq!(caller.count("person").await, 2);
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let caller = Caller::new().await;
    let person = caller.keyed("/v2/persons", "signup", &ada()).await.id();
    let mut other = ada();
    other["first_name"] = json!("Grace");
    let refused = caller.keyed("/v2/persons", "signup", &other).await.with(422);
    assert_eq!(refused["code"], "IDEMPOTENCY_INVALID_REUSE");
    // Another path or method is another request, too.
    let refused = caller.keyed("/v2/businesses", "signup", &ada()).await.with(422);
    assert_eq!(refused["code"], "IDEMPOTENCY_INVALID_REUSE");
    let path = format!("/v2/persons/{person}");
    let patch = caller.request("PATCH", &path).header("idempotency-key", "signup");
    assert_eq!(answer(patch.json(&ada())).await.status, 422);
    // Reading takes no key.
    let get = caller.request("GET", &path).header("idempotency-key", "signup");
    assert_eq!(answer(get).await.status, 200);
}

#[tokio::test]
async fn a_refusal_is_kept_and_a_failure_is_not() {
    let caller = Caller::new().await;
    let bad = json!({ "status": "ACTIVE" });
    let first = caller.keyed("/v2/persons", "refused", &bad).await;
    assert_eq!(first.status, 400);
    assert_eq!(caller.keyed("/v2/persons", "refused", &bad).await.body, first.body);
    assert_eq!(caller.keyed("/v2/persons", "refused", &ada()).await.status, 422);

    for status in [500, 503, 429] {
        caller.sandbox.add_fault(Fault::status(status).times(1)).unwrap();
        let key = format!("failed {status}");
        assert_eq!(caller.keyed("/v2/persons", &key, &ada()).await.status, status);
        assert_eq!(caller.keyed("/v2/persons", &key, &ada()).await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_have_one_answer() {
    let caller = Arc::new(Caller::new().await);
    let mut twins = JoinSet::new();
    for n in 0..40 {
        let caller = caller.clone();
        let key = format!("twins {}", n % 4);
        twins.spawn(async move { (key.clone(), caller.keyed("/v2/persons", &key, &ada()).await) });
    }
    let mut answers = twins.join_all().await;
    answers.sort_by(|(a, _), (b, _)| a.cmp(b));
    for same in answers.chunks(10) {
        assert!(same.iter().all(|(_, answer)| answer.body == same[0].1.body), "{same:?}");
    }
    assert_eq!(caller.count("person").await, 4);
}

/// While a gateway is asked, the store is free; a second request with the key is refused, or waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_key_is_refused_or_waited_for() {
    for (setting, status) in [("conflict", 409), ("unprocessable", 422), ("wait", 201)] {
        a_running_key_is_answered(setting, status).await;
    }
}

async fn a_running_key_is_answered(setting: &str, status: u16) {
    let caller = Arc::new(Caller::new().await);
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let products = caller.get("/v2/cards/products").await.body;
    let product = products["card_products"][0]["id"].clone();
    let card = json!({
        "type": "DEBIT",
        "card_details": {
            "form": "VIRTUAL", "account_id": account, "customer_id": holder,
            "card_product_id": product,
        },
    });
    let card = caller.post("/v2/cards", card).await.body["card_details"]["id"].clone();

    // A gateway that answers when it is told to, and counts.
    let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (count, opened) = (asked.clone(), gate.clone());
    let router = Router::new().fallback(post(async move || {
        count.fetch_add(1, Ordering::SeqCst);
        opened.wait().await;
        StatusCode::OK
    }));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let gateway = json!({ "card_products": [product], "is_active": true, "url": url });
    caller.post("/v2/cards/gateways", gateway).await.with(201);
    let settings = json!({ "card_gateway_wait_ms": 60_000, "concurrent_key": setting });
    caller.call("PATCH", "/sandbox/settings", settings).await.with(200);

    let bought = json!({ "card_id": card, "amount": 30_00, "mid": "123456789012345" });
    let mut twins = JoinSet::new();
    for _ in 0..2 {
        let (caller, bought) = (caller.clone(), bought.clone());
        let path = "/v2/cards/transaction_simulations/authorization";
        twins.spawn(async move { caller.keyed(path, "tap", &bought).await });
    }
    // Others are served all the while.
    assert_eq!(caller.get("/v2/persons").await.status, 200);
    let before = caller.sandbox.snapshot().await.unwrap();
    if status != 201 {
        // The gateway has not answered yet.
        let refused = twins.join_next().await.unwrap().unwrap().with(status);
        assert_eq!(refused["code"], "IDEMPOTENCY_CONCURRENT_USE");
        assert!(refused["detail"].as_str().unwrap().contains("still running"), "{refused}");
    }
    gate.wait().await;
    let answers = twins.join_all().await;
    let again = caller.keyed("/v2/cards/transaction_simulations/authorization", "tap", &bought);
    let again = again.await.with(201);
    assert!(answers.iter().all(|answer| answer.body == again), "{answers:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the gateway heard of it once");
    assert_eq!(caller.count("pending transaction").await, 1);

    // What runs while everything is replaced does nothing to what comes.
    let path = "/v2/cards/transaction_simulations/authorization";
    let (running, again) = (caller.clone(), bought.clone());
    let late = tokio::spawn(async move { running.keyed(path, "late", &again).await });
    while asked.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    caller.sandbox.restore(&before).await.unwrap();
    gate.wait().await;
    let late = late.await.unwrap().with(503);
    assert!(late["detail"].as_str().unwrap().contains("restored"), "{late}");
    assert_eq!(caller.count("pending transaction").await, Value::Null);
    server.abort();
}

#[tokio::test]
async fn the_same_json_in_another_form_is_the_same_request() {
    let caller = Caller::new().await;
    let person = ada();
    let first = caller.keyed("/v2/persons", "signup", &person).await;
    let members = person.as_object().unwrap().iter().rev();
    let members: Vec<String> =
        members.map(|(name, value)| format!("  {} :\n{value}", json!(name))).collect();
    let other = format!("\u{feff}{{{}}}\n", members.join(" , "));
    let request = caller.request("POST", "/v2/persons").header("idempotency-key", "signup");
    let again = answer(request.header("content-type", "application/json").body(other)).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(caller.count("person").await, 1);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let caller = Caller::new().await;
    let bytes = |bytes: &[u8]| ::http::HeaderValue::from_bytes(bytes).unwrap();
    for (key, why) in [
        (bytes("auftrag-ü".as_bytes()), "has characters other than visible ASCII"),
        (bytes(b"\xff"), "has characters other than visible ASCII"),
        (bytes(b"a\tb"), "has characters other than visible ASCII"),
        (bytes(b""), "is empty"),
        (bytes(b"   "), "is empty"),
        (bytes(&[b'k'; 1025]), "has more than 1024 characters"),
    ] {
        let request = caller.request("POST", "/v2/persons").header("idempotency-key", &key);
        let refused = answer(request.json(&ada())).await.with(400);
        assert_eq!(refused["invalid"]["Idempotency-Key"], why, "{key:?}");
        assert!(refused["detail"].as_str().unwrap().contains("Idempotency-Key"), "{refused}");
        // Reading takes no key.
        let request = caller.request("GET", "/v2/persons").header("idempotency-key", &key);
        assert_eq!(answer(request).await.status, 200);
    }
    let request = caller.request("POST", "/v2/persons");
    let twice = request.header("idempotency-key", "a").header("idempotency-key", "b");
    let refused = answer(twice.json(&ada())).await.with(400);
    assert_eq!(refused["invalid"]["Idempotency-Key"], "is given twice");
    assert_eq!(caller.count("person").await, Value::Null);
}
