//! A sandbox with a data file, stopped and started again.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use synctera_sandbox::Sandbox;

use super::{Caller, ada};
use synctera_tests::world::now;

#[tokio::test]
async fn a_restart_goes_on_with_the_clock_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    let start = async |held: Option<DateTime<Utc>>| {
        let builder = Sandbox::builder().data(&data);
        let builder = held.into_iter().fold(builder, |builder, at| builder.clock_held_at(at));
        builder.start().await.unwrap()
    };
    let sandbox = start(Some(now())).await;
    sandbox.advance(Duration::days(30)).unwrap();
    let moved = sandbox.now();
    drop(sandbox);
    // As it was started first, and without a word about the clock.
    for held in [Some(now()), None] {
        let sandbox = start(held).await;
        assert_eq!((sandbox.now(), sandbox.is_clock_held()), (moved, true));
        drop(sandbox);
    }
    let later = moved + Duration::days(1);
    let sandbox = start(Some(later)).await;
    assert_eq!(sandbox.now(), later);
    sandbox.run_clock().unwrap();
    drop(sandbox);
    let sandbox = start(None).await;
    assert!(!sandbox.is_clock_held() && sandbox.now() >= later);
    sandbox.reset().await.unwrap();
    assert!(sandbox.now() < Utc::now() + Duration::minutes(1), "it begins anew");
}

#[tokio::test]
async fn a_clock_that_was_never_turned_is_the_machines() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    for _ in 0..2 {
        let caller = Caller::of(Sandbox::builder().data(&data).start().await.unwrap());
        let before = Utc::now() - Duration::seconds(1);
        let clock = caller.get("/sandbox/clock").await.with(200);
        let now: DateTime<Utc> = clock["now"].as_str().unwrap().parse().unwrap();
        assert!(clock["run"] == json!("real") && now > before && now <= Utc::now());
        caller.post("/v2/persons", ada()).await.with(201);
    }
}
