//! Keys and workspaces: nobody sees into another's, and one can be emptied.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use synctera_sandbox::{Error, Sandbox};

use super::{Caller, ada, answer};

impl Caller {
    pub(super) async fn as_key(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> super::Answer {
        let url = format!("{}{path}", self.sandbox.base_url());
        let request = self.http.request(method.parse().unwrap(), url).bearer_auth(key);
        answer(if body.is_null() { request } else { request.json(&body) }).await
    }
}

#[tokio::test]
async fn keys_of_different_workspaces_see_nothing_of_each_other() {
    let builder = Sandbox::builder().api_key("one", "1_1").api_key("also-one", "1_1");
    let caller = Caller::on(builder.api_key("two", "1_2")).await;
    let made = caller.as_key("one", "POST", "/v2/persons", ada()).await;
    let path = format!("/v2/persons/{}", made.id());
    assert_eq!(made.body["tenant"], "1_1");
    assert_eq!(caller.as_key("also-one", "GET", &path, Value::Null).await.status, 200);

    for (method, path, body) in [
        ("GET", path.as_str(), Value::Null),
        ("PATCH", path.as_str(), json!({ "first_name": "Eve" })),
        ("GET", "/v2/persons?limit=1", Value::Null),
    ] {
        let answer = caller.as_key("two", method, path, body).await;
        let is_nothing = answer.status == 404 || answer.body["persons"] == json!([]);
        assert!(is_nothing, "{method} {path}: {answer:?}");
    }
    // A body cannot reach over either.
    let body = json!({ "person_id": made.id(), "customer_consent": true });
    let refused = caller.as_key("two", "POST", "/v2/verifications/verify", body).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    // Nor does a key of an answer.
    let post = |key: &'static str| {
        let request = caller.request("POST", "/v2/persons").header("idempotency-key", "the same");
        let mut request = request.json(&ada()).build().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
        caller.http.execute(request)
    };
    let ids = [post("one").await.unwrap(), post("two").await.unwrap()];
    let [one, two] = ids.map(|response| response.json::<Value>());
    assert_ne!(one.await.unwrap()["id"], two.await.unwrap()["id"]);
}

#[tokio::test]
async fn keys_are_made_and_taken_back_and_never_shown_again() {
    let caller = Caller::new().await;
    let made = caller.post("/sandbox/keys", json!({ "workspace": "3_4" })).await;
    assert_eq!(made.status, 201);
    let key = made.text("api_key");
    let mine = caller.as_key(&key, "POST", "/v2/persons", ada()).await;
    assert_eq!(mine.body["tenant"], "3_4");
    let templates = caller.as_key(&key, "GET", "/v2/accounts/templates", Value::Null).await;
    assert!(!templates.body["account_templates"].as_array().unwrap().is_empty(), "furnished");

    let listed = caller.get("/sandbox/keys").await;
    assert!(!listed.body.to_string().contains(&key), "{listed:?}");
    assert_eq!(listed.body["keys"][1]["workspace"], "3_4");
    assert!(!format!("{:?}", Sandbox::builder().api_key("hush-hush", "1_1")).contains("hush"));

    for (body, status) in [
        (json!({ "workspace": "3_4", "api_key": key }), 409),
        (json!({ "workspace": "three" }), 400),
        (json!({ "workspace": "1_1", "api_key": "two words" }), 400),
        (json!({ "workspace": "1_1", "mood": 1 }), 400),
    ] {
        assert_eq!(caller.post("/sandbox/keys", body.clone()).await.status, status, "{body}");
    }
    let remove = async |id: &Value| {
        let path = format!("/sandbox/keys/{}", id.as_str().unwrap());
        caller.call("DELETE", &path, Value::Null).await.status
    };
    let given = &listed.body["keys"][0]["id"];
    assert_eq!(remove(given).await, 400, "a key that it was started with stays");
    assert_eq!(remove(&made.body["id"]).await, 200);
    assert_eq!(remove(&made.body["id"]).await, 404);
    assert_eq!(caller.as_key(&key, "GET", "/v2/persons", Value::Null).await.status, 401);
}

#[tokio::test]
async fn keys_that_were_made_outlast_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let caller = Caller::on(Sandbox::builder().data(&file)).await;
    let body = json!({ "workspace": "3_4", "api_key": "kept" });
    caller.post("/sandbox/keys", body).await.with(201);
    let mine = caller.as_key("kept", "POST", "/v2/persons", ada()).await.id();
    drop(caller);

    let caller = Caller::on(Sandbox::builder().data(&file)).await;
    assert_eq!(caller.get("/sandbox").await.body["kept"], "in a file");
    let path = format!("/v2/persons/{mine}");
    assert_eq!(caller.as_key("kept", "GET", &path, Value::Null).await.status, 200);
    let contents = std::fs::read(&file).unwrap();
    assert!(!contents.windows(6).any(|bytes| bytes == b"\"kept\""), "only its digest is kept");
}

