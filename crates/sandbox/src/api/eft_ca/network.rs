//! What becomes of a transfer: it leaves with its file, the other bank answers, and may send it back.

use chrono::Duration;
use serde_json::json;
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    AccountStatus, CashTransferDcSign, EftCaStatus, EftCaTransferNetworkStatus as NetworkStatus,
    EftCaTransferSubtype, InternalAccountType,
};

use crate::api::eft_ca::transfer::settlement;
use crate::domain::accounts::closed;
use crate::domain::batches::Paid;
use crate::domain::eft_ca::EftCaTransfer;
use crate::domain::side::Side;
use crate::domain::{batches, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, Ended, LedgerAccount};
use crate::model::calendar::{bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Record, complete};

/// The job that puts a transfer into the file to the network.
pub(crate) const SEND: &str = "eft_ca.send";

/// The job with which the other bank answers.
pub(crate) const SETTLE: &str = "eft_ca.settle";

/// The job that gives up a transfer that the other bank has not answered.
pub(crate) const EXPIRE: &str = "eft_ca.expire";

/// The job that looks whether an account takes what waits for it in suspense.
pub(crate) const RETRY: &str = "eft_ca.retry";

/// When that is, Eastern, on each banking day.
const RETRIES_AT: (u32, u32) = (9, 0);

/// The job with which the other bank sends a transfer back.
pub(crate) const RETURN: &str = "eft_ca.return";

/// Banking days after which a transfer comes back, and when, Eastern.
const RETURNS_AFTER_DAYS: u32 = 1;
const RETURNS_AT: (u32, u32) = (12, 0);

/// How the other bank answers.
enum Answer {
    Posts,
    Rejects,
    Returns,
    IsSilent,
}

impl Answer {
    /// By the first word of the owner's name there.
    fn of(owner: &str) -> Self {
        match owner.split_whitespace().next().unwrap_or_default().to_lowercase().as_str() {
            "rejected" => Self::Rejects,
            "returned" => Self::Returns,
            "unanswered" => Self::IsSilent,
            _ => Self::Posts,
        }
    }
}

/// A transfer that is on its way, if it still is.
fn under_way(ctx: &Ctx<'_>, id: &str) -> Result<Option<Record<EftCaTransfer>>, ApiError> {
    Ok(ctx.find::<EftCaTransfer>(id)?.filter(Record::is_under_way))
}

/// Sends a transfer with its file.
pub(crate) fn send(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = under_way(ctx, id)? else {
        return Ok(());
    };
    transfer.status = EftCaStatus::Pending;
    transfer.note(ctx, "sent")?;
    ctx.save(&transfer)
}

/// Lets the other bank answer.
pub(crate) fn settle(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = under_way(ctx, id)? else {
        return Ok(());
    };
    // A pull is kept where its account does not take it.
    if !transfer.is_pull() {
        let customer = Some(transfer.customer_id.into());
        if let Some(why) = rules::obstacle(ctx, &transfer.account(ctx)?, customer)? {
            transfer.failed = Some(true);
            give_up(ctx, &mut transfer, EftCaStatus::Cancelled, &why)?;
            return ctx.save(&transfer);
        }
    }
    match Answer::of(&transfer.destination_account_owner_name) {
        Answer::IsSilent => {
            let days = i64::from(ctx.settings.eft_ca_expiry_days);
            let due = (ctx.now + Duration::days(days)).timestamp_millis();
            return Ok(ctx.tx.schedule(ctx.tenant, due, EXPIRE, id)?);
        }
        Answer::Rejects => {
            transfer.failed = Some(true);
            give_up(ctx, &mut transfer, EftCaStatus::Cancelled, "rejected by the other bank")?;
        }
        Answer::Returns => {
            post(ctx, &mut transfer)?;
            let (hour, minute) = RETURNS_AT;
            let day = banking_days_after(ctx.today(), RETURNS_AFTER_DAYS);
            let due = bank_time(day, hour, minute).timestamp_millis();
            ctx.tx.schedule(ctx.tenant, due, RETURN, id)?;
        }
        Answer::Posts => post(ctx, &mut transfer)?,
    }
    ctx.save(&transfer)
}

