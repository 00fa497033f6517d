//! Closing an account: told once, then done by the clock as soon as nothing stands in the way.
//!
//! Its payment schedules are canceled. An account in closing waits for its open holds and disputes, pays the interest that it earned, sends what is
//! left to where it was told, and waits for returns when that went by ACH. It is looked at on the
//! morning of every business day, and closed on the first one on which nothing is left.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::accounts::render;
use crate::domain::accounts::closing::{ACTIVE, IN_CLOSING, begin, overflows_into, progress};
use crate::domain::accounts::credit;
use crate::domain::external_accounts::EXTERNAL_ACCOUNT;
use crate::domain::{accounts, cards};
use crate::ledger::{ACCOUNT, INTERNAL_ACCOUNT};
use crate::model::{ApiError, Ctx, Outcome, text};
use crate::spec::FieldErrors;

/// Begins to close an account.
pub(super) fn initiate(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let status = text(&account, "status");
    if status != ACTIVE {
        let detail = format!("closing begins from {ACTIVE}, and the account is {status}");
        return Err(ApiError::status(detail, &[ACTIVE]));
    }
    if account["access_status"] == "FROZEN" {
        let detail = "a frozen account can only be unfrozen";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    if text(&ctx.request.body, "reason").starts_with("BANK_REQUEST_")
        && !ctx.settings.fintech_gives_bank_reasons
    {
        let detail = "reasons of the bank are for the bank to give";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    }
    if credit::secures(ctx, &account)?.is_some() {
        let detail = "the account secures another one that is not closed";
        return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
    }
    let destination = destination(ctx, &account, &ctx.request.body)?;
    let ended = cards::end_all(ctx, text(&account, "id"))?;
    account["account_closure"] = json!({
        "reason": ctx.request.body["reason"], "reason_details": ctx.request.body["reason_details"],
        "payment_method": destination["payment_method"],
        "destination_id": destination["destination_id"],
        "cases": [],
        "validation_responses": [{
            "name": "cards", "validated": true, "details": {},
            "message": format!("{ended} ended"),
        }],
    });
    begin(ctx, &mut account)?;
    stored(ctx, account)
}

/// Changes where the rest of an account in closing goes.
pub(super) fn redirect(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let status = text(&account, "status");
    if status != IN_CLOSING || !account["account_closure"].is_object() {
        let detail = format!("there is no closing to change: the account is {status}");
        return Err(ApiError::status(detail, &[IN_CLOSING]));
    }
    let mut wanted = account["account_closure"].clone();
    crate::model::patch(&mut wanted, &ctx.request.body);
    let destination = destination(ctx, &account, &wanted)?;
    crate::model::patch(&mut account["account_closure"], &destination);
    progress(ctx, &mut account)?;
    stored(ctx, account)
}

fn stored(ctx: &Ctx<'_>, mut account: Value) -> Outcome {
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ACCOUNT, &account)?;
    render::answer(ctx, account)
}

/// What is wrong with the body that starts a closure.
pub(super) fn of_closure(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = errors_of_destination(&ctx.request.body);
    if text(&ctx.request.body, "reason_details").trim().is_empty() {
        errors.merge(FieldErrors::invalid("reason_details", "must not be empty"));
    }
    Ok(errors)
}

/// A destination goes with the methods that have one.
pub(super) fn errors_of_destination(body: &Value) -> FieldErrors {
    let field = "destination_id";
    let needs = !matches!(text(body, "payment_method"), "" | "BANK_DRAFT");
    match (needs, text(body, field).is_empty()) {
        (true, true) => FieldErrors::missing(field),
        (false, false) => {
            FieldErrors::invalid(field, "goes with a payment_method that has a destination")
        }
        _ => FieldErrors::default(),
    }
}

/// Checks where the rest is to go.
fn destination(ctx: &Ctx<'_>, account: &Value, body: &Value) -> Result<Value, ApiError> {
    let field = "destination_id";
    let (method, id) = (text(body, "payment_method"), text(body, field));
    errors_of_destination(body).refused()?;
    let unknown = ErrorCode::AccountNotFound;
    let other = match method {
        "ACH" => {
            let other = ctx.referred(&EXTERNAL_ACCOUNT, id, ErrorCode::BadRequestBody, field)?;
            if other["status"] != "ACTIVE" {
                let detail = "the external account is not ACTIVE";
                return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
            }
            let owners = [text(&other, "customer_id"), text(&other, "business_id")];
            if !owners.iter().any(|owner| accounts::is_related(account, owner)) {
                let reason = "is an external account of another party";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            Some(other)
        }
        "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT" => {
            let other = ctx.referred(&ACCOUNT, id, unknown, field)?;
            if other["id"] == account["id"] {
                return Err(FieldErrors::invalid(field, "must be another account").into());
            }
            if other["status"] != ACTIVE {
                let detail = format!("the account that is to get the rest is not {ACTIVE}");
                return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
            }
            if overflows_into(ctx, &other, text(account, "id"))? {
                let reason = "is an account whose ceiling sends money back to this one";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            Some(other)
        }
        "INTERNAL_TRANSFER_TO_INTERNAL_ACCOUNT" => {
            Some(ctx.referred(&INTERNAL_ACCOUNT, id, unknown, field)?)
        }
        _ => None,
    };
    let currency = other.as_ref().and_then(|other| other["currency"].as_str());
    if currency.is_some_and(|currency| currency != text(account, "currency")) {
        return Err(FieldErrors::invalid(field, "is an account in another currency").into());
    }
    Ok(json!({ "payment_method": body["payment_method"], "destination_id": body[field] }))
}
