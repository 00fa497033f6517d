//! Snapshots: what is restored goes on as the original did, over HTTP and in Rust.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_sandbox::{Sandbox, Settings, Snapshot};

use super::populated::{Listed, lists, populate};
use super::{Caller, ada, answer};

/// Everything that lists show, and what else the sandbox says of itself.
async fn seen(caller: &Caller, lists: &[Listed]) -> Vec<(String, Value)> {
    let mut seen = Vec::new();
    for list in lists {
        let path = list.with([]);
        seen.push((path.clone(), caller.get(&path).await.body));
    }
    for path in ["/sandbox", "/sandbox/settings", "/sandbox/check", "/sandbox/keys"] {
        seen.push((path.to_owned(), caller.get(path).await.body));
    }
    seen
}

/// Things that happen: their answers have ids, numbers, secrets and times.
async fn go_on(caller: &Caller) -> Vec<Value> {
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let came = caller.receive(&number, 500_00, "credit").await.with(201);
    let card = caller.virtual_card(&account, &holder).await;
    let key = caller.post("/sandbox/keys", json!({ "workspace": "7_7" })).await.with(201);
    caller.sandbox.advance(Duration::days(40)).unwrap();
    let statements = caller.get(&format!("/v2/statements?account_id={account}")).await.body;
    vec![json!(holder), json!(number), came, card, key, statements]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_what_was_there_and_goes_on_as_it_did() {
    let caller = Caller::on(Sandbox::builder()).await;
    let made = populate(&caller, 1).await;
    let lists = lists(&caller, &made).await;
    caller.sandbox.deliver_webhooks().await.unwrap();
    let settings = json!({ "ach_hold_days": 7 });
    caller.call("PATCH", "/sandbox/settings", settings).await.with(200);
    let before = seen(&caller, &lists).await;
    let taken = caller.post("/sandbox/snapshots", json!({ "name": "before" })).await.with(201);
    assert_eq!(taken["name"], "before");
    assert!(taken["bytes"].as_u64().unwrap() > 0);
    let first = go_on(&caller).await;
    caller.call("PATCH", "/sandbox/settings", json!({ "ach_hold_days": 1 })).await.with(200);
    assert_ne!(seen(&caller, &lists).await, before);
    for _ in 0..2 {
        let restored = caller.post("/sandbox/snapshots/before/restore", Value::Null).await;
        assert_eq!(restored.with(200)["run"], "held");
        assert_eq!(seen(&caller, &lists).await, before);
        assert_eq!(go_on(&caller).await, first);
    }
    assert!(caller.sandbox.audit().unwrap().adds_up());

    // Another sandbox that starts from the file, and one that begins as a copy, go on the same way.
    let file = caller.request("GET", "/sandbox/snapshots/before/file").send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "application/vnd.sqlite3");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("before.snapshot");
    std::fs::write(&path, file.bytes().await.unwrap()).unwrap();
    let other = Sandbox::builder().snapshot(&Snapshot::open(&path).unwrap());
    let other = Caller::of(other.start().await.unwrap());
    assert_eq!(seen(&other, &lists).await, before);
    assert_eq!(go_on(&other).await, first);
    // A reset goes back to where it started.
    other.post("/sandbox/reset", Value::Null).await.with(200);
    let fork = Caller::of(other.sandbox.fork().await.unwrap());
    assert_eq!(seen(&other, &lists).await, before);
    assert_eq!(go_on(&fork).await, first);
    assert_eq!(seen(&other, &lists).await, before, "the original knows nothing of it");
}

#[tokio::test]
async fn a_snapshot_is_kept_in_a_data_file_and_given_settings_count_more() {
    let caller = Caller::new().await;
    let person = caller.post("/v2/persons", ada()).await.id();
    caller.sandbox.set_setting("check_hold_days", 9).unwrap();
    caller.sandbox.set_setting("ach_hold_days", 9).unwrap();
    let snapshot = caller.sandbox.snapshot().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    let mut settings = Settings::default();
    settings.ach_hold_days = 4;
    let begin = || {
        let builder = Sandbox::builder().data(&data).snapshot(&snapshot);
        builder.settings(settings.clone()).start()
    };
    let copy = Caller::of(begin().await.unwrap());
    assert_eq!(copy.sandbox.settings().check_hold_days, 9);
    assert_eq!(copy.sandbox.settings().ach_hold_days, 4);
    assert_eq!(copy.sandbox.now(), caller.sandbox.now());
    let later = copy.post("/v2/persons", ada()).await.id();
    copy.sandbox.stop().await.unwrap();
    // What the file holds by now counts.
    let copy = Caller::of(begin().await.unwrap());
    for id in [&person, &later] {
        copy.get(&format!("/v2/persons/{id}")).await.with(200);
    }
}

#[tokio::test]
async fn snapshots_have_names_and_a_number() {
    let caller = Caller::new().await;
    for name in ["", "a b", "../up", ".", "..", &"n".repeat(65)] {
        let refused = caller.post("/sandbox/snapshots", json!({ "name": name })).await.with(400);
        assert!(refused["detail"].as_str().unwrap().starts_with("name: "), "{refused}");
    }
    let name = caller.post("/sandbox/snapshots", Value::Null).await.with(201)["name"].clone();
    assert_eq!(name, "snapshot-1");
    caller.post("/sandbox/snapshots", json!({ "name": name })).await.with(409);
    for _ in 1..32 {
        caller.post("/sandbox/snapshots", Value::Null).await.with(201);
    }
    let full = caller.post("/sandbox/snapshots", Value::Null).await.with(422);
    assert!(full["detail"].as_str().unwrap().contains("remove one"), "{full}");
    let left = caller.call("DELETE", "/sandbox/snapshots/snapshot-1", Value::Null).await.with(200);
    assert_eq!(left["snapshots"].as_array().unwrap().len(), 31);
    for (method, path) in [
        ("GET", "/sandbox/snapshots/snapshot-1/file"),
        ("POST", "/sandbox/snapshots/snapshot-1/restore"),
        ("DELETE", "/sandbox/snapshots/snapshot-1"),
    ] {
        let refused = caller.call(method, path, Value::Null).await.with(404);
        assert_eq!(refused["detail"], "there is no snapshot snapshot-1");
    }
    let file = caller.request("GET", "/sandbox/snapshots/snapshot-2/file");
    assert_eq!(answer(file).await.status, 200);
}
