//! Accounts of every type: opened, used within their lines, stopped, and closed.

use chrono::Duration;
use synctera::types::{
    AccountStatus, AccountType, ApplicationAccountType, CreditApplicationPurpose,
    CreditApplicationStatus, ListPostedTransactionsQuery,
};
use synctera::{
    AccountId, AddAccountParty, BasisPoints, DefineProduct, DefineTemplate, ErrorKind, IssueCard,
    Merchant, Money, OpenAccount, PersonId, Rail, RemoveAccountParty, Transfer,
};
use synctera_tests::World;

fn code(error: &synctera::Error) -> &str {
    error.code().map_or("", |code| code.as_str())
}

async fn pay(world: &World, from: AccountId, to: AccountId, amount: i64) -> Result<(), String> {
    let transfer = Transfer::new(from, to, Money::usd(amount));
    match world.client.transfer(&transfer).await {
        Ok(_) => Ok(()),
        Err(error) => Err(code(&error).to_owned()),
    }
}

fn refused(code: &str) -> Result<(), String> {
    Err(code.to_owned())
}

#[tokio::test]
async fn a_line_of_credit_is_drawn_and_paid_back() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let line = OpenAccount::new(AccountType::LineOfCredit, holder).credit_limit(Money::usd(500_00));
    let line = world.client.open_account(&line).await.unwrap().id;
    assert_eq!(world.balances(line).await, (Money::usd(0), Money::usd(500_00)));
    assert_eq!(pay(&world, line, checking, 500_01).await, refused("INSUFFICIENT_FUNDS"));
    pay(&world, line, checking, 300_00).await.unwrap();
    assert_eq!(world.balances(line).await, (Money::usd(300_00), Money::usd(200_00)));
    pay(&world, checking, line, 100_00).await.unwrap();
    let balances = world.client.balances(line).await.unwrap();
    assert_eq!(balances.owed(), Some(Money::usd(200_00)));
    assert_eq!(balances.available, Money::usd(300_00));
    assert_eq!(balances.payments_received, Some(Money::usd(100_00)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_secured_charge_account_spends_what_its_security_has() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (charge, security) = world.secured_charge(holder, Money::usd(100_00)).await;
    let shop = world.checking(holder).await;
    assert_eq!(world.balances(charge).await, (Money::usd(0), Money::usd(100_00)));
    pay(&world, charge, shop, 60_00).await.unwrap();
    assert_eq!(world.balances(charge).await, (Money::usd(60_00), Money::usd(40_00)));
    // The same money is not there twice,
    assert_eq!(world.balances(security).await, (Money::usd(100_00), Money::usd(40_00)));
    assert_eq!(pay(&world, security, shop, 50_00).await, refused("INSUFFICIENT_FUNDS"));
    // but pays what it secures.
    pay(&world, security, charge, 60_00).await.unwrap();
    assert_eq!(world.balances(charge).await, (Money::usd(0), Money::usd(40_00)));
    let again = OpenAccount::new(AccountType::ChargeSecured, holder).secured_by(security);
    let error = world.client.open_account(&again).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("security.linked_account_id"), "{error}");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_unsecured_charge_account_needs_an_accepted_application() {
    use synctera::types::{
        Applicant, Application, ApplicationPatch, ApplicationPatchStatus, NewApplication,
        NewCreditApplication,
    };
    let world = World::new().await;
    let holder = world.customer().await;
    let charge = |id| OpenAccount::new(AccountType::ChargeUnsecured, holder).application(id);
    let error = world
        .client
        .open_account(&OpenAccount::new(AccountType::ChargeUnsecured, holder))
        .await
        .unwrap_err();
    assert!(error.problem().invalid.contains_key("application_id"), "{error}");

    let api = world.client.api();
    let applicant = Applicant { customer_id: Some(holder.into()), ..Applicant::new(true) };
    let body: NewApplication = NewCreditApplication::new(
        ApplicationAccountType::ChargeUnsecured,
        vec![applicant],
        CreditApplicationPurpose::AccountOpening,
        CreditApplicationStatus::Submitted,
    )
    .into();
    let Application::Credit(made) = api.create_application(&body).await.unwrap().into_inner()
    else {
        panic!("not a credit application");
    };
    let error = world.client.open_account(&charge(made.id)).await.unwrap_err();
    assert_eq!(code(&error), "INVALID_STATUS");
    for status in
        [ApplicationPatchStatus::CreditApproved, ApplicationPatchStatus::CreditAcceptedByCustomer]
    {
        let change = ApplicationPatch { status: status.into(), ..ApplicationPatch::default() };
        api.update_application(made.id, &change).await.unwrap();
    }
    let request = charge(made.id).credit_limit(Money::usd(250_00));
    let account = world.client.open_account(&request).await.unwrap().id;
    assert_eq!(world.balances(account).await, (Money::usd(0), Money::usd(250_00)));
}

#[tokio::test]
async fn a_pooled_account_always_stands_at_nothing() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (pool, shop) = (world.checking(holder).await, world.checking(holder).await);
    let pooled = OpenAccount::new(AccountType::Checking, holder)
        .floor_from(Money::usd(0), pool)
        .ceiling_to(Money::usd(0), pool);
    let pooled = world.client.open_account(&pooled).await.unwrap().id;
    world.fund(pooled, Money::usd(80_00)).await;
    assert_eq!(world.balances(pooled).await, (Money::usd(0), Money::usd(0)));
    assert_eq!(world.balances(pool).await.0, Money::usd(80_00));
    pay(&world, pooled, shop, 30_00).await.unwrap();
    assert_eq!(world.balances(pooled).await.0, Money::usd(0));
    assert_eq!(world.balances(pool).await.0, Money::usd(50_00));
    assert_eq!(pay(&world, pooled, shop, 50_01).await, refused("INSUFFICIENT_FUNDS"));

    // What is set aside is set aside behind the account, too, and let go with it.
    let later = Transfer::new(pooled, shop, Money::usd(20_00)).hold(None);
    let later = world.client.transfer(&later).await.unwrap();
    assert_eq!(world.balances(pooled).await, (Money::usd(0), Money::usd(0)));
    assert_eq!(world.balances(pool).await, (Money::usd(50_00), Money::usd(30_00)));
    world.sandbox.advance(Duration::days(8)).unwrap();
    let expired = world.client.api().get_internal_transfer(later.id).await.unwrap();
    assert_eq!(expired.status.as_str(), "EXPIRED");
    assert_eq!(world.balances(pool).await, (Money::usd(50_00), Money::usd(50_00)));

    let posted = |exclude| ListPostedTransactionsQuery {
        account_id: vec![pooled],
        exclude_jit_transactions: Some(exclude),
        ..ListPostedTransactionsQuery::default()
    };
    assert_eq!(world.client.list(posted(false)).collect_up_to(10).await.unwrap().len(), 4);
    assert_eq!(world.client.list(posted(true)).collect_up_to(10).await.unwrap().len(), 2);
    world.client.freeze_account(pool).await.unwrap();
    let frozen = refused("IMPROPER_ANCESTOR_ACCOUNT_ACCESS_STATUS");
    assert_eq!(pay(&world, pooled, shop, 1_00).await, frozen);
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_line_without_an_account_behind_it_refuses() {
    let world = World::new().await;
    let holder = world.customer().await;
    let shop = world.checking(holder).await;
    let request = OpenAccount::new(AccountType::Checking, holder)
        .floor(Money::usd(-20_00))
        .ceiling(Money::usd(100_00));
    let account = world.client.open_account(&request).await.unwrap().id;
    pay(&world, account, shop, 20_00).await.unwrap();
    assert_eq!(pay(&world, account, shop, 1).await, refused("BALANCE_VIOLATION"));
    world.fund(account, Money::usd(120_00)).await;
    world.fund(shop, Money::usd(1)).await;
    assert_eq!(pay(&world, shop, account, 1).await, refused("BALANCE_VIOLATION"));

    let upside_down = OpenAccount::new(AccountType::Checking, holder)
        .floor(Money::usd(2))
        .ceiling(Money::usd(1))
        .credit_limit(Money::usd(1));
    let error = world.client.open_account(&upside_down).await.unwrap_err();
    let fields: Vec<&String> = error.problem().invalid.keys().collect();
    assert_eq!((error.kind(), fields.len()), (ErrorKind::InvalidInput, 2), "{error}");
}

async fn saver(world: &World, holder: PersonId, product: &DefineProduct) -> AccountId {
    let product = world.client.define_product(product).await.unwrap().id;
    let request = OpenAccount::new(AccountType::Saving, holder).interest_product(product);
    world.client.open_account(&request).await.unwrap().id
}

#[tokio::test]
async fn interest_accrues_by_the_day_and_is_paid_with_the_month() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (november, december) = ("2026-11-01".parse().unwrap(), "2026-12-01".parse().unwrap());
    // 3.65 % of 10,000.00 is 1.00 a day, and from December on 2.00.
    let simple = DefineProduct::compounded_monthly()
        .rate_until(BasisPoints::new(365), november, december)
        .rate(BasisPoints::new(730), december);
    let account = saver(&world, holder, &simple).await;
    let never = saver(&world, holder, &simple.clone().never_paid()).await;
    for account in [account, never] {
        world.fund(account, Money::usd(10_000_00)).await;
    }
    world.sandbox.advance(Duration::days(3)).unwrap();
    let balances = world.client.balances(account).await.unwrap();
    assert_eq!(balances.accrued_interest, Some(Money::usd(3_00)));
    assert_eq!(balances.posted, Money::usd(10_000_00));
    // The 24th to the 30th are seven days.
    world.sandbox.advance(Duration::days(4)).unwrap();
    assert_eq!(world.balances(account).await.0, Money::usd(10_007_00));
    assert_eq!(world.balances(never).await.0, Money::usd(10_000_00));
    world.sandbox.advance(Duration::days(31)).unwrap();
    let december = world.client.balances(account).await.unwrap();
    // 31 days of 2.0014.
    assert_eq!(december.posted, Money::usd(10_007_00 + 62_04));
    let mut statements = world.client.statements(account);
    let first = statements.try_next().await.unwrap().unwrap();
    let statement = world.client.api().get_statement(first.id.unwrap()).await.unwrap();
    let synctera::types::Statement::Deposit(statement) = statement.into_inner() else {
        panic!("not the statement of a deposit account");
    };
    assert_eq!(statement.closing_balance, Some(10_007_00));
    assert_eq!(statement.saving_summary.interest_earned, Some(7_00));
    assert_eq!(statement.saving_summary.apy, Some(BasisPoints::new(371)));
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_line_of_credit_bears_interest_that_compounds_by_the_day() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let from = "2026-01-01".parse().unwrap();
    let monthly = DefineProduct::compounded_monthly().rate(BasisPoints::new(3650), from);
    let daily = DefineProduct::compounded_daily().rate(BasisPoints::new(3650), from);
    let monthly = world.client.define_product(&monthly).await.unwrap().id;
    let daily = world.client.define_product(&daily).await.unwrap().id;
    let line =
        OpenAccount::new(AccountType::LineOfCredit, holder).credit_limit(Money::usd(5_000_00));
    let wrong = line.clone().interest_product(monthly);
    let error = world.client.open_account(&wrong).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("interest_product_id"), "{error}");
    let line = world.client.open_account(&line.interest_product(daily)).await.unwrap().id;
    pay(&world, line, checking, 1_000_00).await.unwrap();
    world.sandbox.advance(Duration::days(7)).unwrap();
    // 0.1 % a day on 1,000.00 for seven days, interest on interest.
    assert_eq!(world.balances(line).await.0, Money::usd(1_007_02));
    let mut statements = world.client.statements(line);
    let id = statements.try_next().await.unwrap().unwrap().id.unwrap();
    let statement = world.client.api().get_statement(id).await.unwrap().into_inner();
    let synctera::types::Statement::LineOfCredit(statement) = statement else {
        panic!("not the statement of a line of credit");
    };
    let summary = statement.credit_summary;
    assert_eq!(summary.payment_due, Some(1_007_02));
    assert_eq!(summary.minimum_payment_due, Some(25_00));
    assert_eq!(summary.payment_due_date.unwrap().to_string(), "2026-12-21");
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn templates_are_defined_once_and_decide() {
    let world = World::new().await;
    let holder = world.customer().await;
    let shop = world.checking(holder).await;
    let plain = DefineTemplate::checking("Plain").rails([Rail::Ach]);
    let first = world.client.define_template(&plain).await.unwrap().id;
    assert_eq!(world.client.define_template(&plain).await.unwrap().id, first);
    let other = DefineTemplate::saving("Plain");
    let error = world.client.define_template(&other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);

    let account = OpenAccount::from_template(first, holder);
    let open = account.clone().rail(Rail::InternalTransfer, true);
    let account = world.client.open_account(&account).await.unwrap().id;
    assert_eq!(pay(&world, account, shop, 1).await, refused("PAYMENT_RAIL_NOT_ENABLED"));
    let open = world.client.open_account(&open).await.unwrap().id;
    assert_eq!(pay(&world, open, shop, 1).await, refused("INSUFFICIENT_FUNDS"));

    let error = world
        .client
        .define_product(
            &DefineProduct::compounded_daily()
                .rate(BasisPoints::new(-1), "2026-01-01".parse().unwrap()),
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_stopped_account_does_not_pay() {
    let world = World::new().await;
    let holder = world.customer().await;
    let (account, shop) = (world.checking(holder).await, world.checking(holder).await);
    world.fund(account, Money::usd(10_00)).await;
    world.client.freeze_account(account).await.unwrap();
    assert_eq!(pay(&world, account, shop, 1_00).await, refused("IMPROPER_ACCOUNT_ACCESS_STATUS"));
    world.fund(account, Money::usd(1_00)).await;
    let error = world.client.suspend_account(account, "fraud").await.unwrap_err();
    assert_eq!(code(&error), "IMPROPER_ACCOUNT_ACCESS_STATUS");
    world.client.unfreeze_account(account).await.unwrap();

    let error = world.client.suspend_account(account, " ").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let suspended = world.client.suspend_account(account, "Unusual payments").await.unwrap();
    assert_eq!(suspended.status, Some(AccountStatus::Suspended));
    assert_eq!(pay(&world, account, shop, 1_00).await, refused("IMPROPER_ACCOUNT_STATUS"));
    assert_eq!(pay(&world, shop, account, 1_00).await, refused("IMPROPER_ACCOUNT_STATUS"));
    world.client.reinstate_account(account, "All is well").await.unwrap();
    pay(&world, account, shop, 1_00).await.unwrap();
}

#[tokio::test]
async fn parties_come_and_go_but_for_the_holder() {
    let world = World::new().await;
    let (holder, joint) = (world.customer().await, world.customer().await);
    let prospect = world.prospect_with_address().await;
    let account = world.checking(holder).await;
    let add = AddAccountParty::joint(account, joint);
    let added = world.client.add_account_party(&add).await.unwrap();
    assert_eq!(world.client.add_account_party(&add).await.unwrap().id, added.id);
    let error = world
        .client
        .add_account_party(&AddAccountParty::authorized_signer(account, prospect))
        .await
        .unwrap_err();
    assert_eq!(code(&error), "CUSTOMER_NOT_VERIFIED");
    let user = AddAccountParty::authorized_user(account, prospect);
    world.client.add_account_party(&user).await.unwrap();
    let other = AddAccountParty::authorized_user(account, joint);
    let error = world.client.add_account_party(&other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);

    let remove = RemoveAccountParty::new(account, joint);
    assert_eq!(world.client.remove_account_party(&remove).await.unwrap(), added.id);
    assert_eq!(world.client.remove_account_party(&remove).await.unwrap(), None);
    let error = world
        .client
        .remove_account_party(&RemoveAccountParty::new(account, holder))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn what_is_set_aside_behind_an_account_follows_what_is_held() {
    let world = World::new().await;
    let holder = world.customer().await;
    let pool = world.checking(holder).await;
    world.fund(pool, Money::usd(100_00)).await;
    let pooled = OpenAccount::new(AccountType::Checking, holder).floor_from(Money::usd(0), pool);
    let pooled = world.client.open_account(&pooled).await.unwrap().id;
    world.fund(pooled, Money::usd(10_00)).await;
    let card = IssueCard::virtual_debit(pooled, holder);
    let card = world.client.simulate_card(world.client.issue_card(&card).await.unwrap().id);
    // (posted, available) of the account, and of the pool behind it.
    let stand = async || (world.balances(pooled).await, world.balances(pool).await);
    let usd = |posted, available| (Money::usd(posted), Money::usd(available));
    let order = card.authorize(Money::usd(60_00), &Merchant::new("shop-1")).await.unwrap();
    assert_eq!(stand().await, (usd(10_00, 0), usd(100_00, 50_00)));
    order.authorization_advice(Money::usd(80_00)).await.unwrap();
    assert_eq!(stand().await, (usd(10_00, 0), usd(100_00, 30_00)));
    order.authorization_advice(Money::usd(30_00)).await.unwrap();
    assert_eq!(stand().await, (usd(10_00, 0), usd(100_00, 80_00)));
    order.clear(Money::usd(25_00)).await.unwrap();
    assert_eq!(stand().await, (usd(5_00, 0), usd(80_00, 80_00)));
    order.reverse(Money::usd(5_00)).await.unwrap();
    assert_eq!(stand().await, (usd(5_00, 5_00), usd(80_00, 80_00)));
    world.sandbox.audit().unwrap();
}
