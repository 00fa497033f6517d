//! Payment schedules: the same payment again and again, on banking days.
//!
//! A payment is made at nine in the morning, Eastern, of its execution date: the scheduled date, or
//! the banking day after it (before it, with `start_search` `BACKWARD`). It is the same request as
//! the direct call, and meets the same rules; what is refused is noted with the payment, and the
//! schedule goes on unless the settings say otherwise.

mod dates;

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::api::payment_schedules::dates::Calendar;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::payment_schedules::{SCHEDULE, cancel};
use crate::model::calendar::{BEYOND_CALENDAR, bank_time, is_beyond_calendar};
use crate::model::{ApiError, Ctx, Handler, Kind, Outcome, Reply, Served, text};
use crate::spec::FieldErrors;

pub(crate) const PAYMENT: Kind = Kind {
    name: "scheduled payment",
    id: "id",
    keys: &[
        ("schedule", "/payment_schedule_id"),
        ("account", "/payment_instruction/request/originating_account_id"),
        ("account", "/payment_instruction/request/receiving_account_id"),
        ("customer", "/payment_instruction/request/customer_id"),
        ("customer", "/payment_instruction/request/originating_account_customer_id"),
        ("customer", "/payment_instruction/request/receiving_account_customer_id"),
    ],
};

/// The job that makes the next payment of a schedule.
pub(crate) const RUN: &str = "payment_schedule.run";

const ON_ONE: &[(&str, &Kind)] = &[("payment_schedule_id", &SCHEDULE)];
/// When payments are made, Eastern.
const RUNS_AT: (u32, u32) = (9, 0);

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_payment_schedules", list),
    Served::new("create_payment_schedule", create).ruled(of_schedule),
    Served::on("update_payment_schedule", ON_ONE, update),
    Served::new("list_scheduled_payments", list_payments),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let like =
        ctx.request.query.get("description_like").and_then(Value::as_str).map(str::to_lowercase);
    List {
        kind: &SCHEDULE,
        items: "payment_schedules",
        filters: &[
            ("id", By::Key("id")),
            ("payment_schedule_id", By::Key("id")),
            ("account_id", By::Key("account")),
            ("customer_id", By::Key("customer")),
            ("description", By::Key("description")),
            ("description_like", By::Elsewhere),
            ("originating_account", By::Key("from_account")),
            ("originating_customer", By::Key("from_customer")),
            ("receiving_account", By::Key("to_account")),
            ("receiving_customer", By::Key("to_customer")),
            ("status", By::Key("status")),
            ("tenant", By::Key("tenant")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
            ("from_next_execution_date", By::From("/next_execution_time")),
            ("to_next_execution_date", By::To("/next_execution_time")),
            ("from_next_schedule_date", By::From("/next_schedule_time")),
            ("to_next_schedule_date", By::To("/next_schedule_time")),
        ],
        always: Vec::new(),
        view: &|_, schedule| {
            let description = text(&schedule, "description").to_lowercase();
            let fits = like.as_ref().is_none_or(|like| description.contains(like));
            Ok(fits.then_some(schedule))
        },
    }
    .reply::<types::PaymentScheduleList>(ctx)
}

fn list_payments(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &PAYMENT,
        items: "payments",
        filters: &[
            ("id", By::Key("id")),
            ("schedule_id", By::Key("schedule")),
            ("account_id", By::Key("account")),
            ("customer_id", By::Key("customer")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::ScheduledPaymentList>(ctx)
}

/// What is wrong with the body of a new schedule.
fn of_schedule(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = Calendar::errors_of(&ctx.request.body["schedule"]);
    let start = text(&ctx.request.body["schedule"], "start_date").parse::<NaiveDate>();
    if start.is_ok_and(is_beyond_calendar) {
        errors.merge(FieldErrors::invalid("schedule.start_date", BEYOND_CALENDAR));
    }
    if start.is_ok_and(|start| start < ctx.today()) {
        errors.merge(FieldErrors::invalid("schedule.start_date", "must not be in the past"));
    }
    Ok(errors)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut schedule = ctx.request.body.clone();
    let calendar = Calendar::of(&schedule["schedule"])?;
    schedule["id"] = json!(ctx.new_id()?);
    schedule["tenant"] = json!(ctx.tenant);
    schedule["status"] = json!("ACTIVE");
    schedule["done"] = json!(0);
    schedule["payment_type"] = schedule["payment_instruction"]["type"].clone();
    schedule["creation_time"] = json!(ctx.now_text());
    plan(ctx, &mut schedule, &calendar)?;
    if schedule["status"] != "ACTIVE" {
        return Err(FieldErrors::invalid("schedule", "leaves no day for a payment").into());
    }
    ctx.insert(&SCHEDULE, &schedule)?;
    Reply::created::<types::PaymentSchedule>(schedule)
}

/// Sets the next payment's date and job, or lets the schedule run out.
fn plan(ctx: &Ctx<'_>, schedule: &mut Value, calendar: &Calendar) -> Result<(), ApiError> {
    schedule["last_updated_time"] = json!(ctx.now_text());
    let done = schedule["done"].as_u64().and_then(|done| u32::try_from(done).ok());
    let inclusive = ctx.settings.payment_schedule_end_is_inclusive;
    let next = done.and_then(|done| calendar.date(done, inclusive));
    let next = next.filter(|day| !is_beyond_calendar(*day));
    let Some(scheduled) = next else {
        schedule["status"] = json!("EXPIRED");
        crate::model::without(
            schedule,
            &["next_payment_date", "next_execution_time", "next_schedule_time"],
        );
        return Ok(());
    };
    let execution = calendar.execution(scheduled, ctx.today());
    let (hour, minute) = RUNS_AT;
    let due = bank_time(execution, hour, minute).max(ctx.now);
    schedule["next_payment_date"] =
        json!({ "scheduled_date": scheduled.to_string(), "execution_date": execution.to_string() });
    schedule["next_execution_time"] = json!(crate::model::timestamp(due));
    schedule["next_schedule_time"] =
        json!(crate::model::timestamp(bank_time(scheduled, hour, minute)));
    Ok(ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), RUN, text(schedule, "id"))?)
}

