//! Spend controls, as they are defined, attached, and say no.

use chrono::Duration;
use synctera::types::{
    ListSpendControlsQuery, NewSpendControl, PaymentType, SpendControlDirection, SpendControlPatch,
    SpendControlRollingWindowPeriod as Last, SpendControlStaticWindowPeriod as Each,
    SpendControlTimeRange, SyncteraPaySubtype,
};
use synctera::{
    AccountId, AddAccountParty, AddExternalCard, AttachSpendControl, BankAccount, CountryCode,
    DefineSpendControl, ErrorKind, IssueCard, LinkExternalAccount, Merchant, Money, MoveByCard,
    Patch, SendSyncteraPay, SendWire, SimulatedCard, SpendControlId, Transfer, Window,
};
use synctera_tests::World;

const VIOLATED: Option<&str> = Some("SPEND_CONTROL_VIOLATED");

async fn control(
    world: &World,
    account: AccountId,
    request: &DefineSpendControl,
) -> SpendControlId {
    let control = world.client.define_spend_control(request).await.unwrap().id;
    let attach = AttachSpendControl::to(account, control);
    world.client.attach_spend_control(&attach).await.unwrap();
    control
}

async fn account(world: &World) -> (AccountId, SimulatedCard<'_>) {
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    world.fund(account, Money::usd(1_000_00)).await;
    let request = IssueCard::virtual_debit(account, holder);
    let card = world.client.issue_card(&request).await.unwrap().id;
    (account, world.client.simulate_card(card))
}

async fn pay(card: &SimulatedCard<'_>, dollars: i64, merchant: &Merchant) -> Option<String> {
    let paid = card.authorize(Money::usd(dollars * 100), merchant).await.unwrap();
    paid.declined().map(str::to_owned)
}

#[tokio::test]
async fn a_day_has_its_limit_and_the_next_day_its_own() {
    let world = World::new().await;
    let (account, card) = account(&world).await;
    let limit = DefineSpendControl::new("Daily", Window::Calendar(Each::Daily))
        .amount(Money::usd(100_00))
        .payment_type(PaymentType::Card);
    control(&world, account, &limit).await;
    let shop = Merchant::new("shop-1").category("5411");
    assert_eq!(pay(&card, 60, &shop).await, None);
    // Declined ones do not count; what is let go again neither.
    assert_eq!(pay(&card, 41, &shop).await.as_deref(), VIOLATED);
    assert_eq!(pay(&card, 40, &shop).await, None);
    assert_eq!(pay(&card, 1, &shop).await.as_deref(), VIOLATED);
    let tomorrow = Duration::hours(15);
    world.sandbox.advance(tomorrow).unwrap();
    let room = card.authorize(Money::usd(100_00), &shop).await.unwrap();
    assert_eq!(pay(&card, 1, &shop).await.as_deref(), VIOLATED);
    room.reverse(Money::usd(100_00)).await.unwrap();
    assert_eq!(pay(&card, 100, &shop).await, None);
    // What was authorized and collected counts once.
    world.sandbox.advance(Duration::days(1)).unwrap();
    let order = card.authorize(Money::usd(70_00), &shop).await.unwrap();
    order.clear(Money::usd(50_00)).await.unwrap();
    assert_eq!(pay(&card, 30, &shop).await, None);
    assert_eq!(pay(&card, 1, &shop).await.as_deref(), VIOLATED);
}

#[tokio::test]
async fn counts_windows_and_single_transactions() {
    let world = World::new().await;
    let (account, card) = account(&world).await;
    let three = DefineSpendControl::new("Three an hour", Window::Rolling(1, Last::Hours)).count(3);
    control(&world, account, &three).await;
    let single =
        DefineSpendControl::new("Small", Window::SingleTransaction).amount(Money::usd(50_00));
    control(&world, account, &single).await;
    let shop = Merchant::new("shop-1");
    assert_eq!(pay(&card, 51, &shop).await.as_deref(), VIOLATED);
    // The funding transfer came in, and is of the other direction.
    for _ in 0..3 {
        assert_eq!(pay(&card, 50, &shop).await, None);
    }
    assert_eq!(pay(&card, 1, &shop).await.as_deref(), VIOLATED);
    world.sandbox.advance(Duration::hours(1)).unwrap();
    assert_eq!(pay(&card, 1, &shop).await, None);
}

