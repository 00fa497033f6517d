//! Events as their types, and their way to a handler.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Utc;
use serde_json::{Value, json};
use synctera::types::{EventFilter, EventType};
use synctera::webhooks::{
    Event, EventResource, EventRouter, HandleResult, RouterError, Signer, Verifier,
};
use synctera_tests::document::V2;
use synctera_tests::sample::{Extent, Sampler};
use synctera_tests::schema::Way;
use uuid::Uuid;

fn secret() -> String {
    "5".repeat(64)
}

/// An event as it would come from the platform.
pub(super) fn event(id: u128, event_type: &str, resource: &Value) -> Event {
    read(&json!({
        "id": Uuid::from_u128(id), "type": event_type, "webhook_id": Uuid::from_u128(1),
        "event_time": "2026-11-24T14:00:00Z", "url": "https://bank.example/events",
        "metadata": "", "event_resource": resource.to_string(),
    }))
    .unwrap()
}

fn read(body: &Value) -> Result<Event, synctera::webhooks::EventError> {
    let body = body.to_string();
    let headers = Signer::new(secret()).unwrap().sign(Utc::now(), body.as_bytes());
    let verifier = Verifier::new(secret()).unwrap();
    verifier.verify(&headers.headers().unwrap(), body).unwrap().event()
}

#[test]
fn a_resource_is_read_when_it_is_asked_for() {
    let broken = event(2, "PERSON.UPDATED", &json!({"id": "Ada Byron"}));
    let error = broken.resource().unwrap_err();
    assert_eq!(error.path(), "id");
    assert!(!format!("{error} {error:?}").contains("Ada"), "{error}");
    // The raw value is there all the same.
    assert_eq!(broken.resource_json().unwrap(), r#"{"id":"Ada Byron"}"#);
    assert!(!format!("{broken:?}").contains("Ada"));
    let unknown = event(3, "PARTY.BEGAN", &json!({"guests": 2}));
    assert!(matches!(unknown.event_type, EventType::Unknown(_)));
    let EventResource::Other(other) = unknown.resource().unwrap() else {
        panic!("a type that nobody knows has a schema");
    };
    assert_eq!(other.value()["guests"], 2);
    assert!(!format!("{other:?}").contains("guests"));
}

#[test]
fn an_error_names_the_part_that_is_no_event() {
    let whole = json!({
        "id": Uuid::from_u128(2), "type": "NOTE.CREATED", "webhook_id": Uuid::from_u128(1),
        "event_time": "2026-11-24T14:00:00Z",
    });
    let event = read(&whole).unwrap();
    assert_eq!(event.resource().unwrap_err().path(), ".");
    assert!(event.changed_fields().unwrap().is_empty());
    assert_eq!(serde_json::from_slice::<Value>(event.raw()).unwrap(), whole);
    for name in ["id", "type", "webhook_id", "event_time"] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(read(&body).unwrap_err().path(), name);
    }
    let mut body = whole.clone();
    body["event_time"] = json!("yesterday");
    assert_eq!(read(&body).unwrap_err().path(), "event_time");
    assert!(read(&json!([1])).is_err());
}

#[tokio::test]
async fn a_handler_has_each_event_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let router = EventRouter::new().on(EventFilter::NoteAny, move |_| {
        let calls = counted.clone();
        async move {
            // The first time it fails.
            match calls.fetch_add(1, Ordering::Relaxed) {
                0 => Err("the database is away".into()),
                _ => Ok(()),
            }
        }
    });
    let note = event(2, "NOTE.CREATED", &json!({}));
    let error = router.handle(note.clone()).await.unwrap_err();
    assert!(matches!(error, RouterError::Handler(_)) && error.status() == 500);
    assert_eq!(router.handle(note.clone()).await.unwrap(), HandleResult::Done);
    assert_eq!(router.clone().handle(note).await.unwrap(), HandleResult::Duplicate);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let other = event(3, "PERSON.CREATED", &json!({}));
    assert_eq!(router.handle(other).await.unwrap(), HandleResult::NoHandler);
}

#[tokio::test]
async fn the_most_specific_handler_is_called() {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let tell = |name: &'static str| {
        let told = told.clone();
        move |_: Event| {
            let told = told.clone();
            async move { Ok(told.send(name)?) }
        }
    };
    let router = EventRouter::new()
        .on(EventFilter::CardAny, tell("any card"))
        .on(EventFilter::CardCreated, tell("new card"))
        .fallback(tell("rest"));
    for (id, name, expected) in [
        (1, "CARD.CREATED", "new card"),
        (2, "CARD.IMAGE.UPDATED", "any card"),
        (3, "EXTERNAL_CARD.CREATED", "rest"),
        (4, "PARTY.BEGAN", "rest"),
    ] {
        router.handle(event(id, name, &json!({}))).await.unwrap();
        assert_eq!(heard.recv().await, Some(expected), "{name}");
    }
}

