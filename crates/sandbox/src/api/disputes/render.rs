//! How a dispute is shown.

use serde_json::json;
use synctera_api::v2::types;

use crate::api::disputes::{documents, moves};
use crate::domain::disputes::Dispute;
use crate::model::{ApiError, Ctx, Record, complete};

/// How a dispute is shown: with what can be done, and its evidence.
pub(crate) fn view(ctx: &Ctx<'_>, dispute: &Record<Dispute>) -> Result<types::Dispute, ApiError> {
    let moved = if dispute.is_external() { "debit_status" } else { "credit_status" };
    let shown = json!({
        "available_actions": moves::available(ctx.settings, dispute),
        "dispute_documents": documents::of(ctx, dispute.id)?,
        moved: dispute.facts.moved,
    });
    complete(&dispute.wire, shown)
}
