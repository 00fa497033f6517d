//! What becomes of a transfer: it leaves with a file, and a pull's money is free some days later.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::api::ach::rail::external_data;
use crate::domain::ach::{ACH, RELEASE};
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{ACCOUNT, Ended, HOLD, LedgerAccount, Movement, NewHold, Sign};
use crate::model::calendar::{bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, text, timestamp};
use crate::spec::FieldErrors;

/// The job that puts a transfer into the file to the network.
pub(crate) const SEND: &str = "ach.send";

/// Sends a transfer with its file, and moves its money.
pub(crate) fn send(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = ctx.get(&ACH, id)? else {
        return Ok(());
    };
    if transfer["status"] != "PENDING" {
        return Ok(());
    }
    let (account, settlement) = sides(ctx, &transfer)?;
    let is_pull = transfer["dc_sign"] == "debit";
    let (from, to, subtype, hold_id) = if is_pull {
        (&settlement, &account, "outgoing_debit", None)
    } else {
        Ended::Cleared.end(ctx, id)?;
        (&account, &settlement, "outgoing_credit", Some(id))
    };
    let key = transfer["idemkey"].as_str().map(str::to_owned);
    let posted = ledger::post_with(
        ctx,
        &Movement {
            kind: "ach".into(),
            subtype: subtype.into(),
            from,
            to,
            amount: transfer["amount"].as_i64().unwrap_or_default(),
            memo: text(&transfer, "memo"),
            reference_id: None,
            metadata: json!({}),
            external_data: external_data(&transfer),
            hold_id,
            id: is_pull.then_some(id),
        },
        |posted| {
            // A pull has no hold that would carry the caller's key.
            if let Some(key) = key.filter(|_| ctx.settings.later_postings_keep_the_key) {
                posted["idemkey"] = key.into();
            }
        },
    )?;
    transfer["posted_id"] = json!(posted.uuid);
    if is_pull {
        hold_back(ctx, &mut transfer, &account, &settlement)?;
    }
    transfer["status"] = json!("COMPLETE");
    ctx.update(&ACH, &transfer)
}

/// The account here, and the bank's account behind the network.
pub(super) fn sides(
    ctx: &Ctx<'_>,
    transfer: &Value,
) -> Result<(LedgerAccount, LedgerAccount), ApiError> {
    let Some(account) = ctx.get(&ACCOUNT, text(transfer, "source_account_id"))? else {
        return Err(ApiError::Internal("an ACH transfer whose account is gone".to_owned()));
    };
    let settlement = internal_accounts::of_bank(ctx, "ACH_SETTLEMENT", text(transfer, "currency"))?;
    Ok((ledger::account_of(&account)?, settlement))
}

/// Keeps what a pull brought in until the time for returns is over, or until the time that was
/// asked for.
fn hold_back(
    ctx: &Ctx<'_>,
    transfer: &mut Value,
    account: &LedgerAccount,
    settlement: &LedgerAccount,
) -> Result<(), ApiError> {
    let asked = &transfer["asked_hold"];
    let amount = asked["amount"].as_i64().or(transfer["amount"].as_i64()).unwrap_or_default();
    let days = asked["duration"]
        .as_i64()
        .and_then(|days| u32::try_from(days).ok())
        .unwrap_or(ctx.settings.ach_hold_days);
    let usual = bank_time(banking_days_after(ctx.today(), days), 9, 0);
    let free_at = moment(transfer, "asked_availability").unwrap_or(usual).max(ctx.now);
    let hold = NewHold {
        kind: "ach".into(),
        subtype: "outgoing_debit".into(),
        account,
        offset: settlement,
        sign: Sign::Debit,
        amount,
        memo: "held back until the pull is final",
        reference_id: None,
        external_data: json!({}),
        expires_at: free_at,
        transaction_id: Some(text(transfer, "posted_id")),
        id: None,
    }
    .open(ctx)?;
    ctx.tx.schedule(ctx.tenant, free_at.timestamp_millis(), RELEASE, text(&hold, "uuid"))?;
    transfer["hold"] = json!({ "amount": amount, "availability_time": timestamp(free_at) });
    transfer["hold_id"] = json!(hold.uuid);
    Ok(())
}

/// Gives a pull's money free, unless that happened before or is due later by now.
pub(crate) fn release(ctx: &Ctx<'_>, hold: &str) -> Result<(), ApiError> {
    let Some(stored) = ctx.get(&HOLD, hold)? else {
        return Ok(());
    };
    let data = &stored["data"];
    let is_due = moment(data, "expires_at").is_none_or(|free_at| free_at <= ctx.now);
    if data["status"] == "PENDING" && is_due {
        Ended::Released.end(ctx, hold)?;
    }
    Ok(())
}

/// Moves the moment at which a pull's money is free.
pub(super) fn move_availability(ctx: &Ctx<'_>, transfer: &mut Value) -> Result<(), ApiError> {
    const FIELD: &str = "funds_availability_time";
    if transfer["dc_sign"] == "credit" {
        return Err(FieldErrors::invalid(FIELD, "only what is pulled in can be held back").into());
    }
    let Some(wanted) = moment(&ctx.request.body, FIELD) else {
        return Err(FieldErrors::invalid(FIELD, "must be a valid date-time").into());
    };
    match text(transfer, "status") {
        "PENDING" => {
            transfer["asked_availability"] = json!(timestamp(wanted));
            return Ok(());
        }
        "COMPLETE" => {}
        status => {
            let detail = format!("the money of a transfer that is {status} is not held back");
            return Err(ApiError::status(detail, &[]));
        }
    }
    let id = text(transfer, "hold_id").to_owned();
    let Some(mut hold) = ctx.get(&HOLD, &id)?.filter(|hold| hold["data"]["status"] == "PENDING")
    else {
        return Err(ApiError::status("the money of this transfer is not held back any more", &[]));
    };
    let free_at = wanted.max(ctx.now);
    hold["data"]["expires_at"] = json!(timestamp(free_at));
    hold["data"]["auto_post_at"] = json!(timestamp(free_at));
    hold["updated"] = json!(ctx.now_text());
    ctx.update(&HOLD, &hold)?;
    transfer["hold"]["availability_time"] = json!(timestamp(free_at));
    if free_at > ctx.now {
        ctx.tx
            .schedule(ctx.tenant, free_at.timestamp_millis(), RELEASE, &id)
            .map_err(ApiError::from)
    } else {
        release(ctx, &id)
    }
}

fn moment(value: &Value, field: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text(value, field)).ok().map(|moment| moment.to_utc())
}
