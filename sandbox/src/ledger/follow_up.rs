//! What is looked at because of a posting: a payment on a credit account that is late, a deposit
//! account that has less than nothing.

use chrono::{Days, NaiveDate};

use super::account::LedgerAccount;
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
    let id = account.id.to_string();
    if account.credit_limit.is_some() {
        if account.is_past_due && amount > 0 {
            ctx.tx.schedule(ctx.tenant, ctx.now.timestamp_millis(), LATE, &id)?;
        }
        return Ok(());
    }
    let least = account.least();
    if balance < least && balance.saturating_sub(amount) >= least {
        let today = evening(ctx.today());
        let is_over = today < ctx.now.timestamp_millis();
        let due = if is_over { evening(ctx.today() + Days::new(1)) } else { today };
        ctx.tx.schedule(ctx.tenant, due, OVERDRAWN, &id)?;
    }
    Ok(())
}
