//! What goes wrong on request: by a header for one call, or by the control API for many.

use std::time::Duration;

use serde_json::{Value, json};
use synctera_sandbox::Fault;

use super::{Caller, ada, answer};

impl Caller {
    /// How many persons there are.
    async fn people(&self) -> usize {
        self.get("/v2/persons").await.body["persons"].as_array().unwrap().len()
    }

    async fn create(&self, fault: &str) -> reqwest::Result<reqwest::Response> {
        let request = self.request("POST", "/v2/persons").json(&ada());
        request.header("sandbox-fault", fault).send().await
    }
}

#[tokio::test]
async fn a_status_is_answered_before_or_after_the_sandbox_acted() {
    let caller = Caller::new().await;
    let refused = caller.create("status=503").await.unwrap();
    assert_eq!(refused.status().as_u16(), 503);
    let body: Value = refused.json().await.unwrap();
    assert_eq!((&body["status"], &body["code"]), (&json!(503), &json!("INTERNAL_ERROR")));
    assert_eq!(caller.people().await, 0);

    assert_eq!(caller.create("status=500; after").await.unwrap().status().as_u16(), 500);
    assert_eq!(caller.people().await, 1);
    let refused = caller.create("status=422, code=SUSPECTED_FRAUD").await.unwrap();
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "SUSPECTED_FRAUD");
}

#[tokio::test]
async fn too_many_requests_says_when_to_come_back() {
    let caller = Caller::new().await;
    let refused = caller.create("status=429; retry-after=7").await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "7");
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["code"], "TOO_MANY_REQUESTS");
    assert_eq!(body["retry_after"], 7);
    // v0 dresses it its own way.
    let request = caller.request("POST", "/v0/wipe").header("sandbox-fault", "status=429");
    let refused = answer(request).await;
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    assert_eq!(refused.body["type"], "https://dev.synctera.com/errors/too-many-requests");
}

#[tokio::test]
async fn an_answer_is_lost_before_or_after_the_sandbox_acted() {
    let caller = Caller::new().await;
    let error = caller.create("drop").await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    assert_eq!(caller.people().await, 0);
    caller.create("drop; after").await.unwrap_err();
    assert_eq!(caller.people().await, 1);
}

#[tokio::test]
async fn an_answer_breaks_off() {
    let caller = Caller::new().await;
    let whole = caller.post("/v2/persons", ada()).await;
    let mut broken = caller.create("truncate=25").await.unwrap();
    assert_eq!(broken.status().as_u16(), 201);
    let length = broken.content_length().unwrap();
    assert_eq!(length, whole.body.to_string().len() as u64, "the head tells the whole length");
    let mut read = Vec::new();
    let error = loop {
        match broken.chunk().await {
            Ok(Some(piece)) => read.extend_from_slice(&piece),
            Ok(None) => panic!("it came whole"),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(read.len(), 25);
    assert_eq!(caller.people().await, 2, "it was done");
}

#[tokio::test]
async fn a_delay_is_of_the_sandboxs_time() {
    let caller = Caller::new().await;
    let late = caller.create("delay-ms=60000");
    let turned = async {
        // The answer waits for the clock, however long the call is out.
        while caller.get("/sandbox").await.body["resources"].get("person").is_none() {
            let minute = json!({ "advance": { "seconds": 20 } });
            caller.post("/sandbox/clock", minute).await.with(200);
        }
    };
    let (late, ()) = tokio::join!(late, turned);
    let made: Value = late.unwrap().json().await.unwrap();
    let made = made["creation_time"].as_str().unwrap().to_owned();
    assert!(made.as_str() >= "2026-11-24T14:01:00.000Z", "{made}");
}

#[tokio::test]
async fn faults_are_set_for_routes_and_go_when_their_times_are_over() {
    let caller = Caller::new().await;
    let fault = json!({ "operation": "createPerson", "times": 2, "status": 503 });
    let number = caller.post("/sandbox/faults", fault.clone()).await.with(201)["number"].clone();
    let listed = caller.get("/sandbox/faults").await.body["faults"][0].clone();
    assert_eq!((&listed["number"], &listed["times"]), (&number, &json!(2)));
    assert_eq!(caller.get("/v2/persons").await.status, 200, "another operation");
    for status in [503, 503, 201] {
        assert_eq!(caller.post("/v2/persons", ada()).await.status, status);
    }
    assert_eq!(caller.get("/sandbox/faults").await.body["faults"], json!([]));

    let path = json!({ "method": "GET", "path": "/v2/persons/*", "status": 500 });
    let number = caller.post("/sandbox/faults", path).await.body["number"].clone();
    assert_eq!(caller.get("/v2/persons/x").await.status, 500);
    assert_eq!(caller.get("/v2/persons").await.status, 200);
    let remove = format!("/sandbox/faults/{number}");
    assert_eq!(caller.call("DELETE", &remove, Value::Null).await.status, 200);
    assert_eq!(caller.call("DELETE", &remove, Value::Null).await.status, 404);
    assert_eq!(caller.get("/v2/persons/x").await.status, 400);

    caller.post("/sandbox/faults", json!({ "drop": true })).await.with(201);
    assert_eq!(caller.get("/sandbox/health").await.status, 200, "nothing fails here");
    caller.call("DELETE", "/sandbox/faults", Value::Null).await.with(200);
    assert_eq!(caller.get("/v2/persons").await.status, 200);
}

#[tokio::test]
async fn what_cannot_go_wrong_is_refused() {
    let caller = Caller::new().await;
    for fault in [
        json!({}),
        json!({ "status": 200 }),
        json!({ "status": 500, "drop": true }),
        json!({ "retry_after": 3, "drop": true }),
        json!({ "status": 500, "times": 0 }),
        json!({ "delay_ms": 3_600_001 }),
        json!({ "mood": "bad" }),
    ] {
        assert_eq!(caller.post("/sandbox/faults", fault.clone()).await.status, 400, "{fault}");
    }
    let refused = caller.create("mood=bad").await.unwrap();
    assert_eq!(refused.status().as_u16(), 400);
    assert!(caller.sandbox.add_fault(Fault::status(99)).is_err());
}

#[tokio::test]
async fn rust_asks_for_them_without_http() {
    let caller = Caller::new().await;
    let fault = Fault::status(504).on("POST", "/v2/persons").times(1);
    caller.sandbox.add_fault(fault.delay(Duration::ZERO)).unwrap();
    assert_eq!(caller.post("/v2/persons", ada()).await.body["code"], "GATEWAY_TIMEOUT");
    caller.sandbox.add_fault(Fault::dropped()).unwrap();
    caller.sandbox.clear_faults();
    assert_eq!(caller.post("/v2/persons", ada()).await.status, 201);
}
