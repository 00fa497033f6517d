//! Money by ACH, both ways, and between accounts of the platform.

use chrono::{Duration, NaiveDate};
use synctera::types::{
    AccountAccessStatus, AccountPatch, AchGatewayPatch, AchReturnSimulation, DcSign, IncomingAch,
    IncomingAchSimulation, IncomingAchStatus, InternalAccount, InternalAccountType,
    InternalTransferResponseStatus, InternalTransferType, ListIncomingAchQuery, NewAchGateway,
    NewInternalTransfer, OutgoingAchStatus,
};
use synctera::{
    AccountId, AchId, Currency, ErrorKind, Fund, Funded, Money, Patch, SendAch, Sensitive, Transfer,
};
use synctera_tests::World;
use synctera_tests::world::now;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

fn today() -> NaiveDate {
    now().date_naive()
}

/// Lets an entry come in, and reads what became of it.
async fn incoming(
    world: &World,
    number: &str,
    cents: i64,
    sign: DcSign,
    day: NaiveDate,
) -> IncomingAch {
    let body = IncomingAchSimulation::new(Sensitive::new(number.to_owned()), cents, sign, day);
    let api = world.client.api();
    let answer = api.simulate_incoming_ach(&body).await.unwrap();
    let id: AchId = answer["id"].as_str().unwrap().parse().unwrap();
    api.get_incoming_ach(id).await.unwrap().into_inner()
}

async fn number_of(world: &World, account: AccountId) -> String {
    let account = world.client.api().get_account(account).await.unwrap();
    account.account_number.clone().unwrap().expose().clone()
}

#[tokio::test]
async fn an_account_is_funded_either_way() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    for _ in 0..2 {
        let gift = Fund::in_sandbox(account, Money::usd(50_00)).memo("Welcome");
        let funded = world.client.fund(&gift).await.unwrap();
        assert!(matches!(funded, Funded::Transferred(_)));
    }
    // The program's account is made once, beside the one that every workspace has.
    let api = world.client.api();
    let all = api.list_internal_accounts(&Default::default()).await.unwrap().into_inner();
    let is_seeded = |account: &InternalAccount| {
        account.account_type == Some(InternalAccountType::NewFundingAccount)
    };
    let own: Vec<_> = all.internal_accounts.iter().filter(|one| !is_seeded(one)).collect();
    assert_eq!((own.len(), all.internal_accounts.len()), (1, 2));
    let more = Fund::from_internal(account, own[0].id.unwrap(), Money::usd(1));
    world.client.fund(&more).await.unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(100_01));
    let pull = Fund::pull(account, bank, Money::usd(25_00), holder);
    let Funded::Pulled(pull) = world.client.fund(&pull).await.unwrap() else { panic!() };
    assert_eq!(pull.status, OutgoingAchStatus::Pending);
    let nothing = Fund::in_sandbox(account, Money::usd(0));
    let error = world.client.fund(&nothing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_transfer_is_canceled_until_it_leaves() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(100_00)).await;
    let push = SendAch::push(account, bank, Money::usd(60_00), holder);
    let sent = world.client.send_ach(&push).await.unwrap();
    assert_eq!(world.balances(account).await.1, Money::usd(40_00));
    for _ in 0..2 {
        let canceled = world.client.cancel_ach(sent.id).await.unwrap();
        assert_eq!(canceled.status, OutgoingAchStatus::Canceled);
    }
    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(100_00)));
    let sent = world.client.send_ach(&push).await.unwrap();
    world.sandbox.advance(Duration::days(1)).unwrap();
    let error = world.client.cancel_ach(sent.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    assert_eq!(world.balances(account).await.0, Money::usd(40_00));
}

#[tokio::test]
async fn the_money_of_a_pull_is_free_when_it_is_said_to_be() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);
    // Before it is there.
    let early = world.client.send_ach(&pull).await.unwrap();
    let free_at = now() + Duration::days(20);
    world.client.move_ach_availability(early.id, free_at).await.unwrap();
    world.sandbox.advance(Duration::days(19)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(0)));
    // Later, then earlier.
    world.client.move_ach_availability(early.id, free_at + Duration::days(2)).await.unwrap();
    world.sandbox.advance(Duration::days(2)).unwrap();
    assert_eq!(world.balances(account).await.1, Money::usd(0));
    let moved = world.client.move_ach_availability(early.id, free_at).await.unwrap();
    assert_eq!(world.balances(account).await.1, Money::usd(100_00));
    assert_eq!(moved.hold.as_ref().unwrap().availability_time, world.sandbox.now());
    let error = world.client.move_ach_availability(early.id, free_at).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    world.sandbox.advance(Duration::days(9)).unwrap();
    assert_eq!(world.balances(account).await.1, Money::usd(100_00));

    let push = SendAch::push(account, bank, Money::usd(1), holder);
    let push = world.client.send_ach(&push).await.unwrap();
    let error = world.client.move_ach_availability(push.id, free_at).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("funds_availability_time"), "{error}");
}

