//! Batch payments: transfers to a settlement account, paid on together.
//!
//! A transfer goes into a batch of the first enabled template that is for its type, its subtype and
//! its amount, and whose settlement account it was posted to. A batch is held for the minutes of its
//! template as `INITIATED`, waits as `PENDING_APPROVAL` for a second person unless the template switches
//! that off, and is then paid to the external account over the template's rail: `PENDING_PAYMENT`
//! until the rail has posted it, then `COMPLETED`.
//!
//! A request may approve a batch (`PENDING_PAYMENT`) or decline it; without one, a second person
//! approves it after the minutes of the settings, or declines it if the description of its template
//! is `SANDBOX DECLINE`.

mod batchable;
mod rails;
mod template;
mod templates;

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::json;
use synctera_api::runtime::{Patch, TransactionId};
use synctera_api::v2::types::{
    self, BatchPaymentPatchRequest, BatchStatus, CreateBatchPaymentsRequest,
};
use uuid::Uuid;

use crate::api::batches::rails::Order;
use crate::api::batches::template::{TEMPLATE, TRANSFERS_MAX, Template, amount_for};
use crate::api::batches::templates::check_tenant;
use crate::domain::batches;
use crate::domain::batches::{BATCH, Batch, BatchFacts};
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::listing::{By, List, view_of};
use crate::ledger::{Account, Posted};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, build, transitions};
use crate::spec::FieldErrors;

pub(crate) use rails::Rails;

const ON_TEMPLATE: &[(&str, &Kind)] = &[("id", &TEMPLATE)];
pub(crate) const ON_BATCH: &[(&str, &Kind)] = &[("id", &BATCH)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_batch_payment_templates", templates::list),
    Served::new("create_batch_payment_template", templates::create),
    Served::on("get_batch_payment_template", ON_TEMPLATE, templates::get),
    Served::on("update_batch_payment_template", ON_TEMPLATE, templates::update),
    Served::new("list_batch_payments", list),
    Served::new("create_batch_payments", create),
    Served::on("get_batch_payment", ON_BATCH, get),
    Served::new("list_batchable_transactions", batchable::list),
];

/// The job that ends the time for which a batch is held.
pub(crate) const RELEASE: &str = "batch.release";

/// The job with which a second person decides.
pub(crate) const DECIDE: &str = "batch.decide";

/// The description of a template whose batches are declined.
const DECLINE: &str = "SANDBOX DECLINE";

fn list(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &BATCH,
        items: "batches",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("template_id", By::Key("template")),
            ("transaction_id", By::Key("transaction")),
        ],
        always: Vec::new(),
        view: &view_of::<Batch, _>(|_, batch| Ok(Some(batch.wire))),
    };
    let (batches, _) = list.page(ctx)?;
    Reply::json(200, &batches)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Batch>("id")?.wire)
}

/// Transfers of one template.
struct Group {
    template: Record<Template>,
    transfers: Vec<Uuid>,
    /// In minor units.
    total: i64,
}

