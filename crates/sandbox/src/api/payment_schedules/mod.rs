//! Payment schedules: the same payment again and again, on banking days.
//!
//! A payment is made at nine in the morning, Eastern, of its execution date: the scheduled date, or
//! the banking day after it (before it, with `start_search` `BACKWARD`). It is the same request as
//! the direct call, and meets the same rules; what is refused is noted with the payment, and the
//! schedule goes on unless the settings say otherwise.

mod dates;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};
use synctera_api::runtime::Patch;
use synctera_api::v2::types::{
    self, CashTransferPatchStatus, NewPaymentSchedule, PaymentInstruction, PaymentScheduleStatus,
    PaymentStatus,
};

use crate::api::payment_schedules::dates::Calendar;
use crate::domain::listing::{By, List, as_stored, view_of};
use crate::domain::payment_schedules::{PaymentSchedule, PaymentScheduleFacts, SCHEDULE, cancel};
use crate::model::calendar::{BEYOND_CALENDAR, bank_time, is_beyond_calendar};
use crate::model::{
    ApiError, Ctx, Handler, Kind, Outcome, Record, Reply, Resource, Served, build, complete, text,
};
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

/// A payment of a schedule, made or refused.
enum ScheduledPayment {}

impl Resource for ScheduledPayment {
    const KIND: &'static Kind = &PAYMENT;
    type Wire = types::ScheduledPayment;
    type Facts = ();
}

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
    let is_queued = ctx.request.query.get("in_queue").and_then(Value::as_bool);
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
            ("in_queue", By::Elsewhere),
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
            ("from_next_execution_date", By::From("/_facts/next_execution_time")),
            ("to_next_execution_date", By::To("/_facts/next_execution_time")),
            ("from_next_schedule_date", By::From("/_facts/next_schedule_time")),
            ("to_next_schedule_date", By::To("/_facts/next_schedule_time")),
        ],
        always: Vec::new(),
        view: &view_of::<PaymentSchedule, _>(|_, schedule| {
            let description = schedule.description.to_lowercase();
            // Nothing says what the queue is: here, the schedules of which a payment is planned.
            let is_planned = schedule.status == Some(PaymentScheduleStatus::Active)
                && schedule.facts.next_execution_time.is_some();
            let fits = like.as_ref().is_none_or(|like| description.contains(like))
                && is_queued.is_none_or(|wanted| wanted == is_planned);
            Ok(fits.then_some(schedule.wire))
        }),
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
    let schedule = ctx.request.body.get("schedule").unwrap_or(&Value::Null);
    let mut errors = Calendar::errors_of(schedule);
    let start = text(schedule, "start_date").parse::<NaiveDate>();
    if start.is_ok_and(is_beyond_calendar) {
        errors.merge(FieldErrors::invalid("schedule.start_date", BEYOND_CALENDAR));
    }
    if start.is_ok_and(|start| start < ctx.today()) {
        errors.merge(FieldErrors::invalid("schedule.start_date", "must not be in the past"));
    }
    Ok(errors)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewPaymentSchedule = ctx.body()?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": PaymentScheduleStatus::Active,
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let payment_type = asked.payment_instruction.tag().unwrap_or_default().to_owned();
    let facts = PaymentScheduleFacts { payment_type, ..PaymentScheduleFacts::default() };
    let mut schedule = Record::new(complete(&asked, rest)?, facts);
    plan(ctx, &mut schedule)?;
    if schedule.status != Some(PaymentScheduleStatus::Active) {
        return Err(FieldErrors::invalid("schedule", "leaves no day for a payment").into());
    }
    ctx.add(&schedule)?;
    Reply::json(201, &schedule.wire)
}

/// Sets the next payment's date and job, or lets the schedule run out.
fn plan(ctx: &Ctx<'_>, schedule: &mut Record<PaymentSchedule>) -> Result<(), ApiError> {
    schedule.last_updated_time = ctx.now;
    let calendar = Calendar::of(&schedule.schedule);
    let inclusive = ctx.settings.payment_schedule_end_is_inclusive;
    let next = calendar.date(schedule.facts.done, inclusive);
    let Some(scheduled) = next.filter(|day| !is_beyond_calendar(*day)) else {
        schedule.status = Some(PaymentScheduleStatus::Expired);
        schedule.next_payment_date = None;
        schedule.facts.next_execution_time = None;
        schedule.facts.next_schedule_time = None;
        return Ok(());
    };
    let execution = calendar.execution(scheduled, ctx.today());
    let (hour, minute) = RUNS_AT;
    let due = bank_time(execution, hour, minute).max(ctx.now);
    let date = json!({ "scheduled_date": scheduled, "execution_date": execution });
    schedule.next_payment_date = Some(build(date)?);
    schedule.facts.next_execution_time = Some(due);
    schedule.facts.next_schedule_time = Some(bank_time(scheduled, hour, minute));
    let id = schedule.id.map(|id| id.to_string()).unwrap_or_default();
    Ok(ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), RUN, &id)?)
}

