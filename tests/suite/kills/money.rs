//! Money on every rail.

use chrono::TimeDelta;
use synctera::types::{AccountType, SyncteraPaySubtype};
use synctera::{
    AccountId, AddExternalCard, BankAccount, DepositCheck, ExternalAccountId, Fund,
    LinkExternalAccount, Money, MoveByCard, PersonId, ReverseCardPull, Schedule, SchedulePayment,
    SendAch, SendSyncteraPay, SendWire, Transfer, Upload,
};
use synctera_tests::World;
use synctera_tests::world::now;

use super::{About, How, Walk, Walked, continued, in_production, killed, shown, taken_up_late};

/// A customer with 500 dollars, another account of theirs, and one elsewhere.
async fn payer(world: &World) -> (PersonId, AccountId, AccountId, ExternalAccountId) {
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(500_00)).await;
    let other = world.account(AccountType::Saving, holder).await;
    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
        .wires("021000021");
    let bank = LinkExternalAccount::by_numbers(holder, bank);
    let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
    (holder, account, other, bank)
}

fn picture(what: &str) -> Upload {
    Upload::new(format!("{what}.jpg"), "image/jpeg", [b"\xff\xd8\xff", what.as_bytes()].concat())
}

async fn synctera_pay(world: &World) -> SendSyncteraPay {
    let (holder, account, ..) = payer(world).await;
    let kind = SyncteraPaySubtype::OutgoingBillPayment;
    let today = now().date_naive();
    SendSyncteraPay::new(account, Money::usd(60_00), holder, kind, "BILLS", today)
        .reference_id("bill-1")
}

journeys! {
    fund, found, reads_first: |world| Fund::in_sandbox(payer(world).await.1, Money::usd(5_00))
        => |client, asked| client.fund(asked);
    send_ach, refused: |world| {
        let (holder, account, _, _) = payer(world).await;
        let bank = world.proven_account(holder).await;
        SendAch::pull(account, bank, Money::usd(250_00), holder)
    } => |client, asked| client.send_ach(asked);
    cancel_ach, timely: |world| {
        let (holder, account, _, _) = payer(world).await;
        let bank = world.proven_account(holder).await;
        let pull = SendAch::pull(account, bank, Money::usd(250_00), holder);
        world.client.send_ach(&pull).await.unwrap().id
    } => |client, asked| client.cancel_ach(*asked);
    move_ach_availability, found: |world| {
        let (holder, account, _, _) = payer(world).await;
        let bank = world.proven_account(holder).await;
        let pull = SendAch::pull(account, bank, Money::usd(250_00), holder);
        world.client.send_ach(&pull).await.unwrap().id
    } => |client, asked| client.move_ach_availability(*asked, now() + TimeDelta::days(9));
    transfer, found: |world| {
        let (_, from, to, _) = payer(world).await;
        Transfer::new(from, to, Money::usd(40_00))
    } => |client, asked| client.transfer(asked);
    transfer_held, found: |world| {
        let (_, from, to, _) = payer(world).await;
        Transfer::new(from, to, Money::usd(40_00)).hold(Some(now() + TimeDelta::days(30)))
    } => |client, asked| client.transfer(asked);
    post_transfer, found: |world| {
        let (_, from, to, _) = payer(world).await;
        let held = Transfer::new(from, to, Money::usd(40_00)).hold(Some(now() + TimeDelta::days(30)));
        world.client.transfer(&held).await.unwrap().id
    } => |client, asked| client.post_transfer(*asked);
    release_transfer, found: |world| {
        let (_, from, to, _) = payer(world).await;
        let held = Transfer::new(from, to, Money::usd(40_00)).hold(Some(now() + TimeDelta::days(30)));
        world.client.transfer(&held).await.unwrap().id
    } => |client, asked| client.release_transfer(*asked);
    send_wire, refused: |world| {
        let (holder, account, _, bank) = payer(world).await;
        SendWire::new(account, bank, Money::usd(60_00), holder, "Invoice")
    } => |client, asked| client.send_wire(asked);
    cancel_wire, timely: |world| {
        let (holder, account, _, bank) = payer(world).await;
        let wire = SendWire::new(account, bank, Money::usd(60_00), holder, "Invoice");
        world.client.send_wire(&wire).await.unwrap().id
    } => |client, asked| client.cancel_wire(*asked);
    deposit_check, refused: |world| {
        let (holder, account, ..) = payer(world).await;
        let (front, back) = (picture("front"), picture("back"));
        DepositCheck::new(account, holder, Money::usd(75_00), front, back)
    } => |client, asked| client.deposit_check(asked);
    add_external_card, refused: |world| {
        AddExternalCard::new(payer(world).await.0, "Ada Byron", "good-1")
    } => |client, asked| client.add_external_card(asked);
    move_by_card, refused: |world| {
        let (holder, account, ..) = payer(world).await;
        let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
        let card = world.client.add_external_card(&card).await.unwrap().id;
        MoveByCard::push(account, card, Money::usd(60_00))
    } => |client, asked| client.move_by_card(asked);
    reverse_card_pull, refused: |world| {
        let (holder, account, ..) = payer(world).await;
        let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
        let card = world.client.add_external_card(&card).await.unwrap().id;
        let pull = MoveByCard::pull(account, card, Money::usd(30_00));
        ReverseCardPull::new(world.client.move_by_card(&pull).await.unwrap().id, Money::usd(5_00))
    } => |client, asked| client.reverse_card_pull(asked);
    schedule_payment, found: |world| {
        let (_, from, to, _) = payer(world).await;
        let rent = Transfer::new(from, to, Money::usd(1_00));
        let first = now().date_naive() + TimeDelta::days(30);
        SchedulePayment::transfer(rent, Schedule::monthly(first).times(12), "Rent")
    } => |client, asked| client.schedule_payment(asked);
    cancel_payment_schedule, found: |world| {
        let (_, from, to, _) = payer(world).await;
        let rent = Transfer::new(from, to, Money::usd(1_00));
        let first = now().date_naive() + TimeDelta::days(30);
        let rent = SchedulePayment::transfer(rent, Schedule::monthly(first).times(12), "Rent");
        world.client.schedule_payment(&rent).await.unwrap().id.unwrap()
    } => |client, asked| client.cancel_payment_schedule(*asked);
    send_synctera_pay, refused: |world| synctera_pay(world).await
        => |client, asked| client.send_synctera_pay(asked);
    post_synctera_pay, found: |world| {
        let bill = synctera_pay(world).await;
        world.client.send_synctera_pay(&bill).await.unwrap().id
    } => |client, asked| client.post_synctera_pay(*asked);
    cancel_synctera_pay, found: |world| {
        let bill = synctera_pay(world).await;
        world.client.send_synctera_pay(&bill).await.unwrap().id
    } => |client, asked| client.cancel_synctera_pay(*asked);
    return_synctera_pay, found: |world| {
        let bill = synctera_pay(world).await;
        let id = world.client.send_synctera_pay(&bill).await.unwrap().id;
        world.client.post_synctera_pay(id).await.unwrap();
        id
    } => |client, asked| client.return_synctera_pay(*asked);
}