impl Group {
    /// What a batch of them is; it is not stored yet.
    fn batch(self, ctx: &Ctx<'_>) -> Result<Record<Batch>, ApiError> {
        let rules = &self.template.rules;
        let wire = build(json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "status": BatchStatus::Initiated,
            "batch_payment_template_id": self.template.id, "amount": self.total,
            "batched_transfer_ids": self.transfers, "payment_rail": rules.payment_rail,
            "creation_time": ctx.now, "last_updated_time": ctx.now,
        }))?;
        let needs_approval = rules.disable_four_eyes_review != Some(true);
        Ok(Record::new(wire, BatchFacts { needs_approval }))
    }
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    const FIELD: &str = "transaction_ids";
    // The body may be left out, though nothing can come of that.
    let Some(asked) = ctx.body::<Option<CreateBatchPaymentsRequest>>()? else {
        return Err(FieldErrors::missing(FIELD).into());
    };
    check_tenant(ctx, asked.tenant.as_ref())?;
    let transfers: Vec<Uuid> = asked.transaction_ids.iter().map(|id| id.as_uuid()).collect();
    let templates = template::templates(ctx)?;
    let mut groups: Vec<Group> = Vec::new();
    for (transfer, posted) in posted(ctx, &transfers, FIELD, None)? {
        let found = templates
            .iter()
            .filter(|template| template.enabled == Some(true))
            .find_map(|template| Some((template, amount_for(template, &posted)?)));
        let Some((template, amount)) = found else {
            let reason = format!("no enabled template is for {transfer}");
            return Err(FieldErrors::invalid(FIELD, reason).into());
        };
        match groups.iter_mut().find(|group| group.template.id == template.id) {
            Some(group) => {
                group.transfers.push(transfer);
                group.total = group.total.saturating_add(amount);
            }
            None => groups.push(Group {
                template: template.clone(),
                transfers: vec![transfer],
                total: amount,
            }),
        }
    }
    for Group { template, transfers, total } in &groups {
        if let Some(reason) = template.refuses(transfers.len(), *total) {
            return Err(FieldErrors::invalid(FIELD, reason).into());
        }
    }
    let is_dry = asked.dry_run == Some(true);
    let mut batches = Vec::new();
    for group in groups {
        let held = Duration::minutes(group.template.hold_minutes());
        let batch = group.batch(ctx)?;
        if !is_dry {
            ctx.add(&batch)?;
            let due = (ctx.now + held).timestamp_millis();
            ctx.tx.schedule(ctx.tenant, due, RELEASE, &batch.id.to_string())?;
        }
        batches.push(batch.wire);
    }
    let made = json!({ "batches": batches, "dry_run": is_dry, "tenant": ctx.tenant });
    Reply::json(201, &build::<types::CreateBatchPaymentsResponse>(made)?)
}

