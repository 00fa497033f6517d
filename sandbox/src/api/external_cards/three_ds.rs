//! 3-D Secure: the cardholder proves to the card's bank that it is them, before a pull.
//!
//! Three steps: `initialize` hands out what the page needs to look at the device, `lookup` asks the
//! card's bank, and `authenticate` ends a challenge if there was one. The card steers the bank:
//! `challenge` wants one, `unenrolled` does not take part, `failed` says no, others say yes. A
//! challenge fails with a `challenge_jwt` that begins with `failed`. An authentication is good for
//! one pull of its amount from its card.

use chrono::{DateTime, Duration};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::external_cards::card::CARD;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, text, timestamp};
use crate::spec::FieldErrors;

const AUTHENTICATION: Kind = Kind { name: "3-D Secure authentication", id: "id", keys: &[] };
/// How long there is for it.
const LIVES_HOURS: i64 = 2;

/// Where the card's bank would look at the device, and ask the cardholder; nothing is there.
const BANK: &str = "https://three-ds.sandbox.invalid";

pub(super) fn initialize(ctx: &Ctx<'_>) -> Outcome {
    let code = ErrorCode::BadRequestBody;
    let card = text(&ctx.request.body, "external_card_id");
    let card = ctx.referred(&CARD, card, code, "external_card_id")?;
    let id = ctx.new_id()?;
    let authentication = json!({
        "id": id, "external_card_id": card["id"], "steering": card["steering"],
        "amount": ctx.request.body["amount"], "status": "INITIALIZED",
        "expires_at": timestamp(ctx.now + Duration::hours(LIVES_HOURS)),
    });
    ctx.insert(&AUTHENTICATION, &authentication)?;
    Reply::ok::<types::Initialize3dsResponse>(json!({
        "id": id, "device_data_collection_jwt": format!("device-{id}"),
        "device_data_collection_url": format!("{BANK}/device"),
    }))
}

/// An authentication that is in a status and has time left.
fn at(ctx: &Ctx<'_>, status: &str) -> Result<Value, ApiError> {
    let code = ErrorCode::BadRequestBody;
    let authentication =
        ctx.referred(&AUTHENTICATION, text(&ctx.request.body, "id"), code, "id")?;
    if text(&authentication, "expires_at") < timestamp(ctx.now).as_str() {
        return Err(ApiError::status("the authentication has expired", &[]));
    }
    let current = text(&authentication, "status");
    if current != status {
        let detail = format!("the authentication is {current}, not {status}");
        return Err(ApiError::status(detail, &[]));
    }
    Ok(authentication)
}

pub(super) fn lookup(ctx: &Ctx<'_>) -> Outcome {
    let mut authentication = at(ctx, "INITIALIZED")?;
    let is_browser = ctx.request.body["device_channel"] == "BROWSER";
    if is_browser && !ctx.request.body["device_details"].is_object() {
        return Err(FieldErrors::missing("device_details").into());
    }
    let status = match text(&authentication, "steering") {
        "challenge" => "CHALLENGE_REQUIRED",
        "unenrolled" => "NOT_ENROLLED",
        "failed" => "FAILED",
        _ => "SUCCESS",
    };
    authentication["status"] = json!(status);
    ctx.update(&AUTHENTICATION, &authentication)?;
    let id = text(&authentication, "id");
    let mut answer = json!({ "id": id, "status": status });
    if status == "CHALLENGE_REQUIRED" {
        answer["challenge_url"] = json!(format!("{BANK}/challenge"));
        answer["challenge_payload"] = json!(format!("challenge-{id}"));
        answer["processor_transaction_id"] = json!(format!("processor-{id}"));
    }
    Reply::ok::<types::Lookup3dsResponse>(answer)
}

pub(super) fn authenticate(ctx: &Ctx<'_>) -> Outcome {
    let mut authentication = at(ctx, "CHALLENGE_REQUIRED")?;
    let failed = text(&ctx.request.body, "challenge_jwt").starts_with("failed");
    let status = if failed { "FAILED" } else { "SUCCESS" };
    authentication["status"] = json!(status);
    ctx.update(&AUTHENTICATION, &authentication)?;
    Reply::ok::<types::Authenticate3dsResponse>(
        json!({ "id": authentication["id"], "status": status }),
    )
}

/// A pull may need an authentication, and uses up the one that it names.
pub(super) fn check(ctx: &Ctx<'_>, card: &Value, amount: i64) -> Result<(), ApiError> {
    const FIELD: &str = "three_ds_id";
    let id = text(&ctx.request.body, FIELD);
    if id.is_empty() {
        if ctx.settings.external_card_pulls_need_three_ds {
            let detail = "a pull needs a three_ds_id, by the policy of this program";
            return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
        }
        return Ok(());
    }
    let mut authentication = ctx.referred(&AUTHENTICATION, id, ErrorCode::BadRequestBody, FIELD)?;
    let expires_at = DateTime::parse_from_rfc3339(text(&authentication, "expires_at"));
    let has_time = expires_at.is_ok_and(|expires_at| expires_at > ctx.now);
    let fits =
        authentication["external_card_id"] == card["id"] && authentication["amount"] == amount;
    if authentication["status"] != "SUCCESS" || !fits || !has_time {
        let reason = "is no successful authentication of this card and amount";
        return Err(FieldErrors::invalid(FIELD, reason).into());
    }
    authentication["status"] = json!("USED");
    ctx.update(&AUTHENTICATION, &authentication)
}