#[tokio::test]
async fn filters_choose_what_is_controlled() {
    let world = World::new().await;
    let (account, card) = account(&world).await;
    let nothing = |name: &str| DefineSpendControl::new(name, Window::Forever).count(0);
    let gambling = nothing("Gambling").merchants(["7800-7802", "7995"]);
    control(&world, account, &gambling).await;
    control(&world, account, &nothing("Cash").sub_type("CARD.ATM_WITHDRAWAL")).await;
    let (casino, lottery) =
        (Merchant::new("m").category("7995"), Merchant::new("m").category("7801"));
    let shop = Merchant::new("m").category("7803");
    assert_eq!(pay(&card, 1, &casino).await.as_deref(), VIOLATED);
    assert_eq!(pay(&card, 1, &lottery).await.as_deref(), VIOLATED);
    assert_eq!(pay(&card, 1, &shop).await, None);
    assert_eq!(pay(&card, 1, &Merchant::new("m")).await, None);
    let cash = card.withdraw(Money::usd(1), &Merchant::new("atm")).await.unwrap();
    assert_eq!(cash.declined(), VIOLATED);
    let home = CountryCode::US;
    let elsewhere = nothing("Elsewhere").count(100).not_in([home.clone()]);
    let id = control(&world, account, &elsewhere).await;
    let at_home = Merchant::new("m").country(home);
    assert_eq!(pay(&card, 1, &at_home).await.as_deref(), VIOLATED);
    let detach = AttachSpendControl::detach_from(account, id);
    world.client.attach_spend_control(&detach).await.unwrap();
    assert_eq!(pay(&card, 1, &at_home).await, None);
}

#[tokio::test]
async fn a_limit_for_some_merchants_counts_what_was_paid_to_them_before() {
    let world = World::new().await;
    let (account, card) = account(&world).await;
    let groceries = DefineSpendControl::new("Groceries", Window::Forever)
        .amount(Money::usd(100_00))
        .merchants(["5411"]);
    control(&world, account, &groceries).await;
    let (grocer, shop) = (Merchant::new("g").category("5411"), Merchant::new("s").category("7803"));
    let order = card.authorize(Money::usd(60_00), &grocer).await.unwrap();
    assert_eq!(pay(&card, 60, &shop).await, None);
    assert_eq!(pay(&card, 41, &grocer).await.as_deref(), VIOLATED);
    order.clear(Money::usd(60_00)).await.unwrap();
    assert_eq!(pay(&card, 41, &grocer).await.as_deref(), VIOLATED);
    assert_eq!(pay(&card, 40, &grocer).await, None);
    assert_eq!(pay(&card, 60, &shop).await, None);
}

#[tokio::test]
async fn other_rails_refuse_with_the_code() {
    let world = World::new().await;
    let (account, _) = account(&world).await;
    let out =
        DefineSpendControl::new("Out", Window::Calendar(Each::Lifetime)).amount(Money::usd(10_00));
    control(&world, account, &out).await;
    let paid_in = DefineSpendControl::new("In", Window::SingleTransaction)
        .amount(Money::usd(500_00))
        .credits();
    let id = control(&world, account, &paid_in).await;
    let program = world.program().await;
    let transfer = |amount| Transfer::new(account, program, Money::usd(amount));
    world.client.transfer(&transfer(10_00)).await.unwrap();
    let error = world.client.transfer(&transfer(1)).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "SPEND_CONTROL_VIOLATION");
    let gift = Transfer::new(program, account, Money::usd(500_01));
    let error = world.client.transfer(&gift).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "SPEND_CONTROL_VIOLATION");
    // One that is not active says nothing; there is no way to delete it.
    let rest = SpendControlPatch { is_active: Patch::Set(false), ..SpendControlPatch::default() };
    world.client.api().update_spend_control(id, &rest).await.unwrap();
    world.client.transfer(&gift).await.unwrap();
    world.sandbox.audit().unwrap();
}

