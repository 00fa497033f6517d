//! Money that moves for an account after it has closed: refunds, forced clearings, decisions of
//! disputes, returns. It cannot be refused, and it is not posted to the account: what comes in is sent
//! out by check, and the bank bears what is taken.

use serde_json::json;
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    AccountStatus, InternalAccountType, TransactionSubtype, TransactionType,
};

use crate::domain::accounts::holders;
use crate::domain::{bans, internal_accounts};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Record};

/// The account that a posting which cannot be refused moves on: a customer's own, or the bank's
/// suspense account once that has ended.
pub(crate) fn account_or_suspense(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<LedgerAccount, ApiError> {
    if ledger::has_ended(account.status.as_ref()) {
        suspense(ctx, account)
    } else {
        LedgerAccount::of(account)
    }
}

fn suspense(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<LedgerAccount, ApiError> {
    let kind = InternalAccountType::AllocatedSuspense;
    internal_accounts::of_bank(ctx, kind, account.currency_code())
}

/// Sends what came in for a closed account to its holder by check; nothing for any other account.
/// `cause` is the transaction that brought it.
pub(crate) fn send_check(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    amount: i64,
    cause: TransactionId,
) -> Result<(), ApiError> {
    let is_closed = account.status == Some(AccountStatus::Closed);
    // Who is banned is paid nothing: the money stays on the suspense account.
    let may_be_paid = bans::check(&holders::holder_of(ctx, account)?).is_ok();
    if !is_closed || !may_be_paid || !ctx.settings.closed_account_money_goes_by_check {
        return Ok(());
    }
    let drafts = InternalAccountType::BankDraft;
    let movement = Movement {
        kind: TransactionType::Check,
        subtype: TransactionSubtype::from("bank_draft"),
        from: &suspense(ctx, account)?,
        to: &internal_accounts::of_bank(ctx, drafts, account.currency_code())?,
        amount,
        memo: "For the holder of a closed account",
        reference_id: None,
        metadata: json!({ "account_id": account.own_id(), "transaction_id": cause }),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    ledger::post(ctx, &movement).map(drop)
}
