//! From the event of a returned ACH transfer to the transfer, and the code of the return.

use chrono::Duration;
use serde_json::json;
use synctera::types::{
    AchReturnSimulation, DcSign, EventFilter, IncomingAchSimulation, IncomingAchStatus,
    ListIncomingAchQuery,
};
use synctera::webhooks::{Event, Verifier};
use synctera::{AchId, AchReturn, AchReturnCode, ErrorKind, Money, SendAch, Sensitive, Subscribe};
use synctera_tests::World;
use synctera_tests::subscriber::Subscriber;
use synctera_tests::world::now;
use uuid::Uuid;

use super::events::event;

/// A subscriber of what happens to money, and a verifier of its deliveries.
async fn listening(world: &World) -> (Subscriber, Verifier) {
    let subscriber = Subscriber::start().await;
    let secret = world.client.create_webhook_secret().await.unwrap().secret;
    let verifier = Verifier::new(secret.expose()).unwrap().clock(world.sandbox.clock());
    // The sandbox sends while its clock moves on by a day.
    let verifier = verifier.tolerance(std::time::Duration::from_secs(2 * 24 * 3600));
    let request =
        Subscribe::to(subscriber.url()).events([EventFilter::TransactionAny, EventFilter::AchAny]);
    world.client.subscribe(&request).await.unwrap();
    (subscriber, verifier)
}

async fn received(world: &World, subscriber: &Subscriber, verifier: &Verifier) -> Vec<Event> {
    world.sandbox.deliver_webhooks().await.unwrap();
    let events = subscriber.take().into_iter();
    events.map(|one| verifier.verify(&one.headers, one.body).unwrap().event().unwrap()).collect()
}

async fn returns(world: &World, events: &[Event]) -> Vec<AchReturn> {
    let mut returns = Vec::new();
    for event in events {
        returns.extend(world.client.ach_return(event).await.unwrap());
    }
    returns
}

async fn return_sent(world: &World, transfer: AchId) {
    let body = AchReturnSimulation::new(transfer);
    world.client.api().simulate_ach_return(&body).await.unwrap();
}

#[tokio::test]
async fn the_event_of_a_return_leads_to_the_transfer_and_the_code() {
    let world = World::with_settings(|settings| settings.ach_return_code = "R10".to_owned()).await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(50_00)).await;
    let (subscriber, verifier) = listening(&world).await;
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);
    let pull = world.client.send_ach(&pull).await.unwrap();
    let push = SendAch::push(account, bank, Money::usd(20_00), holder);
    let push = world.client.send_ach(&push).await.unwrap();
    world.sandbox.advance(Duration::days(1)).unwrap();
    // Both were sent; neither was returned.
    let events = received(&world, &subscriber, &verifier).await;
    assert!(events.len() >= 4, "{events:?}");
    assert!(returns(&world, &events).await.is_empty());

    for (transfer, sign) in [(pull.id, DcSign::Debit), (push.id, DcSign::Credit)] {
        return_sent(&world, transfer).await;
        let events = received(&world, &subscriber, &verifier).await;
        let returned = returns(&world, &events).await;
        assert_eq!(returned.len(), 1, "{events:?}");
        assert_eq!(returned[0].transfer_id, transfer);
        assert_eq!(returned[0].code, AchReturnCode::R10);
        assert_eq!(returned[0].code.reason(), Some("debit not authorized by the customer"));
        assert_eq!(
            (&returned[0].entry.dc_sign, returned[0].entry.account_id),
            (&sign, Some(account))
        );
        assert!(!format!("{returned:?}").contains("1234567890"));
    }
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_return_whose_money_is_in_suspense_is_found_as_well() {
    let world = World::with_settings(|settings| {
        settings.ach_returns_to_suspense = true;
        settings.ach_return_code = "R99".to_owned();
    })
    .await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let (subscriber, verifier) = listening(&world).await;
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);
    let pull = world.client.send_ach(&pull).await.unwrap();
    world.sandbox.advance(Duration::days(1)).unwrap();
    return_sent(&world, pull.id).await;
    let events = received(&world, &subscriber, &verifier).await;
    let returned = returns(&world, &events).await;
    assert_eq!(returned.len(), 1);
    assert_eq!(returned[0].transfer_id, pull.id);
    assert_eq!(returned[0].entry.status, IncomingAchStatus::InSuspense);
    // A code of a later version.
    assert!(matches!(returned[0].code, AchReturnCode::Unknown(_)));
    assert_eq!((returned[0].code.as_str(), returned[0].code.reason()), ("R99", None));
}

#[tokio::test]
async fn other_events_are_no_returns() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let (subscriber, verifier) = listening(&world).await;
    world.fund(account, Money::usd(5_00)).await;
    let api = world.client.api();
    let number = api.get_account(account).await.unwrap().account_number.clone().unwrap();
    let number = number.expose().clone();
    for days in [0, 3] {
        let day = now().date_naive() + Duration::days(days);
        let number = Sensitive::new(number.clone());
        let entry = IncomingAchSimulation::new(number, 5_00, DcSign::Credit, day);
        api.simulate_incoming_ach(&entry).await.unwrap();
    }
    let events = received(&world, &subscriber, &verifier).await;
    let types: Vec<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(types.iter().filter(|name| **name == "TRANSACTION.POSTED.CREATED").count(), 2);
    assert!(types.contains(&"ACH.INCOMING.FUTURE_DATED"), "{types:?}");
    assert!(returns(&world, &events).await.is_empty());

    world.recorder.take();
    let note = event(1, "NOTE.CREATED", &json!({"content": 7}));
    assert!(world.client.ach_return(&note).await.unwrap().is_none());
    let broken = event(1, "TRANSACTION.POSTED.CREATED", &json!({"uuid": 7}));
    let error = world.client.ach_return(&broken).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(world.recorder.take().is_empty(), "something was sent");
}

#[tokio::test]
async fn an_entry_that_is_announced_names_the_transfer_itself() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);
    let pull = world.client.send_ach(&pull).await.unwrap();
    world.sandbox.advance(Duration::days(1)).unwrap();
    return_sent(&world, pull.id).await;
    let api = world.client.api();
    let entries = api.list_incoming_ach(&ListIncomingAchQuery::default()).await.unwrap();
    let mut entry = serde_json::to_value(&entries.transactions[0]).unwrap();
    world.recorder.take();

    let announced = event(1, "ACH.INCOMING.FUTURE_DATED", &entry);
    let returned = world.client.ach_return(&announced).await.unwrap().unwrap();
    assert_eq!((returned.transfer_id, &returned.code), (pull.id, &AchReturnCode::R01));
    assert_eq!(AchReturn::from_entry(returned.entry).unwrap().transfer_id, pull.id);
    assert!(world.recorder.take().is_empty(), "the event says it all");

    // One that does not name the transfer leads to it by its own id.
    entry.as_object_mut().unwrap().remove("outgoing_ach_id");
    let announced = event(1, "ACH.INCOMING.FUTURE_DATED", &entry);
    let returned = world.client.ach_return(&announced).await.unwrap().unwrap();
    assert_eq!(returned.transfer_id, pull.id);
    assert_eq!(world.recorder.take().len(), 1);
    assert!(AchReturn::from_entry(returned.entry).is_none());
    // Nor is there one for an entry that nothing is known of.
    entry["id"] = json!(Uuid::from_u128(7));
    let announced = event(1, "ACH.INCOMING.FUTURE_DATED", &entry);
    assert!(world.client.ach_return(&announced).await.unwrap().is_none());
}
