//! What is looked at because of a posting: a payment on a credit account that is late, a deposit
//! account that has less than nothing.

use chrono::{Days, NaiveDate};
use synctera_api::runtime::PlatformAccountId;

use super::account::{LedgerAccount, ledger_account};
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx};

/// The job that looks at late payments on a credit account.
pub(crate) const LATE: &str = "account.late";

/// The job that looks at a deposit account with a negative balance.
pub(crate) const OVERDRAWN: &str = "account.overdrawn";

/// The hour of the bank's day at which negative balances are looked at.
const EVENING: u32 = 20;

/// The moment at which negative balances are looked at on a day.
pub(crate) fn evening(day: NaiveDate) -> i64 {
    bank_time(day, EVENING, 0).timestamp_millis()
}

/// Has the credit accounts among some looked at, since a payment came back.
pub(super) fn payment_came_back(
    ctx: &Ctx<'_>,
    accounts: &[PlatformAccountId],
) -> Result<(), ApiError> {
    for account in accounts {
        let account = ledger_account(ctx, account)?;
        if let Some(account) = account.filter(|found| found.credit_limit.is_some()) {
            review(ctx, &account)?;
        }
    }
    Ok(())
}

/// Has late payments on an account looked at.
fn review(ctx: &Ctx<'_>, account: &LedgerAccount) -> Result<(), ApiError> {
    let now = ctx.now.timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, now, LATE, &account.id.to_string())?)
}

/// Has an account looked at where a posting is a reason for it.
pub(super) fn schedule(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
    balance: i64,
) -> Result<(), ApiError> {
    if account.is_internal {
        return Ok(());
    }
    if account.credit_limit.is_some() {
        if account.is_past_due && amount > 0 {
            review(ctx, account)?;
        }
        return Ok(());
    }
    let least = account.least();
    if balance < least && balance.saturating_sub(amount) >= least {
        let today = evening(ctx.today());
        let is_over = today < ctx.now.timestamp_millis();
        let due = if is_over { evening(ctx.today() + Days::new(1)) } else { today };
        ctx.tx.schedule(ctx.tenant, due, OVERDRAWN, &account.id.to_string())?;
    }
    Ok(())
}
