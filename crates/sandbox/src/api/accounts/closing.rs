//! Closing an account: asked for once, then done by the clock as soon as nothing stands in the way.
//!
//! Its payment schedules are canceled. An account in closing waits for its open holds, transfers under
//! way and disputes, and for the interest that it earned, which is paid with the month; it sends what
//! is left to its destination, and waits for returns when that went by ACH. It is looked at on the
//! morning of every business day, and closed on the first one on which nothing is left. What it
//! waits for is in the `validation_responses` of its closure.

use serde_json::{Value, json};
use synctera_api::runtime::{CurrencyCode, ErrorCode};
use synctera_api::v2::types::{
    self, AccountAccessStatus, AccountClosurePaymentMethod as Method, AccountStatus,
    ExternalAccountStatus,
};
use uuid::Uuid;

use crate::api::accounts::render;
use crate::domain::accounts::closing::{begin, check_begin, overflows_into, progress};
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::{accounts, cards, external_accounts};
use crate::ledger::{Account, InternalAccount};
use crate::model::{ApiError, Ctx, Outcome, Record, build, merge, text};
use crate::spec::FieldErrors;

const ACTIVE: &str = "ACTIVE_OR_DISBURSED";
const IN_CLOSING: &str = "IN_CLOSING";

/// Begins to close an account.
pub(super) fn initiate(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    let body: types::AccountClosureRequest = ctx.body()?;
    // A PATCH of the status may have begun the closing; it names no destination, which this call adds.
    let is_in_closing =
        account.status == Some(AccountStatus::InClosing) && account.account_closure.is_none();
    let may_be_stopped = ctx.settings.stopped_accounts_can_close;
    let is_suspended = account.status == Some(AccountStatus::Suspended) && may_be_stopped;
    let is_active = account.status == Some(AccountStatus::ActiveOrDisbursed);
    if !is_active && !is_suspended && !is_in_closing {
        let status = account.status.as_ref().map_or("", AccountStatus::as_str);
        let detail = format!("closing begins from {ACTIVE}, and the account is {status}");
        return Err(ApiError::status(detail, &[ACTIVE]));
    }
    if account.access_status == Some(AccountAccessStatus::Frozen) && !may_be_stopped {
        let detail = "a frozen account can only be unfrozen";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    let reason = body.reason.as_str();
    let is_banks = reason.starts_with("BANK_REQUEST_") || reason == "PROGRAM_SHUT_DOWN_BANK";
    if is_banks && !ctx.settings.fintech_gives_bank_reasons {
        let detail = "reasons of the bank are for the bank to give";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    }
    check_begin(ctx, &account)?;
    let (method, destination) = (body.payment_method, body.destination_id);
    check_destination(ctx, &account, method.as_ref(), destination)?;
    let ended = cards::end_all(ctx, account.own_id())?;
    account.account_closure = Some(build(json!({
        "reason": body.reason, "reason_details": body.reason_details, "payment_method": method,
        "destination_id": destination, "cases": [],
        "validation_responses": [{
            "name": "cards", "validated": true, "details": {},
            "message": format!("{ended} ended"),
        }],
    }))?);
    if is_in_closing {
        progress(ctx, &mut account)?;
    } else {
        begin(ctx, &mut account)?;
    }
    stored(ctx, account)
}

/// Changes where the rest of an account in closing goes.
pub(super) fn redirect(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<Account>("account_id")?;
    let body: types::AccountClosureUpdateRequest = ctx.body()?;
    let is_in_closing = account.status == Some(AccountStatus::InClosing);
    let closure = account.account_closure.clone().filter(|_| is_in_closing);
    let Some(mut closure) = closure else {
        let status = account.status.as_ref().map_or("", AccountStatus::as_str);
        let detail = format!("there is no closing to change: the account is {status}");
        return Err(ApiError::status(detail, &[IN_CLOSING]));
    };
    merge(&mut closure, &body)?;
    // A bank draft has no destination; the one of the method before goes with it.
    let is_draft = body.payment_method.value() == Some(&Method::BankDraft);
    if is_draft && body.destination_id.is_leave() {
        closure.destination_id = None;
    }
    check_destination(ctx, &account, closure.payment_method.as_ref(), closure.destination_id)?;
    account.account_closure = Some(closure);
    account.facts.payout_failed = false;
    progress(ctx, &mut account)?;
    stored(ctx, account)
}

fn stored(ctx: &Ctx<'_>, mut account: Record<Account>) -> Outcome {
    account.last_updated_time = Some(ctx.now);
    ctx.save(&account)?;
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
    errors_of_method(text(body, "payment_method"), !text(body, "destination_id").is_empty())
}

fn errors_of_method(method: &str, has_destination: bool) -> FieldErrors {
    let field = "destination_id";
    let needs = !matches!(method, "" | "BANK_DRAFT");
    match (needs, has_destination) {
        (true, false) => FieldErrors::missing(field),
        (false, true) => {
            FieldErrors::invalid(field, "goes with a payment_method that has a destination")
        }
        _ => FieldErrors::default(),
    }
}

/// Checks where the rest is to go.
fn check_destination(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    method: Option<&Method>,
    destination: Option<Uuid>,
) -> Result<(), ApiError> {
    let field = "destination_id";
    errors_of_method(method.map_or("", Method::as_str), destination.is_some()).refused()?;
    let (Some(method), Some(id)) = (method, destination) else {
        return Ok(());
    };
    let currency = match method {
        Method::Ach => {
            let code = ErrorCode::BadRequestBody;
            let other = ctx.find_named::<ExternalAccount>(id, code, field)?;
            external_accounts::check_is_of_bank(&other, field)?;
            if other.status != ExternalAccountStatus::Active {
                let detail = "the external account is not ACTIVE";
                return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
            }
            let owners = [other.customer_id.map(Uuid::from), other.business_id.map(Uuid::from)];
            if !owners.iter().flatten().any(|owner| accounts::is_related(account, owner)) {
                let reason = "is an external account of another party";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            other.currency.as_ref().map_or("", CurrencyCode::as_str).to_owned()
        }
        Method::InternalTransferToCustomerAccount => {
            let other = accounts::named(ctx, id, field)?;
            if other.id == account.id {
                return Err(FieldErrors::invalid(field, "must be another account").into());
            }
            if other.status != Some(AccountStatus::ActiveOrDisbursed) {
                let detail = format!("the account that is to get the rest is not {ACTIVE}");
                return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
            }
            if overflows_into(ctx, &other, account.own_id())? {
                let reason = "is an account whose ceiling sends money back to this one";
                return Err(FieldErrors::invalid(field, reason).into());
            }
            other.currency_code().to_owned()
        }
        Method::InternalTransferToInternalAccount => {
            let code = ErrorCode::AccountNotFound;
            let other = ctx.find_named::<InternalAccount>(id, code, field)?;
            other.currency.as_str().to_owned()
        }
        _ => return Ok(()),
    };
    if !currency.is_empty() && currency != account.currency_code() {
        return Err(FieldErrors::invalid(field, "is an account in another currency").into());
    }
    Ok(())
}
