//! What becomes of a transfer: it leaves with a file, and a pull's money is free some days later.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    InternalAccountType, OutgoingAchStatus, TransactionSubtype, TransactionType,
};

use crate::domain::accounts::closing;
use crate::domain::ach::{OutgoingAch, RELEASE, open_hold, pulls};
use crate::domain::batches::Paid;
use crate::domain::{batches, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, Ended, Hold, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Record};
use crate::spec::FieldErrors;

/// Sends a transfer with its file, and moves its money unless that was done before.
pub(crate) fn send(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let transfer = ctx.find::<OutgoingAch>(id)?;
    let Some(mut transfer) = transfer.filter(|found| found.status == OutgoingAchStatus::Pending)
    else {
        return Ok(());
    };
    if transfer.facts.posted_id.is_none() {
        let mut account = account_of(ctx, &transfer)?;
        if let Some(why) = rules::obstacle(ctx, &account, transfer.facts.customer_id)? {
            return decline(ctx, &mut transfer, &mut account, &why);
        }
        let account = LedgerAccount::of(&account)?;
        match transfer.facts.is_pull {
            true => pulls::post(ctx, &mut transfer, &account, ctx.today())?,
            false => post_push(ctx, &mut transfer, &account)?,
        }
    }
    transfer.status = OutgoingAchStatus::Complete;
    if let Some(posted) = transfer.facts.posted_id {
        batches::follow(ctx, transfer.id.as_uuid(), Paid::As(posted))?;
    }
    ctx.save(&transfer)
}

/// Gives up a transfer that may not leave: what it set aside is free.
fn decline(
    ctx: &Ctx<'_>,
    transfer: &mut Record<OutgoingAch>,
    account: &mut Record<Account>,
    why: &str,
) -> Result<(), ApiError> {
    if !transfer.facts.is_pull {
        ledger::release(ctx, transfer.id, why)?;
    }
    transfer.status = OutgoingAchStatus::Declined;
    if transfer.facts.is_closing_payout {
        closing::payout_failed(ctx, account)?;
    }
    batches::follow(ctx, transfer.id.as_uuid(), Paid::Declined)?;
    ctx.save(transfer)
}

/// Posts what was set aside for a push.
fn post_push(
    ctx: &Ctx<'_>,
    transfer: &mut Record<OutgoingAch>,
    account: &LedgerAccount,
) -> Result<(), ApiError> {
    let hold = TransactionId::from(transfer.id.as_uuid());
    Ended::Cleared.end(ctx, hold)?;
    let kind = InternalAccountType::AchSettlement;
    let settlement = internal_accounts::of_bank(ctx, kind, account.currency.as_str())?;
    let movement = Movement {
        kind: TransactionType::Ach,
        subtype: TransactionSubtype::OutgoingCredit,
        from: account,
        to: &settlement,
        amount: transfer.amount,
        memo: &transfer.memo,
        reference_id: None,
        metadata: json!({}),
        external_data: Value::Object(transfer.facts.external_data.clone()),
        hold_id: Some(hold),
        id: None,
    };
    transfer.facts.posted_id = Some(ledger::post(ctx, &movement)?.uuid);
    Ok(())
}

/// The account here.
pub(super) fn account_of(
    ctx: &Ctx<'_>,
    transfer: &Record<OutgoingAch>,
) -> Result<Record<Account>, ApiError> {
    ctx.find_related(transfer.source_account_id.map(|id| id.to_string()).unwrap_or_default())
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
        OutgoingAchStatus::Pending if transfer.facts.posted_id.is_none() => {
            transfer.facts.asked_availability = Some(wanted);
            return Ok(());
        }
        OutgoingAchStatus::Pending | OutgoingAchStatus::Complete => {}
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
