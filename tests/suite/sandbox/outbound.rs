//! What the sandbox sends where its callers want it: it opens nothing that their key does not.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

/// A server that answers every request with these bytes and hangs up; its URL.
async fn answering(reply: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // The whole request, so that what is left unread does not reset the connection.
            let mut request = Vec::new();
            while !is_whole(&request) && stream.read_buf(&mut request).await.unwrap_or(0) > 0 {}
            stream.write_all(reply.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    url
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lengths = head.lines().filter_map(|line| line.strip_prefix("content-length: "));
    lengths.next().is_some_and(|length| length.parse() == Ok(body.len()))
}

/// An answer of 200 with a body, and the length that it says of it.
fn reply(length: usize, body: &str) -> String {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_off_or_too_long_is_none() {
    let decision = r#"{"decision":"EXEMPT"}"#;
    // As much as is read of an answer, and a byte more.
    let fits = format!("{decision}{}", " ".repeat(16 * 1024 - decision.len()));
    let too_long = format!("{fits} ");
    for (length, body, is_read) in [
        (decision.len(), decision, true),
        (fits.len(), &fits, true),
        (decision.len() + 1, decision, false),
        (too_long.len(), &too_long, false),
    ] {
        let caller = Caller::new().await;
        let url = answering(reply(length, body)).await;
        let card = caller.asking(&url, json!({})).await;
        let decided = caller.authorize(&card).await.to_string();
        assert_eq!(decided.contains("GATEWAY_ERROR"), !is_read, "{length}: {decided}");
        let gateways = caller.get("/v2/cards/gateways").await.with(201);
        let path =
            format!("/v2/cards/gateways/{}", gateways["gateways"][0]["id"].as_str().unwrap());
        caller.change(&path, json!({ "standin": { "enabled": true } })).await.with(200);
        let decided = caller.authorize(&card).await;
        assert!(!decided.to_string().contains("DECLINED"), "stand-in approves: {decided}");

        let products = caller.get("/v2/cards/products").await.with(200);
        let gateway = json!({
            "decision_url": url, "is_active": true, "fallback_decision": "SMS_OTP",
            "card_products": [products["card_products"][0]["id"]],
        });
        caller.post("/v2/cards/three_ds_decision_gateways", gateway).await.with(201);
        let asked = json!({ "card_id": card, "amount": 25_00, "is_answered": false });
        let made = caller.post("/sandbox/three_ds", asked).await.with(201);
        assert_eq!(made["decision"], if is_read { "EXEMPT" } else { "SMS_OTP" }, "{length}");
    }
}
