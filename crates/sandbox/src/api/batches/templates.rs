//! Templates of batches: made, read and changed.

use serde_json::json;
use synctera_api::runtime::{ErrorCode, Patch};
use synctera_api::v2::types::{
    self, BatchPaymentTemplatePatch, BatchStatus, NewBatchPaymentTemplate, TransactionType,
};

use crate::api::batches::rails;
use crate::api::batches::rails::{EFT_CA, Order, RAILS};
use crate::api::batches::template::{TEMPLATE, TEMPLATES_MAX, Template, are_all_made, limits};
use crate::domain::batches::Batch;
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::listing::{By, List, view_of};
use crate::domain::{accounts, rules};
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, complete, merge};
use crate::spec::FieldErrors;

/// The longest time for which a batch is held: a year.
const HOLD_MINUTES_MAX: i64 = 525_600;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &TEMPLATE,
        items: "templates",
        filters: &[
            ("id", By::Key("id")),
            ("name", By::Key("name")),
            ("description", By::Key("description")),
            ("enabled", By::Key("enabled")),
        ],
        always: Vec::new(),
        view: &view_of::<Template, _>(|_, template| Ok(Some(template.wire))),
    };
    let (templates, _) = list.page(ctx)?;
    Reply::json(200, &templates)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewBatchPaymentTemplate = ctx.body()?;
    check_tenant(ctx, Some(&asked.tenant))?;
    // What the document leaves open: a template is for use unless it says otherwise.
    let enabled = asked.enabled.unwrap_or(true);
    let rest = json!({ "id": ctx.new_id()?, "enabled": enabled });
    let template = Record::<Template>::new(complete(&asked, rest)?, ());
    check(ctx, &template)?;
    if are_all_made(ctx)? {
        let detail = format!("a workspace has at most {TEMPLATES_MAX} templates of batches");
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    ctx.add(&template)?;
    Reply::json(201, &template.wire)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Template>("id")?.wire)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut template = ctx.find_in_url::<Template>("id")?;
    // The body may be left out: then nothing changes.
    if let Some(mut changes) = ctx.body::<Option<BatchPaymentTemplatePatch>>()? {
        // It is replaced as a whole: a parameter that is not named is gone.
        if let Patch::Set(parameters) = std::mem::take(&mut changes.extra_rail_params) {
            template.extra_rail_params = parameters;
        }
        let account = template.config.settlement_account_id;
        merge(&mut template.wire, &changes)?;
        check(ctx, &template)?;
        // Their transfers came to that account, so it pays them on.
        if template.config.settlement_account_id != account && has_unpaid(ctx, &template)? {
            let reason = "cannot change while the template has batches that are not paid";
            return Err(FieldErrors::invalid("config.settlement_account_id", reason).into());
        }
        ctx.save(&template)?;
    }
    Reply::json(201, &template.wire)
}

fn has_unpaid(ctx: &Ctx<'_>, template: &Record<Template>) -> Result<bool, ApiError> {
    let unpaid = [BatchStatus::Initiated, BatchStatus::PendingApproval];
    let id = template.id.map_or_else(String::new, |id| id.to_string());
    let batches = ctx.find_all::<Batch>("template", id)?;
    Ok(batches.iter().any(|batch| unpaid.contains(&batch.status)))
}

/// A request is about the workspace of its key.
pub(super) fn check_tenant(ctx: &Ctx<'_>, tenant: Option<&String>) -> Result<(), ApiError> {
    match tenant {
        Some(tenant) if tenant != ctx.tenant => {
            let mut problem = crate::model::Problem::new(
                ErrorCode::InvalidTenancy,
                format!("the key belongs to the workspace {}", ctx.tenant),
            );
            problem.errors = FieldErrors::invalid("tenant", "is another workspace");
            Err(problem.into())
        }
        _ => Ok(()),
    }
}

/// What must hold of a template, whether it is new or changed.
fn check(ctx: &Ctx<'_>, template: &Record<Template>) -> Result<(), ApiError> {
    errors_of(template).refused()?;
    let config = &template.config;
    let account = config.settlement_account_id;
    let account = accounts::named(ctx, account, "config.settlement_account_id")?;
    let (code, field) = (ErrorCode::BadRequestBody, "config.external_account_id");
    let external = ctx.find_named::<ExternalAccount>(config.external_account_id, code, field)?;
    let customer = config.settlement_customer_id.to_string();
    rules::check_customer(ctx, &account, &customer, "config.settlement_customer_id")?;
    let currency = account.currency_code();
    let order = Order { template, external: &external, amount: 1, currency };
    let mut errors = rails::errors_of(&order);
    if let Some(reason) = why_not_paid_from(ctx, template, &account) {
        errors.merge(FieldErrors::invalid("config.settlement_account_id", reason));
    }
    errors.refused()
}

/// Why an account cannot pay the batches of a template, if that is sure.
fn why_not_paid_from(
    ctx: &Ctx<'_>,
    template: &Record<Template>,
    account: &Record<Account>,
) -> Option<String> {
    let currency = account.currency_code();
    let rail = template.rules.payment_rail.as_deref().unwrap_or_default();
    match &account.status {
        Some(status) if ledger::has_ended(Some(status)) => Some(format!("is {status}")),
        _ if rail.eq_ignore_ascii_case(EFT_CA)
            && ctx.settings.eft_ca_needs_canadian_dollars
            && currency != "CAD" =>
        {
            Some(format!("is in {currency}; EFT Canada moves Canadian dollars"))
        }
        _ => None,
    }
}

/// What is wrong with a template by itself.
fn errors_of(template: &types::BatchPaymentTemplate) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let (config, rules) = (&template.config, &template.rules);
    if template.name.trim().is_empty() {
        errors.merge(FieldErrors::invalid("name", "must not be empty"));
    }
    if !TransactionType::KNOWN.contains(&config.type_.to_lowercase().as_str()) {
        errors.merge(FieldErrors::invalid("config.type", "is no type of transaction"));
    }
    if config.subtypes.is_empty() {
        errors.merge(FieldErrors::invalid("config.subtypes", "must have at least 1 items"));
    }
    match rules.payment_rail.as_deref() {
        None => errors.merge(FieldErrors::missing("rules.payment_rail")),
        Some(rail) if !RAILS.contains(&rail.to_uppercase().as_str()) => {
            let reason = format!("must be one of {}", RAILS.join(", "));
            errors.merge(FieldErrors::invalid("rules.payment_rail", reason));
        }
        Some(_) => {}
    }
    if rules.hold_time.is_some_and(|minutes| !(0..=HOLD_MINUTES_MAX).contains(&minutes)) {
        let reason = format!("must be from 0 to {HOLD_MINUTES_MAX}");
        errors.merge(FieldErrors::invalid("rules.hold_time", reason));
    }
    for (name, [least, most]) in limits(config) {
        if least.is_some_and(|least| least < 0) {
            errors
                .merge(FieldErrors::invalid(&format!("config.min_{name}"), "must not be below 0"));
        }
        if most.is_some_and(|most| most < 1 || least.is_some_and(|least| most < least)) {
            let reason = "must be at least 1 and not less than the minimum";
            errors.merge(FieldErrors::invalid(&format!("config.max_{name}"), reason));
        }
    }
    errors
}
