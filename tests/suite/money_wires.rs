//! Wires, both ways.

use chrono::Duration;
use synctera::types::{
    IncomingWire, IncomingWirePatch, IncomingWireSimulation, IncomingWireStatus,
    ListIncomingWiresQuery, ListWiresQuery, TransactionType, WireReturnData, WireReturnSimulation,
    WireStatus, WireStatusDetails,
};
use synctera::{
    AccountId, BankAccount, Currency, ErrorKind, ExternalAccountId, LinkExternalAccount, Money,
    PersonId, SendWire, Sensitive,
};
use synctera_tests::World;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

async fn bank(world: &World, holder: PersonId) -> ExternalAccountId {
    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
        .wires("021000021");
    let bank = LinkExternalAccount::by_numbers(holder, bank);
    world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id
}

async fn account_with(world: &World, holder: PersonId, amount: Money) -> AccountId {
    let account = world.checking(holder).await;
    world.fund(account, amount).await;
    account
}

#[tokio::test]
async fn a_wire_sets_money_aside_and_pays_it_once_approved() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = account_with(&world, holder, Money::usd(500_00)).await;
    let to = bank(&world, holder).await;
    let request = SendWire::new(account, to, Money::usd(200_00), holder, "Invoice 2201");
    let wire = world.client.send_wire(&request).await.unwrap();
    assert_eq!(wire.status, WireStatus::Pending);
    assert_eq!(wire.status_details, Some(WireStatusDetails::PendingDualApproval));
    assert_eq!(wire.receiving_account_number.expose(), "7890");
    assert_eq!(world.balances(account).await, (Money::usd(500_00), Money::usd(300_00)));
    world.sandbox.advance(Duration::minutes(30)).unwrap();
    let api = world.client.api();
    let wire = api.get_wire(wire.id).await.unwrap();
    assert_eq!(wire.status, WireStatus::Completed);
    assert_eq!(wire.status_details, Some(WireStatusDetails::Approved));
    assert_eq!(world.balances(account).await, (Money::usd(300_00), Money::usd(300_00)));
    let posted = api.get_posted_transaction(wire.transaction_id).await.unwrap();
    assert_eq!(posted.type_, TransactionType::Wire);
    let error = world.client.cancel_wire(wire.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    let query = ListWiresQuery {
        status: vec![WireStatus::Completed.to_string()],
        originating_account_id: Some(account.into()),
        ..ListWiresQuery::default()
    };
    assert_eq!(api.list_wires(&query).await.unwrap().wires.len(), 1);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_wire_is_canceled_or_declined_and_its_money_free() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = account_with(&world, holder, Money::usd(500_00)).await;
    let to = bank(&world, holder).await;
    let request = SendWire::new(account, to, Money::usd(200_00), holder, "Invoice 2201");
    let wire = world.client.send_wire(&request).await.unwrap();
    for _ in 0..2 {
        let canceled = world.client.cancel_wire(wire.id).await.unwrap();
        assert_eq!(canceled.status, WireStatus::Canceled);
    }
    let declined = world.client.send_wire(&request.bank_message("SANDBOX DECLINE")).await.unwrap();
    assert_eq!(world.balances(account).await.1, Money::usd(300_00));
    world.sandbox.advance(Duration::hours(1)).unwrap();
    let declined = world.client.api().get_wire(declined.id).await.unwrap();
    assert_eq!(declined.status, WireStatus::Declined);
    assert_eq!(declined.status_details, Some(WireStatusDetails::DeclinedDualApproval));
    assert_eq!(world.balances(account).await, (Money::usd(500_00), Money::usd(500_00)));
}

