//! Disclosures that customers acknowledged.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{Disclosure as Wire, DisclosureType, NewDisclosure};

use crate::domain::parties::{PartyIds, Person};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, complete, text};
use crate::spec::FieldErrors;

pub(crate) const DISCLOSURE: Kind = Kind {
    name: "disclosure",
    id: "id",
    keys: &[
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("acknowledging", "/acknowledging_person_id"),
    ],
};

/// What was shown to a party.
pub(crate) enum Disclosure {}

impl Resource for Disclosure {
    const KIND: &'static Kind = &DISCLOSURE;
    type Wire = Wire;
    type Facts = ();
}

/// The disclosure documents of a fresh workspace, all in version 1.0.
const DOCUMENTS: [DisclosureType; 7] = [
    DisclosureType::RegDd,
    DisclosureType::KycDataCollection,
    DisclosureType::RegE,
    DisclosureType::RegCc,
    DisclosureType::ESign,
    DisclosureType::PrivacyNotice,
    DisclosureType::TermsAndConditions,
];

/// Further documents that this sandbox adds, so that every journey can record what it must:
/// owners' certification, ACH authorization and the card agreement.
const MORE_DOCUMENTS: [DisclosureType; 3] = [
    DisclosureType::OwnerCertification,
    DisclosureType::AchAuthorization,
    DisclosureType::CardholderAgreement,
];

/// Stores what was shown to a party.
pub(crate) fn record(
    ctx: &Ctx<'_>,
    disclosure: &NewDisclosure,
) -> Result<Record<Disclosure>, ApiError> {
    let acknowledging = disclosure.acknowledging_person_id;
    check(&disclosure.type_, &disclosure.version, acknowledging.is_some()).refused()?;
    let ids = PartyIds {
        person_id: disclosure.person_id,
        business_id: disclosure.business_id,
        ..PartyIds::default()
    };
    ids.find(ctx, "")?;
    if let Some(id) = acknowledging {
        let code = ErrorCode::CustomerNotFound;
        ctx.find_named::<Person>(id, code, "acknowledging_person_id")?;
    }
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    });
    let disclosure = Record::new(complete(disclosure, rest)?, ());
    ctx.add(&disclosure)?;
    Ok(disclosure)
}

/// What is wrong with a body by itself.
pub(crate) fn errors_of(body: &Value) -> FieldErrors {
    let is_by_person = !text(body, "acknowledging_person_id").is_empty();
    check(&DisclosureType::from(text(body, "type")), text(body, "version"), is_by_person)
}

/// What is wrong with a disclosure by itself: type and version must be those of a document that the
/// workspace has, and owners are certified by a person.
fn check(document: &DisclosureType, version: &str, is_by_person: bool) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if !DOCUMENTS.contains(document) && !MORE_DOCUMENTS.contains(document) {
        let reason = "this workspace has no such disclosure document";
        errors.merge(FieldErrors::invalid("type", reason));
    }
    if version.trim_start_matches('v') != "1.0" {
        let reason = "this workspace has version 1.0 of the document";
        errors.merge(FieldErrors::invalid("version", reason));
    }
    if *document == DisclosureType::OwnerCertification && !is_by_person {
        errors.merge(FieldErrors::missing("acknowledging_person_id"));
    }
    errors
}
