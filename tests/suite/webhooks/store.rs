//! The store of handled events keeps its bounds, in number and in time.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use synctera::WebhookEventId;
use synctera::types::EventFilter;
use synctera::webhooks::{Claim, EventRouter, EventStore, InMemoryEvents, RouterError, StoreFull};
use synctera_tests::clock::read;
use uuid::Uuid;

use super::events::event;

fn id(n: u128) -> WebhookEventId {
    Uuid::from_u128(n).into()
}

/// A clock that stands still until it is set.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn read(&self) -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
        let seconds = self.0.clone();
        move || {
            DateTime::from_timestamp(1_800_000_000 + seconds.load(Ordering::Relaxed), 0).unwrap()
        }
    }
}

#[tokio::test]
async fn handled_events_are_kept_within_the_limit() {
    let store = InMemoryEvents::new().at_most(2);
    for n in 1..=3 {
        assert_eq!(store.claim(id(n)).await.unwrap(), Claim::Yours);
        assert_eq!(store.claim(id(n)).await.unwrap(), Claim::InProgress);
        store.done(id(n)).await.unwrap();
        assert_eq!(store.claim(id(n)).await.unwrap(), Claim::Done);
    }
    assert_eq!((store.len(), store.claimed()), (2, 0));
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Yours, "the first was forgotten");
    store.release(id(1)).await.unwrap();
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Yours, "it was released");
}

#[tokio::test]
async fn claims_and_handled_events_expire() {
    let clock = Clock::default();
    let store = InMemoryEvents::new()
        .lease(Duration::from_secs(60))
        .remembering(Duration::from_secs(3600))
        .clock(read(clock.read()));
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Yours);
    clock.advance(59);
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::InProgress);
    clock.advance(1);
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Yours, "the claim expired");
    store.done(id(1)).await.unwrap();
    clock.advance(3599);
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Done);
    // A clock that is set back makes nothing expire.
    clock.advance(-10_000);
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Done);
    clock.advance(10_001);
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Yours, "it was forgotten");
}

#[tokio::test]
async fn claims_that_nobody_ends_are_bounded() {
    let clock = Clock::default();
    let store =
        InMemoryEvents::new().at_most(10).lease(Duration::from_secs(60)).clock(read(clock.read()));
    for n in 0..100_000 {
        // Twelve claims a minute, for ten places.
        clock.advance(5);
        let claim = store.claim(id(n)).await;
        let is_refused = n % 12 >= 10;
        match claim {
            Ok(Claim::Yours) => {}
            Err(error) => assert_eq!(error.downcast_ref::<StoreFull>().unwrap().events, 10),
            other => panic!("{other:?}"),
        }
        assert!(store.claimed() <= 10 || is_refused, "{}", store.claimed());
    }
    assert!(store.claimed() <= 10 && store.is_empty());
}

#[tokio::test]
async fn a_full_store_has_the_platform_send_the_event_again() {
    let clock = Clock::default();
    let store = Arc::new(InMemoryEvents::new().at_most(1).clock(read(clock.read())));
    struct Shared(Arc<InMemoryEvents>);
    impl EventStore for Shared {
        fn claim(
            &self,
            id: WebhookEventId,
        ) -> synctera::BoxFuture<'_, Result<Claim, synctera::webhooks::StoreError>> {
            self.0.claim(id)
        }
        fn done(
            &self,
            id: WebhookEventId,
        ) -> synctera::BoxFuture<'_, Result<(), synctera::webhooks::StoreError>> {
            self.0.done(id)
        }
        fn release(
            &self,
            id: WebhookEventId,
        ) -> synctera::BoxFuture<'_, Result<(), synctera::webhooks::StoreError>> {
            self.0.release(id)
        }
    }
    let router = EventRouter::with_store(Shared(store.clone()))
        .on(EventFilter::NoteAny, |_| async { Ok(()) });
    assert_eq!(store.claim(id(1)).await.unwrap(), Claim::Yours);
    let note = event(2, "NOTE.CREATED", &serde_json::json!({}));
    let error = router.handle(note.clone()).await.unwrap_err();
    assert_eq!(error.status().as_u16(), 503);
    let RouterError::Store(cause) = error else { panic!("{error:?}") };
    assert!(cause.is::<StoreFull>() && cause.to_string().starts_with("1 events"), "{cause}");
    // The claim expires, and there is room again.
    clock.advance(60);
    router.handle(note).await.unwrap();
    assert_eq!((store.len(), store.claimed()), (1, 0));
}

/// A call of a store, or time that passes.
#[derive(Clone, Copy, Debug)]
enum Call {
    Claim(u128),
    Done(u128),
    Release(u128),
    Wait(i64),
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => (0..8_u128).prop_map(Call::Claim),
        3 => (0..8_u128).prop_map(Call::Done),
        1 => (0..8_u128).prop_map(Call::Release),
        1 => (0..80_i64).prop_map(Call::Wait),
    ]
}

/// The same rules, written plainly.
#[derive(Default)]
struct Model {
    now: i64,
    claimed: HashMap<u128, i64>,
    done: VecDeque<(u128, i64)>,
}

const MAX: usize = 4;

impl Model {
    fn claim(&mut self, id: u128) -> Option<Claim> {
        let now = self.now;
        self.claimed.retain(|_, at| now - *at < 60);
        while self.done.front().is_some_and(|(_, at)| now - at >= 200) {
            self.done.pop_front();
        }
        if self.done.iter().any(|(done, _)| *done == id) {
            return Some(Claim::Done);
        }
        if self.claimed.contains_key(&id) {
            return Some(Claim::InProgress);
        }
        if self.claimed.len() + self.done.len() == MAX && self.done.pop_front().is_none() {
            return None;
        }
        self.claimed.insert(id, now);
        Some(Claim::Yours)
    }

    fn done(&mut self, id: u128) {
        if self.done.iter().any(|(done, _)| *done == id) {
            return;
        }
        self.claimed.remove(&id);
        self.done.push_back((id, self.now));
        while self.claimed.len() + self.done.len() > MAX && self.done.pop_front().is_some() {}
    }
}

proptest! {
    #[test]
    fn a_store_follows_its_rules_within_its_limit(
        calls in prop::collection::vec(call(), 0..200),
    ) {
        let clock = Clock::default();
        let store = InMemoryEvents::new()
            .at_most(MAX)
            .lease(Duration::from_secs(60))
            .remembering(Duration::from_secs(200))
            .clock(read(clock.read()));
        let mut model = Model::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for call in calls {
            match call {
                Call::Claim(n) => {
                    let claim = runtime.block_on(store.claim(id(n))).ok();
                    prop_assert_eq!(claim, model.claim(n));
                }
                Call::Done(n) => {
                    runtime.block_on(store.done(id(n))).unwrap();
                    model.done(n);
                }
                Call::Release(n) => {
                    runtime.block_on(store.release(id(n))).unwrap();
                    model.claimed.remove(&n);
                }
                Call::Wait(seconds) => {
                    clock.advance(seconds);
                    model.now += seconds;
                }
            }
            prop_assert_eq!(
                (store.claimed(), store.len()),
                (model.claimed.len(), model.done.len())
            );
            prop_assert!(store.claimed() + store.len() <= MAX);
        }
    }
}