#[tokio::test]
async fn a_pull_is_posted_when_it_is_originated_by_a_setting() {
    let world = World::with_settings(|s| s.ach_pulls_post_when_originated = true).await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let (nothing, held) = ((Money::usd(0), Money::usd(0)), (Money::usd(100_00), Money::usd(0)));
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);

    let canceled = world.client.send_ach(&pull).await.unwrap();
    assert_eq!(canceled.status, OutgoingAchStatus::Pending);
    assert_eq!(world.balances(account).await, held);
    world.client.cancel_ach(canceled.id).await.unwrap();
    assert_eq!(world.balances(account).await, nothing);
    world.sandbox.advance(Duration::days(7)).unwrap();
    assert_eq!(world.balances(account).await, nothing);

    let sent = world.client.send_ach(&pull).await.unwrap();
    assert_eq!(sent.hold.as_ref().unwrap().amount, 100_00);
    let later = world.sandbox.now() + Duration::days(20);
    world.client.move_ach_availability(sent.id, later).await.unwrap();
    world.sandbox.advance(Duration::days(19)).unwrap();
    // Its file has left meanwhile, and posts nothing again.
    let error = world.client.cancel_ach(sent.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    assert_eq!(world.balances(account).await, held);
    world.sandbox.advance(Duration::days(2)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(100_00), Money::usd(100_00)));
    let api = world.client.api();
    api.simulate_ach_return(&AchReturnSimulation::new(sent.id)).await.unwrap();
    assert_eq!(world.balances(account).await, nothing);
    assert!(world.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn money_set_aside_is_posted_or_released() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (from, to) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(from, Money::usd(100_00)).await;
    let order = Transfer::new(from, to, Money::usd(30_00)).hold(None);
    let first = world.client.transfer(&order).await.unwrap();
    let second = world.client.transfer(&order).await.unwrap();
    assert_eq!(world.balances(from).await, (Money::usd(100_00), Money::usd(40_00)));
    for _ in 0..2 {
        let posted = world.client.post_transfer(first.id).await.unwrap();
        assert_eq!(posted.status, InternalTransferResponseStatus::Complete);
        let released = world.client.release_transfer(second.id).await.unwrap();
        assert_eq!(released.status, InternalTransferResponseStatus::Canceled);
    }
    assert_eq!(world.balances(from).await, (Money::usd(70_00), Money::usd(70_00)));
    assert_eq!(world.balances(to).await.0, Money::usd(30_00));
    let error = world.client.release_transfer(first.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    let error = world.client.post_transfer(second.id).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_comes_in_is_posted_or_goes_back() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let number = number_of(&world, account).await;
    let credit = incoming(&world, &number, 80_00, DcSign::Credit, today()).await;
    assert_eq!(credit.status, IncomingAchStatus::Posted);
    assert_eq!(credit.account_id, Some(account));
    assert_eq!(world.balances(account).await, (Money::usd(80_00), Money::usd(80_00)));
    let debit = incoming(&world, &number, 30_00, DcSign::Debit, today()).await;
    assert_eq!(debit.status, IncomingAchStatus::Posted);
    let much = incoming(&world, &number, 50_01, DcSign::Debit, today()).await;
    assert_eq!(much.status, IncomingAchStatus::Returned);
    assert!(much.decline_reason.unwrap().starts_with("R01"));
    let nowhere = incoming(&world, "790000000000", 5_00, DcSign::Credit, today()).await;
    assert!(nowhere.decline_reason.unwrap().starts_with("R03"));
    let question = incoming(&world, &number, 0, DcSign::Credit, today()).await;
    assert_eq!((question.status, question.external_id), (IncomingAchStatus::Posted, None));
    assert_eq!(world.balances(account).await, (Money::usd(50_00), Money::usd(50_00)));

    let api = world.client.api();
    let query = ListIncomingAchQuery {
        status: vec![IncomingAchStatus::Returned.to_string()],
        ..ListIncomingAchQuery::default()
    };
    let returned = api.list_incoming_ach(&query).await.unwrap();
    assert_eq!(returned.transactions.len(), 2);

    let frozen = AccountPatch {
        access_status: AccountAccessStatus::Frozen.into(),
        ..AccountPatch::default()
    };
    api.update_account(account, &frozen).await.unwrap();
    let frozen = incoming(&world, &number, 1, DcSign::Debit, today()).await;
    assert!(frozen.decline_reason.unwrap().starts_with("R16"));
    let credit = incoming(&world, &number, 1, DcSign::Credit, today()).await;
    assert_eq!(credit.status, IncomingAchStatus::Posted);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_is_dated_ahead_is_posted_on_its_banking_day() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let number = number_of(&world, account).await;
    // A Saturday: settled on Monday at noon in New York.
    let saturday = "2026-11-28".parse().unwrap();
    let entry = incoming(&world, &number, 80_00, DcSign::Credit, saturday).await;
    assert_eq!((&entry.status, entry.is_future_dated), (&IncomingAchStatus::Init, true));
    assert_eq!(entry.settlement_date.to_string(), "2026-11-30");
    world.sandbox.advance(Duration::days(6) + Duration::hours(2)).unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(0));
    world.sandbox.advance(Duration::hours(1)).unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(80_00));
    let entry = world.client.api().get_incoming_ach(entry.id).await.unwrap();
    assert_eq!(entry.status, IncomingAchStatus::Posted);
}

