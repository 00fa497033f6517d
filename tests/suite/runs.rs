//! What a run is beside its outcome: its steps, its time limit, and a value that can be kept and
//! spawned.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderMap;
use reqwest::StatusCode;
use synctera::types::{AccountType, DisclosureType};
use synctera::{
    Answer, BoxFuture, Call, CompletedStep, Error, ErrorKind, Failure, NextAction, OnboardCustomer,
    OpenAccount, Retries, Run, Synctera, Transfer, Transport,
};
use synctera_tests::world::{ada, agreed, person};
use synctera_tests::{Fault, World};

fn signup() -> OnboardCustomer {
    OnboardCustomer::new(ada()).disclosed(agreed(DisclosureType::RegDd)).consented().monitoring()
}

#[tokio::test]
async fn the_steps_of_a_run_are_what_was_sent_and_what_was_answered() {
    let answered: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let sink = answered.clone();
    let world = World::with(|builder| {
        builder.on_response(move |exchange| {
            let answer = exchange.outcome.unwrap();
            let id = answer.response.headers().get("x-request-id");
            let id = id.map(|id| id.to_str().unwrap().to_owned());
            sink.lock().unwrap().push(id.filter(|_| exchange.operation.is_write()));
        })
    })
    .await;
    let watched: Arc<Mutex<Vec<CompletedStep>>> = Arc::default();
    let sink = watched.clone();
    for key in ["signup-1", "signup-2"] {
        watched.lock().unwrap().clear();
        answered.lock().unwrap().clear();
        let sink = sink.clone();
        let run = world.client.onboard_customer(&signup()).key(key).on_step(move |step| {
            sink.lock().unwrap().push(step.clone());
        });
        let completed = run.with_steps().await.unwrap();
        assert_eq!(completed.key, key);
        let operations: Vec<&str> = completed.steps.iter().map(|step| step.operation).collect();
        assert_eq!(
            operations,
            [
                "create_person",
                "create_disclosure",
                "update_person",
                "verify",
                "create_monitoring_subscription"
            ]
        );
        let customer = completed.outcome.accepted().unwrap();
        assert_eq!(completed.steps[0].resource, customer.person.id.to_string());
        assert!(completed.steps.iter().all(|step| step.journey == "onboard_customer"));

        let sent = world.recorder.take();
        let sent: Vec<_> = sent.iter().filter_map(|one| one.header("idempotency-key")).collect();
        let keys: Vec<_> = completed
            .steps
            .iter()
            .map(|step| step.idempotency_key.as_ref().unwrap().as_str())
            .collect();
        assert_eq!(keys, sent);
        let answered: Vec<String> = answered.lock().unwrap().iter().flatten().cloned().collect();
        let ids: Vec<String> =
            completed.steps.iter().map(|step| step.request_id.clone().unwrap()).collect();
        assert_eq!(ids, answered);
        assert_eq!(*watched.lock().unwrap(), completed.steps);
    }
}

#[tokio::test]
async fn a_run_that_fails_has_told_the_steps_before() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    world.recorder.next([None, None, Some(Fault::Answer(503, &[], ""))]);
    let mut told = Vec::new();
    let run = world.client.onboard_customer(&signup()).on_step(|step| told.push(step.clone()));
    let error = run.with_steps().await.unwrap_err();
    assert_eq!(told.len(), 2);
    assert_eq!(error.progress().unwrap().done, told);
    assert_eq!(
        (error.operation(), error.next_action()),
        ("update_person", NextAction::RetryWithKey)
    );
}

#[tokio::test]
async fn the_error_of_a_refused_outcome_has_the_outcome() {
    let world = World::new().await;
    for (last_name, action) in [
        ("Review", NextAction::AwaitDecision),
        ("Pending", NextAction::AwaitDecision),
        ("Rejected", NextAction::DoNotRepeat),
    ] {
        let request = OnboardCustomer::new(person("Ada", last_name)).consented();
        let outcome = world.client.onboard_customer(&request).await.unwrap();
        let id = outcome.get().person.id;
        let refused = outcome.accepted().unwrap_err();
        assert_eq!(refused.outcome().get().person.id, id);
        assert_eq!(refused.error().next_action(), action, "{refused}");
        assert_eq!(refused.to_string(), refused.error().to_string());
        assert!(!refused.outcome().get().verifications.is_empty());
        let kept = refused.into_outcome();
        assert_eq!(kept.get().person.id, id);
        // And it is an error like any other for those who want no more.
        let error: Error = kept.accepted().unwrap_err().into();
        assert_eq!((error.kind(), error.next_action()), (ErrorKind::Refused, action));
    }
}

