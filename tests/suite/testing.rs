//! The feature `testing`: answers can be made up, and whatever is generated can be compared.

use http::HeaderMap;
use reqwest::StatusCode;
use serde_json::{Value, json};
use synctera::types::{
    BanStatus, Card, CardBrand, CardStatus, CardStatusReasonCode, CardType, DebitCard,
    DebitCardDetails, EmbossName, Person, PersonStatus, VerificationStatus, VirtualDebitCard,
};
use synctera::{
    AccountId, Answer, BoxFuture, Call, CardId, CardProductId, Failure, PersonId, Sensitive,
    Synctera, Transport,
};
use synctera_tests::world::now;
use uuid::Uuid;

fn person() -> Person {
    Person::new(
        BanStatus::Allowed,
        now(),
        PersonId::from(Uuid::from_u128(1)),
        true,
        now(),
        PersonStatus::Active,
        "bank_partner",
        VerificationStatus::Accepted,
    )
}

fn card() -> Card {
    let mut card = VirtualDebitCard::new(
        AccountId::from(Uuid::from_u128(2)),
        CardBrand::Visa,
        CardProductId::from(Uuid::from_u128(3)),
        CardStatus::Active,
        now(),
        EmbossName::new("ADA BYRON"),
        "11",
        "2031",
        CardId::from(Uuid::from_u128(4)),
        "0564",
        CardStatusReasonCode::New,
    );
    card.memo = Some("Made up".to_owned());
    DebitCard::new(DebitCardDetails::Virtual(card), "bank_partner", CardType::Debit).into()
}

/// Answers with what a test made up.
struct Stub(Value);

impl Transport for Stub {
    fn execute<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        let answer = Answer::whole(StatusCode::OK, HeaderMap::new(), self.0.to_string());
        Box::pin(async move { Ok(answer) })
    }
}

#[tokio::test]
async fn a_made_up_answer_comes_back_equal() {
    let mut ada = person();
    ada.first_name = Some("Ada".to_owned());
    ada.ssn = Some(Sensitive::from("9012"));
    let stub = Stub(serde_json::to_value(&ada).unwrap());
    let client = Synctera::builder("a-key").transport(stub).build().unwrap();
    assert_eq!(client.api().get_person(ada.id).await.unwrap().into_inner(), ada);
    let stub = Stub(serde_json::to_value(card()).unwrap());
    let client = Synctera::builder("a-key").transport(stub).build().unwrap();
    let read = client.api().get_card(card().id().unwrap()).await.unwrap().into_inner();
    assert_eq!(read, card());
}

#[test]
fn values_are_equal_when_all_of_them_are() {
    let differs = |change: fn(&mut Person)| {
        let mut other = person();
        change(&mut other);
        other != person() && other == other.clone()
    };
    assert_eq!(person(), person());
    assert!(differs(|person| person.first_name = Some(String::new())));
    assert!(differs(|person| person.status = PersonStatus::Frozen));
    assert!(differs(|person| drop(person.metadata.insert("a".to_owned(), json!([1, null])))));
    // What is not shown is compared all the same.
    assert!(differs(|person| person.ssn = Some(Sensitive::from("1234"))));
    let ssn = |ssn: &str| {
        let mut person = person();
        person.ssn = Some(Sensitive::from(ssn));
        person
    };
    assert_ne!(ssn("1234"), ssn("1235"));
    assert_eq!(format!("{:?}", ssn("1234")), format!("{:?}", ssn("1235")));
}

#[test]
fn unions_are_equal_by_variant_and_body() {
    assert_eq!(card(), card());
    let changed = |key: &str, to: Value| {
        let mut json = serde_json::to_value(card()).unwrap();
        *json.pointer_mut(key).unwrap() = to;
        serde_json::from_value::<Card>(json).unwrap()
    };
    assert_eq!(changed("/type", json!("DEBIT")), card());
    assert_ne!(changed("/type", json!("PREPAID")), card());
    assert_ne!(changed("/card_details/last_four", json!("0565")), card());
    // Unknown variants are equal when tag and body are.
    let unknown = || changed("/type", json!("CHARGE"));
    assert_eq!(unknown(), unknown());
    assert_ne!(unknown(), changed("/type", json!("RING")));
}