/// A schedule can be canceled; nothing else about it changes.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut schedule = ctx.find_in_url::<PaymentSchedule>("payment_schedule_id")?;
    let changes: types::PaymentSchedulePatch = ctx.body()?;
    if changes.status == Patch::Set(CashTransferPatchStatus::Cancelled) {
        if schedule.status != Some(PaymentScheduleStatus::Active) {
            let status = schedule.status.as_ref().map_or("", |status| status.as_str());
            let detail = format!("a schedule that is {status} cannot be canceled");
            return Err(ApiError::status(detail, &[]));
        }
        cancel(ctx, &mut schedule)?;
    }
    Reply::json(200, &schedule.wire)
}

/// The operations that make a payment: each is the same as the direct call.
#[derive(Clone, Copy)]
pub(crate) struct Payments {
    pub(crate) ach: Handler,
    pub(crate) internal_transfer: Handler,
}

impl Payments {
    /// The operation of an instruction, and the body that it takes.
    fn ordered(self, instruction: &PaymentInstruction) -> Result<(Handler, Value), ApiError> {
        match instruction {
            PaymentInstruction::Ach(ach) => Ok((self.ach, body_of(&ach.request)?)),
            PaymentInstruction::InternalTransfer(transfer) => {
                Ok((self.internal_transfer, body_of(&transfer.request)?))
            }
            _ => Err(ApiError::Internal("a schedule of unknown payments".to_owned())),
        }
    }
}

fn body_of(request: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(request).map_err(|e| ApiError::Internal(e.to_string()))
}

/// Makes the payment that is due, and plans the next.
pub(crate) fn run(ctx: &Ctx<'_>, id: &str, payments: Payments) -> Result<(), ApiError> {
    let schedule = ctx.find::<PaymentSchedule>(id)?;
    let Some(mut schedule) =
        schedule.filter(|found| found.status == Some(PaymentScheduleStatus::Active))
    else {
        return Ok(());
    };
    let (create, body) = payments.ordered(&schedule.payment_instruction)?;
    let ordered = ctx.ordering(body);
    let outcome = ctx.attempt(|| create(&ordered))?;
    // What it did may be undone; that it broke a spend control is not.
    ctx.absorb(&ordered);
    let (result, failed) = match outcome {
        Ok(reply) => {
            let result = json!({
                "status": PaymentStatus::Completed, "transaction_id": reply.id(),
            });
            (result, false)
        }
        Err(problem) => {
            let details = json!({ "code": problem.code.as_str(), "details": problem.detail });
            (json!({ "status": PaymentStatus::Error, "error_details": details }), true)
        }
    };
    let mut payment: types::ScheduledPayment = build(result)?;
    payment.id = Some(ctx.new_id()?.into());
    payment.payment_schedule_id = schedule.id;
    payment.description = Some(schedule.description.clone());
    payment.payment_instruction = Some(schedule.payment_instruction.clone());
    payment.payment_date = schedule.next_payment_date.clone();
    payment.metadata = schedule.metadata.clone();
    ctx.add(&Record::<ScheduledPayment>::new(payment, ()))?;
    schedule.facts.done = schedule.facts.done.saturating_add(1);
    plan_after(ctx, &mut schedule, failed)?;
    ctx.save(&schedule)
}

fn plan_after(
    ctx: &Ctx<'_>,
    schedule: &mut Record<PaymentSchedule>,
    failed: bool,
) -> Result<(), ApiError> {
    if failed && ctx.settings.payment_schedule_stops_on_error {
        schedule.status = Some(PaymentScheduleStatus::Errored);
        schedule.last_updated_time = ctx.now;
        schedule.next_payment_date = None;
        return Ok(());
    }
    plan(ctx, schedule)
}
