//! What becomes of a transfer: it leaves with a file, and a pull's money is free some days later.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    InternalAccountType, OutgoingAchStatus, TransactionSubtype, TransactionType,
};

use crate::domain::ach::{OutgoingAch, RELEASE, open_hold};
use crate::domain::batches::Paid;
use crate::domain::{batches, internal_accounts};
use crate::ledger;
use crate::ledger::{Account, Ended, Hold, LedgerAccount, Movement, NewHold, Sign};
use crate::model::calendar::{bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Record, build};
use crate::spec::FieldErrors;

/// Sends a transfer with its file, and moves its money.
pub(crate) fn send(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let transfer = ctx.find::<OutgoingAch>(id)?;
    let Some(mut transfer) = transfer.filter(|found| found.status == OutgoingAchStatus::Pending)
    else {
        return Ok(());
    };
    let account = LedgerAccount::of(&account_of(ctx, &transfer)?)?;
    if account.is_closed {
        // The account would have waited for it; a data file of an earlier version may hold one.
        transfer.status = OutgoingAchStatus::Canceled;
        return ctx.save(&transfer);
    }
    let kind = InternalAccountType::AchSettlement;
    let settlement = internal_accounts::of_bank(ctx, kind, account.currency.as_str())?;
    let is_pull = transfer.facts.is_pull;
    let own_id = TransactionId::from(transfer.id.as_uuid());
    let (from, to, subtype, hold_id) = if is_pull {
        (&settlement, &account, TransactionSubtype::OutgoingDebit, None)
    } else {
        Ended::Cleared.end(ctx, id)?;
        (&account, &settlement, TransactionSubtype::OutgoingCredit, Some(own_id))
    };
    let key = transfer.facts.idempotency_key.clone();
    let posted = ledger::post_with(
        ctx,
        &Movement {
            kind: TransactionType::Ach,
            subtype,
            from,
            to,
            amount: transfer.amount,
            memo: &transfer.memo,
            reference_id: None,
            metadata: json!({}),
            external_data: Value::Object(transfer.facts.external_data.clone()),
            hold_id,
            id: is_pull.then_some(own_id),
        },
        |posted| {
            // A pull has no hold that would carry the caller's key.
            if let Some(key) = key.filter(|_| ctx.settings.later_postings_keep_the_key) {
                posted.idemkey = key;
            }
        },
    )?;
    transfer.facts.posted_id = Some(posted.uuid);
    if is_pull {
        hold_back(ctx, &mut transfer, &account, &settlement)?;
    }
    transfer.status = OutgoingAchStatus::Complete;
    batches::follow(ctx, transfer.id.as_uuid(), Paid::As(posted.uuid))?;
    ctx.save(&transfer)
}

/// The account here.
pub(super) fn account_of(
    ctx: &Ctx<'_>,
    transfer: &Record<OutgoingAch>,
) -> Result<Record<Account>, ApiError> {
    ctx.find_related(transfer.source_account_id.map(|id| id.to_string()).unwrap_or_default())
}

/// Keeps what a pull brought in until the time for returns is over, or until the time that was
/// asked for.
fn hold_back(
    ctx: &Ctx<'_>,
    transfer: &mut Record<OutgoingAch>,
    account: &LedgerAccount,
    settlement: &LedgerAccount,
) -> Result<(), ApiError> {
    let facts = &transfer.facts;
    let asked = facts.asked_hold.as_ref();
    let amount = asked.map_or(transfer.amount, |asked| asked.amount);
    let days = asked
        .and_then(|asked| u32::try_from(asked.duration).ok())
        .unwrap_or(ctx.settings.ach_hold_days);
    let usual = bank_time(banking_days_after(ctx.today(), days), 9, 0);
    let free_at = facts.asked_availability.unwrap_or(usual).max(ctx.now);
    let hold = NewHold {
        kind: TransactionType::Ach,
        subtype: TransactionSubtype::OutgoingDebit,
        account,
        offset: settlement,
        sign: Sign::Debit,
        amount,
        memo: "held back until the pull is final",
        reference_id: None,
        external_data: json!({}),
        expires_at: free_at,
        transaction_id: facts.posted_id,
        id: None,
    }
    .open(ctx)?;
    let due = free_at.timestamp_millis();
    ctx.tx.schedule(ctx.tenant, due, RELEASE, &hold.uuid.to_string())?;
    transfer.hold = Some(build(json!({ "amount": amount, "availability_time": free_at }))?);
    transfer.facts.hold_id = Some(hold.uuid);
    Ok(())
}

/// Gives a pull's money free, unless that happened before or is due later by now.
pub(crate) fn release(ctx: &Ctx<'_>, hold: &str) -> Result<(), ApiError> {
    if open_hold(ctx, hold)?.is_some_and(|open| open.data.expires_at <= ctx.now) {
        Ended::Released.end(ctx, hold)?;
    }
    Ok(())
}

/// Moves the moment at which a pull's money is free.
pub(super) fn move_availability(
    ctx: &Ctx<'_>,
    transfer: &mut Record<OutgoingAch>,
    wanted: DateTime<Utc>,
) -> Result<(), ApiError> {
    const FIELD: &str = "funds_availability_time";
    if !transfer.facts.is_pull {
        return Err(FieldErrors::invalid(FIELD, "only what is pulled in can be held back").into());
    }
    // As it is shown.
    let wanted = wanted.trunc_subsecs(3);
    match &transfer.status {
        OutgoingAchStatus::Pending => {
            transfer.facts.asked_availability = Some(wanted);
            return Ok(());
        }
        OutgoingAchStatus::Complete => {}
        status => {
            let status = status.as_str();
            let detail = format!("the money of a transfer that is {status} is not held back");
            return Err(ApiError::status(detail, &[]));
        }
    }
    let id = transfer.facts.hold_id.map(|id| id.to_string()).unwrap_or_default();
    if open_hold(ctx, &id)?.is_none() {
        let detail = "the money of this transfer is not held back any more";
        return Err(ApiError::status(detail, &[]));
    }
    let free_at = wanted.max(ctx.now);
    move_expiry(ctx, &id, free_at)?;
    if let Some(hold) = &mut transfer.hold {
        hold.availability_time = free_at;
    }
    if free_at > ctx.now {
        Ok(ctx.tx.schedule(ctx.tenant, free_at.timestamp_millis(), RELEASE, &id)?)
    } else {
        release(ctx, &id)
    }
}

/// Moves the moment at which a hold ends.
fn move_expiry(ctx: &Ctx<'_>, id: &str, free_at: DateTime<Utc>) -> Result<(), ApiError> {
    let Some(mut hold) = ctx.find::<Hold>(id)? else {
        return Ok(());
    };
    hold.data.expires_at = free_at;
    hold.data.auto_post_at = free_at;
    hold.updated = ctx.now;
    ctx.save(&hold)
}
