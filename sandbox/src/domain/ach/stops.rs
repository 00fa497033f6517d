//! Stop payments: a debit of this originator is not paid from this account any more.
//!
//! They come from a dispute, by its action `STOP_PAYMENT`, or from the bank's own people (here: the
//! control API). An incoming debit that one matches goes back with R08. On the account
//! of a business one ends after some months; a consumer's stays.

use chrono::{DateTime, Months};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::domain::ach::INCOMING;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, text, timestamp};

pub(crate) const STOP_PAYMENT: Kind = Kind {
    name: "stop payment",
    id: "stop_payment_id",
    keys: &[
        ("account", "/account_id"),
        ("originator", "/originator_name"),
        ("transaction", "/transaction_id"),
    ],
};

/// Stops further debits of the originator whose debit is disputed. One that started here has none.
pub(crate) fn follow_dispute(ctx: &Ctx<'_>, dispute: &Value) -> Result<(), ApiError> {
    let account = text(dispute, "account_id");
    let entries = ctx.all_with(&INCOMING, "account", account)?;
    let disputed = entries.iter().find(|entry| entry["external_id"] == dispute["transaction_id"]);
    let Some(originator) = disputed.and_then(|entry| entry["company_name"].as_str()) else {
        return Ok(());
    };
    if is_stopped(ctx, account, originator)? {
        return Ok(());
    }
    let cause = json!({
        "dispute_id": dispute["id"], "transaction_id": dispute["transaction_id"],
    });
    add(ctx, account, originator, cause).map(drop)
}

/// Stops the debits of an originator; `cause` says which dispute is behind it, if one is.
pub(crate) fn add(
    ctx: &Ctx<'_>,
    account: &str,
    originator: &str,
    cause: Value,
) -> Result<Value, ApiError> {
    let code = ErrorCode::AccountNotFound;
    let mut account = ctx.referred(&ACCOUNT, account, code, "account_id")?;
    let mut short = cause;
    short["stop_payment_id"] = json!(ctx.new_id()?);
    short["originator_name"] = json!(originator);
    if account["customer_type"] == "BUSINESS" {
        let months = Months::new(ctx.settings.business_stop_payment_months);
        short["expires_on"] = json!(ctx.now.checked_add_months(months).map(timestamp));
    }
    let mut stop = short.clone();
    stop["account_id"] = account["id"].clone();
    stop["tenant"] = json!(ctx.tenant);
    stop["creation_time"] = json!(ctx.now_text());
    stop["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&STOP_PAYMENT, &stop)?;
    match account["stop_payments"].as_array_mut() {
        Some(stops) => stops.push(short),
        None => account["stop_payments"] = json!([short]),
    }
    ctx.update(&ACCOUNT, &account)?;
    Ok(stop)
}

/// Whether the debits of an originator are stopped on an account.
pub(crate) fn is_stopped(ctx: &Ctx<'_>, account: &str, originator: &str) -> Result<bool, ApiError> {
    let stops = ctx.all_with(&STOP_PAYMENT, "account", account)?;
    Ok(stops.iter().any(|stop| {
        let ends: Option<DateTime<chrono::Utc>> = text(stop, "expires_on").parse().ok();
        text(stop, "originator_name").eq_ignore_ascii_case(originator)
            && ends.is_none_or(|end| ctx.now < end)
    }))
}
