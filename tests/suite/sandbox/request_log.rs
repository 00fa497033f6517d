//! The log of requests: what it has of each, what it does not show, and whom it shows what.

use chrono::Duration;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use synctera_sandbox::{Fault, LogFilter, LoggedBody, LoggedRequest, Sandbox};
use synctera_tests::world::{now, repeatable};

use super::{Caller, ada, answer};

/// The path of a person that there is not.
const NOBODY: &str = "/v2/persons/00000000-0000-4000-8000-000000000000";

impl Caller {
    async fn with_log() -> Self {
        Self::on(repeatable().request_log(true)).await
    }

    fn log(&self, filter: LogFilter) -> Vec<LoggedRequest> {
        self.sandbox.request_log(&filter).unwrap()
    }

    fn last(&self) -> LoggedRequest {
        self.log(LogFilter::new().limit(1)).remove(0)
    }

    /// The numbers that a query finds over HTTP.
    async fn numbers(&self, query: &str) -> Vec<u64> {
        let found = self.get(&format!("/sandbox/log?{query}")).await.with(200);
        let entries = found["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect()
    }
}

fn value(body: &LoggedBody) -> Value {
    serde_json::from_str(body.text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_request_is_logged_with_what_came_of_it() {
    let caller = Caller::with_log().await;
    caller.sandbox.advance(Duration::minutes(5)).unwrap();
    let person = caller.post("/v2/persons", ada()).await;
    let logged = caller.last();
    assert_eq!((logged.number, logged.at), (1, now() + Duration::minutes(5)));
    assert_eq!((logged.method.as_str(), logged.path.as_str()), ("POST", "/v2/persons"));
    assert_eq!(logged.operation.as_deref(), Some("create_person"));
    assert_eq!((logged.interface.as_deref(), logged.status), (Some("v2"), Some(201)));
    let key = caller.sandbox.api_keys().remove(0);
    assert_eq!((logged.workspace, logged.key_id), (Some(key.workspace), Some(key.id)));
    let id = person.headers["x-request-id"].to_str().unwrap();
    assert_eq!(logged.request_id.as_deref(), Some(id));
    assert_eq!((logged.code, logged.idempotency_key), (None, None));
    assert!(!logged.is_fault && !logged.is_replay);
    assert_eq!(logged.request_bytes, ada().to_string().len() as u64);
    assert_eq!(value(&logged.response_body)["id"], person.id());

    caller.get(&format!("{NOBODY}?limit=3")).await.with(404);
    let refused = caller.last();
    assert_eq!((refused.number, refused.status), (2, Some(404)));
    assert_eq!(refused.code.as_deref(), Some("RESOURCE_NOT_FOUND"));
    assert_eq!(refused.path, format!("{NOBODY}?limit=3"));
    assert_eq!((refused.request_body, refused.request_bytes), (LoggedBody::None, 0));

    // The older interface, no operation at all, and nobody's key.
    caller.get("/v0/customers").await.with(200);
    assert_eq!(caller.last().interface.as_deref(), Some("v0"));
    caller.get("/v2/nowhere").await.with(404);
    let nowhere = caller.last();
    assert_eq!((nowhere.operation, nowhere.interface), (None, None));
    answer(caller.request("GET", "/v2/persons").bearer_auth("no-such-key")).await;
    // A second header, which is refused before it is anybody's request.
    assert_eq!(caller.last().number, 4);
    let url = format!("{}/v2/persons", caller.sandbox.base_url());
    answer(caller.http.get(url).bearer_auth("no-such-key")).await.with(401);
    let unknown = caller.last();
    assert_eq!((unknown.workspace, unknown.key_id, unknown.status), (None, None, Some(401)));

    // The control API is not a request of the platform's.
    caller.get("/sandbox/clock").await.with(200);
    assert_eq!(caller.last().number, 5);
    let over_http = caller.get("/sandbox/log/1").await.with(200);
    assert_eq!(over_http, json!(caller.sandbox.logged_request(1).unwrap().unwrap()));
}

#[tokio::test]
async fn secrets_are_not_shown() {
    let caller = Caller::with_log().await;
    let mut sent = ada();
    sent["metadata"] = json!({ "note": "her number is 456-78-9012", "apiKey": "hush-hush" });
    let person = caller.post("/v2/persons", sent).await;
    let verified = json!({ "person_id": person.id(), "customer_consent": true });
    caller.post("/v2/verifications/verify", verified).await.with(201);
    let (_, number) = caller.checking(&person.id()).await;
    caller.get("/v2/persons?ssn_last_4=9999&limit=2").await;
    caller.get(&format!("/v2/accounts?account_number={number}")).await;
    caller.post("/v2/persons", json!({ "ssn": "123-45-678x", "status": "123-45-678x" })).await;
    let broken = caller.request("POST", "/v2/persons").body(r#"{"ssn": "456-78-9012", "#);
    answer(broken.header("content-type", "application/json")).await.with(400);
    let all = caller.log(LogFilter::new());
    let shown = format!("{all:?} {}", json!(all));
    let digits = person.text("ssn");
    for secret in ["456-78-9012", &digits, "hush-hush", &number, "123-45-678x", "1985-12-10"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(!shown.contains(&caller.key) && !shown.to_lowercase().contains("bearer"));
    let created = caller.sandbox.logged_request(1).unwrap().unwrap();
    let body = value(&created.request_body);
    assert_eq!((&body["ssn"], &body["first_name"]), (&json!("(not shown)"), &json!("Ada")));
    assert_eq!(body["metadata"]["note"], "her number is (not shown)");
    let broken = &all[0];
    assert_eq!((&broken.request_body, broken.request_bytes), (&LoggedBody::NotShown, 23));
    let queries: Vec<&str> =
        all.iter().filter_map(|it| it.path.split_once('?')).map(|it| it.1).collect();
    assert_eq!(queries, ["account_number=(not shown)", "ssn_last_4=(not shown)&limit=2"]);
    // Who guesses at a secret finds nothing.
    for secret in ["456-78-9012", &number] {
        assert_eq!(caller.log(LogFilter::new().resource(secret)), []);
    }
}

#[tokio::test]
async fn files_are_logged_by_their_size() {
    let caller = Caller::with_log().await;
    let person = caller.post("/v2/persons", ada()).await.id();
    let form = Form::new()
        .text("type", "IDENTITY_DOCUMENTATION")
        .text("related_resource_type", "CUSTOMER")
        .text("related_resource_id", person)
        .text("name", "license")
        .part("file", Part::bytes(b"%PDF-1.7 secret".to_vec()).file_name("license.pdf"));
    let made = answer(caller.request("POST", "/v2/documents").multipart(form)).await;
    let logged = caller.last();
    assert_eq!(logged.status, Some(made.status), "{}", made.body);
    assert_eq!(logged.request_body, LoggedBody::NotShown);
    assert!(logged.request_bytes > 15 && logged.operation.as_deref() == Some("create_document"));
    let read = caller.get(&format!("/v2/documents/{}/versions/1", made.id())).await;
    let logged = caller.last();
    assert_eq!(logged.status, Some(read.status), "{}", read.body);
    assert!(!format!("{logged:?}").contains("secret"));
}

#[tokio::test]
async fn replays_and_faults_are_marked() {
    let caller = Caller::with_log().await;
    let keyed = || caller.request("POST", "/v2/persons").header("idempotency-key", "once");
    for is_replay in [false, true] {
        answer(keyed().json(&ada())).await.with(201);
        let logged = caller.last();
        assert_eq!(
            (logged.is_replay, logged.idempotency_key.as_deref()),
            (is_replay, Some("once"))
        );
    }
    // Another request under the key is no replay.
    answer(keyed().json(&json!({}))).await.with(422);
    let reused = caller.last();
    assert_eq!(reused.code.as_deref(), Some("IDEMPOTENCY_INVALID_REUSE"));
    assert!(!reused.is_replay);

    let fault = |fault: &str| keyed().header("sandbox-fault", fault).json(&ada());
    answer(fault("status=503")).await.with(503);
    let failed = caller.last();
    assert_eq!((failed.is_fault, failed.status), (true, Some(503)));
    assert_eq!(
        (failed.code.as_deref(), failed.workspace.as_deref()),
        (Some("INTERNAL_ERROR"), Some("1_1"))
    );
    fault("drop; after").send().await.unwrap_err();
    let dropped = caller.last();
    assert_eq!((dropped.is_fault, dropped.status), (true, None));
    assert!(dropped.is_error() && dropped.request_id.is_some());
    assert_eq!(dropped.response_body, LoggedBody::None);
    let cut = fault("truncate=5").send().await.unwrap();
    assert_eq!(cut.status().as_u16(), 201);
    let cut = caller.last();
    assert_eq!((cut.is_fault, cut.is_replay, cut.status), (true, true, Some(201)));
    // It goes wrong with the fault itself.
    answer(fault("no-such=1")).await.with(400);
    let wrong = caller.last();
    assert_eq!((wrong.is_fault, wrong.status), (false, Some(400)));
    caller.sandbox.add_fault(Fault::status(429).times(1)).unwrap();
    caller.get("/v2/persons").await.with(429);
    assert!(caller.last().is_fault && caller.last().operation.as_deref() == Some("list_persons"));
}

/// A client that goes away leaves an entry without a status.
#[tokio::test]
async fn a_client_that_does_not_wait_has_no_answer() {
    let caller = Caller::with_log().await;
    caller.sandbox.add_fault(Fault::delayed(std::time::Duration::from_secs(60)).times(1)).unwrap();
    let mut left = Box::pin(caller.request("GET", "/v2/persons").send());
    while !caller.sandbox.faults().is_empty() {
        tokio::select! {
            answer = &mut left => panic!("{answer:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(left);
    while caller.log(LogFilter::new()).is_empty() {
        tokio::task::yield_now().await;
    }
    let logged = caller.last();
    assert_eq!((logged.status, logged.is_fault, logged.response_bytes), (None, false, 0));
}

#[tokio::test]
async fn filters_select() {
    let caller = Caller::with_log().await;
    caller.sandbox.add_api_key("another", "2_1").unwrap();
    let person = caller.post("/v2/persons", ada()).await.id(); // 1
    let path = format!("/v2/persons/{person}");
    caller.get(&path).await.with(200); // 2
    caller.change(&path, json!({ "first_name": "Grace" })).await.with(200); // 3
    caller.get(NOBODY).await.with(404); // 4
    caller.post("/v2/persons", json!({})).await.with(400); // 5
    caller.post("/v2/accounts", json!({ "customer_id": person.to_uppercase() })).await; // 6
    let url = format!("{}/v2/persons", caller.sandbox.base_url());
    answer(caller.http.get(&url).bearer_auth("another")).await.with(200); // 7
    answer(caller.http.get(&url)).await.with(401); // 8

    for (query, found) in [
        ("", &[8, 7, 6, 5, 4, 3, 2, 1][..]),
        ("limit=2", &[8, 7]),
        ("before=3", &[2, 1]),
        ("after=6", &[8, 7]),
        ("after=2&before=5", &[4, 3]),
        ("after=8", &[]),
        ("workspace=2_1", &[7]),
        ("workspace=1_1&limit=1", &[6]),
        ("workspace=3_1", &[]),
        ("status=404", &[4]),
        ("status=4xx", &[8, 6, 5, 4]),
        ("status=5xx", &[]),
        ("operation=create_person", &[5, 1]),
        ("operation=createPerson&status=201", &[1]),
        ("method=patch", &[3]),
        ("code=RESOURCE_NOT_FOUND", &[4]),
        ("code=UNAUTHENTICATED&workspace=1_1", &[]),
        ("resource=00000000-0000-4000-8000-000000000000", &[4]),
    ] {
        assert_eq!(caller.numbers(query).await, found, "{query}");
    }
    for id in [person.clone(), person.to_uppercase()] {
        let found = caller.numbers(&format!("resource={id}")).await;
        assert_eq!(found, [6, 3, 2, 1], "in the path, and in either body");
    }
    for (limit, is_more) in [(8, false), (7, true)] {
        let log = caller.get(&format!("/sandbox/log?limit={limit}")).await.with(200);
        assert_eq!(log["is_more"], is_more);
    }
    for (wrong, why) in [
        ("limit=0", "limit must be a whole number from 1 to 500"),
        ("limit=501", "limit must be a whole number from 1 to 500"),
        ("before=x", "before must be the number of an entry"),
        ("after=-1", "after must be the number of an entry"),
        ("workspace=mine", "workspace must be the name of a workspace, like 1_2"),
        ("status=6xx", "status must be a status such as 404, or a class such as 4xx"),
        ("status=+404", "status must be a status such as 404, or a class such as 4xx"),
        ("code=", "code has no value that is percent-encoded UTF-8"),
        ("code=%ff", "code has no value that is percent-encoded UTF-8"),
    ] {
        let refused = caller.get(&format!("/sandbox/log?{wrong}")).await.with(400);
        assert_eq!(refused["detail"], why, "{wrong}");
    }
    // Whoever reads for a workspace sees nothing of others.
    caller.get("/sandbox/log/7?workspace=2_1").await.with(200);
    for entry in ["7?workspace=1_1", "8?workspace=1_1", "9", "0", "x", "-1"] {
        let refused = caller.get(&format!("/sandbox/log/{entry}")).await.with(404);
        let why = refused["detail"].as_str().unwrap();
        assert!(why.starts_with("the request log has no entry "), "{why}");
    }
}

#[tokio::test]
async fn a_summary_counts_what_was_sent() {
    let caller = Caller::with_log().await;
    caller.sandbox.add_api_key("another", "2_1").unwrap();
    for _ in 0..3 {
        caller.post("/v2/persons", ada()).await.with(201);
    }
    caller.sandbox.advance(Duration::minutes(2)).unwrap();
    for _ in 0..2 {
        caller.post("/v2/persons", json!({})).await.with(400);
        caller.get(NOBODY).await.with(404);
    }
    caller.get(NOBODY).await.with(404);
    caller.get("/v2/nowhere").await.with(404);
    let url = format!("{}/v2/persons", caller.sandbox.base_url());
    answer(caller.http.get(&url).bearer_auth("another")).await.with(200);

    let summary = caller.get("/sandbox/log/summary").await.with(200);
    assert_eq!((&summary["count"], &summary["errors"]), (&json!(10), &json!(6)));
    let operations = summary["operations"].as_array().unwrap();
    let counts: Vec<_> =
        operations.iter().map(|it| (&it["operation"], &it["count"], &it["errors"])).collect();
    assert_eq!(
        json!(counts),
        json!([
            [null, 1, 1],
            ["create_person", 5, 2],
            ["get_person", 3, 3],
            ["list_persons", 1, 0]
        ])
    );
    let created = &operations[1];
    let minute =
        |offset| (now() + Duration::minutes(offset)).format("%Y-%m-%dT%H:%M:00.000Z").to_string();
    let by_minute = created["by_minute"].as_array().unwrap();
    let counts: Vec<Value> =
        by_minute.iter().map(|it| json!([it["minute"], it["count"], it["errors"]])).collect();
    assert_eq!(counts, [json!([minute(0), 3, 0]), json!([minute(2), 2, 2])]);
    // The slowest of all is the slowest of its minute.
    let slowest = by_minute.iter().map(|it| it["p99_micros"].as_u64()).max().flatten();
    assert_eq!(slowest, created["p99_micros"].as_u64());
    assert!(by_minute.iter().all(|it| it["p50_micros"].as_u64() <= it["p99_micros"].as_u64()));
    // The figures are those of the entries.
    let entries = caller.log(LogFilter::new().operation("create_person"));
    let mut micros: Vec<u64> = entries.iter().map(|entry| entry.micros).collect();
    micros.sort_unstable();
    assert_eq!(
        (&created["p50_micros"], &created["p99_micros"]),
        (&json!(micros[2]), &json!(micros[4]))
    );
    let refusals = summary["refusals"].as_array().unwrap();
    let refusals: Vec<_> = refusals
        .iter()
        .map(|it| (&it["operation"], &it["code"], &it["count"], &it["last"]))
        .collect();
    assert_eq!(
        json!(refusals),
        json!([
            ["get_person", "RESOURCE_NOT_FOUND", 3, 8],
            ["create_person", "BAD_REQUEST_BODY", 2, 6],
            [null, "RESOURCE_NOT_FOUND", 1, 9]
        ])
    );

    let summary = caller.get("/sandbox/log/summary?minutes=1").await.with(200);
    assert_eq!(summary["count"], 7);
    let summary = caller.get("/sandbox/log/summary?workspace=2_1").await.with(200);
    assert_eq!((&summary["count"], &summary["errors"]), (&json!(1), &json!(0)));
    assert_eq!(summary["refusals"], json!([]));
    for minutes in ["0", "1441", "x"] {
        let refused =
            caller.get(&format!("/sandbox/log/summary?minutes={minutes}")).await.with(400);
        assert_eq!(refused["detail"], "minutes must be a whole number from 1 to 1440");
    }
}

#[tokio::test]
async fn forks_have_logs_of_their_own() {
    let caller = Caller::with_log().await;
    caller.get("/v2/persons").await.with(200);
    caller.post("/sandbox/forks", json!({ "name": "copy" })).await.with(201);
    assert_eq!(caller.get("/forks/copy/sandbox/log").await.with(200)["entries"], json!([]));
    caller.get("/forks/copy/v2/cards").await.with(200);
    let entries = caller.get("/forks/copy/sandbox/log").await.with(200)["entries"].clone();
    assert_eq!((&entries[0]["number"], &entries[0]["path"]), (&json!(1), &json!("/v2/cards")));
    assert_eq!(caller.numbers("").await, [1]);
    caller.call("DELETE", "/sandbox/log", Value::Null).await.with(200);
    assert_eq!(caller.get("/forks/copy/sandbox/log").await.with(200)["entries"][0]["number"], 1);
    // The numbers go on.
    caller.get("/v2/persons").await.with(200);
    assert_eq!(caller.numbers("").await, [2]);
    caller.post("/sandbox/reset", Value::Null).await.with(200);
    assert_eq!(caller.numbers("").await, [0; 0]);

    let fork = Caller::of(caller.sandbox.fork().await.unwrap());
    fork.get("/v2/persons").await.with(200);
    assert_eq!((fork.numbers("").await, caller.numbers("").await), (vec![1], vec![]));
}

#[tokio::test]
async fn bodies_are_cut_and_make_room() {
    let caller = Caller::with_log().await;
    let long = json!({ "description": "\u{e9}".repeat(100_000), "last": true });
    let length = long.to_string().len() as u64;
    caller.post("/v2/persons", long).await;
    let cut = caller.last();
    let LoggedBody::Cut(text) = &cut.request_body else { panic!("{:?}", cut.request_body) };
    assert!(text.len() <= 64 * 1024 && text.len() > 64 * 1024 - 4 && text.ends_with('\u{e9}'));
    assert_eq!(cut.request_bytes, length);

    // Nine of nearly 4 MB are too much; the oldest make room, and keep their line.
    let large = json!({ "description": "x".repeat(4 * 1024 * 1024 - 100) });
    for _ in 0..9 {
        caller.post("/v2/persons", large.clone()).await;
    }
    let all = caller.log(LogFilter::new());
    assert_eq!(all.len(), 10);
    let (dropped, kept): (Vec<&LoggedRequest>, Vec<_>) =
        all.iter().partition(|it| it.request_body == LoggedBody::Dropped);
    assert_eq!(kept.iter().map(|it| it.number).collect::<Vec<_>>(), [10, 9, 8, 7, 6, 5, 4]);
    for it in dropped {
        assert_eq!(it.response_body, LoggedBody::Dropped);
        assert_eq!((it.status, it.code.as_deref()), (Some(400), Some("BAD_REQUEST_BODY")));
        assert!(it.request_bytes > 100_000 && it.response_bytes > 10);
        assert_eq!(it.operation.as_deref(), Some("create_person"));
    }
}

/// A hostile client's URLs, keys and headers are cut.
#[tokio::test]
async fn long_urls_are_cut() {
    let caller = Caller::with_log().await;
    let request = caller.request("GET", &format!("/v2/persons?status={}", "x".repeat(50_000)));
    answer(request.header("idempotency-key", "k".repeat(1024))).await;
    let logged = caller.last();
    assert!(logged.path.len() < 2048 && logged.path.starts_with("/v2/persons?status=xxx"));
    assert_eq!(logged.operation.as_deref(), Some("list_persons"));
}

#[tokio::test]
async fn without_a_log_it_says_how_to_have_one() {
    let caller = Caller::of(Sandbox::start().await.unwrap());
    caller.get("/v2/persons").await.with(200);
    let error = caller.sandbox.request_log(&LogFilter::new()).unwrap_err().to_string();
    for (method, path) in [
        ("GET", "/sandbox/log"),
        ("GET", "/sandbox/log/1"),
        ("GET", "/sandbox/log/summary"),
        ("DELETE", "/sandbox/log"),
    ] {
        let refused = caller.call(method, path, Value::Null).await.with(404);
        assert_eq!(refused["detail"], error, "{method} {path}");
        assert!(error.contains("--no-log") && error.contains("request_log(true)"), "{error}");
    }
}