#[tokio::test]
async fn controls_are_listed_by_their_numbers() {
    let world = World::new().await;
    let (account, _) = account(&world).await;
    let small =
        DefineSpendControl::new("Small", Window::SingleTransaction).amount(Money::usd(1_00));
    let small = control(&world, account, &small).await;
    let large =
        DefineSpendControl::new("Large", Window::Forever).amount(Money::usd(100_00)).count(5);
    let large = world.client.define_spend_control(&large).await.unwrap().id;
    let list = async |query: ListSpendControlsQuery| {
        let found = world.client.api().list_spend_controls(&query).await.unwrap();
        found.spend_controls.iter().map(|control| control.id).collect::<Vec<_>>()
    };
    let all = ListSpendControlsQuery::default;
    assert_eq!(list(all()).await, [small, large]);
    assert_eq!(
        list(ListSpendControlsQuery { amount_limit_gte: Some(101), ..all() }).await,
        [large]
    );
    let few = ListSpendControlsQuery { transaction_count_limit_lte: Some(5), ..all() };
    assert_eq!(list(few).await, [large]);
    assert_eq!(
        list(ListSpendControlsQuery { num_related_accounts: Some(1), ..all() }).await,
        [small]
    );
    let of = ListSpendControlsQuery { account_id: vec![account], ..all() };
    assert_eq!(list(of).await, [small]);
    assert_eq!(list(ListSpendControlsQuery { name: Some("LAR*".into()), ..all() }).await, [large]);
}

#[tokio::test]
async fn a_control_that_controls_nothing_is_refused() {
    let world = World::new().await;
    let request = DefineSpendControl::new(" ", Window::Rolling(0, Last::Days))
        .merchants(["54111"])
        .only_in([])
        .monitor_only();
    let error = world.client.define_spend_control(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "action_decline",
            "amount_limit",
            "geo_restrictions.countries",
            "merchant_category_codes",
            "name",
            "time_range.value",
        ]
    );
    assert!(world.recorder.take().is_empty());

    let raw = NewSpendControl::new(
        false,
        true,
        SpendControlDirection::Debits,
        true,
        "None",
        SpendControlTimeRange::Forever,
    );
    let error = world.client.api().create_spend_control(&raw).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
    let bare = DefineSpendControl::new("Cash", Window::Forever).count(1).sub_type("ATM_WITHDRAWAL");
    let error = world.client.define_spend_control(&bare).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "AMBIGUOUS_PAYMENT_SUBTYPES");
    let one = bare.clone().payment_type(PaymentType::Card);
    world.client.define_spend_control(&one).await.unwrap();
    let outside = DefineSpendControl::new("Cash", Window::Forever)
        .count(1)
        .payment_type(PaymentType::Ach)
        .sub_type("CARD.ATM_WITHDRAWAL");
    let error = world.client.define_spend_control(&outside).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 422);
    assert_eq!(error.code().unwrap().as_str(), "AMBIGUOUS_PAYMENT_SUBTYPES");
    assert!(error.problem().invalid.contains_key("payment_sub_types"), "{error}");
    let inside = outside.payment_type(PaymentType::Card);
    world.client.define_spend_control(&inside).await.unwrap();
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let nowhere =
        AttachSpendControl::to(account, "00000000-0000-4000-8000-000000000000".parse().unwrap());
    let error = world.client.attach_spend_control(&nowhere).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "BAD_REQUEST_BODY");
}

#[tokio::test]
async fn every_rail_that_pays_out_minds_them() {
    let world = World::new().await;
    let (account, _) = account(&world).await;
    let holder = world.customer().await;
    let party = AddAccountParty::joint(account, holder);
    world.client.add_account_party(&party).await.unwrap();
    let each = DefineSpendControl::new("Each", Window::SingleTransaction).amount(Money::usd(10_00));
    control(&world, account, &each).await;

    let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890");
    let bank = LinkExternalAccount::by_numbers(holder, bank.wires("021000021"));
    let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
    let card = AddExternalCard::new(holder, "Ada Byron", "good-1");
    let card = world.client.add_external_card(&card).await.unwrap().verified().unwrap().id;
    let today = synctera_tests::world::now().date_naive();
    let kind = SyncteraPaySubtype::OutgoingInternationalRemittance;
    for (dollars, expected) in [(11, Some("SPEND_CONTROL_VIOLATION")), (10, None)] {
        let amount = Money::usd(dollars * 100);
        let wire = SendWire::new(account, bank, amount, holder, "Rent");
        let wired = world.client.send_wire(&wire).await.err();
        let push = MoveByCard::push(account, card, amount).from_customer(holder);
        let pushed = world.client.move_by_card(&push).await.err();
        let pay = SendSyncteraPay::new(account, amount, holder, kind.clone(), "REMITTER", today);
        let paid = world.client.send_synctera_pay(&pay).await.err();
        for (rail, error) in [("wire", wired), ("card", pushed), ("pay", paid)] {
            let code = error.as_ref().and_then(|error| error.code());
            assert_eq!(code.map(|code| code.as_str()), expected, "{rail} {dollars}: {error:?}");
        }
    }
}
