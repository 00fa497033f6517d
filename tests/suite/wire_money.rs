//! The exact requests of the journeys that move money.

use chrono::NaiveDate;
use synctera::{
    AddExternalCard, BankAccount, DepositCheck, Fund, LinkExternalAccount, Money, MoveByCard,
    ReverseCardPull, Schedule, SchedulePayment, SendAch, SendSyncteraPay, SendWire, Transfer,
    Upload,
};
use synctera_tests::World;
use synctera_tests::world::now;

#[tokio::test]
async fn fund() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.recorder.take();
    let gift = Fund::in_sandbox(account, Money::usd(100_00)).memo("Welcome");
    world.client.fund(&gift).key("welcome-17").await.unwrap();
    let pull = Fund::pull(account, bank, Money::usd(25_00), holder).memo("First");
    world.client.fund(&pull).key("first-deposit-17").await.unwrap();
    assert_wire!("fund", world);
}

#[tokio::test]
async fn change_ach() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(60_00), holder);
    let pull = world.client.send_ach(&pull).await.unwrap();
    world.recorder.take();
    let free_at = "2026-12-01T14:00:00Z".parse().unwrap();
    world.client.move_ach_availability(pull.id, free_at).key("trusted-1").await.unwrap();
    world.client.cancel_ach(pull.id).key("regret-1").await.unwrap();
    assert_wire!("change_ach", world);
}

#[tokio::test]
async fn end_transfer() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (from, to) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(from, Money::usd(100_00)).await;
    let order = Transfer::new(from, to, Money::usd(30_00)).hold(None);
    let first = world.client.transfer(&order).await.unwrap();
    let second = world.client.transfer(&order).await.unwrap();
    world.recorder.take();
    world.client.post_transfer(first.id).key("order-1").await.unwrap();
    world.client.release_transfer(second.id).key("order-2").await.unwrap();
    assert_wire!("end_transfer", world);
}

#[tokio::test]
async fn send_wire() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(500_00)).await;
    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
        .wires("021000021");
    let bank = LinkExternalAccount::by_numbers(holder, bank);
    let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
    world.recorder.take();
    let wire = SendWire::new(account, bank, Money::usd(200_00), holder, "Invoice 2201")
        .bank_message("Ref 7");
    let wire = world.client.send_wire(&wire).key("invoice-2201").await.unwrap();
    world.client.cancel_wire(wire.id).key("regret-2").await.unwrap();
    assert_wire!("send_wire", world);
}

#[tokio::test]
async fn deposit_check() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.recorder.take();
    let front = Upload::new("front.jpg", "image/jpeg", b"\xff\xd8\xfffront".to_vec());
    let back = Upload::new("back.jpg", "image/jpeg", b"\xff\xd8\xffback".to_vec());
    let check = DepositCheck::new(account, holder, Money::usd(75_00), front, back);
    world.client.deposit_check(&check).key("check-4711").await.unwrap();
    assert_wire!("deposit_check", world);
}

#[tokio::test]
async fn move_by_card() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.recorder.take();
    let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
    let card = world.client.add_external_card(&card).key("card-9").await.unwrap().id;
    let pull = MoveByCard::pull(account, card, Money::usd(30_00));
    let pull = world.client.move_by_card(&pull).key("top-up-3").await.unwrap();
    let back = ReverseCardPull::new(pull.id, Money::usd(5_00));
    world.client.reverse_card_pull(&back).key("refund-3").await.unwrap();
    let push = MoveByCard::push(account, card, Money::usd(10_00)).from_customer(holder);
    world.client.move_by_card(&push).key("pay-out-8").await.unwrap();
    assert_wire!("move_by_card", world);
}

#[tokio::test]
async fn schedule_payment() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (from, to) = (world.checking(holder).await, world.checking(holder).await);
    let bank = world.proven_account(holder).await;
    world.recorder.take();
    let first = now().date_naive();
    let saving = Transfer::new(from, to, Money::usd(50_00)).memo("Rainy days");
    let saving = SchedulePayment::transfer(saving, Schedule::monthly(first).times(12), "Saving");
    let saving = world.client.schedule_payment(&saving).key("saving-1").await.unwrap();
    let schedule =
        Schedule::weekly(first).every(2).until("2027-06-30".parse::<NaiveDate>().unwrap());
    let pull = SendAch::pull(from, bank, Money::usd(20_00), holder);
    let pull = SchedulePayment::ach(pull, schedule.or_before(), "Top up");
    world.client.schedule_payment(&pull).key("top-up-1").await.unwrap();
    world.client.cancel_payment_schedule(saving.id.unwrap()).key("stop-1").await.unwrap();
    assert_wire!("schedule_payment", world);
}

#[tokio::test]
async fn send_synctera_pay() {
    use synctera::types::SyncteraPaySubtype;
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    world.recorder.take();
    let kind = SyncteraPaySubtype::OutgoingInternationalRemittance;
    let today = now().date_naive();
    let request = SendSyncteraPay::new(account, Money::usd(80_00), holder, kind, "REMITTER", today)
        .reference_id("remittance-5");
    let sent = world.client.send_synctera_pay(&request).key("remittance-5").await.unwrap();
    world.client.post_synctera_pay(sent.id).key("paid-5").await.unwrap();
    world.client.return_synctera_pay(sent.id).key("back-5").await.unwrap();
    assert_wire!("send_synctera_pay", world);
}