#[tokio::test]
async fn wires_that_break_the_rules_are_refused() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = account_with(&world, holder, Money::usd(10_00)).await;
    let to = bank(&world, holder).await;
    let much = SendWire::new(account, to, Money::usd(10_01), holder, "Invoice");
    assert_eq!(code(&world.client.send_wire(&much).await.unwrap_err()), "INSUFFICIENT_FUNDS");
    let stranger = world.customer().await;
    let theirs = SendWire::new(account, to, Money::usd(1), stranger, "Invoice");
    let error = world.client.send_wire(&theirs).await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    let without_routing = world.proven_account(holder).await;
    let request = SendWire::new(account, without_routing, Money::usd(1), holder, "Invoice");
    let error = world.client.send_wire(&request).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("receiving_account_id"), "{error}");
    world.recorder.take();
    let euro = Money::new(0, Currency::EUR);
    let wrong =
        SendWire::new(account, to, euro, holder, "x".repeat(141)).bank_message("x".repeat(211));
    let error = world.client.send_wire(&wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.problem().invalid.keys().collect::<Vec<_>>(),
        ["amount", "bank_message", "currency", "recipient_message"]
    );
    assert!(world.recorder.take().is_empty(), "something was sent");
}

/// Lets a wire come in; the newest of the list.
async fn incoming(world: &World, number: &str, cents: i64) -> IncomingWire {
    let body = IncomingWireSimulation::new(Sensitive::new(number.to_owned()), cents);
    let api = world.client.api();
    assert!(api.simulate_incoming_wire(&body).await.unwrap().file_name.is_some());
    newest(world).await
}

async fn newest(world: &World) -> IncomingWire {
    let query = ListIncomingWiresQuery::default();
    let wires = world.client.api().list_incoming_wires(&query).await.unwrap().into_inner().wires;
    wires.last().unwrap().clone()
}

#[tokio::test]
async fn a_wire_that_comes_in_is_posted_blocked_or_sent_back() {
    use synctera::types::{PersonPatch, PersonStatus};
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let api = world.client.api();
    let number = api.get_account(account).await.unwrap().account_number.clone().unwrap();
    let number = number.expose();
    let wire = incoming(&world, number, 75_00).await;
    assert_eq!(
        (&wire.status, wire.receiving_account_id),
        (&IncomingWireStatus::Posted, Some(account))
    );
    assert_eq!(world.balances(account).await, (Money::usd(75_00), Money::usd(75_00)));
    let nowhere = incoming(&world, "790000000000", 75_00).await;
    assert_eq!(nowhere.status, IncomingWireStatus::Returned);

    let frozen = PersonPatch { status: PersonStatus::Frozen.into(), ..PersonPatch::default() };
    api.update_person(holder, &frozen).await.unwrap();
    let blocked = incoming(&world, number, 75_00).await;
    assert_eq!(blocked.status, IncomingWireStatus::Blocked);
    let back =
        IncomingWirePatch { return_data: WireReturnData::new("20261124SANDBOX1000001").into() };
    let back = api.update_incoming_wire(blocked.id, &back).await.unwrap();
    assert_eq!(back.status, IncomingWireStatus::Returned);
    assert_eq!(world.balances(account).await.0, Money::usd(75_00));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_wire_that_was_sent_can_come_back() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = account_with(&world, holder, Money::usd(500_00)).await;
    let to = bank(&world, holder).await;
    let request = SendWire::new(account, to, Money::usd(200_00), holder, "Invoice 2201");
    let wire = world.client.send_wire(&request).await.unwrap();
    let api = world.client.api();
    let body = WireReturnSimulation::new(wire.id);
    assert_eq!(code(&api.simulate_wire_return(&body).await.unwrap_err()), "INVALID_STATUS");
    world.sandbox.advance(Duration::hours(1)).unwrap();
    api.simulate_wire_return(&body).await.unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(500_00), Money::usd(500_00)));
    let back = newest(&world).await;
    assert!(back.is_return);
    let wire = api.get_wire(wire.id).await.unwrap();
    assert_eq!(wire.transaction_in_id, back.transaction_id);
    assert_eq!(code(&api.simulate_wire_return(&body).await.unwrap_err()), "INVALID_STATUS");
    world.sandbox.audit().unwrap();
}
