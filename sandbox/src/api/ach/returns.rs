//! What other banks send back of what was sent to them.
//!
//! A return is an entry that comes in and takes the posting of a transfer back: what a pull
//! brought in goes out again, spent or not, so that an account may end up below zero; what a push
//! paid out comes back. For an account that is closed, or when the settings say so, the money goes
//! to the suspense account.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::ach::{incoming, sending};
use crate::domain::accounts::BANK_ROUTING;
use crate::domain::ach::{ACH, INCOMING};
use crate::ledger::{ACCOUNT, Ended, HOLD};
use crate::model::{ApiError, Ctx, Outcome, text};

/// Lets another bank return a transfer that was sent.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let id = text(&ctx.request.body, "ach_id");
    let mut transfer = ctx.referred(&ACH, id, ErrorCode::BadRequestBody, "ach_id")?;
    let status = text(&transfer, "status");
    if status != "COMPLETE" {
        let detail = format!("a transfer that is {status} cannot be returned");
        return Err(ApiError::status(detail, &[]));
    }
    if transfer["return_data"].is_object() {
        return Err(ApiError::status("this transfer was returned before", &[]));
    }
    let (account, _) = sending::sides(ctx, &transfer)?;
    let is_pull = transfer["dc_sign"] == "debit";
    let mut entry = incoming::arrived(ctx)?;
    let return_data = return_data(ctx, &transfer, text(&entry, "trace_no"));
    entry["account_no"] = transfer["source_account_no"].clone();
    entry["account_id"] = transfer["source_account_id"].clone();
    entry["amount"] = transfer["amount"].clone();
    entry["dc_sign"] = json!(if is_pull { "debit" } else { "credit" });
    entry["company_entry_description"] = json!("RETURN");
    entry["outgoing_ach_id"] = transfer["id"].clone();
    entry["return_data"] = return_data.clone();

    end_hold(ctx, &transfer)?;
    let currency = text(&transfer, "currency");
    let original = Some(text(&transfer, "posted_id"));
    let is_closed = ctx
        .get(&ACCOUNT, text(&transfer, "source_account_id"))?
        .is_none_or(|account| account["status"] == "CLOSED");
    if is_closed || ctx.settings.ach_returns_to_suspense {
        incoming::suspend(ctx, &mut entry, currency, original)?;
    } else {
        incoming::post(ctx, &mut entry, &account, currency, original)?;
        entry["status"] = json!("POSTED");
    }
    ctx.insert(&INCOMING, &entry)?;
    transfer["incoming_ach_id"] = entry["id"].clone();
    transfer["return_data"] = return_data;
    ctx.update(&ACH, &transfer)?;
    incoming::simulated(&entry)
}

/// What is returned is not held back any more.
fn end_hold(ctx: &Ctx<'_>, transfer: &Value) -> Result<(), ApiError> {
    let hold = text(transfer, "hold_id");
    if ctx.get(&HOLD, hold)?.is_some_and(|hold| hold["data"]["status"] == "PENDING") {
        Ended::Released.end(ctx, hold)?;
    }
    Ok(())
}

fn return_data(ctx: &Ctx<'_>, transfer: &Value, trace: &str) -> Value {
    let code = &ctx.settings.ach_return_code;
    json!({
        "code": code, "return_code": code, "original_dfi_no": &BANK_ROUTING[..8],
        "original_trace": transfer["trace_no"], "return_trace": trace,
        "return_settlement_date": ctx.today().to_string(),
    })
}