/// The transactions of a request, each once and free for a batch, or in this one already.
fn posted(
    ctx: &Ctx<'_>,
    transfers: &[Uuid],
    field: &str,
    own: Option<&Record<Batch>>,
) -> Result<Vec<(Uuid, Record<Posted>)>, ApiError> {
    let refuse = |reason: String| -> ApiError { FieldErrors::invalid(field, reason).into() };
    if transfers.is_empty() || transfers.len() > TRANSFERS_MAX {
        return Err(refuse(format!("must have from 1 to {TRANSFERS_MAX} items")));
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for transfer in transfers {
        if !seen.insert(*transfer) {
            return Err(refuse(format!("names {transfer} twice")));
        }
        let Some(posted) = ctx.find::<Posted>(transfer)? else {
            return Err(refuse(format!("{transfer} is no posted transaction")));
        };
        if let Some(batch) = batches::of_transaction(ctx, TransactionId::from(*transfer))?
            && own.is_none_or(|own| own.id != batch.id)
        {
            return Err(refuse(format!("{transfer} is in the batch {} already", batch.id)));
        }
        found.push((*transfer, posted));
    }
    Ok(found)
}

/// Changes what is in a batch, or says what becomes of it.
pub(crate) fn update(ctx: &Ctx<'_>, rails: Rails) -> Outcome {
    let mut batch = ctx.find_in_url::<Batch>("id")?;
    // The body may be left out: then nothing changes.
    let changes = ctx.body::<Option<BatchPaymentPatchRequest>>()?.unwrap_or_default();
    check_tenant(ctx, changes.tenant.value())?;
    if let Patch::Set(transfers) = changes.batched_transfer_ids
        && transfers != batch.batched_transfer_ids
    {
        replace(ctx, &mut batch, transfers)?;
    }
    if let Patch::Set(wanted) = changes.status
        && wanted != batch.status
    {
        check_step(&batch.status, &wanted)?;
        if wanted == BatchStatus::PendingPayment {
            pay(ctx, &mut batch, rails)?;
        } else {
            batch.status = wanted;
        }
    }
    batch.last_updated_time = ctx.now;
    ctx.save(&batch)?;
    Reply::json(201, &batch.wire)
}

transitions! {
    /// What a request may make of a batch.
    fn next(BatchStatus) {
        Initiated => [Cancelled],
        PendingApproval => [Cancelled, Declined, PendingPayment],
        PendingPayment => [],
        Completed => [],
        Returned => [],
        Declined => [],
        Cancelled => [],
    }
}

/// Whether a request may take a batch from one status to another.
fn check_step(status: &BatchStatus, wanted: &BatchStatus) -> Result<(), ApiError> {
    let valid = next(status);
    if valid.contains(wanted) {
        return Ok(());
    }
    let detail = format!("a batch cannot go from {status} to {wanted}");
    Err(ApiError::no_transition(detail, valid))
}

/// Puts other transfers into a batch that is not being paid yet.
fn replace(ctx: &Ctx<'_>, batch: &mut Record<Batch>, transfers: Vec<Uuid>) -> Result<(), ApiError> {
    const FIELD: &str = "batched_transfer_ids";
    if !matches!(batch.status, BatchStatus::Initiated | BatchStatus::PendingApproval) {
        let detail = format!("the batch is {}: its transfers cannot change", batch.status);
        return Err(ApiError::status(detail, &[]));
    }
    let template = ctx.find_related::<Template>(batch.batch_payment_template_id)?;
    let mut total = 0_i64;
    for (transfer, posted) in posted(ctx, &transfers, FIELD, Some(batch))? {
        let Some(amount) = amount_for(&template, &posted) else {
            let reason = format!("the template of the batch is not for {transfer}");
            return Err(FieldErrors::invalid(FIELD, reason).into());
        };
        total = total.saturating_add(amount);
    }
    if let Some(reason) = template.refuses(transfers.len(), total) {
        return Err(FieldErrors::invalid(FIELD, reason).into());
    }
    batch.batched_transfer_ids = transfers;
    batch.amount = total;
    Ok(())
}

/// Pays a batch over the rail of its template.
fn pay(ctx: &Ctx<'_>, batch: &mut Record<Batch>, rails: Rails) -> Result<(), ApiError> {
    let template = ctx.find_related::<Template>(batch.batch_payment_template_id)?;
    let account = ctx.find_related::<Account>(template.config.settlement_account_id)?;
    let external = ctx.find_related::<ExternalAccount>(template.config.external_account_id)?;
    let order = Order {
        template: &template,
        external: &external,
        amount: batch.amount,
        currency: account.currency_code(),
    };
    let reply = rails.pay(ctx, &order)?;
    let transfer = reply.id().and_then(|id| id.parse().ok());
    batch.payment_rail.clone_from(&template.rules.payment_rail);
    batch.payment_rail_transfer_id = transfer;
    batch.status = BatchStatus::PendingPayment;
    Ok(())
}

/// Pays a batch by itself: one that its rail refuses is declined.
fn pay_or_decline(ctx: &Ctx<'_>, batch: &mut Record<Batch>, rails: Rails) -> Result<(), ApiError> {
    if ctx.attempt(|| pay(ctx, batch, rails))?.is_err() {
        batch.status = BatchStatus::Declined;
    }
    Ok(())
}

/// A batch in a status, if it is still in it.
fn waiting(
    ctx: &Ctx<'_>,
    id: &str,
    status: BatchStatus,
) -> Result<Option<Record<Batch>>, ApiError> {
    Ok(ctx.find::<Batch>(id)?.filter(|batch| batch.status == status))
}

/// Ends the time for which a batch is held.
pub(crate) fn release(ctx: &Ctx<'_>, id: &str, rails: Rails) -> Result<(), ApiError> {
    let Some(mut batch) = waiting(ctx, id, BatchStatus::Initiated)? else {
        return Ok(());
    };
    if batch.facts.needs_approval {
        batch.status = BatchStatus::PendingApproval;
        let minutes = i64::from(ctx.settings.batch_approval_minutes);
        let due = (ctx.now + Duration::minutes(minutes)).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, DECIDE, id)?;
    } else {
        pay_or_decline(ctx, &mut batch, rails)?;
    }
    batch.last_updated_time = ctx.now;
    ctx.save(&batch)
}

/// Lets a second person decide.
pub(crate) fn decide(ctx: &Ctx<'_>, id: &str, rails: Rails) -> Result<(), ApiError> {
    let Some(mut batch) = waiting(ctx, id, BatchStatus::PendingApproval)? else {
        return Ok(());
    };
    let template = ctx.find_related::<Template>(batch.batch_payment_template_id)?;
    if template.description.as_deref() == Some(DECLINE) {
        batch.status = BatchStatus::Declined;
    } else {
        pay_or_decline(ctx, &mut batch, rails)?;
    }
    batch.last_updated_time = ctx.now;
    ctx.save(&batch)
}
