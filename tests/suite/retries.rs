//! A call that goes wrong on the way is repeated when that cannot act twice, and a journey goes on
//! where it stopped.

use synctera::types::AccountType;
use synctera::{
    CallOptions, ErrorKind, Money, OnboardCustomer, PersonId, Retries, SendAch, Transfer,
};
use synctera_tests::world::ada;
use synctera_tests::{Fault, World};

const BUSY: Fault = Fault::Answer(503, &[("retry-after", "0")], "");
const BROKEN: Fault = Fault::Answer(500, &[], "");

async fn person_count(world: &World) -> usize {
    world.client.api().list_persons(&Default::default()).await.unwrap().persons.len()
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_the_same_key() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(100_00)).await;
    world.recorder.take();

    world.recorder.next([Some(Fault::LoseAnswer), Some(Fault::LoseRequest)]);
    let transfer = Transfer::new(checking, saving, Money::usd(30_00));
    world.client.transfer(&transfer).await.unwrap();
    let sent = world.recorder.take();
    assert_eq!(sent.len(), 3);
    assert!(sent.windows(2).all(|pair| pair[0].text() == pair[1].text()));
    assert_eq!(world.balances(saving).await.0, Money::usd(30_00), "moved once");
}

#[tokio::test]
async fn what_may_have_acted_is_not_repeated_where_nobody_promises_that_it_acts_once() {
    use synctera::types::NewMonitoringSubscription;
    let name = "create_monitoring_subscription";
    let operation = synctera::v2::OPERATIONS.iter().find(|known| known.id == name).unwrap();
    assert!(!operation.lists_idempotency, "the document changed: choose another operation");
    let cautious = World::new().await;
    let bold = World::with(|b| b.retries(Retries::default().all_writes())).await;
    for (world, sent) in [(&cautious, 1), (&bold, 2)] {
        let body = NewMonitoringSubscription {
            person_id: Some(world.customer().await),
            ..NewMonitoringSubscription::default()
        };
        world.recorder.take();
        world.recorder.next([Some(Fault::LoseAnswer)]);
        let outcome = world.client.api().create_monitoring_subscription(&body).await;
        assert_eq!(world.recorder.take().len(), sent);
        assert_eq!(outcome.is_ok(), sent == 2);
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Interrupted);
            assert!(error.idempotency_key().is_some(), "with the key it can be asked again");
        }
    }
}

#[tokio::test]
async fn a_busy_platform_is_asked_again_and_a_refusal_is_not() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    world.recorder.next([
        Some(BUSY),
        Some(Fault::Answer(429, &[], "")),
        Some(Fault::Answer(409, &[], r#"{"code":"IDEMPOTENCY_CONCURRENT_USE"}"#)),
    ]);
    let person = world.client.api().get_person(holder).await.unwrap();
    assert_eq!(person.attempts(), 4);
    assert_eq!(world.recorder.take().len(), 4);

    world.recorder.next([Some(Fault::Answer(403, &[], r#"{"code":"UNAUTHORIZED"}"#))]);
    let error = world.client.api().get_person(holder).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn attempts_come_to_an_end() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    world.recorder.next((0..10).map(|_| Some(BROKEN)));
    let error = world.client.api().get_person(holder).await.unwrap_err();
    assert_eq!((error.attempts(), error.status().unwrap().as_u16()), (4, 500));
    assert_eq!(world.recorder.take().len(), 4);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_journey_that_stopped_goes_on_under_its_key_and_makes_nothing_twice() {
    let world = World::with(|builder| builder.retries(Retries::none())).await;
    let request = OnboardCustomer::new(ada()).consented().monitoring();
    let steps = 4;
    let mut stopped: Option<PersonId> = None;
    // It stops at every step once, before and after the step was done.
    for fault in [BROKEN, Fault::LoseAnswer] {
        for step in 0..steps {
            let faults = (0..step).map(|_| None).chain([Some(fault.clone())]);
            world.recorder.next(faults);
            let error = world.client.onboard_customer(&request).key("signup-1").await.unwrap_err();
            let progress = error.progress().unwrap();
            assert_eq!((progress.journey, progress.done.len()), ("onboard_customer", step));
            assert_eq!(progress.key, "signup-1");
            assert!(error.to_string().contains("run it again with the key signup-1"), "{error}");
            if let Some(step) = progress.done.first() {
                let id: PersonId = step.resource.parse().unwrap();
                assert_eq!(*stopped.get_or_insert(id), id);
            }
        }
    }
    let customer = world.client.onboard_customer(&request).key("signup-1").await.unwrap();
    assert_eq!(Some(customer.accepted().unwrap().person.id), stopped);
    assert_eq!(person_count(&world).await, 1);
    let subscriptions =
        world.client.api().list_monitoring_subscriptions(&Default::default()).await.unwrap();
    assert_eq!(subscriptions.subscriptions.len(), 1);

    world.client.onboard_customer(&request).key("signup-2").await.unwrap();
    assert_eq!(person_count(&world).await, 2, "another key is another customer");
}

#[tokio::test]
async fn a_key_is_not_used_for_something_else() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = |amount| SendAch::pull(account, bank, amount, holder);
    world.client.send_ach(&pull(Money::usd(10_00))).key("d-1").await.unwrap();
    let error = world.client.send_ach(&pull(Money::usd(20_00))).key("d-1").await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "IDEMPOTENCY_INVALID_REUSE");
}

#[tokio::test]
async fn options_reach_every_step_of_a_journey() {
    let world = World::new().await;
    let name = http::HeaderName::from_static("x-trace");
    let options = CallOptions::new().with_header(name, http::HeaderValue::from_static("t-1"));
    let client = world.client.with_options(options);
    let request = OnboardCustomer::new(ada()).consented();
    client.onboard_customer(&request).await.unwrap();
    let sent = world.recorder.take();
    assert!(sent.iter().all(|request| request.header("x-trace") == Some("t-1")));
}
