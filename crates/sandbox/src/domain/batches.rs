//! Batch payments: transfers that were posted, paid on together over another rail.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{self, BatchStatus};
use uuid::Uuid;

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const BATCH: Kind = Kind {
    name: "batch payment",
    id: "id",
    keys: &[
        ("rail_transfer", "/payment_rail_transfer_id"),
        ("status", "/status"),
        ("template", "/batch_payment_template_id"),
        ("transaction", "/transaction_id"),
        ("transfer", "/batched_transfer_ids"),
    ],
};

/// A payment of several transfers at once.
pub(crate) enum Batch {}

impl Resource for Batch {
    const KIND: &'static Kind = &BATCH;
    type Wire = types::BatchPayment;
    type Facts = BatchFacts;
}

/// What clients do not read of a batch.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct BatchFacts {
    /// Whether a second person has to approve it, as its template said when it was made.
    pub(crate) needs_approval: bool,
}

impl Record<Batch> {
    /// Whether its transfers are in it, rather than free for another one.
    pub(crate) fn is_live(&self) -> bool {
        !matches!(
            self.status,
            BatchStatus::Cancelled | BatchStatus::Declined | BatchStatus::Returned
        )
    }
}

/// What became of the payment of a batch on its rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paid {
    /// It was posted, as this transaction.
    As(TransactionId),
    /// It was canceled before that.
    Canceled,
    /// It was declined before that.
    Declined,
    /// It came back after that.
    Returned,
}

/// Notes what became of a rail's transfer, if it pays a batch.
pub(crate) fn follow(
    ctx: &Ctx<'_>,
    transfer: impl Into<Uuid>,
    outcome: Paid,
) -> Result<(), ApiError> {
    for mut batch in ctx.find_all::<Batch>("rail_transfer", transfer.into())? {
        batch.status = match outcome {
            Paid::As(transaction) => {
                batch.transaction_id = Some(transaction);
                BatchStatus::Completed
            }
            Paid::Canceled => BatchStatus::Cancelled,
            Paid::Declined => BatchStatus::Declined,
            Paid::Returned => BatchStatus::Returned,
        };
        batch.last_updated_time = ctx.now;
        ctx.save(&batch)?;
    }
    Ok(())
}

/// The batch that a transaction is in.
pub(crate) fn of_transaction(
    ctx: &Ctx<'_>,
    transaction: TransactionId,
) -> Result<Option<Record<Batch>>, ApiError> {
    let batches = ctx.find_all::<Batch>("transfer", transaction)?;
    Ok(batches.into_iter().find(Record::is_live))
}