/// Ends a transfer before it is posted, and frees what it holds.
pub(super) fn give_up(
    ctx: &Ctx<'_>,
    transfer: &mut Record<EftCaTransfer>,
    status: EftCaStatus,
    why: &str,
) -> Result<(), ApiError> {
    if !transfer.is_pull() {
        match status {
            EftCaStatus::Expired => Ended::Expired.end(ctx, transfer.own_id()).map(drop)?,
            _ => ledger::release(ctx, transfer.own_id(), why)?,
        }
    }
    let outcome = if status == EftCaStatus::Cancelled { Paid::Canceled } else { Paid::Declined };
    batches::follow(ctx, transfer.id.as_uuid(), outcome)?;
    transfer.status = status;
    transfer.note(ctx, why)
}

/// Gives up a transfer that the other bank has not answered.
pub(crate) fn expire(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = under_way(ctx, id)? else {
        return Ok(());
    };
    give_up(ctx, &mut transfer, EftCaStatus::Expired, "not answered by the other bank")?;
    ctx.save(&transfer)
}

/// Posts a transfer. What comes in for an account that takes nothing waits on the suspense account.
fn post(ctx: &Ctx<'_>, transfer: &mut Record<EftCaTransfer>) -> Result<(), ApiError> {
    let account = transfer.account(ctx)?;
    let settlement = settlement(ctx, account.currency_code())?;
    let own_id = transfer.own_id();
    let subtype = transfer.ledger_subtype();
    let here = LedgerAccount::of(&account)?;
    let mut status = EftCaStatus::Posted;
    if transfer.is_pull() {
        let to = if takes(ctx, &account)? {
            here
        } else {
            status = EftCaStatus::InSuspense;
            retry_later(ctx, transfer)?;
            suspense(ctx, transfer)?
        };
        let mut movement = transfer.movement(&settlement, &to, &subtype);
        movement.id = Some(own_id);
        let key = transfer.facts.idempotency_key.clone();
        ledger::post_with(ctx, &movement, |posted| {
            // A debit has no hold that would carry the caller's key.
            if let Some(key) = key.filter(|_| ctx.settings.later_postings_keep_the_key) {
                posted.idemkey = key;
            }
        })?;
    } else {
        Ended::Cleared.end(ctx, own_id)?;
        let mut movement = transfer.movement(&here, &settlement, &subtype);
        movement.hold_id = Some(own_id);
        movement.id = Some(own_id);
        ledger::post(ctx, &movement)?;
    }
    batches::follow(ctx, transfer.id.as_uuid(), Paid::As(own_id))?;
    let message = if status == EftCaStatus::Posted { "posted" } else { "posted to suspense" };
    transfer.status = status;
    transfer.network_status = Some(NetworkStatus::Posted);
    transfer.posting_date = Some(ctx.today());
    transfer.note(ctx, message)
}

/// Whether an account takes money now. One in closing waits for what was under way, unless its holder
/// is blocked.
fn takes(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<bool, ApiError> {
    if account.status == Some(AccountStatus::InClosing) {
        return Ok(rules::obstacle(ctx, account, None)?.is_none());
    }
    match rules::check_account(ctx, account, Side::Credited) {
        Ok(()) => Ok(true),
        Err(ApiError::Problem(_)) => Ok(false),
        Err(broken) => Err(broken),
    }
}

/// Has the account of a transfer in suspense looked at on the next banking day.
fn retry_later(ctx: &Ctx<'_>, transfer: &Record<EftCaTransfer>) -> Result<(), ApiError> {
    let (hour, minute) = RETRIES_AT;
    let due = bank_time(banking_days_after(ctx.today(), 1), hour, minute).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, RETRY, &transfer.id.to_string())?)
}

