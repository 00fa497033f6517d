//! What failures do to a run, and what a person does then.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use synctera::{
    AccountId, BasisPoints, DefineProduct, InternalAccountId, Money, OnboardCustomer, Transfer,
};
use synctera_durable::{Begin, BoxError, Error, Finished, List, RunInfo, Runs, State};
use synctera_sandbox::Fault;

use crate::setting::{Setting, Worker};
use crate::world;

/// Runs of one journey, whose request is what the test says right now.
fn runs_of<J: synctera::Journey>(setting: &Setting, request: &Arc<Mutex<Option<J>>>) -> Runs {
    let request = Arc::clone(request);
    Runs::new(setting.client.clone())
        .journey(move |_| {
            let request = request.lock().unwrap().clone();
            async move { Ok::<_, BoxError>(request) }
        })
        .on_outcome(|_: Finished<J>| async { Ok::<_, BoxError>(()) })
}

async fn account(setting: &Setting) -> (InternalAccountId, AccountId) {
    let holder = setting.client.onboard_customer(&world::onboarding(1)).await.unwrap();
    let holder = holder.accepted().unwrap().person.id;
    let account = setting.client.open_account(&world::opening(holder)).await.unwrap().id;
    (world::program_account(&setting.client).await, account)
}

#[tokio::test]
async fn a_refusal_is_parked_with_its_code_and_runs_as_the_next_attempt_once_corrected() {
    let Some(setting) = Setting::new().await else { return };
    let (program, account) = account(&setting).await;
    // The account has no money yet.
    let back = Transfer::new(account, program, Money::usd(5_00)).memo("Planted Memo");
    let request = Arc::new(Mutex::new(Some(back)));
    let worker = Worker::start(setting.work(&runs_of(&setting, &request)));
    setting.queue.begin(Begin::<Transfer>::new("payout-1").tenant("2_1")).await.unwrap();
    let parked = setting.until::<Transfer>("payout-1", State::Parked).await;
    assert_eq!(parked.code.as_deref(), Some("INSUFFICIENT_FUNDS"));
    assert_eq!(parked.kind.as_deref(), Some("Api"));
    assert_eq!(parked.next_action.as_deref(), Some("CorrectAndContinue"));
    assert_eq!(parked.operation.as_deref(), Some("create_internal_transfer"));
    assert!(parked.request_id.is_some());
    let health = setting.queue.health().await.unwrap();
    assert_eq!(health.parked.len(), 1, "{health:?}");
    assert_eq!(health.parked[0].code.as_deref(), Some("INSUFFICIENT_FUNDS"));
    let by_code = List::new().state(State::Parked).code("INSUFFICIENT_FUNDS").tenant("2_1");
    assert_eq!(setting.queue.list(&by_code).await.unwrap(), std::slice::from_ref(&parked));

    // The platform repeats its refusal to the same attempt.
    setting.client.transfer(&world::welcome(program, account)).await.unwrap();
    setting.queue.retry(parked.id).await.unwrap();
    let again = setting.when::<Transfer>("payout-1", |run| {
        run.state == State::Parked && run.failures == 1 && run.request_id != parked.request_id
    });
    assert_eq!(again.await.attempt, 1);
    setting.queue.correct(parked.id).await.unwrap();
    let done = setting.until::<Transfer>("payout-1", State::Done).await;
    assert_eq!((done.attempt, done.failures, done.code), (2, 0, None));
    worker.stop().await;
    assert_eq!(setting.jobs().await, 0);
    let balance = setting.client.api().get_account(account).await.unwrap().balances[0].balance;
    assert_eq!(balance, 2_00, "it was transferred once");
}

#[tokio::test]
async fn wrong_input_and_no_request_are_parked_without_a_call() {
    let Some(setting) = Setting::new().await else { return };
    let request = Arc::new(Mutex::new(None));
    let worker = Worker::start(setting.work(&runs_of(&setting, &request)));
    setting.queue.begin(Begin::<OnboardCustomer>::new("signup-1")).await.unwrap();
    let parked = setting.until::<OnboardCustomer>("signup-1", State::Parked).await;
    assert_eq!(parked.kind.as_deref(), Some("NoRequest"));
    let wrong = OnboardCustomer::new(world::person(1).ssn("000-12-3456")).consented();
    *request.lock().unwrap() = Some(wrong);
    setting.queue.retry(parked.id).await.unwrap();
    let parked = setting
        .when::<OnboardCustomer>("signup-1", |run| run.kind.as_deref() == Some("InvalidInput"))
        .await;
    assert!(!format!("{parked:?}").contains("3456"));
    assert_eq!(setting.count("person"), 0);
    *request.lock().unwrap() = Some(world::onboarding(1));
    setting.queue.correct(parked.id).await.unwrap();
    setting.until::<OnboardCustomer>("signup-1", State::Done).await;
    worker.stop().await;
    assert_eq!(setting.count("person"), 1);
}

