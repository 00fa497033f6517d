//! Posting: a movement with the sweeps that the floors and ceilings of its accounts make necessary.

use synctera_api::runtime::TransactionId;

use super::entry::{Movement, append};
use super::kinds::Posted;
use super::sweep;
use crate::model::{ApiError, Ctx, Record};
use crate::store::Days;

/// Posts a movement: one transaction, a debit line and a credit line.
pub(crate) fn post(ctx: &Ctx<'_>, movement: &Movement<'_>) -> Result<Record<Posted>, ApiError> {
    post_on(ctx, movement, Days::today(ctx))
}

/// Posts a movement; `annotate` adds what the rail knows.
pub(crate) fn post_with(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    annotate: impl FnOnce(&mut Record<Posted>),
) -> Result<Record<Posted>, ApiError> {
    sweeping(ctx, movement, Days::today(ctx), annotate)
}

/// Posts a movement for days of its own, such as the end of a period that is over.
pub(crate) fn post_on(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
) -> Result<Record<Posted>, ApiError> {
    sweeping(ctx, movement, days, |_| {})
}

/// Posts a movement that takes an earlier transaction back, in whole or in part.
pub(crate) fn post_reversal(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    original: TransactionId,
) -> Result<Record<Posted>, ApiError> {
    append(ctx, movement, Days::today(ctx), false, |transaction| {
        transaction.data.original_trx = Some(original);
    })
}

/// Posts a movement between what the lines of its accounts make necessary.
fn sweeping(
    ctx: &Ctx<'_>,
    movement: &Movement<'_>,
    days: Days,
    annotate: impl FnOnce(&mut Record<Posted>),
) -> Result<Record<Posted>, ApiError> {
    sweep::fund(ctx, movement.from, movement.amount, days)?;
    let transaction = append(ctx, movement, days, false, annotate)?;
    sweep::spill(ctx, movement.to, days)?;
    Ok(transaction)
}
