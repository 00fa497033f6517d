//! Automatic payments of secured charge accounts: what is not paid of a bill some days after its
//! period is paid from the account that secures it.

use chrono::{Days, NaiveDate};
use serde_json::json;
use synctera_api::v2::types::{AccountType, TransactionSubtype, TransactionType};

use crate::domain::accounts::{billing, credit};
use crate::domain::rules;
use crate::domain::side::Side;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::{Account, Bill, LedgerAccount, Movement};
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx, Record};

/// The job that pays what is not paid of a bill.
pub(crate) const PAY: &str = "account.auto_payment";

/// The days after the day of the statement on which an account is paid, if it is.
fn period(ctx: &Ctx<'_>, account: &Record<Account>) -> Option<u64> {
    let is_wanted = match account.is_system_auto_pay_enabled {
        Some(is_wanted) => is_wanted,
        None => !ctx.settings.auto_payments_need_opt_in,
    };
    let is_secured = account.account_type == Some(AccountType::ChargeSecured);
    let days = account.auto_payment_period.filter(|_| is_wanted && is_secured)?;
    u64::try_from(days).ok()
}

/// Has the bills of an account paid, if they are paid automatically: on the day of the statement or
/// later, and not after the last one is due.
pub(crate) fn schedule(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    billed: Period,
    due: NaiveDate,
) -> Result<(), ApiError> {
    let Some(days) = period(ctx, account).filter(|_| !account.facts.bills.is_empty()) else {
        return Ok(());
    };
    let day = (billed.end() + Days::new(days)).min(due);
    let at = bank_time(day, 0, 2).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, at, PAY, &account.own_id().to_string())?)
}

/// Pays what is not paid of the bills of an account, as far as its security has the money.
pub(crate) fn pay(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(account) = ctx.find::<Account>(id)? else {
        return Ok(());
    };
    if period(ctx, &account).is_none() {
        return Ok(());
    }
    let Some(security) = credit::security(ctx, &account)? else {
        return Ok(());
    };
    let unpaid: i64 = billing::bills(ctx, &account)?.iter().map(Bill::unpaid).sum();
    // The money of the security is kept for just this.
    let amount = unpaid.min(ledger::balances(ctx, security.own_id())?.available);
    let checked = rules::check_account(ctx, &security, Side::Debited)
        .and_then(|()| rules::check_account(ctx, &account, Side::Credited));
    match checked {
        Ok(()) if amount > 0 => {}
        // Nothing is paid now; the bill becomes past due if it is not paid otherwise.
        Ok(()) | Err(ApiError::Problem(_)) => return Ok(()),
        Err(broken) => return Err(broken),
    }
    let movement = Movement {
        kind: TransactionType::InternalTransfer,
        subtype: TransactionSubtype::SecurityAccountPayment,
        from: &LedgerAccount::of(&security)?,
        to: &LedgerAccount::of(&account)?,
        amount,
        memo: "Automatic payment",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    ledger::post(ctx, &movement).map(drop)
}
