//! Closing an account: what it waits for, where the rest goes, and when it is over.

use chrono::Duration;
use synctera::types::{AccountClosureReason, AccountStatus, AccountType, CheckDepositStatus};
use synctera::{
    AccountId, AddExternalCard, CloseAccount, DepositCheck, ErrorKind, IssueCard, Money,
    MoveByCard, Obstacle, OnboardCustomer, OpenAccount, Polling, SendAch, Transfer, Upload,
};
use synctera_tests::World;
use synctera_tests::clock::noting;
use synctera_tests::world::person;

fn close(account: AccountId) -> CloseAccount {
    let reason = AccountClosureReason::CustomerRequestTransfer;
    CloseAccount::new(account, reason, "Moved elsewhere")
}

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

async fn status(world: &World, account: AccountId) -> AccountStatus {
    world.client.api().get_account(account).await.unwrap().status.clone().unwrap()
}

#[tokio::test]
async fn the_rest_goes_where_it_is_told_and_the_account_closes_the_next_business_day() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (account, saving) =
        (world.checking(holder).await, world.account(AccountType::Saving, holder).await);
    let card = IssueCard::virtual_debit(account, holder);
    let card = world.client.issue_card(&card).await.unwrap().id;
    world.fund(account, Money::usd(75_00)).await;
    let request = close(account).to_account(saving);
    let closing = world.client.close_account(&request).key("close-1").await.unwrap();
    assert_eq!((closing.status, closing.left), (AccountStatus::InClosing, Money::usd(75_00)));
    assert!(closing.obstacles.is_empty());
    assert_eq!(world.balances(saving).await.0, Money::usd(75_00));
    assert_eq!(world.balances(account).await.0, Money::usd(0));
    let card = world.client.api().get_card(card).await.unwrap().into_inner();
    let card = serde_json::to_value(&card).unwrap();
    assert_eq!(card["card_details"]["card_status"], "TERMINATED");
    // Once more changes nothing.
    let again = world.client.close_account(&request).key("close-1").await.unwrap();
    assert_eq!(again.status, AccountStatus::InClosing);
    let error =
        world.client.transfer(&Transfer::new(saving, account, Money::usd(1))).await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_ACCOUNT_STATUS");

    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(status(&world, account).await, AccountStatus::Closed);
    let error =
        world.client.transfer(&Transfer::new(saving, account, Money::usd(1))).await.unwrap_err();
    assert_eq!(code(&error), "ACCOUNT_CLOSED");
    let closed = world.client.close_account(&request).await.unwrap();
    assert_eq!(closed.status, AccountStatus::Closed);
    let mut statements = world.client.statements(account);
    world.sandbox.advance(Duration::days(90)).unwrap();
    assert!(statements.try_next().await.unwrap().is_some(), "the final statement");
    assert!(statements.try_next().await.unwrap().is_none(), "and none after it");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_account_waits_for_a_destination_and_is_told_one_later() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = world.proven_account(holder).await;
    world.fund(account, Money::usd(30_00)).await;
    let careful = close(account).fail_if_blocked();
    let error = world.client.close_account(&careful).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let why =
        "the account cannot be closed yet: no destination is given for the balance of 30.00 USD";
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(status(&world, account).await, AccountStatus::ActiveOrDisbursed);

    let closing = world.client.close_account(&close(account)).await.unwrap();
    assert_eq!(closing.obstacles, [Obstacle::NoDestination { left: Money::usd(30_00) }]);
    world.sandbox.advance(Duration::days(10)).unwrap();
    assert_eq!(status(&world, account).await, AccountStatus::InClosing);
    let told = close(account).by_ach(bank);
    world.client.close_account(&told).await.unwrap();
    assert_eq!(world.balances(account).await, (Money::usd(30_00), Money::usd(0)));
    // A return could still come.
    world.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(status(&world, account).await, AccountStatus::InClosing);
    world.sandbox.advance(Duration::days(4)).unwrap();
    assert_eq!(status(&world, account).await, AccountStatus::Closed);
    let error = world.client.api().update_account_closure(account, &Default::default()).await;
    assert_eq!(code(&error.unwrap_err()), "INVALID_STATUS");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_account_waits_for_what_is_set_aside() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (account, other) = (world.checking(holder).await, world.checking(holder).await);
    let bank = world.proven_account(holder).await;
    let pull = SendAch::pull(account, bank, Money::usd(50_00), holder);
    world.client.send_ach(&pull).await.unwrap();
    world.sandbox.advance(Duration::hours(12)).unwrap();
    let closing = world.client.close_account(&close(account).to_account(other)).await.unwrap();
    let [Obstacle::Pending { amount, .. }] = closing.obstacles[..] else {
        panic!("{:?}", closing.obstacles);
    };
    assert_eq!(amount, Money::usd(50_00));
    assert_eq!(world.balances(other).await.0, Money::usd(0));
    world.sandbox.advance(Duration::days(7)).unwrap();
    assert_eq!(world.balances(other).await.0, Money::usd(50_00));
    assert_eq!(status(&world, account).await, AccountStatus::Closed);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_is_owed_is_paid_before_the_end() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let line = OpenAccount::new(AccountType::LineOfCredit, holder).credit_limit(Money::usd(100_00));
    let line = world.client.open_account(&line).await.unwrap().id;
    let draw = Transfer::new(line, checking, Money::usd(40_00));
    world.client.transfer(&draw).await.unwrap();
    let closing = world.client.close_account(&close(line)).await.unwrap();
    assert_eq!(closing.obstacles, [Obstacle::Owed { amount: Money::usd(40_00) }]);
    world.sandbox.advance(Duration::days(20)).unwrap();
    assert_eq!(status(&world, line).await, AccountStatus::InClosing);
    let paid = Transfer::new(checking, line, Money::usd(40_00));
    world.client.transfer(&paid).await.unwrap();
    world.sandbox.advance(Duration::days(4)).unwrap();
    assert_eq!(status(&world, line).await, AccountStatus::Closed);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_wait_passes_on_the_sandboxs_clock() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.client.close_account(&close(account)).await.unwrap();
    let closed = world.patient().await_closed(account).await.unwrap();
    assert_eq!(closed.status, Some(AccountStatus::Closed));

    let request = OnboardCustomer::new(person("Ada", "Pending")).consented();
    let pending = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
    let two_hours = Polling::default().deadline(std::time::Duration::from_secs(7200));
    let wait = world.patient().await_verification(pending).polling(two_hours);
    let outcome = wait.await.unwrap();
    assert!(outcome.is_accepted(), "{outcome}");
}

