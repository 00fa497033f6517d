//! Payment schedules, as they are stored.

use serde_json::{Value, json};

use crate::model;
use crate::model::{ApiError, Ctx, Kind};

pub(crate) const SCHEDULE: Kind = Kind {
    name: "payment schedule",
    id: "id",
    keys: &[
        ("account", "/payment_instruction/request/originating_account_id"),
        ("account", "/payment_instruction/request/receiving_account_id"),
        ("customer", "/payment_instruction/request/customer_id"),
        ("customer", "/payment_instruction/request/originating_account_customer_id"),
        ("customer", "/payment_instruction/request/receiving_account_customer_id"),
        ("description", "/description"),
        ("from_account", "/payment_instruction/request/originating_account_id"),
        ("from_customer", "/payment_instruction/request/customer_id"),
        ("from_customer", "/payment_instruction/request/originating_account_customer_id"),
        ("to_account", "/payment_instruction/request/receiving_account_id"),
        ("to_customer", "/payment_instruction/request/receiving_account_customer_id"),
        ("status", "/status"),
        ("tenant", "/tenant"),
    ],
};

pub(crate) fn cancel(ctx: &Ctx<'_>, schedule: &mut Value) -> Result<(), ApiError> {
    schedule["status"] = json!("CANCELLED");
    schedule["last_updated_time"] = json!(ctx.now_text());
    model::without(schedule, &["next_payment_date"]);
    ctx.update(&SCHEDULE, schedule)
}

/// Cancels the schedules of an account that is closed.
pub(crate) fn cancel_all(ctx: &Ctx<'_>, account: &str) -> Result<(), ApiError> {
    for mut schedule in ctx.all_with(&SCHEDULE, "account", account)? {
        if schedule["status"] == "ACTIVE" {
            cancel(ctx, &mut schedule)?;
        }
    }
    Ok(())
}