#[tokio::test]
async fn what_is_no_workspace_has_no_key() {
    let error = Sandbox::builder().api_key("key", "nowhere").start().await.unwrap_err();
    assert!(matches!(error, Error::Workspace(_)), "{error}");
}

#[tokio::test]
async fn a_wipe_empties_one_workspace_and_keeps_its_setup() {
    let caller = Caller::on(Sandbox::builder().api_key("one", "1_1").api_key("two", "1_2")).await;
    let other = caller.as_key("two", "POST", "/v2/persons", ada()).await.id();
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let body = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["CARD.*"], "is_enabled": true,
    });
    let webhook = caller.post("/v2/webhooks", body).await.id();
    let keyed = async || {
        let request = caller.request("POST", "/v2/persons").header("idempotency-key", "a");
        answer(request.json(&ada())).await.id()
    };
    let before = keyed().await;
    let templates = caller.get("/v2/accounts/templates").await.body;

    let wiped = caller.post("/v0/wipe", Value::Null).await;
    assert_eq!((wiped.status, wiped.body), (204, Value::Null));
    assert_eq!(caller.get(&format!("/v2/accounts/{account}")).await.status, 404);
    assert_eq!(caller.get("/v2/persons").await.body["persons"], json!([]));
    assert_eq!(caller.get("/v2/transactions/posted").await.body["result"], json!([]));
    assert_eq!(caller.get("/v2/accounts/templates").await.body, templates);
    assert_eq!(caller.get(&format!("/v2/webhooks/{webhook}")).await.status, 200);
    assert_ne!(keyed().await, before, "what is gone is not answered again");
    let path = format!("/v2/persons/{other}");
    assert_eq!(caller.as_key("two", "GET", &path, Value::Null).await.status, 200);

    // Nothing is left that would happen to what is gone, and the workspace works.
    caller.post("/sandbox/clock", json!({ "advance": { "days": 90 } })).await.with(200);
    assert_eq!(caller.get("/sandbox").await.body["failed_jobs"], json!([]));
    let (_, number) = caller.checking(&caller.verified().await).await;
    caller.receive(&number, 1_00, "credit").await.with(201);
    caller.sandbox.audit().unwrap();
}

/// Many tests at once on one sandbox, each in a workspace of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tests_at_the_same_time_see_nothing_of_each_other() {
    const TESTS: usize = 64;
    let owner = Caller::new().await;
    // Names that were given by hand are not given again.
    let given = json!({ "workspace": "1000_2" });
    owner.post("/sandbox/keys", given).await.with(201);
    let owner = Arc::new(owner);
    let tests = (0..TESTS).map(|number| {
        let owner = owner.clone();
        tokio::spawn(async move {
            let made = owner.post("/sandbox/keys", json!({})).await.with(201);
            let workspace = made["workspace"].as_str().unwrap().to_owned();
            let key = made["api_key"].as_str().unwrap();
            let call = async |method: &str, path: &str, body: Value| {
                owner.as_key(key, method, path, body).await
            };
            let mut person = ada();
            person["email"] = json!(format!("test-{number}@example.com"));
            let person = call("POST", "/v2/persons", person).await.id();
            let consent = json!({ "person_id": person, "customer_consent": true });
            call("POST", "/v2/verifications/verify", consent).await.with(201);
            let holder = json!({
                "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": person,
            });
            let account = json!({ "account_type": "CHECKING", "relationships": [holder] });
            let account = call("POST", "/v2/accounts", account).await;
            let money = json!({
                "account_number": account.text("account_number"), "amount": 100 + number,
                "dc_sign": "credit", "effective_date": "2026-11-24",
            });
            let path = "/v2/ach/transaction_simulations/receiving_transaction";
            call("POST", path, money).await.with(201);
            // What is seen is what this test made.
            let persons = call("GET", "/v2/persons", Value::Null).await.with(200);
            let persons = persons["persons"].as_array().unwrap();
            assert_eq!((persons.len(), &persons[0]["id"]), (1, &json!(person)));
            let accounts = call("GET", "/v2/accounts", Value::Null).await.with(200);
            assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
            let posted = call("GET", "/v2/transactions/posted", Value::Null).await.with(200);
            let posted = posted["result"].as_array().unwrap();
            assert_eq!(posted.len(), 1, "{posted:?}");
            (workspace, key.to_owned(), account.id())
        })
    });
    let mut ended = Vec::new();
    for test in tests.collect::<Vec<_>>() {
        ended.push(test.await.unwrap());
    }
    let names: BTreeSet<&String> = ended.iter().map(|(workspace, _, _)| workspace).collect();
    assert_eq!(names.len(), TESTS);
    assert!(!names.contains(&"1000_2".to_owned()) && !names.contains(&"1_1".to_owned()));
    // Nor does a key open what is another test's.
    for place in 0..TESTS {
        let ((_, key, _), (_, _, other)) = (&ended[place], &ended[(place + 1) % TESTS]);
        let path = format!("/v2/accounts/{other}");
        assert_eq!(owner.as_key(key, "GET", &path, Value::Null).await.status, 404);
    }
    owner.sandbox.audit().unwrap();
}
