//! The money of a pull: posted, held back until the pull is final, and taken back.

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::v2::types::{InternalAccountType, TransactionSubtype, TransactionType};

use crate::domain::ach::{OutgoingAch, RELEASE, end_hold};
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement, NewHold, Sign};
use crate::model::calendar::{bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Record, build};

/// When money that is held back is free, Eastern.
const FREE_AT: (u32, u32) = (9, 0);

/// Posts a pull, and holds its money back until the time for returns is over, or until the time
/// that was asked for. `sent_on` is the day on which its file leaves.
pub(crate) fn post(
    ctx: &Ctx<'_>,
    transfer: &mut Record<OutgoingAch>,
    account: &LedgerAccount,
    sent_on: NaiveDate,
) -> Result<(), ApiError> {
    let kind = InternalAccountType::AchSettlement;
    let settlement = internal_accounts::of_bank(ctx, kind, account.currency.as_str())?;
    let key = transfer.facts.idempotency_key.clone();
    let movement = Movement {
        kind: TransactionType::Ach,
        subtype: TransactionSubtype::OutgoingDebit,
        from: &settlement,
        to: account,
        amount: transfer.amount,
        memo: &transfer.memo,
        reference_id: None,
        metadata: json!({}),
        external_data: Value::Object(transfer.facts.external_data.clone()),
        hold_id: None,
        id: Some(transfer.id.as_uuid().into()),
    };
    let posted = ledger::post_with(ctx, &movement, |posted| {
        // A pull has no hold that would carry the caller's key.
        if let Some(key) = key.filter(|_| ctx.settings.later_postings_keep_the_key) {
            posted.idemkey = key;
        }
    })?;
    transfer.facts.posted_id = Some(posted.uuid);

    let facts = &transfer.facts;
    let asked = facts.asked_hold.as_ref();
    let amount = asked.map_or(transfer.amount, |asked| asked.amount);
    let days = asked
        .and_then(|asked| u32::try_from(asked.duration).ok())
        .unwrap_or(ctx.settings.ach_hold_days);
    let usual = bank_time(banking_days_after(sent_on, days), FREE_AT.0, FREE_AT.1);
    let free_at = facts.asked_availability.unwrap_or(usual).max(ctx.now);
    let hold = NewHold {
        kind: TransactionType::Ach,
        subtype: TransactionSubtype::OutgoingDebit,
        account,
        offset: &settlement,
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

/// Takes back the money of a pull that is canceled after it was posted. What came for an account
/// that has ended since stays with the bank.
pub(crate) fn take_back(
    ctx: &Ctx<'_>,
    transfer: &Record<OutgoingAch>,
    account: &Record<Account>,
) -> Result<(), ApiError> {
    let Some(original) = transfer.facts.posted_id else {
        return Ok(());
    };
    end_hold(ctx, transfer.facts.hold_id)?;
    let kind = InternalAccountType::AchSettlement;
    let settlement = internal_accounts::of_bank(ctx, kind, account.currency_code())?;
    let from = match ledger::has_ended(account.status.as_ref()) {
        true => internal_accounts::of_bank(ctx, "ACH_SUSPENSE", account.currency_code())?,
        false => LedgerAccount::of(account)?,
    };
    let movement = Movement {
        kind: TransactionType::Ach,
        subtype: "outgoing_debit_reversal".into(),
        from: &from,
        to: &settlement,
        amount: transfer.amount,
        memo: &transfer.memo,
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    ledger::post_reversal(ctx, &movement, original)?;
    Ok(())
}
