//! When statements are made.

use crate::domain::statements::Period;
use crate::ledger::Account;
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx, Record};

/// The job that makes the statement of a period that is over.
pub(crate) const MAKE: &str = "statement.make";

/// Has the statements of a new account made from now on.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let period = Period::of(account.billing_period.as_ref(), ctx.today());
    schedule(ctx, &account.own_id().to_string(), period)
}

/// A minute into the day after a period: what belongs into the period itself is posted first.
pub(crate) fn schedule(ctx: &Ctx<'_>, account: &str, period: Period) -> Result<(), ApiError> {
    let due = bank_time(period.end(), 0, 1).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, MAKE, account)?)
}