#[tokio::test]
async fn failures_and_panics_of_the_program_are_retried() {
    let Some(setting) = Setting::new().await else { return };
    let calls = Arc::new(Mutex::new(0));
    let runs = Runs::new(setting.client.clone())
        .journey({
            let calls = Arc::clone(&calls);
            move |_| {
                let mut calls = calls.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                *calls += 1;
                let call = *calls;
                async move {
                    assert!(call != 1, "planted panic 456-10-0002");
                    match call {
                        2 => Err("planted failure 456-10-0002".into()),
                        _ => Ok::<_, BoxError>(Some(world::onboarding(1))),
                    }
                }
            }
        })
        .on_outcome(|run: Finished<OnboardCustomer>| async move {
            assert!(run.outcome.is_accepted());
            Ok::<_, BoxError>(())
        });
    let worker = Worker::start(setting.work(&runs));
    setting.queue.begin(Begin::<OnboardCustomer>::new("signup-1")).await.unwrap();
    for (failures, kind) in [(1, "Panic"), (2, "Request")] {
        let run = setting.when::<OnboardCustomer>("signup-1", |run| run.failures == failures);
        let run = run.await;
        assert_eq!((run.state, run.kind.as_deref()), (State::Queued, Some(kind)));
        assert!(!format!("{run:?}").contains("planted"));
        setting.advance(TimeDelta::seconds(30));
    }
    setting.until::<OnboardCustomer>("signup-1", State::Done).await;
    worker.stop().await;
    let dump = String::from_utf8_lossy(&setting.cluster.dump()).into_owned();
    assert!(!dump.contains("planted"));
}

#[tokio::test]
async fn two_hours_of_outage_end_no_run() {
    let Some(setting) = Setting::new().await else { return };
    let request = Arc::new(Mutex::new(Some(world::onboarding(1))));
    let worker = Worker::start(setting.work(&runs_of(&setting, &request)));
    let fault = setting.sandbox.add_fault(Fault::status(503)).unwrap();
    for number in 0..10 {
        let run = Begin::<OnboardCustomer>::new(format!("signup-{number}"));
        setting.queue.begin(run).await.unwrap();
    }
    let mut failures = 0;
    for _ in 0..24 {
        let run = setting.when::<OnboardCustomer>("signup-3", |run| run.failures > failures);
        failures = run.await.failures.max(failures);
        setting.advance(TimeDelta::minutes(13));
    }
    assert!(failures >= 10, "{failures}");
    let failing = setting.queue.list(&List::new().state(State::Queued)).await.unwrap();
    assert!(setting.queue.list(&List::new().state(State::Parked)).await.unwrap().is_empty());
    assert!(failing.iter().all(|run| run.kind.as_deref() == Some("Api")), "{failing:?}");
    assert!(setting.sandbox.remove_fault(fault));
    setting.advance(TimeDelta::minutes(13));
    for number in 0..10 {
        setting.until::<OnboardCustomer>(&format!("signup-{number}"), State::Done).await;
        setting.advance(TimeDelta::minutes(13));
    }
    worker.stop().await;
    assert_eq!(setting.count("person"), 10);
    assert_eq!(setting.jobs().await, 0);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let Some(setting) = Setting::new().await else { return };
    let request = Arc::new(Mutex::new(Some(world::onboarding(1))));
    let worker = Worker::start(setting.work(&runs_of(&setting, &request)));
    let fault = Fault::status(429).retry_after(3_000);
    setting.sandbox.add_fault(fault.times(1)).unwrap();
    let began = setting.sandbox.now();
    setting.queue.begin(Begin::<OnboardCustomer>::new("signup-1")).await.unwrap();
    let run = setting.when::<OnboardCustomer>("signup-1", |run| run.failures == 1).await;
    assert_eq!(run.due_at, Some(began + TimeDelta::seconds(3_000)));
    setting.advance(TimeDelta::seconds(3_000));
    setting.until::<OnboardCustomer>("signup-1", State::Done).await;
    worker.stop().await;
}