/// A schedule can be canceled; nothing else about it changes.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut schedule = ctx.url_resource(&SCHEDULE, "payment_schedule_id")?;
    if ctx.request.body["status"] == "CANCELLED" {
        let status = text(&schedule, "status");
        if status != "ACTIVE" {
            let detail = format!("a schedule that is {status} cannot be canceled");
            return Err(ApiError::status(detail, &[]));
        }
        cancel(ctx, &mut schedule)?;
    }
    Reply::ok::<types::PaymentSchedule>(schedule)
}

/// The operations that make a payment: each is the same as the direct call.
#[derive(Clone, Copy)]
pub(crate) struct Payments {
    pub(crate) ach: Handler,
    pub(crate) internal_transfer: Handler,
}

/// Makes the payment that is due, and plans the next.
pub(crate) fn run(ctx: &Ctx<'_>, id: &str, payments: Payments) -> Result<(), ApiError> {
    let Some(mut schedule) = ctx.get(&SCHEDULE, id)?.filter(|found| found["status"] == "ACTIVE")
    else {
        return Ok(());
    };
    let instruction = &schedule["payment_instruction"];
    let ordered = ctx.ordering(instruction["request"].clone());
    // What is refused half-way leaves nothing behind.
    ctx.tx.mark()?;
    let create = match text(instruction, "type") {
        "ACH" => payments.ach,
        _ => payments.internal_transfer,
    };
    let outcome = create(&ordered);
    let mut payment = json!({
        "id": ctx.new_id()?, "payment_schedule_id": id, "description": schedule["description"],
        "payment_instruction": instruction, "payment_date": schedule["next_payment_date"],
        "metadata": schedule.get("metadata").cloned().unwrap_or(json!({})),
    });
    let failed = match outcome {
        Ok(reply) => {
            ctx.tx.keep()?;
            ctx.absorb(&ordered);
            payment["status"] = json!("COMPLETED");
            payment["transaction_id"] = json!(reply.id());
            false
        }
        Err(ApiError::Problem(problem)) => {
            ctx.tx.undo()?;
            // What it did is undone; that it broke a spend control is not.
            ctx.absorb(&ordered);
            // The ids that were handed out are free again.
            payment["id"] = json!(ctx.new_id()?);
            payment["status"] = json!("ERROR");
            payment["error_details"] =
                json!({ "code": problem.code.as_str(), "details": problem.detail });
            true
        }
        Err(broken) => return Err(broken),
    };
    ctx.insert(&PAYMENT, &payment)?;
    schedule["done"] = json!(schedule["done"].as_u64().unwrap_or_default() + 1);
    let calendar = Calendar::of(&schedule["schedule"])?;
    plan_after(ctx, &mut schedule, &calendar, failed)?;
    ctx.update(&SCHEDULE, &schedule)
}

fn plan_after(
    ctx: &Ctx<'_>,
    schedule: &mut Value,
    calendar: &Calendar,
    failed: bool,
) -> Result<(), ApiError> {
    if failed && ctx.settings.payment_schedule_stops_on_error {
        schedule["status"] = json!("ERRORED");
        schedule["last_updated_time"] = json!(ctx.now_text());
        crate::model::without(schedule, &["next_payment_date"]);
        return Ok(());
    }
    plan(ctx, schedule, calendar)
}
