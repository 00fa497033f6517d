//! Input is normalized once and visibly, or refused as a whole.

mod pasted;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use synctera::normalize::{self, InvalidValue};
use synctera::types::BusinessStructure;
use synctera::{
    Address, BankAccount, CountryCode, LinkExternalAccount, OnboardBusiness, OnboardCustomer,
    PersonDetails, RelatedPerson,
};
use synctera_tests::World;
use synctera_tests::world::{office, person};

fn country(code: &str) -> CountryCode {
    code.parse().unwrap()
}

/// What a rule accepts, it leaves unchanged the next time.
fn settles(
    rule: impl Fn(&str) -> Result<String, InvalidValue>,
    given: &str,
) -> Result<(), TestCaseError> {
    if let Ok(once) = rule(given) {
        prop_assert_eq!(rule(&once), Ok(once), "of {:?}", given);
    }
    Ok(())
}

/// What people type: digits and letters, grouped somehow.
const TYPED: &str = r"[ \t\u{a0}\u{200b}]{0,2}[0-9A-Za-z+().\- éßİ@]{0,24}[ \n]{0,2}";

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(17),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_second_time_changes_nothing(
        given in prop_oneof![TYPED, r"\PC{0,16}", r"\+?[0-9 ()-]{6,18}", "[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]"],
        code in prop_oneof![Just("US"), Just("CA"), Just("GB"), Just("IT"), Just("AR")],
    ) {
        let code = country(code);
        settles(normalize::text, &given)?;
        settles(normalize::email, &given)?;
        settles(|text| normalize::phone_number(text, Some(&code)), &given)?;
        settles(|text| normalize::phone_number(text, None), &given)?;
        settles(|text| normalize::state(text, &code), &given)?;
        settles(|text| normalize::postal_code(text, &code), &given)?;
        settles(normalize::ssn, &given)?;
        settles(normalize::ein, &given)?;
        settles(normalize::sin, &given)?;
        settles(normalize::routing_number, &given)?;
        settles(normalize::webhook_url, &given)?;
        settles(|text| normalize::country(text).map(|code| code.as_str().to_owned()), &given)?;
    }

    #[test]
    fn numbers_keep_their_digits(number in 0u32..1_000_000_000) {
        let digits = format!("{number:09}");
        let is_kept = |sent: Result<String, InvalidValue>| {
            sent.map_or(true, |sent| sent.replace('-', "") == digits)
        };
        prop_assert!(is_kept(normalize::ssn(&digits)));
        prop_assert!(is_kept(normalize::ein(&digits)) && normalize::ein(&digits).is_ok());
        prop_assert!(is_kept(normalize::sin(&digits)));
        prop_assert!(is_kept(normalize::routing_number(&digits)));
    }

    /// A wrong digit does not pass for a right one.
    #[test]
    fn a_check_digit_finds_one_wrong_digit(number in 1u32..100_000_000, place in 0usize..9, by in 1u8..10) {
        for rule in [normalize::sin, normalize::routing_number] {
            let checked: Vec<String> =
                (0..10).map(|last| format!("{number:08}{last}")).filter(|text| rule(text).is_ok()).collect();
            prop_assert!(checked.len() <= 1, "{:?}", checked);
            for right in checked {
                let mut wrong = right.into_bytes();
                wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
                prop_assert!(rule(&String::from_utf8(wrong).unwrap()).is_err());
            }
        }
    }

    /// What is sent is what the platform's document asks for.
    #[test]
    fn phone_numbers_come_out_as_the_document_has_them(given in r"[+(]?[0-9 ()./-]{5,20}") {
        if let Ok(number) = normalize::phone_number(&given, Some(&CountryCode::US)) {
            let digits = number.strip_prefix('+').unwrap();
            prop_assert!(!digits.starts_with('0') && (2..=15).contains(&digits.len()));
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}

/// A person who fills in forms in a hurry.
fn hasty() -> PersonDetails {
    PersonDetails::new("  Ada ", "Byron\u{a0} King", "1985-12-10".parse().unwrap())
        .email("Ada@Example.COM ")
        .phone_number("(415) 555-0123")
        .ssn("456789012")
        .legal_address(Address::us(" 1 Market  St", "San Francisco", "california", "941051234"))
}

#[tokio::test]
async fn what_is_sent_is_normalized_and_the_changes_are_reported() {
    let world = World::new().await;
    let request = OnboardCustomer::new(hasty()).consented();
    let mut changes = Vec::new();
    let customer = world
        .client
        .onboard_customer(&request)
        .on_normalized(|change| changes.push(change.clone()))
        .await
        .unwrap()
        .accepted()
        .unwrap();
    let person = &customer.person;
    assert_eq!(person.first_name.as_deref(), Some("Ada"));
    assert_eq!(person.last_name.as_deref(), Some("Byron King"));
    assert_eq!(person.email.as_deref(), Some("Ada@example.com"));
    assert_eq!(person.phone_number.as_deref(), Some("+14155550123"));
    let address = person.legal_address.as_ref().unwrap();
    assert_eq!(address.address_line_1, "1 Market St");
    assert_eq!(address.state.as_deref(), Some("CA"));
    assert_eq!(address.postal_code.as_deref(), Some("94105-1234"));

    let mut fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "email",
            "first_name",
            "last_name",
            "legal_address.address_line_1",
            "legal_address.postal_code",
            "legal_address.state",
            "phone_number",
            "ssn"
        ]
    );
    let state = changes.iter().find(|change| change.field == "legal_address.state").unwrap();
    assert_eq!((state.from.expose().as_str(), state.to.expose().as_str()), ("california", "CA"));
    // To look first is the same, and nobody's data is in what is logged.
    assert_eq!(request.check().unwrap(), changes);
    let shown: String =
        changes.iter().map(|change| format!("{change} {change:?} {change:#?}")).collect();
    for secret in ["456", "415", "Byron", "Market"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn what_is_normal_already_is_sent_unchanged() {
    let world = World::new().await;
    let request = OnboardCustomer::new(person("Ada", "Byron")).consented();
    let run = world.client.onboard_customer(&request).on_normalized(|change| panic!("{change}"));
    run.await.unwrap();
}

#[tokio::test]
async fn a_business_and_its_people_are_normalized_too() {
    let world = World::new().await;
    let office = Address::new("1 Rideau St", "Ottawa", "Ontario", "k1n8s7", CountryCode::CA);
    let request = OnboardBusiness::new(" Flow Matic ", BusinessStructure::Llc, office)
        .ein("123456789")
        .phone_number("(613) 555-0123")
        .formed("2020-02-29".parse().unwrap(), "on")
        .related_person(RelatedPerson::new(hasty()).ownership_percent(100.0))
        .consented();
    let changes = request.check().unwrap();
    let of = |field: &str| {
        let found = changes.iter().find(|change| change.field == field);
        found.map(|change| change.to.expose().clone())
    };
    assert_eq!(of("entity_name").as_deref(), Some("Flow Matic"));
    assert_eq!(of("ein").as_deref(), Some("12-3456789"));
    assert_eq!(of("phone_number").as_deref(), Some("+16135550123"));
    assert_eq!(of("formation_state").as_deref(), Some("ON"));
    assert_eq!(of("legal_address.postal_code").as_deref(), Some("K1N 8S7"));
    assert_eq!(of("related_people[0].ssn").as_deref(), Some("456-78-9012"));
    let business = world.client.onboard_business(&request).await.unwrap().into_inner();
    let address = business.business.legal_address.unwrap();
    assert_eq!(address.state.as_deref(), Some("ON"));
    assert_eq!(address.postal_code.as_deref(), Some("K1N 8S7"));
}

#[tokio::test]
async fn every_fault_of_every_part_is_reported_at_once() {
    let world = World::new().await;
    let wrong = PersonDetails::new("Ada", "\u{7}", "1985-12-10".parse().unwrap())
        .email("ada@localhost")
        .phone_number("1-800-FLOWERS")
        .ssn("666-12-3456")
        .legal_address(Address::us("1 Market St", "San Francisco", "ON", "K1N 8S7"))
        .shipping_address(Address::new("1 Rideau St", " ", "CA", "94105", CountryCode::CA));
    let request = OnboardBusiness::new("Flow Matic", BusinessStructure::Llc, office())
        .ein("12-345678")
        .formed("2020-02-29".parse().unwrap(), "ZZ")
        .related_person(RelatedPerson::new(wrong).ownership_percent(100.0))
        .consented();
    let error = world.client.onboard_business(&request).await.unwrap_err();
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "ein",
            "formation_state",
            "related_people[0].email",
            "related_people[0].last_name",
            "related_people[0].legal_address.postal_code",
            "related_people[0].legal_address.state",
            "related_people[0].phone_number",
            "related_people[0].shipping_address.city",
            "related_people[0].shipping_address.postal_code",
            "related_people[0].shipping_address.state",
            "related_people[0].ssn"
        ]
    );
    assert!(!error.to_string().contains("666"), "{error}");
    let codes: Vec<&str> = error.field_errors().map(|error| error.code().as_str()).collect();
    assert_eq!(
        codes,
        [
            "not_an_ein",
            "not_a_state",
            "not_an_email",
            "control_characters",
            "not_a_postal_code",
            "not_a_state",
            "not_a_phone_number",
            "empty",
            "not_a_postal_code",
            "not_a_state",
            "not_an_ssn"
        ]
    );
    assert!(world.recorder.take().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_banks_number_is_checked_and_normalized() {
    let world = World::new().await;
    let holder = world.customer().await;
    world.recorder.take();
    let account = |routing: &str| {
        let account = BankAccount::checking("Ada  Byron", "Community Bank", routing, "1234567890");
        LinkExternalAccount::by_numbers(holder, account)
    };
    let error = world.client.link_external_account(&account("021000022")).await.unwrap_err();
    let fields: Vec<&str> = error.problem().invalid.keys().map(String::as_str).collect();
    assert_eq!(fields, ["routing_identifiers.ach_routing_number"]);
    assert!(world.recorder.take().is_empty(), "something was sent");
    let mut changes = Vec::new();
    let request = account("0210-0002-1");
    let run = world.client.link_external_account(&request);
    run.on_normalized(|change| changes.push(change.field.clone())).await.unwrap().all().unwrap();
    assert_eq!(changes, ["routing_identifiers.ach_routing_number", "account_owner_names[0]"]);
}