/// The step was done eight days ago, its answer was lost, and the platform has forgotten its key.
async fn eight_days_later<J: synctera::Journey>(
    setting: &Setting,
    request: J,
    operation: &str,
) -> RunInfo {
    let fault = Fault::dropped().after_acting().on_operation(operation).times(1);
    setting.sandbox.add_fault(fault).unwrap();
    let request = Arc::new(Mutex::new(Some(request)));
    let worker = Worker::start(setting.work(&runs_of(setting, &request)));
    setting.queue.begin(Begin::<J>::new("old-1")).await.unwrap();
    setting.when::<J>("old-1", |run| run.failures == 1).await;
    setting.advance(TimeDelta::days(8));
    let run =
        setting.when::<J>("old-1", |run| matches!(run.state, State::Done | State::Parked)).await;
    worker.stop().await;
    run
}

#[tokio::test]
async fn a_run_that_started_eight_days_ago_finds_what_it_did() {
    let Some(setting) = Setting::new().await else { return };
    let (program, account) = account(&setting).await;
    let request = world::welcome(program, account);
    let run = eight_days_later(&setting, request, "create_internal_transfer").await;
    assert_eq!(run.state, State::Done, "{run:?}");
    let balance = setting.client.api().get_account(account).await.unwrap().balances[0].balance;
    assert_eq!(balance, 7_00, "it was transferred once");
}

#[tokio::test]
async fn what_cannot_be_found_after_seven_days_is_parked_for_a_person() {
    let Some(setting) = Setting::new().await else { return };
    let from = setting.sandbox.now().date_naive();
    let request = DefineProduct::compounded_monthly()
        .rate(BasisPoints::new(400), from + TimeDelta::days(300))
        .description("Saver");
    let run = eight_days_later(&setting, request, "create_account_product").await;
    assert_eq!(run.state, State::Parked);
    assert_eq!(run.kind.as_deref(), Some("Refused"));
    assert_eq!(run.next_action.as_deref(), Some("CheckByHand"));
}

#[tokio::test]
async fn a_person_can_do_what_the_state_of_a_run_allows() {
    let Some(setting) = Setting::new().await else { return };
    let queue = &setting.queue;
    queue.begin(Begin::<OnboardCustomer>::new("signup-1")).await.unwrap();
    queue.begin(Begin::<OnboardCustomer>::new("signup-2")).await.unwrap();
    let [first, second] = ["signup-1", "signup-2"];
    let first = queue.show::<OnboardCustomer>(first).await.unwrap().id;
    let second = queue.show::<OnboardCustomer>(second).await.unwrap().id;
    queue.retry(first).await.unwrap();
    let corrected = queue.correct(first).await;
    assert!(matches!(corrected, Err(Error::State { state: State::Queued, .. })), "{corrected:?}");
    queue.cancel(first).await.unwrap();
    assert_eq!(setting.jobs().await, 1);
    for refused in [queue.cancel(first).await, queue.retry(first).await] {
        assert!(matches!(refused, Err(Error::State { state: State::Canceled, .. })), "{refused:?}");
    }
    let nobody = queue.cancel(9_999_999.into()).await;
    assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");

    let request = Arc::new(Mutex::new(Some(world::onboarding(1))));
    let worker = Worker::start(setting.work(&runs_of(&setting, &request)));
    setting.until::<OnboardCustomer>("signup-2", State::Done).await;
    worker.stop().await;
    assert!(matches!(queue.retry(second).await, Err(Error::State { state: State::Done, .. })));
    assert_eq!(setting.count("person"), 1, "the canceled one did not run");

    let page = queue.list(&List::new().limit(1)).await.unwrap();
    assert_eq!(page[0].id, first);
    let next = queue.list(&List::new().after(first).journey::<OnboardCustomer>()).await.unwrap();
    assert_eq!(next.iter().map(|run| run.id).collect::<Vec<_>>(), [second]);
    let now = setting.sandbox.now();
    assert_eq!(queue.forget_ended(now - TimeDelta::days(1)).await.unwrap(), 0);
    assert_eq!(queue.forget_ended(now + TimeDelta::seconds(1)).await.unwrap(), 2);
}