/// Answers so many calls, and then never again.
struct Silent {
    answers: AtomicUsize,
    asked: Arc<AtomicUsize>,
}

impl Silent {
    fn client(answers: usize) -> (Synctera, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let silent = Self { answers: answers.into(), asked: asked.clone() };
        let builder = Synctera::builder("k").base_url("http://127.0.0.1:1").transport(silent);
        (builder.retries(Retries::none()).build().unwrap(), asked)
    }
}

const PERSON: &str = r#"{
    "id": "7a1e0000-0000-4000-8000-000000000001", "is_customer": true, "status": "PROSPECT",
    "verification_status": "UNVERIFIED", "ban_status": "ALLOWED", "tenant": "1_1", "creation_time": "2026-11-24T14:00:00Z",
    "last_updated_time": "2026-11-24T14:00:00Z", "classifications": [], "has_accounts": false
}"#;

impl Transport for Silent {
    fn execute<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let left = self
            .answers
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        Box::pin(async move {
            if left.is_err() {
                std::future::pending::<()>().await;
            }
            Ok(Answer::whole(StatusCode::CREATED, HeaderMap::new(), PERSON))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_at_its_deadline_and_says_what_was_under_way() {
    let (client, asked) = Silent::client(1);
    let mut told = 0;
    let run = client.onboard_customer(&signup()).key("signup-1").on_step(|_| told += 1);
    let error = run.deadline(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(told, 1, "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Timeout, "create_disclosure"));
    assert!(error.is_retryable());
    assert!(error.idempotency_key().is_some());
    let progress = error.progress().unwrap();
    assert_eq!((progress.key.as_str(), progress.attempt, progress.done.len()), ("signup-1", 1, 1));
    let text = error.to_string();
    assert!(text.contains("create_disclosure: the run's deadline of 5s has passed"), "{text}");
    let advice = "next: the platform may have acted; to continue, set a longer deadline and run it \
                  again with the key signup-1";
    assert!(text.ends_with(advice), "{text}");
}

#[tokio::test]
async fn a_deadline_while_only_reading_says_that_nothing_was_sent() {
    let (client, _) = Silent::client(0);
    let holder: synctera::PersonId = uuid::Uuid::nil().into();
    let open = OpenAccount::new(AccountType::Checking, holder);
    let error = client.open_account(&open).key("a").deadline(Duration::ZERO).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Timeout, "open_account"));
    assert_eq!(error.idempotency_key(), None);
    let advice = "next: to continue, set a longer deadline and run it again with the key a";
    assert!(error.to_string().ends_with(advice), "{error}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_deadline_that_is_far_away_changes_nothing() {
    let world = World::new().await;
    for deadline in [Duration::from_secs(600), Duration::MAX] {
        let run = world.client.onboard_customer(&signup()).deadline(deadline);
        assert!(run.await.unwrap().is_accepted());
    }
}

fn is_static<T: Send + 'static>(value: T) -> T {
    value
}

#[tokio::test]
async fn a_run_is_a_value_that_can_be_kept_and_spawned() {
    let world = World::new().await;
    // Of a request that lives no longer than the line.
    let run = world.client.onboard_customer(&OnboardCustomer::new(ada()).consented());
    let run = is_static(run.key("signup-1"));
    assert!(format!("{run:?}").contains("onboard_customer"));
    let spawned = tokio::spawn(run.into_future());
    let holder = spawned.await.unwrap().unwrap().accepted().unwrap().person.id;

    // Of a client that is gone.
    let open = {
        let client = world.client.clone();
        is_static(client.open_account(&OpenAccount::new(AccountType::Checking, holder)))
    };
    let checking = tokio::spawn(open.with_steps()).await.unwrap().unwrap();
    assert_eq!(checking.steps.last().unwrap().operation, "create_account");
    let checking = checking.outcome.id;
    let held =
        Transfer::new(world.program().await, checking, synctera::Money::usd(5_00)).hold(None);
    let held = world.client.transfer(&held).await.unwrap().id;
    let post = is_static(world.client.post_transfer(held));
    tokio::spawn(async move { post.await }).await.unwrap().unwrap();

    // With a watcher of its own.
    let told = Arc::new(AtomicUsize::new(0));
    let sink = told.clone();
    let run: Run<'static, OnboardCustomer> =
        world.client.onboard_customer(&signup()).on_step(move |_| {
            sink.fetch_add(1, Ordering::SeqCst);
        });
    let is_ok = async move { run.await.is_ok() };
    assert!(tokio::spawn(is_ok).await.unwrap());
    assert_eq!(told.load(Ordering::SeqCst), 5);
}
