//! Spend controls, as they are stored.

use serde_json::Value;
use synctera_api::runtime::{ErrorCode, SpendControlId};
use synctera_api::v2::types;

use crate::model::{ApiError, Ctx, Kind, Resource, texts};

pub(crate) const SPEND_CONTROL: Kind = Kind {
    name: "spend control",
    id: "id",
    keys: &[
        ("direction", "/direction"),
        ("is_active", "/is_active"),
        ("payment_type", "/payment_types"),
        ("time_range_type", "/time_range/time_range_type"),
    ],
};

/// A limit on what goes out of accounts, or comes in. Its number of related accounts is counted
/// when it is shown.
pub(crate) enum SpendControl {}

impl Resource for SpendControl {
    const KIND: &'static Kind = &SPEND_CONTROL;
    type Wire = types::SpendControl;
    type Facts = ();
}

/// Raised when a transaction does not conform to a control, also where the control only watches.
pub(crate) const VIOLATED: &str = "SPEND_CONTROL.VIOLATED";

/// The controls that an account names.
// border: accounts are documents.
pub(crate) fn ids(account: &Value) -> Vec<&str> {
    account.get("spend_control_ids").map(texts).unwrap_or_default()
}

/// Refuses an account that names a control which is not there.
pub(crate) fn must_exist(ctx: &Ctx<'_>, account: &Value) -> Result<(), ApiError> {
    for id in ids(account) {
        ctx.find_named::<SpendControl>(id, ErrorCode::BadRequestBody, "spend_control_ids")?;
    }
    Ok(())
}

/// Refuses controls that are not there.
pub(crate) fn must_all_exist(ctx: &Ctx<'_>, ids: &[SpendControlId]) -> Result<(), ApiError> {
    for id in ids {
        let id = id.to_string();
        ctx.referred(&SPEND_CONTROL, &id, ErrorCode::BadRequestBody, "spend_control_ids")?;
    }
    Ok(())
}