#[test]
fn a_path_in_an_error_is_bounded_and_safe_to_show() {
    let name = "\u{1b}[2J\n\u{202E}".repeat(1000);
    let mut path = json!({"amount": "x"});
    for _ in 0..3 {
        path = json!({ (name.as_str()): path });
    }
    let event = event(2, "NOTE.CREATED", &path);
    let error = event.resource_as::<BTreeMap<String, BTreeMap<String, u8>>>().unwrap_err();
    for shown in [error.path(), &error.to_string(), &format!("{error:?}")] {
        assert!(shown.chars().count() < 400, "{}", shown.chars().count());
        assert!(!shown.contains(|c: char| c.is_control() || c == '\u{202E}'), "{shown:?}");
    }
    assert!(error.path().starts_with("\\u{1b}[2J\\n"), "{}", error.path());
}

#[tokio::test]
async fn a_type_is_compared_and_routed_as_it_is() {
    let created = event(2, "CARD.CREATED", &json!({}));
    assert!(created.event_type == EventType::CardCreated);
    assert!(EventFilter::CardAny.matches(&created.event_type));
    assert!(!EventFilter::ExternalCardAny.matches(&created.event_type));
    assert_eq!(EventFilter::from(&created.event_type), EventFilter::CardCreated);
    let router = EventRouter::new().on(EventType::CardCreated, |_| async { Ok(()) });
    assert_eq!(router.handle(created).await.unwrap(), HandleResult::Done);
    let updated = event(3, "CARD.UPDATED", &json!({}));
    assert_eq!(router.handle(updated).await.unwrap(), HandleResult::NoHandler);
}

/// What the document calls the resource of each type; nothing where it has no schema for it.
fn schema_of(event_type: &str) -> Option<&'static str> {
    let group = event_type.rsplit_once('.').map_or(event_type, |(group, _)| group);
    Some(match group {
        "ACCOUNT" => "account",
        "ACH.INCOMING" => "incoming_ach",
        "ADDRESS" => "mailing_address",
        "APPLICATION" => "application",
        "BUSINESS" | "BUSINESS.VERIFICATION_OUTCOME" => "business",
        "CARD" => "card",
        "CARD.DIGITALWALLETTOKEN" => "digital_wallet_token",
        "CARD.IMAGE" => "card_image",
        "CREDIT_SCORE" => "credit_score",
        "CRR" => "crr",
        "CUSTOMER" | "CUSTOMER.KYC_OUTCOME" => "person",
        "DOCUMENT" => "document",
        "EDD" => "edd",
        "EXTERNAL_CARD" => "external_card",
        "EXTERNAL_CARD_TRANSFER" => "external_card_transfer",
        "INTERNAL_ACCOUNT" => "internal_account",
        "INTERNAL_TRANSFER" => "internal_transfer",
        "NOTE" => "note",
        "PAYMENT_SCHEDULE" => "payment_schedule",
        "PAYMENT_SCHEDULE.PAYMENT" => "scheduled_payment",
        "PERSON" | "PERSON.VERIFICATION_OUTCOME" => "person",
        "SPEND_CONTROL" if event_type != "SPEND_CONTROL.VIOLATED" => "spend_control",
        "STATEMENT" => "statement",
        "TRANSACTION.PENDING" => "pending_transaction",
        "TRANSACTION.POSTED" => "posted_transaction",
        _ => return None,
    })
}

#[test]
fn every_type_of_the_document_is_read_as_its_own_resource() {
    let mut untyped = Vec::new();
    for event_type in EventType::KNOWN {
        let Some(name) = schema_of(event_type) else {
            let other = event(1, event_type, &json!({})).resource().unwrap();
            assert!(matches!(other, EventResource::Other(_)), "{event_type}");
            untyped.push(*event_type);
            continue;
        };
        let schema = V2.target(&format!("#/components/schemas/{name}"));
        for extent in [Extent::Minimal, Extent::Full] {
            let sampler = Sampler::new(&V2, Way::Read, extent);
            for number in 0..sampler.variants(schema) {
                let sample = sampler.sample(schema, number).value;
                let resource = event(1, event_type, &sample).resource().unwrap_or_else(|error| {
                    panic!("{event_type}: {error}: {sample}");
                });
                assert!(!matches!(resource, EventResource::Other(_)), "{event_type}");
            }
        }
    }
    // The document says nothing of these but their names.
    assert_eq!(
        untyped,
        [
            "CARD.THREE_DS.AUTHENTICATION",
            "CARD.THREE_DS.DECISION",
            "CASE.CREATED",
            "CASE.UPDATED",
            "CASH_PICKUP.CREATED",
            "CASH_PICKUP.UPDATED",
            "INTEREST.MONTHLY_PAYOUT",
            "SPEND_CONTROL.VIOLATED",
        ]
    );
}
