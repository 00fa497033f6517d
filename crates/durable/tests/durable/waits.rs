//! Runs that wait for the platform: they become due by time and by webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use synctera::webhooks::{Event, Signer, Verifier};
use synctera::{AwaitVerification, OnboardCustomer, PersonId};
use synctera_durable::{Begin, BoxError, Error, Finished, Runs, State, Wait};
use uuid::Uuid;

use crate::setting::{Setting, Worker};
use crate::world;

type Await = Wait<AwaitVerification>;

/// Somebody whose verification is decided by a person, after an hour of the sandbox.
async fn pending(setting: &Setting) -> PersonId {
    let request = OnboardCustomer::new(
        synctera::PersonDetails::new("Ada", "Pending", "1985-12-10".parse().unwrap())
            .email("ada@example.com")
            .phone_number("+14155550123")
            .ssn("456-78-9012")
            .legal_address(synctera::Address::us("1 Market St", "San Francisco", "CA", "94105")),
    )
    .consented();
    setting.client.onboard_customer(&request).await.unwrap().into_inner().person.id
}

fn runs(setting: &Setting, person: PersonId, outcomes: &Arc<Mutex<Vec<String>>>) -> Runs {
    let outcomes = Arc::clone(outcomes);
    Runs::new(setting.client.clone())
        .wait(move |_| async move { Ok::<_, BoxError>(Some(AwaitVerification::new(person))) })
        .polling(Duration::from_secs(600), Duration::from_secs(3 * 24 * 3600))
        .on_outcome(move |run: Finished<Await>| {
            outcomes.lock().unwrap().push(run.outcome.to_string());
            async { Ok::<_, BoxError>(()) }
        })
}

fn event(resource: &str) -> Event {
    let secret = "5f".repeat(32);
    let body = format!(
        r#"{{"id":"{}","type":"PERSON.VERIFICATION_OUTCOME.UPDATED","webhook_id":"{}",
            "event_time":"2026-11-24T14:00:00Z","url":"https://bank.example","metadata":""
            {resource}}}"#,
        Uuid::new_v4(),
        Uuid::new_v4()
    );
    let signed = Signer::new(&secret).unwrap().sign(Utc::now(), body.as_bytes());
    let verifier = Verifier::new(&secret).unwrap();
    verifier.verify(&signed.headers().unwrap(), body).unwrap().event().unwrap()
}

fn about(resource: impl std::fmt::Display) -> Event {
    event(&format!(r#","resource_id":"{resource}""#))
}

#[tokio::test]
async fn a_wait_occupies_no_worker_and_ends_when_it_is_polled_after_the_decision() {
    let Some(setting) = Setting::new().await else { return };
    let person = pending(&setting).await;
    let outcomes = Arc::default();
    let worker = Worker::start(setting.work(&runs(&setting, person, &outcomes)).concurrency(1));
    for key in ["signup-1", "signup-2"] {
        setting.queue.begin(Begin::<Await>::new(key)).await.unwrap();
    }
    let now = setting.sandbox.now();
    for key in ["signup-1", "signup-2"] {
        // The one slot of the worker is free for each.
        let later = now + TimeDelta::minutes(10);
        let run = setting.when::<Await>(key, |run| run.due_at == Some(later)).await;
        assert_eq!((run.state, run.failures), (State::Waiting, 0));
    }
    assert_eq!(setting.queue.health().await.unwrap().waiting, 2);
    setting.advance(TimeDelta::days(2));
    for key in ["signup-1", "signup-2"] {
        setting.until::<Await>(key, State::Done).await;
    }
    worker.stop().await;
    assert_eq!(*outcomes.lock().unwrap(), ["ACCEPTED", "ACCEPTED"]);
    assert_eq!(setting.jobs().await, 0);
}

#[tokio::test]
async fn an_event_makes_what_waits_for_its_resource_due() {
    let Some(setting) = Setting::new().await else { return };
    let person = pending(&setting).await;
    let outcomes = Arc::default();
    let worker = Worker::start(setting.work(&runs(&setting, person, &outcomes)));
    setting.queue.begin(Begin::<Await>::new("signup-1")).await.unwrap();
    let later = setting.sandbox.now() + TimeDelta::minutes(10);
    setting.when::<Await>("signup-1", |run| run.due_at == Some(later)).await;
    assert_eq!(setting.queue.wake(&about(Uuid::new_v4())).await.unwrap(), 0);
    let empty = setting.queue.wake(&event("")).await;
    assert!(matches!(empty, Err(Error::EventWithoutResource)), "{empty:?}");
    assert_eq!(setting.queue.wake(&about(person)).await.unwrap(), 1);
    // It was polled, and waits again from now on.
    setting.advance(TimeDelta::minutes(1));
    setting.queue.wake(&about(person)).await.unwrap();
    let later = later + TimeDelta::minutes(1);
    setting.when::<Await>("signup-1", |run| run.due_at == Some(later)).await;
    worker.stop().await;
    assert!(outcomes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_wait_ends_at_its_last_moment_with_the_state_that_there_is() {
    let Some(setting) = Setting::new().await else { return };
    let person = setting.client.onboard_customer(&world::onboarding(1)).await.unwrap();
    let _ = person;
    let prospect = {
        use synctera::types::{NewPerson, PersonStatus};
        let body = NewPerson::new(true, PersonStatus::Prospect);
        setting.client.api().create_person(&body).await.unwrap().id
    };
    let outcomes = Arc::default();
    let worker = Worker::start(setting.work(&runs(&setting, prospect, &outcomes)));
    setting.queue.begin(Begin::<Await>::new("signup-1")).await.unwrap();
    setting.until::<Await>("signup-1", State::Waiting).await;
    setting.advance(TimeDelta::days(4));
    setting.until::<Await>("signup-1", State::Done).await;
    worker.stop().await;
    assert_eq!(*outcomes.lock().unwrap(), ["PENDING"]);
}
