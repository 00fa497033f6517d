//! The facade and the sandbox: subscribed, signed, sent, verified, read.

use synctera::types::{EventFilter, EventType, VerificationStatus};
use synctera::webhooks::{Event, EventResource, Verifier, VerifyError};
use synctera::{ErrorKind, Subscribe};
use synctera_tests::World;
use synctera_tests::subscriber::Subscriber;

/// What came, verified and read.
fn read(subscriber: &Subscriber, verifier: &Verifier) -> Result<Vec<Event>, VerifyError> {
    let delivered = subscriber.take();
    let read = |verified: synctera::webhooks::VerifiedBody| verified.event().unwrap();
    delivered.into_iter().map(|one| verifier.verify(&one.headers, one.body).map(read)).collect()
}

#[tokio::test]
async fn an_event_is_believed_and_read_while_the_secret_rolls() {
    let world = World::new().await;
    let subscriber = Subscriber::start().await;
    let client = &world.client;
    let first = client.create_webhook_secret().key("secret-1").await.unwrap();
    // Shown once more to who asks under the same key.
    let again = client.create_webhook_secret().key("secret-1").await.unwrap();
    assert_eq!(first.secret.expose(), again.secret.expose());
    assert!(!format!("{first:?}").contains(first.secret.expose().as_str()));
    let verifier = Verifier::new(first.secret.expose()).unwrap().clock(world.sandbox.clock());

    let request = Subscribe::to(subscriber.url()).event(EventFilter::PersonAny).metadata("east");
    client.subscribe(&request).await.unwrap();
    let person = world.customer().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    let events = read(&subscriber, &verifier).unwrap();
    let event = events.last().unwrap();
    assert_eq!(event.metadata.as_deref(), Some("east"));
    assert_eq!(event.resource_id, Some(person.as_uuid()));
    let outcome = events
        .iter()
        .find(|event| event.event_type == EventType::PersonVerificationOutcomeUpdated)
        .unwrap();
    let EventResource::Person(read_person) = outcome.resource().unwrap() else {
        panic!("not a person: {outcome:?}");
    };
    assert_eq!(read_person.id, person);
    assert_eq!(read_person.verification_status, VerificationStatus::Accepted);
    assert_eq!(outcome.changed_fields().unwrap()["verification_status"], "UNVERIFIED");

    // The old secret alone still verifies what is signed with both; then the new one does.
    let second = client.roll_webhook_secret().key("secret-2").await.unwrap();
    assert_eq!(second.old_ends_at, Some(world.sandbox.now() + chrono::Duration::hours(24)));
    world.prospect().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(read(&subscriber, &verifier).unwrap().len(), 1);
    verifier.roll_to(second.secret.expose()).unwrap();
    client.finish_webhook_secret_roll().await.unwrap();
    verifier.finish_roll();
    world.prospect().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(read(&subscriber, &verifier).unwrap().len(), 1);

    // Somebody who has just the first secret is out.
    let late = Verifier::new(first.secret.expose()).unwrap().clock(world.sandbox.clock());
    world.prospect().await;
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(read(&subscriber, &late).unwrap_err(), VerifyError::Mismatch);
}

#[tokio::test]
async fn subscribing_again_changes_the_webhook_that_is_there() {
    let world = World::new().await;
    let api = world.client.api();
    let url = "https://bank.example/events";
    let request = Subscribe::to(url).event(EventFilter::AccountAny);
    let made = world.client.subscribe(&request).await.unwrap();
    world.recorder.take();
    // Nothing to change, nothing written.
    assert_eq!(world.client.subscribe(&request).await.unwrap().id, made.id);
    assert!(world.recorder.take().iter().all(|request| request.line.starts_with("GET ")));
    let more = request.clone().events([EventFilter::CardAny]).description("cards as well");
    let changed = world.client.subscribe(&more).await.unwrap();
    assert_eq!((changed.id, changed.enabled_events.len()), (made.id, 2));
    let elsewhere = Subscribe::to("https://bank.example/cards").event(EventFilter::CardAny);
    world.client.subscribe(&elsewhere).await.unwrap();
    let all = api.list_webhooks(&Default::default()).await.unwrap();
    assert_eq!(all.webhooks.len(), 2);
}

#[tokio::test]
async fn a_subscription_that_cannot_be_is_not_sent() {
    let world = World::new().await;
    let request = Subscribe::to("bank.example/events").metadata("x".repeat(1025));
    let error = world.client.subscribe(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(fields, ["enabled_events", "metadata", "url"]);
    assert!(world.recorder.take().is_empty());
    let error = world.client.roll_webhook_secret().await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn the_exact_requests() {
    use insta::{assert_snapshot, with_settings};
    let world = World::new().await;
    let request = Subscribe::to("https://bank.example/events")
        .event(EventFilter::PersonAny)
        .description("people")
        .metadata("east");
    world.client.subscribe(&request).key("subscribe-1").await.unwrap();
    let more = request.event(EventFilter::CardAny);
    world.client.subscribe(&more).key("subscribe-1").await.unwrap();
    world.client.create_webhook_secret().key("secret-1").await.unwrap();
    world.client.roll_webhook_secret().key("secret-2").await.unwrap();
    world.client.finish_webhook_secret_roll().await.unwrap();
    let mut requests = world.recorder.take();
    // Not a journey's: its key is a fresh one.
    for (name, value) in &mut requests.last_mut().unwrap().headers {
        if name == "idempotency-key" {
            "***".clone_into(value);
        }
    }
    let texts: Vec<String> = requests.iter().map(|request| request.text()).collect();
    with_settings!({
        snapshot_path => "../snapshots/wire",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!("webhooks", texts.join("\n"));
    });
}
