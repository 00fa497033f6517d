//! What the sandbox sends where its callers want it: it opens nothing that their key does not.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Caller;

impl Caller {
    /// A funded card, whose authorizations are asked of a URL.
    async fn asking(&self, url: &str, headers: Value) -> Value {
        let holder = self.verified().await;
        let (account, number) = self.checking(&holder).await;
        self.receive(&number, 500_00, "credit").await.with(201);
        let card = self.virtual_card(&account, &holder).await;
        let products = self.get("/v2/cards/products").await.with(200);
        let gateway = json!({
            "card_products": [products["card_products"][0]["id"]], "is_active": true, "url": url,
            "custom_headers": headers,
        });
        self.post("/v2/cards/gateways", gateway).await.with(201);
        card
    }

    async fn authorize(&self, card: &Value) -> Value {
        let body = json!({ "card_id": card, "amount": 10_00, "mid": "123456789012345" });
        let path = "/v2/cards/transaction_simulations/authorization";
        self.post(path, body).await.with(201)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_no_way_into_the_control_api() {
    let caller = Caller::new().await;
    let base_url = caller.sandbox.base_url();
    let headers = json!({ "Accept": "application/json" });
    let card = caller.asking(&format!("{base_url}/sandbox/reset"), headers).await;
    let decided = caller.authorize(&card).await;
    assert!(decided.to_string().contains("GATEWAY_DECLINED"), "{decided}");
    assert_eq!(caller.get("/v2/persons").await.with(200)["persons"].as_array().unwrap().len(), 1);

    // Nor is a webhook.
    for path in ["/sandbox/reset", "/sandbox/keys"] {
        let webhook = json!({
            "url": format!("{base_url}{path}"), "enabled_events": ["PERSON.*"], "is_enabled": true,
        });
        caller.post("/v2/webhooks", webhook).await.with(201);
    }
    let person = json!({ "status": "PROSPECT", "is_customer": true });
    caller.post("/v2/persons", person).await.with(201);
    caller.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(caller.get("/v2/persons").await.with(200)["persons"].as_array().unwrap().len(), 2);
    assert_eq!(caller.sandbox.api_keys().len(), 1);
}

/// Whoever is asked may not send the sandbox on to itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_leads_elsewhere_is_not_followed() {
    let caller = Caller::new().await;
    let reset = format!("{}/sandbox/reset", caller.sandbox.base_url());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(0));
    let seen = asked.clone();
    let router = Router::new().fallback(post(async move || {
        *seen.lock().unwrap() += 1;
        (http::StatusCode::TEMPORARY_REDIRECT, [(http::header::LOCATION, reset)])
    }));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let card = caller.asking(&url, json!({ "Accept": "application/json" })).await;
    let decided = caller.authorize(&card).await;
    assert!(decided.to_string().contains("GATEWAY_DECLINED"), "{decided}");
    let webhook = json!({ "url": url, "enabled_events": ["PERSON.*"], "is_enabled": true });
    caller.post("/v2/webhooks", webhook).await.with(201);
    let person = json!({ "status": "PROSPECT", "is_customer": true });
    caller.post("/v2/persons", person).await.with(201);
    caller.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(*asked.lock().unwrap(), 2);
    assert_eq!(caller.get("/v2/persons").await.with(200)["persons"].as_array().unwrap().len(), 2);
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_sends_is_marked_and_framed_by_itself() {
    let caller = Caller::new().await;
    let received: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let seen = received.clone();
    let router = Router::new().fallback(post(async move |headers: HeaderMap, body: String| {
        assert!(serde_json::from_str::<Value>(&body).is_ok(), "{body}");
        seen.lock().unwrap().push(headers);
    }));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let card = caller.asking(&url, json!({ "Authorization": "Bearer theirs" })).await;
    caller.authorize(&card).await;
    let headers = received.lock().unwrap().remove(0);
    assert_eq!(headers["sandbox-outbound"], "1");
    assert_eq!(headers["authorization"], "Bearer theirs");
    assert_eq!(headers["content-type"], "application/json");
    server.abort();
}

#[tokio::test]
async fn headers_of_a_gateway_neither_frame_nor_unmark_a_request() {
    let caller = Caller::new().await;
    let products = caller.get("/v2/cards/products").await.with(200);
    let product = &products["card_products"][0]["id"];
    let card = json!({ "card_products": [product], "is_active": true, "url": "http://localhost/" });
    let three_ds = json!({
        "card_products": [product], "is_active": true, "decision_url": "http://localhost/",
        "fallback_decision": "EXEMPT",
    });
    let ach = json!({ "url": "http://localhost/" });
    for (path, gateway, of) in [
        ("/v2/cards/gateways", card, (|value| json!(value)) as fn(&str) -> Value),
        ("/v2/cards/three_ds_decision_gateways", three_ds, |value| json!(value)),
        ("/v2/ach/gateways", ach, |value| json!([value])),
    ] {
        for name in
            ["Content-Length", "host", "Transfer-Encoding", "connection", "Sandbox-Outbound"]
        {
            let mut wrong = gateway.clone();
            wrong["custom_headers"] = json!({ name: of("0"), "X-Fine": of("1") });
            let refused = caller.post(path, wrong.clone()).await.with(400);
            let field = format!("custom_headers.{name}");
            assert_eq!(refused["invalid"][&field], "is set by the sandbox", "{path}");
            assert_eq!(refused["invalid"].as_object().unwrap().len(), 1, "{path}");
            wrong["custom_headers"] = json!({ "X-Fine": of("1") });
            let made = caller.post(path, wrong).await.with(201);
            let change = json!({ "custom_headers": { name: of("0") } });
            let one = format!("{path}/{}", made["id"].as_str().unwrap());
            caller.call("PATCH", &one, change).await.with(400);
        }
        let mut wrong = gateway.clone();
        let url = if path.contains("three_ds") { "decision_url" } else { "url" };
        wrong[url] = json!("file:///etc/passwd");
        let refused = caller.post(path, wrong).await.with(400);
        assert!(refused["invalid"][url].is_string(), "{refused}");
    }
}
