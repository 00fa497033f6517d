//! How a dispute is shown.

use serde_json::{Value, json};

use crate::api::disputes::{documents, moves};
use crate::model::{ApiError, Ctx, text};

/// How a dispute is shown: with what can be done, and its evidence.
pub(crate) fn view(ctx: &Ctx<'_>, mut dispute: Value) -> Result<Value, ApiError> {
    dispute["available_actions"] = json!(moves::available(&dispute));
    dispute["dispute_documents"] = json!(documents::of(ctx, text(&dispute, "id"))?);
    Ok(dispute)
}
