//! People's data and keys show nowhere but on the wire.

use std::fmt::Debug;
use std::net::IpAddr;

use synctera::types::{BusinessStructure, EventFilter, ListPostedTransactionsQuery};
use synctera::{
    AccountId, ActivateCard, AddExternalCard, AddToApplePay, BankAccount, CardId, CloseAccount,
    DepositCheck, DeviceInfo, Error, ExternalAccountId, Fund, IssueCard, Journey,
    LinkExternalAccount, Merchant, Money, MoveByCard, OnboardBusiness, OnboardCustomer,
    OpenAccount, OpenDispute, PersonId, RelatedPerson, ReplaceCard, Retries, Run, SendAch,
    SendWire, SetCardPin, StartDocumentVerification, Subscribe, Synctera, Transfer, Upload, Verify,
};
use synctera_tests::world::{ada, agreed, now, office};
use synctera_tests::{Fault, World, log_capture};

/// What the tests below put in, or get back.
const SECRETS: [&str; 12] = [
    "456-78-9012",
    "1985-12-10",
    "12-3456789",
    "1234567890",
    "9876501234",
    "021000021",
    "public-sandbox-1",
    "access-sandbox",
    "sandbox-key",
    "Bearer",
    // The token of a card elsewhere, and the cryptography of a wallet.
    "good-cart",
    "a4f1c0de",
];

/// Answers that say what they should not, as a platform may that quotes what it complains about.
const TALKATIVE: [Fault; 5] = [
    Fault::Answer(
        400,
        &[],
        r#"{"code":"BAD_REQUEST_BODY","detail":"ssn 456-78-9012 of ada@example.com is taken",
            "invalid":{"ein":"'12-3456789' is none","number":"1234567890 and 021000021"}}"#,
    ),
    Fault::Answer(500, &[], "Bearer sandbox-key, public-sandbox-1, 1985-12-10"),
    Fault::Garble(r#"{"id":"456-78-9012","ssn":1234567890}"#),
    Fault::Garble("<p>Bearer sandbox-key of 1985-12-10</p>"),
    Fault::LoseAnswer,
];

fn assert_quiet(what: &str, value: &impl Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{what} shows {secret}: {shown}");
        }
    }
}

#[tokio::test]
async fn requests_and_outcomes_keep_them() {
    use synctera::types::AccountType;
    let world = World::new().await;
    assert_quiet("the client", &world.client);
    assert_quiet("its builder", &Synctera::builder("sandbox-key"));

    let request = OnboardCustomer::new(ada()).consented();
    assert_quiet("a request", &request);
    let customer = world.client.onboard_customer(&request).await.unwrap().accepted().unwrap();
    assert_quiet("a customer", &customer);
    let business = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .ein("12-3456789")
        .related_person(RelatedPerson::new(ada()).ownership_percent(100.0))
        .consented();
    assert_quiet("a business request", &business);
    assert_quiet("a business", &world.client.onboard_business(&business).await.unwrap());

    let account = OpenAccount::new(AccountType::Checking, customer.person.id);
    let account = world.client.open_account(&account).await.unwrap();
    let number = account.account.account_number.clone().unwrap();
    assert!(!format!("{account:?}").contains(number.expose().as_str()));

    let link = LinkExternalAccount::plaid(customer.person.id, "public-sandbox-1", "ins_1");
    assert_quiet("a link", &link);
    let linked = world.client.link_external_account(&link).await.unwrap();
    let token = linked.access_token.clone().unwrap();
    assert!(!format!("{linked:?}").contains(token.expose().as_str()));
    let elsewhere = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let link = LinkExternalAccount::by_numbers(customer.person.id, elsewhere);
    assert_quiet("a link by numbers", &link);
    assert_quiet("the linked account", &world.client.link_external_account(&link).await.unwrap());
}

#[tokio::test]
async fn errors_keep_them() {
    let world = World::new().await;
    // The platform says that the number is wrong; it must not be said again.
    let elsewhere = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let nobody: synctera::PersonId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let link = LinkExternalAccount::by_numbers(nobody, elsewhere);
    let error = world.client.link_external_account(&link).await.unwrap_err();
    assert_quiet("an error", &error);
    assert_quiet("its text", &error.to_string());
}