#[tokio::test]
async fn who_waits_gives_up_at_the_deadline() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let polling = Polling::every(std::time::Duration::from_secs(60))
        .deadline(std::time::Duration::from_secs(300));
    let client = world.on_clock(noting(|_| {}));
    let error = client.await_closed(account).polling(polling).await.unwrap_err();
    assert!(error.to_string().contains("not in closing"), "{error}");
    world.client.close_account(&close(account)).await.unwrap();
    world.recorder.take();
    let error = client.await_closed(account).polling(polling).await.unwrap_err();
    assert!(error.to_string().contains("still IN_CLOSING"), "{error}");
    assert_eq!(world.recorder.take().len(), 6, "one look, and one after each wait");
}

#[tokio::test]
async fn closing_has_its_refusals() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let reason = AccountClosureReason::BankRequestFraud;
    let of_bank = CloseAccount::new(account, reason, "Fraud");
    let error = world.client.close_account(&of_bank).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), code(&error)), (403, "FORBIDDEN"));
    let nowhere = close(account).to_account(account);
    let error = world.client.close_account(&nowhere).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let nobody: AccountId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let error = world.client.close_account(&close(account).to_account(nobody)).await.unwrap_err();
    assert_eq!(code(&error), "ACCOUNT_NOT_FOUND");
    world.client.freeze_account(account).await.unwrap();
    let error = world.client.close_account(&close(account)).await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_ACCOUNT_ACCESS_STATUS");
    assert_eq!(status(&world, account).await, AccountStatus::ActiveOrDisbursed);
}

#[tokio::test]
async fn an_account_waits_for_what_was_pulled_and_deposited_before() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (account, other) = (world.checking(holder).await, world.checking(holder).await);
    let card = AddExternalCard::new(holder, "Ada Byron", "pending-1");
    let card = world.client.add_external_card(&card).await.unwrap().verified().unwrap().id;
    let pull = MoveByCard::pull(account, card, Money::usd(30_00));
    let pull = pull.polling(Polling::default().deadline(std::time::Duration::ZERO));
    assert!(world.client.move_by_card(&pull).await.unwrap().is_open());
    let picture = |name: &str| {
        Upload::new(name, "image/jpeg", [&[0xFF, 0xD8, 0xFF], name.as_bytes()].concat())
    };
    let deposit = |front: &str| {
        DepositCheck::new(account, holder, Money::usd(75_00), picture(front), picture("back"))
    };
    world.client.deposit_check(&deposit("doubtful.jpg")).await.unwrap();
    world.client.deposit_check(&deposit("rejected.jpg")).await.unwrap();
    let closing = world.client.close_account(&close(account).to_account(other)).await.unwrap();
    let waits = |account: &synctera::types::Account| {
        let checks = &account.account_closure.as_ref().unwrap().validation_responses;
        let waits = checks.iter().filter(|check| !check.validated);
        waits.map(|check| check.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(waits(&closing.account), ["external_card_transfers", "check_deposits"]);
    world.sandbox.advance(Duration::hours(1)).unwrap();
    let account_now = world.client.api().get_account(account).await.unwrap();
    assert_eq!(waits(&account_now), ["check_deposits", "balance"]);
    // The checks are reviewed a day later, and the money of one is held back for two banking days.
    world.sandbox.advance_banking_days(5).unwrap();
    assert_eq!(status(&world, account).await, AccountStatus::Closed);
    assert_eq!(world.balances(other).await.0, Money::usd(105_00));
    // What is deposited now is refused.
    let error = world.client.deposit_check(&deposit("late.jpg")).await.unwrap_err();
    assert_eq!(code(&error), "ACCOUNT_CLOSED");
    assert!(world.sandbox.state().unwrap().failed_jobs.is_empty());
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_check_that_bounces_after_closing_is_the_banks_loss() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (account, other) = (world.checking(holder).await, world.checking(holder).await);
    let picture = |name: &str| {
        Upload::new(name, "image/jpeg", [&[0xFF, 0xD8, 0xFF], name.as_bytes()].concat())
    };
    let (front, back) = (picture("bounced.jpg"), picture("back"));
    let deposit = DepositCheck::new(account, holder, Money::usd(75_00), front, back);
    let deposit = world.client.deposit_check(&deposit).await.unwrap();
    world.client.close_account(&close(account).to_account(other)).await.unwrap();
    // Its money is free in the morning, and it bounces at noon.
    world.sandbox.advance(Duration::days(5)).unwrap();
    assert_eq!(status(&world, account).await, AccountStatus::Closed);
    let deposit = world.client.api().get_rdc_deposit(deposit.id).await.unwrap().into_inner();
    assert_eq!(deposit.status, CheckDepositStatus::Returned);
    assert_eq!(world.balances(account).await.0, Money::usd(0));
    assert_eq!(world.balances(other).await.0, Money::usd(75_00));
    world.sandbox.audit().unwrap();
}
