//! What an account's balances mean, which its type decides.

use serde_json::json;
use synctera_api::v2::types::{Balance, BalanceType};

use crate::domain::accounts::{credit, interest};
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record, build};

/// An account's balances as the platform shows them, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccountBalances {
    /// What is in a deposit account; what is owed on a credit account.
    pub(crate) account: i64,
    /// What can be spent now.
    pub(crate) available: i64,
}

/// The balances of an account.
pub(crate) fn current(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<AccountBalances, ApiError> {
    let raw = ledger::balances(ctx, account.own_id())?;
    if ledger::has_ended(account.status.as_ref()) {
        let is_credit = credit::is_credit(account);
        let shown = if is_credit { raw.account.saturating_neg() } else { raw.account };
        return Ok(AccountBalances { account: shown, available: 0 });
    }
    if let Some(security) = credit::security(ctx, account)? {
        let available = current(ctx, &security)?.available;
        return Ok(AccountBalances { account: -raw.account, available });
    }
    if credit::is_credit(account) {
        let limit = account.credit_limit.unwrap_or_default();
        let available = limit.saturating_add(raw.available);
        return Ok(AccountBalances { account: -raw.account, available });
    }
    let reserved = credit::secured_by(ctx, account)?;
    Ok(AccountBalances { account: raw.account, available: raw.available.saturating_sub(reserved) })
}

/// The balances as they stand in an account's answer.
pub(crate) fn view(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Vec<Balance>, ApiError> {
    let balances = current(ctx, account)?;
    let least = if ctx.settings.available_balance_can_be_negative { i64::MIN } else { 0 };
    let mut all = vec![
        balance(BalanceType::AccountBalance, balances.account)?,
        balance(BalanceType::AvailableBalance, balances.available.max(least))?,
    ];
    if let Some(accrued) = interest::accrued_now(ctx, account)? {
        all.push(balance(BalanceType::AccruedInterestMtd, accrued)?);
    }
    if credit::is_credit(account) {
        let received = credit::payments_received(ctx, account)?;
        all.push(balance(BalanceType::PaymentsReceivedMtd, received)?);
    }
    Ok(all)
}

/// A balance as it is shown.
pub(crate) fn balance(of: BalanceType, minor: i64) -> Result<Balance, ApiError> {
    build(json!({ "type": of, "balance": minor }))
}