/// Runs a journey as it should go, and before that with everything that may go wrong at its end.
async fn looked_at<'a, J: Journey + 'a>(
    world: &World,
    name: &str,
    run: impl Fn(String) -> Run<'a, J>,
) -> J::Outcome
where
    J::Outcome: Debug,
{
    let mut errors = Vec::<Error>::new();
    for fault in TALKATIVE {
        world.recorder.next([Some(fault)]);
        errors.extend(run(name.to_owned()).await.err());
    }
    assert!(errors.len() >= 3, "{errors:?}");
    for error in errors {
        assert_quiet("an error", &error);
        assert_quiet("its text", &error.to_string());
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            assert_quiet("its cause", &error);
            assert_quiet("its cause's text", &error.to_string());
            cause = error.source();
        }
    }
    let outcome = run(name.to_owned()).await.unwrap();
    assert_quiet("an outcome", &outcome);
    outcome
}

/// Verifying again, closing, and what cards, wires, checks and disputes need.
async fn later_journeys(
    world: &World,
    ada: PersonId,
    checking: AccountId,
    bank: ExternalAccountId,
    saving: AccountId,
    card: CardId,
) {
    use synctera::types::{AccountClosureReason, CardDisputeReasonCodes, DeviceType};
    let client = world.client.clone();
    let verify = Verify::new(ada).consented().ip_address("203.0.113.7".parse::<IpAddr>().unwrap());
    looked_at(world, "verify", |key| client.verify(&verify).key(key)).await;
    let session = StartDocumentVerification::new(ada).send_message();
    looked_at(world, "document", |key| client.start_document_verification(&session).key(key)).await;

    let wired = BankAccount::checking("Ada", "Community Bank", "021000021", "9876501234")
        .wires("021000021");
    let wired = LinkExternalAccount::by_numbers(ada, wired);
    let wired = client.link_external_account(&wired).await.unwrap().all().unwrap()[0].id;
    let wire = SendWire::new(checking, wired, Money::usd(5_00), ada, "Invoice");
    looked_at(world, "wire", |key| client.send_wire(&wire).key(key)).await;
    let pull = Fund::pull(checking, bank, Money::usd(5_00), ada);
    looked_at(world, "fund", |key| client.fund(&pull).key(key)).await;
    let add = AddExternalCard::new(ada, "Ada Byron", "good-cart");
    let elsewhere =
        looked_at(world, "elsewhere", |key| client.add_external_card(&add).key(key)).await;
    let push = MoveByCard::push(checking, elsewhere.id, Money::usd(5_00));
    looked_at(world, "push", |key| client.move_by_card(&push).key(key)).await;
    let picture = |side: &str| Upload::new(side, "image/jpeg", &b"\xff\xd8\xff 1234567890"[..]);
    let check =
        DepositCheck::new(checking, ada, Money::usd(5_00), picture("front"), picture("back"));
    looked_at(world, "check", |key| client.deposit_check(&check).key(key)).await;

    let code = client.api().get_card_barcodes(card).await.unwrap().into_inner().barcode.unwrap();
    let activate = ActivateCard::new(ada, code);
    looked_at(world, "activate", |key| client.activate_card(&activate).key(key)).await;
    let pin = SetCardPin::new(card, "2718");
    // Four digits are in many an id, so that they can be looked for here alone.
    assert_quiet("a PIN", &format!("{pin:?}").replace("2718", "Bearer"));
    looked_at(world, "pin", |key| client.set_card_pin(&pin).key(key)).await;
    let apple = AddToApplePay::new(card, DeviceType::MobilePhone, "1.4.0")
        .certificates(["a4f1c0de", "sub"])
        .nonce("9c02", "a4f1c0de");
    looked_at(world, "apple", |key| client.add_to_apple_pay(&apple).key(key)).await;
    let shop = Merchant::new("shop-1");
    client.simulate_card(card).pay(Money::usd(5_00), &shop).await.unwrap();
    let query = ListPostedTransactionsQuery { card_id: Some(card), ..Default::default() };
    let posted = client.api().list_posted_transactions(&query).await.unwrap().into_inner();
    let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    let dispute = OpenDispute::card(posted.result[0].uuid, Money::usd(3_00), now(), reason)
        .evidence(picture("letter"));
    looked_at(world, "dispute", |key| client.open_dispute(&dispute).key(key)).await;
    let replace = ReplaceCard::stolen(card);
    looked_at(world, "replace", |key| client.replace_card(&replace).key(key)).await;

    let subscribe = Subscribe::to("https://example.com/hooks").event(EventFilter::PersonAny);
    looked_at(world, "subscribe", |key| client.subscribe(&subscribe).key(key)).await;
    let secret = client.create_webhook_secret().key("secret").await.unwrap();
    assert!(!format!("{secret:?}").contains(secret.secret.expose().as_str()));
    let reason = AccountClosureReason::CustomerRequestTransfer;
    let close = CloseAccount::new(saving, reason, "Moved elsewhere").to_account(checking);
    looked_at(world, "close", |key| client.close_account(&close).key(key)).await;
}

