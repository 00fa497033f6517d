//! Spend controls, as they are stored.

use synctera_api::runtime::{ErrorCode, SpendControlId};
use synctera_api::v2::types;

use crate::model::{ApiError, Ctx, Kind, Resource};

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

/// Refuses controls that are not there.
pub(crate) fn must_all_exist(ctx: &Ctx<'_>, ids: &[SpendControlId]) -> Result<(), ApiError> {
    for id in ids {
        ctx.find_named::<SpendControl>(id, ErrorCode::BadRequestBody, "spend_control_ids")?;
    }
    Ok(())
}
