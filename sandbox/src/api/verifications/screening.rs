//! Checks beside the verification: sessions in which a person shows a document, and whether a
//! customer may pay a payee who is not a customer.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::parties::{PERSON, Party};
use crate::domain::verifications::SESSION;
use crate::domain::{kyb, parties};
use crate::model::{Ctx, Kind, Outcome, Reply, Served, text};
use crate::spec::FieldErrors;

const ADHOC: Kind = Kind { name: "ad hoc verification", id: "id", keys: &[] };
pub(crate) const SERVED: &[Served] = &[
    Served::new("create_document_verification_session", create_session),
    Served::new("verify_ad_hoc", verify_ad_hoc),
];

fn create_session(ctx: &Ctx<'_>) -> Outcome {
    let id = text(&ctx.request.body, "person_id");
    let person = ctx.referred(&PERSON, id, ErrorCode::CustomerNotFound, "person_id")?;
    if ctx.request.body["send_message"] == true && text(&person, "phone_number").is_empty() {
        let reason = "the person has no phone number to send the link to";
        return Err(FieldErrors::invalid("send_message", reason).into());
    }
    let token = ctx.new_id()?;
    let session = json!({
        "session_token": token, "person_id": id,
        "url": format!("https://verify.example.com/#/{token}"),
    });
    ctx.insert(&SESSION, &session)?;
    Reply::created::<types::DocumentVerificationSessionResponse>(session)
}

/// May a customer pay this party? A name that steers the watchlist check of a verification steers
/// this one, too.
fn verify_ad_hoc(ctx: &Ctx<'_>) -> Outcome {
    let (_, payer) = parties::customer(ctx, text(&ctx.request.body, "payer_id"), "payer_id")?;
    if payer["is_customer"] != true {
        return Err(FieldErrors::invalid("payer_id", "must be a customer").into());
    }
    let (party, payee) = parties::customer(ctx, text(&ctx.request.body, "payee_id"), "payee_id")?;
    let name = match party {
        Party::Person => text(&payee, "first_name"),
        Party::Business => text(&payee, "entity_name"),
    };
    let result = kyb::steered(name).unwrap_or("ACCEPTED");
    let lists: &[&str] = if result == "ACCEPTED" { &[] } else { &["US_OFAC"] };
    let check = json!({ "id": ctx.new_id()?, "result": result, "matching_watchlists": lists });
    ctx.insert(&ADHOC, &check)?;
    Reply::ok::<types::AdhocVerificationResponse>(check)
}
