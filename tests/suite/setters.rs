//! Setters of optional values take the value, or an `Option` of it.

use std::collections::BTreeSet;
use std::path::Path;

use synctera::{
    Address, BankAccount, CardId, CustomerId, Fund, LinkExternalAccount, Money, OnboardCustomer,
    PersonDetails, SendAch, Sensitive, Transfer, Verify,
};
use synctera_tests::World;
use synctera_tests::facade::{moments, setters};
use synctera_tests::world::{ada, now, office};

/// Setters of one value that add to a list, or that take what every request of the kind has.
const OTHERS: [&str; 25] = [
    "AddToApplePay::certificates",
    "BankAccount::owner",
    "CloseAccount::by_ach",
    "CloseAccount::to_account",
    "CloseAccount::to_internal_account",
    "DefineSpendControl::merchants",
    "DefineSpendControl::not_in",
    "DefineSpendControl::only_in",
    "DefineSpendControl::payment_type",
    "DefineSpendControl::sub_type",
    "DefineTemplate::rails",
    "LinkExternalAccount::account",
    "MoveByCard::polling",
    "OnboardBusiness::disclosed",
    "OnboardBusiness::related_person",
    "OnboardBusiness::trade_name",
    "OnboardCustomer::disclosed",
    "OpenAccount::authorized_signer",
    "OpenAccount::authorized_user",
    "OpenAccount::joint",
    "OpenDispute::evidence",
    "RecordVerification::detail",
    "ReverseCardPull::polling",
    "Subscribe::event",
    "Subscribe::events",
];

#[test]
fn every_setter_of_an_optional_value_takes_an_option() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/src");
    let setters = setters(&source);
    let takes = |option: bool| -> BTreeSet<&str> {
        setters.iter().filter(|(_, takes)| **takes == option).map(|(name, _)| &**name).collect()
    };
    assert_eq!(takes(false), OTHERS.into_iter().collect());
    assert!(takes(true).len() > 70, "{:?}", takes(true));
}

/// What takes a moment that is not sent, or that is a fact which does not change.
const FACTS: [&str; 3] = ["OnboardBusiness::formed", "PersonDetails::new", "Run::started_at"];

/// A request with another moment is another request, which the platform refuses under the same key.
#[test]
fn what_takes_a_moment_says_that_it_must_stay_the_same() {
    let moments = moments("journeys/");
    let says = |says: bool| -> BTreeSet<&str> {
        let fits = |docs: &str| docs.contains("must be the same in each run") == says;
        moments.iter().filter(|(_, docs)| fits(docs)).map(|(name, _)| &**name).collect()
    };
    assert_eq!(says(false), FACTS.into_iter().collect());
    for known in ["Disclosed::acknowledged", "Synctera::move_ach_availability", "Transfer::hold"] {
        assert!(says(true).contains(known), "{:?}", says(true));
    }
}

fn person(text: impl Fn(&'static str) -> Option<&'static str>) -> PersonDetails {
    PersonDetails::new("Ada", "Byron", "1985-12-10".parse().unwrap())
        .middle_name(text("Augusta"))
        .chosen_name(text("Countess").map(str::to_owned))
        .email(text("ada@example.com"))
        .phone_number(text("+14155550123"))
        .ssn(text("456-78-9012"))
        .legal_address(Some(office().line_2(text("Apt 5"))))
        .shipping_address(text("there").map(|_| office()))
}

#[tokio::test]
async fn an_option_is_sent_as_the_value_itself() {
    let sent = async |person: PersonDetails| {
        let world = World::new().await;
        let request = OnboardCustomer::new(person).consented();
        world.client.onboard_customer(&request).key("signup-1").await.unwrap();
        world.recorder.take_text()
    };
    let email = "ada@example.com".to_owned();
    let plain = PersonDetails::new("Ada", "Byron", "1985-12-10".parse().unwrap())
        .middle_name("Augusta")
        .chosen_name("Countess".to_owned())
        .email(&email)
        .phone_number(std::borrow::Cow::Borrowed("+14155550123"))
        .ssn(String::from("456-78-9012").into_boxed_str())
        .legal_address(office().line_2("Apt 5"))
        .shipping_address(office());
    assert_eq!(sent(person(Some)).await, sent(plain).await);
    // What is given as `None` is not given, and what was given before is taken back.
    let cleared = ada()
        .middle_name("Augusta")
        .middle_name(None::<&str>)
        .chosen_name("Countess")
        .chosen_name(None::<String>)
        .shipping_address(office())
        .shipping_address(None);
    assert_eq!(sent(cleared).await, sent(ada()).await);
    let (with, without) = (office().line_2("Apt 5"), office());
    assert_eq!(with.line_2(None::<&str>), without);
}

#[tokio::test]
async fn options_of_ids_amounts_and_moments_are_taken() {
    let sent = async |with: bool| {
        let world = World::new().await;
        let holder = world.customer().await;
        let (from, to) = (world.checking(holder).await, world.checking(holder).await);
        let bank = world.proven_account(holder).await;
        world.fund(from, Money::usd(100_00)).await;
        world.recorder.take();
        let maybe = with.then_some(holder);
        let client = &world.client;
        let transfer = Transfer::new(from, to, Money::usd(1_00))
            .final_customer(maybe)
            .final_customer(maybe.map(CustomerId::from))
            .kind(None)
            .reference_id(None::<String>)
            .memo(with.then_some("Rent"))
            .hold(with.then(now).map(|now| now + chrono::Duration::days(1)));
        client.transfer(&transfer).key("order-1").await.unwrap();
        let pull = SendAch::pull(from, bank, Money::usd(1_00), holder)
            .final_customer(maybe)
            .effective_date(with.then(|| now().date_naive() + chrono::Duration::days(1)));
        client.send_ach(&pull).key("order-2").await.unwrap();
        let fund = Fund::in_sandbox(from, Money::usd(1_00)).memo(with.then_some("Welcome"));
        client.fund(&fund).key("order-3").await.unwrap();
        world.recorder.take_text()
    };
    let (with, without) = (sent(true).await, sent(false).await);
    for member in ["\"final_customer_id\"", "\"memo\"", "\"effective_date\"", "\"expires_at\""] {
        assert!(with.contains(member), "{member} in {with}");
        assert!(!without.contains(member), "{member} in {without}");
    }
}

/// What compiles is what is inferred; nothing here is sent.
#[test]
fn the_types_are_inferred() {
    let id: CustomerId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let card: CardId = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let party: synctera::PersonId = id.to_string().parse().unwrap();
    let verify = Verify::new(party);
    let verify = verify.document("token").document(Some("token")).document(String::from("token"));
    let verify = verify.document(Some(Sensitive::from("token"))).document(None::<String>);
    let _ = verify.ip_address(None).ip_address("203.0.113.7".parse().ok());
    let bank = BankAccount::checking("Ada", "Bank", "021000021", "1").nickname(Some("a"));
    let _ = LinkExternalAccount::by_numbers(party, bank.wires(None::<&str>));
    let _ = Address::us("1 Market St", "San Francisco", "CA", "94105").line_2(Some("5"));
    let memo: Option<&String> = None;
    let _ = synctera::SuspendCard::new(card).memo(memo).reason(None);
    let _ = synctera::RelatedPerson::existing(party).ownership_percent(60.0);
    let _ = synctera::RelatedPerson::existing(party).ownership_percent(Some(60.0));
}
