//! Disclosures that customers acknowledged.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::domain::parties;
use crate::domain::parties::PERSON;
use crate::model::{ApiError, Ctx, Kind, text};
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

/// The disclosure documents of a fresh workspace, all in version 1.0.
pub(crate) const DOCUMENTS: [&str; 7] = [
    "REG_DD",
    "KYC_DATA_COLLECTION",
    "REG_E",
    "REG_CC",
    "E_SIGN",
    "PRIVACY_NOTICE",
    "TERMS_AND_CONDITIONS",
];

/// Further documents that this sandbox adds, so that every journey can record what it must:
/// owners' certification, ACH authorization and the card agreement.
pub(crate) const MORE_DOCUMENTS: [&str; 3] =
    ["OWNER_CERTIFICATION", "ACH_AUTHORIZATION", "CARDHOLDER_AGREEMENT"];

/// Stores what was shown to a party.
pub(crate) fn record(ctx: &Ctx<'_>, mut disclosure: Value) -> Result<Value, ApiError> {
    errors_of(&disclosure).refused()?;
    parties::named(ctx, &disclosure)?;
    let acknowledging = text(&disclosure, "acknowledging_person_id");
    if !acknowledging.is_empty() {
        let code = ErrorCode::CustomerNotFound;
        ctx.referred(&PERSON, acknowledging, code, "acknowledging_person_id")?;
    }
    disclosure["id"] = json!(ctx.new_id()?);
    disclosure["tenant"] = json!(ctx.tenant);
    disclosure["creation_time"] = json!(ctx.now_text());
    disclosure["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&DISCLOSURE, &disclosure)?;
    Ok(disclosure)
}

/// What is wrong with a disclosure by itself: type and version must be those of a document that the
/// workspace has, and owners are certified by a person.
pub(crate) fn errors_of(disclosure: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let kind = text(disclosure, "type");
    if !DOCUMENTS.contains(&kind) && !MORE_DOCUMENTS.contains(&kind) {
        let reason = "this workspace has no such disclosure document";
        errors.merge(FieldErrors::invalid("type", reason));
    }
    if text(disclosure, "version").trim_start_matches('v') != "1.0" {
        let reason = "this workspace has version 1.0 of the document";
        errors.merge(FieldErrors::invalid("version", reason));
    }
    let is_by_person = !text(disclosure, "acknowledging_person_id").is_empty();
    if kind == "OWNER_CERTIFICATION" && !is_by_person {
        errors.merge(FieldErrors::missing("acknowledging_person_id"));
    }
    errors
}
