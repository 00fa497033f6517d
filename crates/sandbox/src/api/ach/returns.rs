//! What other banks send back of what was sent to them.
//!
//! A return is an entry that comes in and takes the posting of a transfer back: what a pull
//! brought in goes out again, spent or not, so that an account may end up below zero; what a push
//! paid out comes back. For an account that is closed, or when the settings say so, the money goes
//! to the suspense account.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, DcSign, IncomingAchStatus, OutgoingAchStatus, ReturnData};

use crate::api::ach::{incoming, sending};
use crate::domain::accounts::{BANK_ROUTING, closing};
use crate::domain::ach::{OutgoingAch, end_hold};
use crate::domain::batches;
use crate::domain::batches::Paid;
use crate::ledger;
use crate::ledger::LedgerAccount;
use crate::model::{ApiError, Ctx, Outcome, build};

/// Lets another bank return a transfer that was sent.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::AchReturnSimulation = ctx.body()?;
    let code = ErrorCode::BadRequestBody;
    let mut transfer = ctx.find_named::<OutgoingAch>(asked.ach_id, code, "ach_id")?;
    if transfer.status != OutgoingAchStatus::Complete {
        let status = transfer.status.as_str();
        let detail = format!("a transfer that is {status} cannot be returned");
        return Err(ApiError::status(detail, &[]));
    }
    if transfer.return_data.is_some() {
        return Err(ApiError::status("this transfer was returned before", &[]));
    }
    let mut account = sending::account_of(ctx, &transfer)?;
    let sign = if transfer.facts.is_pull { DcSign::Debit } else { DcSign::Credit };
    let mut entry = incoming::arrived(ctx, &transfer.source_account_no, transfer.amount, &sign)?;
    let return_data = return_data(ctx, &transfer, &entry.trace_no)?;
    entry.account_id = transfer.source_account_id;
    entry.company_entry_description = "RETURN".to_owned();
    entry.outgoing_ach_id = Some(transfer.id);
    entry.return_data = Some(return_data.clone());

    end_hold(ctx, transfer.facts.hold_id)?;
    let original = transfer.facts.posted_id;
    let is_closed = ledger::has_ended(account.status.as_ref());
    if is_closed || ctx.settings.ach_returns_to_suspense {
        incoming::suspend(ctx, &mut entry, account.currency_code(), original)?;
    } else {
        incoming::post(ctx, &mut entry, &LedgerAccount::of(&account)?, original)?;
        entry.status = IncomingAchStatus::Posted;
    }
    if transfer.facts.is_closing_payout {
        closing::payout_failed(ctx, &mut account)?;
    }
    ctx.add(&entry)?;
    transfer.incoming_ach_id = Some(entry.id);
    transfer.return_data = Some(return_data);
    ctx.save(&transfer)?;
    batches::follow(ctx, transfer.id.as_uuid(), Paid::Returned)?;
    incoming::simulated(&entry)
}

fn return_data(
    ctx: &Ctx<'_>,
    transfer: &types::OutgoingAch,
    trace: &str,
) -> Result<ReturnData, ApiError> {
    let code = &ctx.settings.ach_return_code;
    build(json!({
        "code": code, "return_code": code, "original_dfi_no": &BANK_ROUTING[..8],
        "original_trace": transfer.trace_no, "return_trace": trace,
        "return_settlement_date": ctx.today().to_string(),
    }))
}