/// Posts what waits in suspense once its account takes it; after the days of the settings it goes
/// back to the other bank.
pub(crate) fn retry(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let transfer = ctx.find::<EftCaTransfer>(id)?;
    let Some(mut transfer) = transfer.filter(|found| found.status == EftCaStatus::InSuspense)
    else {
        return Ok(());
    };
    let account = transfer.account(ctx)?;
    if takes(ctx, &account)? {
        let (from, to) = (suspense(ctx, &transfer)?, LedgerAccount::of(&account)?);
        let subtype = transfer.ledger_subtype();
        let posted = ledger::post(ctx, &transfer.movement(&from, &to, &subtype))?;
        transfer.transaction_id = Some(posted.uuid);
        transfer.status = EftCaStatus::Posted;
        transfer.posting_date = Some(ctx.today());
        transfer.note(ctx, "posted from suspense")?;
        return ctx.save(&transfer);
    }
    let days = i64::from(ctx.settings.eft_ca_suspense_days);
    let since = transfer.posting_date.unwrap_or_else(|| ctx.today());
    if (ctx.today() - since).num_days() < days {
        return retry_later(ctx, &transfer);
    }
    let why = "given back: the account does not take it";
    send_back(ctx, &mut transfer, why)
}

/// Where money waits that cannot be posted to its account.
fn suspense(ctx: &Ctx<'_>, transfer: &Record<EftCaTransfer>) -> Result<LedgerAccount, ApiError> {
    let currency = transfer.facts.currency.as_str();
    internal_accounts::of_bank(ctx, InternalAccountType::EftCaSuspense, currency)
}

/// Lets the other bank send back a transfer that was posted.
pub(crate) fn give_back(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    match ctx.find::<EftCaTransfer>(id)? {
        Some(mut transfer) => send_back(ctx, &mut transfer, "returned by the other bank"),
        None => Ok(()),
    }
}

/// Moves the money of a transfer that was posted back, by a transfer of its own.
fn send_back(
    ctx: &Ctx<'_>,
    transfer: &mut Record<EftCaTransfer>,
    why: &str,
) -> Result<(), ApiError> {
    let account = transfer.account(ctx)?;
    let settlement = settlement(ctx, account.currency_code())?;
    let is_suspended = transfer.status == EftCaStatus::InSuspense;
    let here = match is_suspended {
        true => suspense(ctx, transfer)?,
        false => closed::account_or_suspense(ctx, &account)?,
    };
    let (from, to, subtype, sign) = match transfer.is_pull() {
        true => (
            &here,
            &settlement,
            EftCaTransferSubtype::OutgoingDebitReturn,
            CashTransferDcSign::Credit,
        ),
        false => (
            &settlement,
            &here,
            EftCaTransferSubtype::OutgoingCreditReturn,
            CashTransferDcSign::Debit,
        ),
    };
    let return_id = ctx.new_id()?;
    let cause = TransactionId::from(return_id);
    let ledger_subtype = subtype.as_str().to_lowercase();
    let mut movement = transfer.movement(from, to, &ledger_subtype);
    movement.id = Some(cause);
    let original = transfer.transaction_id.unwrap_or_else(|| transfer.own_id());
    ledger::post_reversal(ctx, &movement, original)?;
    if !transfer.is_pull() {
        closed::send_check(ctx, &account, transfer.amount, cause)?;
    }

    let rest = json!({
        "id": return_id, "transaction_id": return_id, "subtype": subtype, "dc_sign": sign,
        "status": EftCaStatus::Posted, "network_status": NetworkStatus::Posted, "history": [],
        "effective_date": ctx.today(), "posting_date": ctx.today(), "is_same_day": true,
    });
    let facts = transfer.facts.clone();
    let mut back = Record::<EftCaTransfer>::new(complete(&transfer.wire, rest)?, facts);
    back.note(ctx, why)?;
    ctx.add(&back)?;
    batches::follow(ctx, transfer.id.as_uuid(), Paid::Returned)?;
    if is_suspended {
        transfer.status = EftCaStatus::Cancelled;
    }
    transfer.network_status = Some(NetworkStatus::Returned);
    transfer.note(ctx, why)?;
    ctx.save(transfer)
}