/// Every journey, with all that the tests know of people, over a client that says for whom.
#[tokio::test]
async fn all_journeys_keep_them_in_logs_errors_and_outcomes() {
    use synctera::types::{AccountType, DisclosureType};
    let mut world = World::with(|builder| builder.retries(Retries::none())).await;
    let nobody: synctera::PersonId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let device = DeviceInfo::of_customer(nobody)
        .ip_address("203.0.113.7".parse().unwrap())
        .session("SOCURE", "access-sandbox");
    world.client = world.client.on_behalf_of(&device);
    let client = world.client.clone();

    let ada = OnboardCustomer::new(ada().middle_name("Augusta").chosen_name("Countess"))
        .disclosed(agreed(DisclosureType::RegDd))
        .consented()
        .ip_address("203.0.113.7".parse::<IpAddr>().unwrap())
        .monitoring();
    let ada = looked_at(&world, "ada", |key| client.onboard_customer(&ada).key(key)).await;
    let ada = ada.accepted().unwrap().person.id;
    let business = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
        .ein("12-3456789")
        .related_person(RelatedPerson::existing(ada).ownership_percent(100.0).managing())
        .consented();
    looked_at(&world, "business", |key| client.onboard_business(&business).key(key)).await;
    let open = OpenAccount::new(AccountType::Checking, ada);
    let checking =
        looked_at(&world, "checking", |key| client.open_account(&open).key(key)).await.id;
    let open = OpenAccount::new(AccountType::Saving, ada);
    let saving = looked_at(&world, "saving", |key| client.open_account(&open).key(key)).await.id;
    world.fund(checking, Money::usd(100_00)).await;
    let rent = Transfer::new(checking, saving, Money::usd(10_00)).memo("Rent for May");
    looked_at(&world, "rent", |key| client.transfer(&rent).key(key)).await;
    let link = LinkExternalAccount::plaid(ada, "public-sandbox-1", "ins_1").account("one");
    let linked =
        looked_at(&world, "plaid", |key| client.link_external_account(&link).key(key)).await;
    let bank = linked.all().unwrap()[0].id;
    let elsewhere = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let link = LinkExternalAccount::by_numbers(ada, elsewhere);
    looked_at(&world, "numbers", |key| client.link_external_account(&link).key(key)).await;
    let push = SendAch::push(checking, bank, Money::usd(20_00), ada);
    looked_at(&world, "ach", |key| client.send_ach(&push).key(key)).await;
    let card = IssueCard::physical_debit(checking, ada).emboss_name("A BYRON");
    let card = looked_at(&world, "card", |key| client.issue_card(&card).key(key)).await.id;

    later_journeys(&world, ada, checking, bank, saving, card).await;

    // Of this and of every other test so far.
    assert_eq!(log_capture::leaks(), [""; 0]);
    let lines = log_capture::lines();
    for target in ["reqwest", "synctera"] {
        assert!(lines.get(target).is_some_and(|count| *count > 50), "{lines:?}");
    }
    // A planted secret is found, so that the assertions above can fail.
    tracing::trace!("456-78-9012");
    assert_eq!(log_capture::leaks().len(), 1);
    log_capture::clear_leaks();
}
