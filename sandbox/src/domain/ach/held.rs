//! Money that is held back after it came in, until it is final: of ACH pulls, and of checks.

use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{PendingTransaction, PendingTransactionDataStatus};

use crate::ledger::{Ended, HOLD};
use crate::model::{ApiError, Ctx, build};

/// The job that releases it.
pub(crate) const RELEASE: &str = "ach.release";

/// A hold, unless it has ended.
pub(crate) fn open_hold(ctx: &Ctx<'_>, id: &str) -> Result<Option<PendingTransaction>, ApiError> {
    // border: holds are no records yet.
    let Some(hold) = ctx.get(&HOLD, id)? else {
        return Ok(None);
    };
    let hold: PendingTransaction = build(hold)?;
    Ok(Some(hold).filter(|hold| hold.data.status == PendingTransactionDataStatus::Pending))
}

/// Ends a hold on money that goes back, unless it has ended.
pub(crate) fn end_hold(ctx: &Ctx<'_>, id: Option<TransactionId>) -> Result<(), ApiError> {
    let Some(id) = id.map(|id| id.to_string()) else {
        return Ok(());
    };
    if open_hold(ctx, &id)?.is_some() {
        Ended::Released.end(ctx, &id)?;
    }
    Ok(())
}