#[tokio::test]
async fn what_cannot_be_posted_can_wait_in_suspense() {
    let world = World::with_settings(|s| s.incoming_ach_failures_to_suspense = true).await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let entry = incoming(&world, "790000000000", 5_00, DcSign::Credit, today()).await;
    assert_eq!(entry.status, IncomingAchStatus::InSuspense);
    // Staff find out whose it is.
    let body = NewInternalTransfer {
        originating_account_alias: Some("ach_suspense".to_owned()),
        receiving_account_id: Some(account.into()),
        ..NewInternalTransfer::new(5_00, Currency::USD, InternalTransferType::ManualAdjustment)
    };
    world.client.api().create_internal_transfer(&body).await.unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(5_00));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_return_takes_back_what_was_moved() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(10_00)).await;
    let api = world.client.api();
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);
    let pull = world.client.send_ach(&pull).await.unwrap();
    let body = AchReturnSimulation::new(pull.id);
    let error = api.simulate_ach_return(&body).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(110_00), Money::usd(10_00)));
    let answer = api.simulate_ach_return(&body).await.unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(10_00), Money::usd(10_00)));
    let back = api.get_incoming_ach(answer["id"].as_str().unwrap().parse().unwrap()).await.unwrap();
    assert_eq!(back.outgoing_ach_id, Some(pull.id));
    assert_eq!(
        (&back.dc_sign, back.return_data.as_ref().unwrap().code.as_str()),
        (&DcSign::Debit, "R01")
    );
    let pull = api.get_outgoing_ach(pull.id).await.unwrap();
    assert_eq!((&pull.status, pull.incoming_ach_id), (&OutgoingAchStatus::Complete, Some(back.id)));
    let error = api.simulate_ach_return(&body).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    // Both postings are there, and the second names the first.
    let posted: synctera::TransactionId = back.external_id.unwrap().into();
    let posted = api.get_posted_transaction(posted).await.unwrap();
    assert_eq!(posted.data.original_trx, Some(pull.id.to_string().parse().unwrap()));
    // The file of the old hold finds nothing to do.
    world.sandbox.advance(Duration::days(9)).unwrap();

    let push = SendAch::push(account, bank, Money::usd(10_00), holder);
    let push = world.client.send_ach(&push).await.unwrap();
    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(0));
    api.simulate_ach_return(&AchReturnSimulation::new(push.id)).await.unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(10_00), Money::usd(10_00)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn money_that_was_spent_is_owed_after_a_return() {
    let world = World::with_settings(|settings| settings.ach_return_code = "R10".to_owned()).await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let elsewhere = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(100_00), holder);
    let pull = world.client.send_ach(&pull).await.unwrap();
    world.sandbox.advance(Duration::days(9)).unwrap();
    let spent = Transfer::new(account, elsewhere, Money::usd(90_00));
    world.client.transfer(&spent).await.unwrap();
    let api = world.client.api();
    api.simulate_ach_return(&AchReturnSimulation::new(pull.id)).await.unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(-90_00), Money::usd(-90_00)));
    let pull = api.get_outgoing_ach(pull.id).await.unwrap();
    assert_eq!(pull.return_data.as_ref().unwrap().code, "R10");
}

#[tokio::test]
async fn ach_gateways_are_kept() {
    let world = World::new().await;
    let api = world.client.api();
    let gateway = NewAchGateway::new("https://gateway.example/ach");
    let gateway = api.create_ach_gateway(&gateway).await.unwrap().into_inner();
    assert_eq!((gateway.disabled, gateway.max_wait_ms), (Some(false), Some(1500)));
    let id = gateway.id.unwrap();
    let change = AchGatewayPatch { disabled: true.into(), ..AchGatewayPatch::default() };
    api.update_ach_gateway(id, &change).await.unwrap();
    assert_eq!(api.get_ach_gateway(id).await.unwrap().disabled, Some(true));
    let change = AchGatewayPatch { max_wait_ms: Patch::Set(40_000), ..AchGatewayPatch::default() };
    let error = api.update_ach_gateway(id, &change).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("max_wait_ms"), "{error}");
    assert_eq!(api.list_ach_gateways().await.unwrap().len(), 1);
    api.delete_ach_gateway(id).await.unwrap();
    assert_eq!(code(&api.get_ach_gateway(id).await.unwrap_err()), "RESOURCE_NOT_FOUND");
}
