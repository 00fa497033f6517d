//! What the rails that move money tell subscribers.

use chrono::Duration;
use synctera::types::{DcSign, EventFilter, IncomingAchSimulation, WebhookInput};
use synctera::{
    AddExternalCard, DepositCheck, Money, MoveByCard, Schedule, SchedulePayment, Transfer, Upload,
};
use synctera_tests::World;
use synctera_tests::subscriber::Subscriber;
use synctera_tests::world::now;

async fn subscribed(world: &World, types: &[&str]) -> Subscriber {
    let subscriber = Subscriber::start().await;
    let types = types.iter().map(|name| EventFilter::from(*name)).collect();
    let body = WebhookInput::new(types, true, subscriber.url());
    world.client.api().create_webhook(&body).await.unwrap();
    subscriber
}

#[tokio::test]
async fn a_schedule_tells_of_itself_and_of_its_payments() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (from, to) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(from, Money::usd(100_00)).await;
    let subscriber =
        subscribed(&world, &["PAYMENT_SCHEDULE.*", "INTERNAL_TRANSFER.SUCCEEDED"]).await;
    let schedule = Schedule::daily("2026-11-25".parse().unwrap()).times(1);
    let saving = Transfer::new(from, to, Money::usd(10_00));
    let saving = SchedulePayment::transfer(saving, schedule, "Saving");
    world.client.schedule_payment(&saving).await.unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    assert_eq!(subscriber.take_types(), ["PAYMENT_SCHEDULE.CREATED"]);
    world.sandbox.advance(Duration::days(1)).unwrap();
    world.sandbox.deliver_webhooks().await.unwrap();
    let mut types = subscriber.take_types();
    types.sort();
    assert_eq!(
        types,
        [
            "INTERNAL_TRANSFER.SUCCEEDED",
            "PAYMENT_SCHEDULE.PAYMENT.CREATED",
            "PAYMENT_SCHEDULE.UPDATED"
        ]
    );
}

#[tokio::test]
async fn cards_documents_and_entries_to_come_are_told_of() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let kinds = ["EXTERNAL_CARD.*", "EXTERNAL_CARD_TRANSFER.*", "DOCUMENT.*", "ACH.*"];
    let subscriber = subscribed(&world, &kinds).await;
    let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
    let card = world.client.add_external_card(&card).await.unwrap().id;
    let pull = MoveByCard::pull(account, card, Money::usd(1_00));
    world.client.move_by_card(&pull).await.unwrap();
    let picture = |what: &'static [u8]| {
        Upload::new("a.jpg", "image/jpeg", [b"\xff\xd8\xff".as_slice(), what].concat())
    };
    let check =
        DepositCheck::new(account, holder, Money::usd(1_00), picture(b"front"), picture(b"back"));
    world.client.deposit_check(&check).await.unwrap();
    let api = world.client.api();
    let number = api.get_account(account).await.unwrap().account_number.clone().unwrap();
    for days in [0, 3] {
        let day = now().date_naive() + Duration::days(days);
        let entry = IncomingAchSimulation::new(number.clone(), 5_00, DcSign::Credit, day);
        api.simulate_incoming_ach(&entry).await.unwrap();
    }
    world.sandbox.deliver_webhooks().await.unwrap();
    let mut types = subscriber.take_types();
    types.sort();
    assert_eq!(
        types,
        [
            "ACH.INCOMING.FUTURE_DATED",
            "DOCUMENT.CREATED",
            "DOCUMENT.CREATED",
            "EXTERNAL_CARD.CREATED",
            "EXTERNAL_CARD_TRANSFER.CREATED"
        ]
    );
}
