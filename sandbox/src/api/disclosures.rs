//! Disclosures: what was shown to whom, in which version. Recorded once, never changed.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use super::persons::PERSON;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::model::{Ctx, Kind, Outcome, Refusal, Reply, Served, exactly_one, text};
use crate::spec::Faults;

pub(crate) const DISCLOSURE: Kind = Kind {
    name: "disclosure",
    id: "id",
    keys: &[
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("acknowledging", "/acknowledging_person_id"),
    ],
};

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_disclosures", list),
    Served::new("create_disclosure", create),
    Served::on("get_disclosure", &[("disclosure_id", &DISCLOSURE)], get),
];

/// The disclosure documents of a fresh workspace, all in version 1.0.
const DOCUMENTS: [&str; 7] = [
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
const MORE_DOCUMENTS: [&str; 3] =
    ["OWNER_CERTIFICATION", "ACH_AUTHORIZATION", "CARDHOLDER_AGREEMENT"];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &DISCLOSURE,
        items: "disclosures",
        filters: &[
            ("id", By::Key("id")),
            ("person_id", By::Key("person")),
            ("business_id", By::Key("business")),
            ("acknowledging_person_id", By::Key("acknowledging")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::DisclosureList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let disclosure = ctx.body.clone();
    exactly_one(&disclosure, &["person_id", "business_id"])?;
    Reply::created::<types::Disclosure>(record(ctx, disclosure)?)
}

/// Stores what was shown to a party.
pub(crate) fn record(ctx: &Ctx<'_>, mut disclosure: Value) -> Result<Value, Refusal> {
    check_document(&disclosure)?;
    parties::named(ctx, &disclosure)?;
    let acknowledging = text(&disclosure, "acknowledging_person_id");
    if !acknowledging.is_empty() {
        let code = ErrorCode::CustomerNotFound;
        ctx.referred(&PERSON, acknowledging, code, "acknowledging_person_id")?;
    } else if disclosure["type"] == "OWNER_CERTIFICATION" {
        return Err(Faults::missing("acknowledging_person_id").into());
    }
    disclosure["id"] = json!(ctx.new_id()?);
    disclosure["tenant"] = json!(ctx.tenant);
    disclosure["creation_time"] = json!(ctx.now_text());
    disclosure["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&DISCLOSURE, &disclosure)?;
    Ok(disclosure)
}

/// Type and version must be those of a document that the workspace has.
fn check_document(disclosure: &Value) -> Result<(), Refusal> {
    let kind = text(disclosure, "type");
    if !DOCUMENTS.contains(&kind) && !MORE_DOCUMENTS.contains(&kind) {
        return Err(
            Faults::invalid("type", "this workspace has no such disclosure document").into()
        );
    }
    if text(disclosure, "version").trim_start_matches('v') != "1.0" {
        return Err(
            Faults::invalid("version", "this workspace has version 1.0 of the document").into()
        );
    }
    Ok(())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Disclosure>(ctx.url_resource(&DISCLOSURE, "disclosure_id")?)
}
