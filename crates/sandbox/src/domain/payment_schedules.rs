//! Payment schedules, as they are stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use synctera_api::v2::types::{self, PaymentScheduleStatus};

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

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

/// The same payment again and again.
pub(crate) enum PaymentSchedule {}

impl Resource for PaymentSchedule {
    const KIND: &'static Kind = &SCHEDULE;
    type Wire = types::PaymentSchedule;
    type Facts = PaymentScheduleFacts;
}

/// What clients do not read of a schedule.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PaymentScheduleFacts {
    /// How many of its payments were made or refused.
    pub(crate) done: u32,
    /// The tag of its instruction, by which lists are sorted.
    pub(crate) payment_type: String,
    /// When the next payment is made; lists are filtered by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_execution_time: Option<DateTime<Utc>>,
    /// When it would be made if banks worked every day; lists are filtered by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_schedule_time: Option<DateTime<Utc>>,
}

pub(crate) fn cancel(
    ctx: &Ctx<'_>,
    schedule: &mut Record<PaymentSchedule>,
) -> Result<(), ApiError> {
    schedule.status = Some(PaymentScheduleStatus::Cancelled);
    schedule.last_updated_time = ctx.now;
    schedule.next_payment_date = None;
    ctx.save(schedule)
}

/// Cancels the schedules of an account that is closed.
pub(crate) fn cancel_all(ctx: &Ctx<'_>, account: &str) -> Result<(), ApiError> {
    for mut schedule in ctx.find_all::<PaymentSchedule>("account", account)? {
        if schedule.status == Some(PaymentScheduleStatus::Active) {
            cancel(ctx, &mut schedule)?;
        }
    }
    Ok(())
}
