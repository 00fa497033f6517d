//! Checks beside the verification: sessions in which a person shows a document, and whether a
//! customer may pay a payee who is not a customer.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, AdhocVerificationResponse, VerificationResult};

use crate::domain::parties::Person;
use crate::domain::verifications::{Session, SessionFacts};
use crate::domain::{kyb, parties};
use crate::model::{Ctx, Kind, Outcome, Record, Reply, Resource, Served, build};
use crate::spec::FieldErrors;

/// Whether a payee may be paid, as it was answered.
enum AdHoc {}

impl Resource for AdHoc {
    const KIND: &'static Kind = &Kind { name: "ad hoc verification", id: "id", keys: &[] };
    type Wire = AdhocVerificationResponse;
    type Facts = ();
}

pub(crate) const SERVED: &[Served] = &[
    Served::new("create_document_verification_session", create_session),
    Served::new("verify_ad_hoc", verify_ad_hoc),
];

fn create_session(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::DocumentVerificationSessionRequest = ctx.body()?;
    let code = ErrorCode::CustomerNotFound;
    let person = ctx.find_named::<Person>(asked.person_id, code, "person_id")?;
    if asked.send_message == Some(true) && person.phone_number.as_deref().is_none_or(str::is_empty)
    {
        let reason = "the person has no phone number to send the link to";
        return Err(FieldErrors::invalid("send_message", reason).into());
    }
    let token = ctx.new_id()?;
    let session = build(json!({
        "session_token": token, "url": format!("https://verify.example.com/#/{token}"),
    }))?;
    let facts = SessionFacts { person_id: Some(asked.person_id) };
    let session = Record::<Session>::new(session, facts);
    ctx.add(&session)?;
    Reply::json(201, &session.wire)
}

/// May a customer pay this party? A name that steers the watchlist check of a verification steers
/// this one, too.
fn verify_ad_hoc(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::AdhocVerificationRequest = ctx.body()?;
    if !parties::find(ctx, asked.payer_id, "payer_id")?.is_customer() {
        return Err(FieldErrors::invalid("payer_id", "must be a customer").into());
    }
    let payee = parties::find(ctx, asked.payee_id, "payee_id")?;
    let result = kyb::steered(payee.first_name()).unwrap_or(VerificationResult::Accepted);
    let lists: &[&str] = if result == VerificationResult::Accepted { &[] } else { &["US_OFAC"] };
    let check = build(json!({
        "id": ctx.new_id()?, "result": result, "matching_watchlists": lists,
    }))?;
    let check = Record::<AdHoc>::new(check, ());
    ctx.add(&check)?;
    Reply::json(200, &check.wire)
}
