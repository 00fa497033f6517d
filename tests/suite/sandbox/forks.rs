//! Forks over HTTP: whole sandboxes of their own, under paths of their own.

use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use synctera::Synctera;
use synctera_sandbox::{Fault, Sandbox};
use synctera_tests::subscriber::Subscriber;
use synctera_tests::world::repeatable;

use super::control::other_address;
use super::populated::{Listed, lists, populate};
use super::{Answer, Caller, ada, answer};

/// A sandbox or a fork: what is under a path.
#[derive(Clone)]
struct At<'a> {
    caller: &'a Caller,
    path: String,
}

impl<'a> At<'a> {
    fn main(caller: &'a Caller) -> Self {
        Self { caller, path: String::new() }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.caller.request(method, &format!("{}{path}", self.path))
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.caller.call(method, &format!("{}{path}", self.path), body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    /// A fork of it.
    async fn fork(&self, body: Value) -> Self {
        let made = self.post("/sandbox/forks", body).await.with(201);
        let path = made["path"].as_str().unwrap().to_owned();
        assert_eq!(path, format!("/forks/{}", made["name"].as_str().unwrap()));
        assert_eq!(made["url"], format!("{}{path}", self.caller.sandbox.base_url()));
        Self { caller: self.caller, path }
    }

    /// Everything that lists show, as text, and what else it says of itself.
    async fn dump(&self, lists: &[Listed]) -> Vec<(String, String)> {
        let own = ["/sandbox", "/sandbox/settings", "/sandbox/check", "/sandbox/keys"];
        let paths = lists.iter().map(|list| list.with([]));
        let mut seen = Vec::new();
        for path in paths.chain(own.map(str::to_owned)) {
            let response = self.request("GET", &path).send().await.unwrap();
            seen.push((path, response.text().await.unwrap()));
        }
        seen
    }

    /// Things that happen: their answers have ids, numbers, secrets and times.
    async fn go_on(&self) -> Vec<Value> {
        let person = self.post("/v2/persons", ada()).await.with(201);
        let verify = json!({ "person_id": person["id"], "customer_consent": true });
        let verified = self.post("/v2/verifications/verify", verify).await.with(201);
        let templates = self.get("/v2/accounts/templates").await.with(200);
        let mut templates = templates["account_templates"].as_array().unwrap().iter();
        let is_checking = |of: &&Value| of["template"]["account_type"] == "CHECKING";
        let account = json!({
            "account_template_id": templates.find(is_checking).unwrap()["id"],
            "relationships": [
                { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": person["id"] }],
        });
        let account = self.post("/v2/accounts", account).await.with(201);
        let secret = self.post("/v2/webhook_secrets", Value::Null).await.with(201);
        let key = self.post("/sandbox/keys", json!({ "workspace": "7_7" })).await.with(201);
        let turn = json!({ "advance": { "days": 40 } });
        let clock = self.post("/sandbox/clock", turn).await.with(200);
        let list = format!("/v2/statements?account_id={}", account["id"].as_str().unwrap());
        let statements = self.get(&list).await.with(200);
        vec![person, verified, account, secret, key, clock, statements]
    }

    async fn persons(&self) -> usize {
        self.get("/v2/persons").await.with(200)["persons"].as_array().unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_is_what_was_there_and_goes_on_as_it_did() {
    for builder in [Sandbox::builder(), repeatable()] {
        let caller = Caller::on(builder).await;
        let main = At::main(&caller);
        let made = populate(&caller, 1).await;
        let lists = lists(&caller, &made).await;
        caller.sandbox.deliver_webhooks().await.unwrap();
        let settings = json!({ "ach_hold_days": 7 });
        main.call("PATCH", "/sandbox/settings", settings).await.with(200);
        let before = main.dump(&lists).await;
        main.post("/sandbox/snapshots", json!({ "name": "before" })).await.with(201);
        let now = main.fork(json!({ "name": "now" })).await;
        let first = main.go_on().await;
        let late = main.fork(json!({ "snapshot": "before" })).await;
        assert_eq!(late.path, "/forks/fork-1");
        // A fork of a fork is one beside it.
        let again = now.fork(json!({ "name": "again" })).await;
        assert_eq!(again.path, "/forks/again");
        for fork in [&now, &late, &again] {
            assert_eq!(fork.dump(&lists).await, before, "{}", fork.path);
        }
        for fork in [&late, &now, &again] {
            assert_eq!(fork.go_on().await, first, "{}", fork.path);
        }
        // A reset goes back to where it began.
        late.post("/sandbox/reset", Value::Null).await.with(200);
        assert_eq!(late.dump(&lists).await, before);
        assert_eq!(late.get("/sandbox/check").await.with(200)["adds_up"], true);
        assert_eq!(main.dump(&lists).await, again.dump(&lists).await);
    }
}

#[tokio::test]
async fn forks_know_nothing_of_each_other() {
    let caller = Caller::new().await;
    let main = At::main(&caller);
    main.post("/v2/persons", ada()).await.with(201);
    caller.sandbox.add_fault(Fault::status(503).on_operation("getPerson")).unwrap();
    main.post("/sandbox/snapshots", json!({ "name": "one" })).await.with(201);
    let (a, b) = (main.fork(Value::Null).await, main.fork(Value::Null).await);
    let all = [&main, &a, &b];
    // Faults and the names of snapshots stay where they are.
    for (at, count) in [(&main, 1), (&a, 0), (&b, 0)] {
        for list in ["faults", "snapshots"] {
            let listed = at.get(&format!("/sandbox/{list}")).await.with(200);
            assert_eq!(listed[list].as_array().unwrap().len(), count, "{list} {}", at.path);
        }
    }
    for (place, changed) in all.into_iter().enumerate() {
        changed.post("/v2/persons", ada()).await.with(201);
        let days = json!({ "advance": { "days": place + 1 } });
        changed.post("/sandbox/clock", days).await.with(200);
        let copies = json!({ "webhook_copies": place + 2 });
        changed.call("PATCH", "/sandbox/settings", copies).await.with(200);
        let fault = json!({ "status": 500 + place, "operation": "listAccounts" });
        changed.post("/sandbox/faults", fault).await.with(201);
        for (other, at) in all.into_iter().enumerate() {
            let is_changed = other <= place;
            let day = if is_changed { 25 + other } else { 24 };
            let copies = if is_changed { other + 2 } else { 1 };
            let status = if is_changed { 500 + other } else { 200 };
            assert_eq!(at.persons().await, 1 + usize::from(is_changed));
            let clock = at.get("/sandbox/clock").await.with(200);
            assert_eq!(clock["now"], format!("2026-11-{day}T14:00:00.000Z"));
            let settings = at.get("/sandbox/settings").await.with(200);
            let mut settings = settings["settings"].as_array().unwrap().iter();
            let setting = settings.find(|setting| setting["name"] == "webhook_copies").unwrap();
            assert_eq!(setting["value"], copies);
            assert_eq!(usize::from(at.get("/v2/accounts").await.status), status);
        }
    }
    // Neither a reset nor a snapshot that is restored reaches the others.
    main.post("/sandbox/snapshots/one/restore", Value::Null).await.with(200);
    assert_eq!([main.persons().await, a.persons().await, b.persons().await], [1, 2, 2]);
    main.post("/sandbox/reset", Value::Null).await.with(200);
    a.post("/sandbox/reset", Value::Null).await.with(200);
    assert_eq!([main.persons().await, a.persons().await, b.persons().await], [0, 1, 2]);
}

#[tokio::test]
async fn a_fork_sends_its_own_events() {
    let caller = Caller::new().await;
    let main = At::main(&caller);
    let subscriber = Subscriber::start().await;
    let webhook = json!({
        "url": subscriber.url(), "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    main.post("/v2/webhooks", webhook).await.with(201);
    let fork = main.fork(Value::Null).await;
    for (made, other) in [(&main, &fork), (&fork, &main)] {
        let person = made.post("/v2/persons", ada()).await.id();
        other.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
        made.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
        let came = subscriber.take();
        assert_eq!(came.len(), 1);
        assert_eq!(came[0].resource()["id"], json!(person));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_at_most_64_at_the_same_time() {
    let caller = Caller::new().await;
    let main = At::main(&caller);
    main.post("/v2/persons", ada()).await.with(201);
    let forks = join_all((0..64).map(|_| main.fork(Value::Null))).await;
    let ids = join_all(forks.iter().map(async |fork| {
        let id = fork.post("/v2/persons", ada()).await.id();
        assert_eq!(fork.persons().await, 2);
        id
    }))
    .await;
    assert_eq!(ids.len(), 64);
    assert!(ids.iter().all(|id| *id == ids[0]), "each goes on from the same state");
    assert_eq!(main.persons().await, 1);
    for at in [&main, &forks[7]] {
        let full = at.post("/sandbox/forks", Value::Null).await.with(422);
        assert_eq!(full["detail"], "there are 64 forks: remove one first");
    }
    let left = main.call("DELETE", "/sandbox/forks/fork-9", Value::Null).await.with(200);
    assert_eq!(left["forks"].as_array().unwrap().len(), 63);
    assert_eq!(main.fork(Value::Null).await.path, "/forks/fork-9");
}

#[tokio::test]
async fn what_is_no_fork_is_refused() {
    let caller = Caller::new().await;
    let main = At::main(&caller);
    for name in ["", "a b", "../up", ".", "..", "a/b", &"n".repeat(65)] {
        let refused = main.post("/sandbox/forks", json!({ "name": name })).await.with(400);
        assert!(refused["detail"].as_str().unwrap().starts_with("name: "), "{refused}");
    }
    let refused = main.post("/sandbox/forks", json!({ "snapshot": "none" })).await.with(404);
    assert_eq!(refused["detail"], "there is no snapshot none");
    assert_eq!(main.get("/sandbox/forks").await.with(200), json!({ "forks": [] }));

    let fork = main.fork(json!({ "name": "a.b" })).await;
    let taken = main.post("/sandbox/forks", json!({ "name": "a.b" })).await.with(409);
    assert_eq!(taken["detail"], "there is a fork a.b already");
    let unknown = ["/v2/persons", "/v0/persons", "/sandbox", "/sandbox/clock", "/widgets/cards/x"];
    for path in unknown {
        let refused = main.get(&format!("/forks/other{path}")).await.with(404);
        assert_eq!(refused["code"], "RESOURCE_NOT_FOUND");
        assert_eq!(refused["detail"], "there is no fork other");
    }
    // It has nothing but what a sandbox has.
    for path in ["/forks", "/forks/", "/forks/a.b", "/forks/a.b/", "/forks/a.b/forks/a.b/sandbox"] {
        assert_eq!(main.get(path).await.status, 404, "{path}");
    }

    // A request that waits on it has an answer when it is removed.
    let late = fork.request("GET", "/v2/persons").header("sandbox-fault", "delay-ms=1000");
    let removed = async {
        tokio::task::yield_now().await;
        let own = fork.call("DELETE", "/sandbox/forks/a.b", Value::Null).await;
        assert_eq!(own.with(200), json!({ "forks": [] }));
    };
    let (waited, ()) = tokio::join!(answer(late), removed);
    assert_eq!(waited.with(404)["code"], "RESOURCE_NOT_FOUND");
    for path in unknown {
        assert_eq!(fork.get(path).await.with(404)["detail"], "there is no fork a.b");
    }
    main.call("DELETE", "/sandbox/forks/a.b", Value::Null).await.with(404);
    // Its name is free, and begins anew.
    main.fork(json!({ "name": "a.b" })).await.get("/v2/persons").await.with(200);
}

#[tokio::test]
async fn the_rules_of_the_control_api_hold_in_a_fork() {
    let caller = Caller::new().await;
    let fork = At::main(&caller).fork(json!({ "name": "a" })).await;
    for path in ["/sandbox/clock", "/v2/persons"] {
        for of in ["a", "unknown"] {
            let path = format!("/forks/{of}{path}");
            let rebound = caller.request("GET", &path).header("host", "rebound.example");
            assert_eq!(answer(rebound).await.status, 421, "{path}");
        }
    }
    for of in ["a", "unknown"] {
        let page = caller.request("POST", &format!("/forks/{of}/sandbox/reset"));
        let page = page.header("origin", "http://127.0.0.1:3000");
        assert_eq!(answer(page).await.status, 403, "{of}");
    }
    let named = fork.request("POST", "/sandbox/forks").header("host", "bank.localhost:7");
    assert_eq!(answer(named).await.with(201)["url"], "http://bank.localhost:7/forks/fork-1");
    let named = caller.request("GET", "/sandbox/forks").header("host", "bank.localhost:7");
    let forks = answer(named).await.with(200);
    assert_eq!(forks["forks"][0]["url"], "http://bank.localhost:7/forks/a");
    // No key but those of the sandbox opens it.
    let other = caller.http.get(format!("{}/forks/a/v2/persons", caller.sandbox.base_url()));
    assert_eq!(answer(other.bearer_auth("other")).await.status, 401);
}

#[tokio::test]
async fn others_need_the_token_for_a_fork_too() {
    let Some(address) = other_address() else {
        println!("skipped: this machine has no address but loopback");
        return;
    };
    let builder = repeatable().address((address, 0).into()).control_token("s3cret");
    let mut caller = Caller::on(builder).await;
    let main = At::main(&caller);
    main.post("/sandbox/forks", Value::Null).await.with(401);
    caller.key = "s3cret".to_owned();
    let fork = At::main(&caller).fork(json!({ "name": "a" })).await;
    fork.get("/sandbox/clock").await.with(200);
    fork.get("/v2/persons").await.with(401);
    caller.key = "sandbox-key".to_owned();
    for of in ["a", "unknown"] {
        let fork = At { caller: &caller, path: format!("/forks/{of}") };
        fork.get("/sandbox/clock").await.with(401);
    }
}

/// What the sandbox answers with leads to the fork, and the SDK works on it.
#[tokio::test]
async fn urls_of_a_fork_lead_to_it() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let card = caller.virtual_card(&account, &holder).await;
    let fork = At::main(&caller).fork(json!({ "name": "a" })).await;
    let url = format!("{}/forks/a", caller.sandbox.base_url());

    let list = format!(
        "/v2/cards/card_widget_url?widget_type=SET_PIN&account_id={account}\
         &customer_id={holder}&card_id={}",
        card.as_str().unwrap()
    );
    let page = fork.get(&list).await.text("url");
    assert!(page.starts_with(&format!("{url}/widgets/cards/")), "{page}");
    let shown = answer(caller.http.get(&page)).await;
    assert!(shown.body.as_str().unwrap().contains("Choose a PIN"), "{shown:?}");
    let typed = caller.http.post(&page).header("content-type", "application/x-www-form-urlencoded");
    let done = answer(typed.body("pin=2580")).await;
    assert!(done.body.as_str().unwrap().contains("Done"), "{done:?}");
    // The main sandbox has no such page.
    assert_eq!(answer(caller.http.get(page.replace("/forks/a", ""))).await.status, 404);

    for (path, server) in [
        ("/sandbox/control.json", url.clone()),
        ("/sandbox/openapi.json", format!("{url}/v2")),
        ("/sandbox/openapi.json?version=v0", format!("{url}/v0")),
    ] {
        let document = fork.get(path).await.with(200);
        assert_eq!(document["servers"], json!([{ "url": server }]));
    }

    let client = Synctera::builder(caller.sandbox.api_key()).base_url(&url).build().unwrap();
    let found = client.api().get_person(holder.parse().unwrap()).await.unwrap();
    assert_eq!(found.first_name.as_deref(), Some("Ada"));
}
