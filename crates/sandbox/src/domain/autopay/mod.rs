//! Autopay: what a lending account's statement gives rise to, where there is a configuration.

mod description;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{
    self, AutopayAmountRule, AutopayConfigStatus, AutopayStatus, AutopayTimingRule, Statement,
};

use crate::ledger;
use crate::ledger::Account;
use crate::model::calendar::{bank_time, banking_day_from};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build};

pub(crate) use description::errors_of as errors_of_description;

pub(crate) const CONFIG: Kind = Kind {
    name: "autopay configuration",
    id: "id",
    keys: &[
        ("account", "/lending_account_id"),
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("status", "/status"),
        ("external", "/config/payment_configs/ach/external_account_id"),
        ("source", "/config/payment_configs/internal_transfer/source_account_id"),
        ("tenant", "/_facts/tenant"),
    ],
};

/// How a lending account is paid by itself.
pub(crate) enum AutopayConfig {}

impl Resource for AutopayConfig {
    const KIND: &'static Kind = &CONFIG;
    type Wire = types::AutopayConfig;
    type Facts = AutopayConfigFacts;
}

/// What clients do not read of a configuration.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AutopayConfigFacts {
    /// The workspace as lists ask for it.
    pub(crate) tenant: String,
}

pub(crate) const AUTOPAY: Kind = Kind {
    name: "autopay",
    id: "id",
    keys: &[
        ("config", "/autopay_config_id"),
        ("billing_period", "/billing_period_id"),
        ("account", "/lending_account_id"),
        ("description", "/rendered_description"),
        ("statement", "/statement_id"),
        ("status", "/status"),
        ("tenant", "/_facts/tenant"),
    ],
};

/// A payment that a statement gave rise to.
pub(crate) enum Autopay {}

impl Resource for Autopay {
    const KIND: &'static Kind = &AUTOPAY;
    type Wire = types::Autopay;
    type Facts = AutopayFacts;
}

/// What clients do not read of an autopay.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AutopayFacts {
    /// The workspace as lists ask for it.
    pub(crate) tenant: String,
    pub(crate) minimum_due: i64,
    pub(crate) statement_balance: i64,
    /// The first day after the billing period: payments from this day on reduce the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counted_from: Option<NaiveDate>,
}

/// The job that makes the payment of an autopay.
pub(crate) const RUN: &str = "autopay.run";

/// When autopays are made, Eastern: as payment schedules are.
const RUNS_AT: (u32, u32) = (9, 0);

/// Plans the autopay of a statement that was made, if its account has an active configuration.
pub(crate) fn plan(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    statement: &Statement,
) -> Result<(), ApiError> {
    let Some(config) = active(ctx, account)? else {
        return Ok(());
    };
    let (id, last, closing, summary) = match statement {
        Statement::LineOfCredit(made) => {
            (made.id, made.end_date, made.closing_balance, &made.credit_summary)
        }
        Statement::ChargeSecured(made) => {
            (made.id, made.end_date, made.closing_balance, &made.credit_summary)
        }
        Statement::ChargeUnsecured(made) => {
            (made.id, made.end_date, made.closing_balance, &made.credit_summary)
        }
        _ => return Ok(()),
    };
    let (Some(last), Some(due)) = (last, summary.payment_due_date) else {
        return Ok(());
    };
    let date = scheduled_date(&config.config, due).max(ctx.today());
    let (hour, minute) = RUNS_AT;
    let moment: DateTime<Utc> = bank_time(date, hour, minute).max(ctx.now);
    let facts = AutopayFacts {
        tenant: ctx.tenant.to_owned(),
        minimum_due: summary.minimum_payment_due.unwrap_or_default(),
        statement_balance: closing.unwrap_or_default().max(0),
        counted_from: Some(last + Days::new(1)),
    };
    let own_id = ctx.new_id()?;
    let wire = json!({
        "id": own_id, "autopay_config_id": config.id, "lending_account_id": account.id,
        "billing_period_id": ctx.new_id()?, "statement_id": id, "scheduled_date": date,
        "status": AutopayStatus::Pending, "config_snapshot": config.config,
        "rendered_description": "", "tenant": config.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    });
    let mut autopay = Record::<Autopay>::new(build(wire)?, facts);
    let amount = amount(ctx, &autopay)?;
    autopay.rendered_description = description::rendered(&config, account, last, amount);
    ctx.add(&autopay)?;
    Ok(ctx.tx.schedule(ctx.tenant, moment.timestamp_millis(), RUN, &own_id.to_string())?)
}

/// The active configuration of a lending account, of which there is one at most.
pub(crate) fn active(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Option<Record<AutopayConfig>>, ApiError> {
    let all = ctx.find_all::<AutopayConfig>("account", account.own_id())?;
    Ok(all.into_iter().find(|config| config.status == AutopayConfigStatus::Active))
}

/// Switches off what pays an account that has ended.
pub(crate) fn end_all(ctx: &Ctx<'_>, account: AccountId) -> Result<(), ApiError> {
    for mut config in ctx.find_all::<AutopayConfig>("account", account)? {
        if config.status == AutopayConfigStatus::Active {
            config.status = AutopayConfigStatus::Disabled;
            config.last_updated_time = ctx.now;
            ctx.save(&config)?;
        }
    }
    Ok(())
}

/// The day on which what is due on a day is paid.
fn scheduled_date(config: &types::AutopayConfigData, due: NaiveDate) -> NaiveDate {
    let before = match &config.timing_rule {
        AutopayTimingRule::DaysBeforeDue => config
            .rule_configs
            .as_ref()
            .and_then(|rules| rules.days_before_due.as_ref())
            .map_or(0, |rule| rule.offset_days),
        _ => 0,
    };
    due.checked_sub_days(Days::new(u64::try_from(before).unwrap_or_default())).unwrap_or(due)
}

/// What would be paid now: what the rule says, less what was paid since the billing period, and no
/// more than what is owed.
pub(crate) fn amount(ctx: &Ctx<'_>, autopay: &Record<Autopay>) -> Result<i64, ApiError> {
    let account = autopay.lending_account_id;
    let owed = ledger::balances(ctx, account)?.account.saturating_neg().max(0);
    // What is posted on a day without banks counts for the next one with them.
    let last = banking_day_from(ctx.today());
    let first = autopay.facts.counted_from.unwrap_or(last);
    let paid = ledger::payments(ctx, account, (first, last))?.max(0);
    let config = &autopay.config_snapshot;
    let wanted = match &config.amount_rule {
        AutopayAmountRule::MinimumDue => autopay.facts.minimum_due.saturating_sub(paid),
        AutopayAmountRule::StatementBalance => autopay.facts.statement_balance.saturating_sub(paid),
        AutopayAmountRule::FixedAmount => config
            .rule_configs
            .as_ref()
            .and_then(|rules| rules.fixed_amount.as_ref())
            .map_or(0, |rule| rule.amount),
        _ => owed,
    };
    Ok(wanted.clamp(0, owed))
}
