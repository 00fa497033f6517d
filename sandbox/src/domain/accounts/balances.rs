//! What an account's balances mean, which its type decides.

use serde_json::{Value, json};

use crate::domain::accounts::{credit, interest};
use crate::ledger;
use crate::model::{ApiError, Ctx, text};

/// An account's balances as the platform shows them, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccountBalances {
    /// What is in a deposit account; what is owed on a credit account.
    pub(crate) account: i64,
    /// What can be spent now.
    pub(crate) available: i64,
}

/// The balances of an account.
pub(crate) fn current(ctx: &Ctx<'_>, account: &Value) -> Result<AccountBalances, ApiError> {
    let raw = ledger::balances(ctx, text(account, "id"))?;
    if let Some(security) = credit::security(ctx, account)? {
        let available = current(ctx, &security)?.available;
        return Ok(AccountBalances { account: -raw.account, available });
    }
    if credit::is_credit(account) {
        let limit = credit::limit(account);
        let available = limit.saturating_add(raw.available);
        return Ok(AccountBalances { account: -raw.account, available });
    }
    let reserved = credit::secured_by(ctx, account)?;
    Ok(AccountBalances { account: raw.account, available: raw.available.saturating_sub(reserved) })
}

/// The balances as they stand in an account's answer.
pub(crate) fn view(ctx: &Ctx<'_>, account: &Value) -> Result<Value, ApiError> {
    let balances = current(ctx, account)?;
    let mut all = vec![
        json!({ "type": "ACCOUNT_BALANCE", "balance": balances.account }),
        json!({ "type": "AVAILABLE_BALANCE", "balance": balances.available }),
    ];
    if let Some(accrued) = interest::accrued_now(ctx, account)? {
        all.push(json!({ "type": "ACCRUED_INTEREST_MTD", "balance": accrued }));
    }
    if credit::is_credit(account) {
        let received = credit::payments_received(ctx, account)?;
        all.push(json!({ "type": "PAYMENTS_RECEIVED_MTD", "balance": received }));
    }
    Ok(json!(all))
}
