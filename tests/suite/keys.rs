//! An idempotency key is for one write, and is what the platform takes for one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::StatusCode;
use synctera::bulk::ItemResult;
use synctera::types::{NewPerson, PersonStatus};
use synctera::{
    Answer, BoxFuture, Call, CallOptions, DeviceInfo, Error, ErrorKind, Failure, IdempotencyKey,
    NextAction, OnboardCustomer, Retries, Synctera, Transport,
};
use synctera_tests::World;
use synctera_tests::world::ada;

/// What is not a key.
fn wrong() -> Vec<String> {
    let mut keys: Vec<String> = [
        "",
        " ",
        "\t",
        "\u{a0}",
        " order",
        "order ",
        "order\n",
        "\torder",
        "auftrag-\u{fc}",
        "订单",
        "or\u{7f}der",
        "or\u{0}der",
        "or\tder",
        "order\u{200b}",
        "\u{1b}[31m",
    ]
    .map(str::to_owned)
    .into();
    keys.push("x".repeat(IdempotencyKey::MAX_LENGTH + 1));
    keys
}

fn prospect() -> NewPerson {
    NewPerson::new(true, PersonStatus::Prospect)
}

fn is_refusal_of_the_key(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert_eq!(error.next_action(), NextAction::CorrectInput, "{error}");
    assert!(error.invalid().contains_key("idempotency_key"), "{error}");
    assert!(error.progress().is_none(), "{error}");
}

#[tokio::test]
async fn what_is_not_a_key_is_refused_for_a_raw_write_and_nothing_is_sent() {
    let world = World::new().await;
    for key in wrong() {
        let body = prospect();
        let error = world.client.api().create_person(&body).idempotency_key(&key).await;
        is_refusal_of_the_key(&error.unwrap_err());
        let error = world.client.api().create_person(&body).idempotency_key(key).send().await;
        is_refusal_of_the_key(&error.unwrap_err());
    }
    assert_eq!(world.recorder.seen(), 0);
}

#[tokio::test]
async fn what_is_not_a_key_is_refused_for_a_journey_and_nothing_is_sent() {
    let world = World::new().await;
    let request = OnboardCustomer::new(ada()).consented();
    for key in wrong() {
        let error = world.client.onboard_customer(&request).key(key.as_str()).await.unwrap_err();
        is_refusal_of_the_key(&error);
        let error = world.client.onboard_customer(&request).key(key).with_steps().await;
        is_refusal_of_the_key(&error.unwrap_err());
    }
    assert_eq!(world.recorder.seen(), 0);
}

#[tokio::test]
async fn what_is_not_a_key_is_refused_for_an_item_of_many_and_nothing_is_sent() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let request = OnboardCustomer::new(ada()).consented();
    let items = || stream::iter(wrong().into_iter().map(|key| (key, request.clone())));
    for checkpoint in [None, Some(folder.path().join("many.jsonl"))] {
        let mut run = world.client.run_many(items());
        if let Some(file) = checkpoint {
            run = run.checkpoint(file);
        }
        let outcomes: Vec<_> = run.outcomes().collect().await;
        assert_eq!(outcomes.len(), wrong().len());
        for outcome in outcomes {
            match outcome.unwrap().result {
                ItemResult::Failed(error) => is_refusal_of_the_key(&error),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(world.recorder.seen(), 0);
}

#[tokio::test]
async fn a_key_is_for_one_write() {
    let world = World::new().await;
    let api = world.client.api();
    let body = prospect();
    let first = api.create_person(&body).idempotency_key("one").await.unwrap().id;
    let second = api.create_person(&body).await.unwrap().id;
    let third = api.clone().create_person(&body).await.unwrap().id;
    let again = api.create_person(&body).idempotency_key("one").await.unwrap().id;
    assert_eq!(first, again);
    let sent = world.recorder.take();
    let keys: Vec<&str> = sent.iter().map(|one| one.header("idempotency-key").unwrap()).collect();
    assert_eq!((keys[0], keys[3]), ("one", "one"));
    assert!(keys[1] != keys[2] && ![keys[1], keys[2]].contains(&"one"), "{keys:?}");
    assert_ne!(second, third);
    // A read has none, and a key that waits for its write is not another call's.
    let waiting = api.create_person(&body).idempotency_key("two");
    api.get_person(first).await.unwrap();
    assert_eq!(world.recorder.take()[0].header("idempotency-key"), None);
    waiting.await.unwrap();
    assert_eq!(world.recorder.take()[0].header("idempotency-key"), Some("two"));
}

/// What a call was made with.
type Seen = Arc<Mutex<Vec<(Option<Duration>, HeaderMap, Option<IdempotencyKey>)>>>;

/// Answers every call, and notes its options.
struct Spy(Seen);

impl Transport for Spy {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let options = call.options;
        let key = call.idempotency_key.cloned();
        self.0.lock().unwrap().push((options.timeout(), options.headers().clone(), key));
        let answer = Answer::whole(StatusCode::OK, HeaderMap::new(), r#"{"persons":[]}"#);
        Box::pin(std::future::ready(Ok(answer)))
    }
}

#[tokio::test]
async fn what_is_set_on_one_call_is_not_set_on_another() {
    const CASE: HeaderName = HeaderName::from_static("x-case");
    const TEAM: HeaderName = HeaderName::from_static("x-team");
    let seen: Seen = Arc::default();
    let client = Synctera::builder("k")
        .base_url("http://127.0.0.1:1")
        .transport(Spy(seen.clone()))
        .retries(Retries::none())
        .build()
        .unwrap();
    let shared = CallOptions::new()
        .with_timeout(Duration::from_secs(9))
        .with_header(TEAM, HeaderValue::from_static("payments"));
    let client = client.with_options(shared);
    let (api, query) = (client.api(), Default::default());
    let device = DeviceInfo::of_system();
    let special = api
        .list_persons(&query)
        .timeout(Duration::from_secs(2))
        .header(CASE, HeaderValue::from_static("17"))
        .on_behalf_of(&device);
    // One that is made and awaited while the other one waits, and one that comes after it.
    api.list_persons(&query).await.unwrap();
    special.await.unwrap();
    api.list_persons(&query).await.unwrap();
    client.clone().api().list_persons(&query).await.unwrap();

    let seen = seen.lock().unwrap();
    let (timeout, headers, _) = &seen[1];
    assert_eq!(*timeout, Some(Duration::from_secs(2)));
    assert_eq!(
        (&headers[CASE], &headers[TEAM]),
        (&"17".parse().unwrap(), &"payments".parse().unwrap())
    );
    assert!(headers.contains_key(DeviceInfo::HEADER));
    for other in [0, 2, 3] {
        let (timeout, headers, _) = &seen[other];
        assert_eq!(*timeout, Some(Duration::from_secs(9)));
        assert_eq!(headers.len(), 1, "{headers:?}");
        assert_eq!(headers[TEAM], "payments");
    }
}

/// The first thing that is wrong is the one that is told.
#[tokio::test]
async fn a_wrong_body_is_told_before_a_wrong_key() {
    let world = World::new().await;
    let body = synctera::types::NewWire::new(
        -1,
        synctera::types::BarcodeCurrency::Usd,
        uuid::Uuid::nil().into(),
        uuid::Uuid::nil().into(),
        uuid::Uuid::nil().into(),
        "x",
    );
    let error = world.client.api().create_wire(&body).idempotency_key("").await.unwrap_err();
    assert_eq!(error.invalid().keys().collect::<Vec<_>>(), ["amount"], "{error}");
    assert_eq!(world.recorder.seen(), 0);
}
