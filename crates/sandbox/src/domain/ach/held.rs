//! Money that is held back after it came in, until it is final: of ACH pulls, and of checks.

use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::PendingTransactionDataStatus;

use crate::ledger::{Ended, Hold};
use crate::model::{ApiError, Ctx, Record};

/// The job that releases it.
pub(crate) const RELEASE: &str = "ach.release";

/// A hold, unless it has ended.
pub(crate) fn open_hold(
    ctx: &Ctx<'_>,
    id: impl ToString,
) -> Result<Option<Record<Hold>>, ApiError> {
    let is_open = |hold: &Record<Hold>| hold.data.status == PendingTransactionDataStatus::Pending;
    Ok(ctx.find::<Hold>(id)?.filter(is_open))
}

/// Ends a hold on money that goes back, unless it has ended.
pub(crate) fn end_hold(ctx: &Ctx<'_>, id: Option<TransactionId>) -> Result<(), ApiError> {
    if let Some(id) = id
        && open_hold(ctx, id)?.is_some()
    {
        Ended::Released.end(ctx, id)?;
    }
    Ok(())
}
