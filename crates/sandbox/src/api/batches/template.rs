//! A template of batches: which transfers go together, and within which limits.

use serde_json::Value;
use synctera_api::v2::types::{self, BatchPaymentTemplateConfig, DcSign};

use crate::ledger::Posted;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(super) const TEMPLATE: Kind = Kind {
    name: "batch payment template",
    id: "id",
    keys: &[("description", "/description"), ("enabled", "/enabled"), ("name", "/name")],
};

/// Which transfers are paid on together, and how.
pub(super) enum Template {}

impl Resource for Template {
    const KIND: &'static Kind = &TEMPLATE;
    type Wire = types::BatchPaymentTemplate;
    type Facts = ();
}

/// The most templates of a workspace: all of them are looked through for a transfer.
pub(super) const TEMPLATES_MAX: usize = 1000;

/// The most transfers that a request names.
pub(super) const TRANSFERS_MAX: usize = 1000;

/// Whether a workspace has as many templates as it can have.
pub(super) fn are_all_made(ctx: &Ctx<'_>) -> Result<bool, ApiError> {
    let mut count = 0;
    let most = i64::try_from(TEMPLATES_MAX).unwrap_or(i64::MAX);
    ctx.tx.scan_texts(ctx.tenant, TEMPLATE.name, &[], 0, most, |_, _| {
        count += 1;
        Ok::<(), ApiError>(())
    })?;
    Ok(count >= TEMPLATES_MAX)
}

/// All templates, in the order in which they were made.
pub(super) fn templates(ctx: &Ctx<'_>) -> Result<Vec<Record<Template>>, ApiError> {
    let stored = ctx.tx.scan(ctx.tenant, TEMPLATE.name, &[], 0, i64::MAX)?;
    stored.iter().map(|stored| Record::of(&stored.body)).collect()
}

/// What a transaction brought to the settlement account of a template that is for it.
pub(super) fn amount_for(template: &Record<Template>, posted: &Record<Posted>) -> Option<i64> {
    let account = template.config.settlement_account_id;
    let line = posted.data.lines.iter().find(|line| {
        line.account_id.to_string() == account.to_string() && line.dc_sign == DcSign::Credit
    })?;
    let is_for = template.is_for(posted.type_.as_str(), posted.subtype.as_str(), line.amount);
    is_for.then_some(line.amount)
}

/// The limits of a template, by what they limit: the least and the most.
pub(super) fn limits(config: &BatchPaymentTemplateConfig) -> [(&'static str, [Option<i64>; 2]); 3] {
    [
        (
            "individual_transaction_amount",
            [config.min_individual_transaction_amount, config.max_individual_transaction_amount],
        ),
        (
            "total_transaction_amount",
            [config.min_total_transaction_amount, config.max_total_transaction_amount],
        ),
        ("transaction_count", [config.min_transaction_count, config.max_transaction_count]),
    ]
}

/// Whether a number is within a limit of a template.
fn is_within(config: &BatchPaymentTemplateConfig, limit: &str, number: i64) -> bool {
    limits(config).into_iter().filter(|(name, _)| *name == limit).all(|(_, [least, most])| {
        least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
    })
}

impl Record<Template> {
    /// Whether it is for transfers of this type that bring this amount to its settlement account.
    pub(super) fn is_for(&self, type_: &str, subtype: &str, amount: i64) -> bool {
        let config = &self.config;
        config.type_.eq_ignore_ascii_case(type_)
            && config.subtypes.iter().any(|wanted| wanted.eq_ignore_ascii_case(subtype))
            && is_within(config, "individual_transaction_amount", amount)
    }

    /// What keeps so many transfers of this total from being one batch.
    pub(super) fn refuses(&self, count: usize, total: i64) -> Option<String> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if !is_within(&self.config, "transaction_count", count) {
            return Some(format!(
                "the template {} does not allow a batch of {count} transfers",
                self.name
            ));
        }
        (!is_within(&self.config, "total_transaction_amount", total))
            .then(|| format!("the template {} does not allow a total of {total}", self.name))
    }

    /// For how many minutes its batches are held.
    pub(super) fn hold_minutes(&self) -> i64 {
        self.rules.hold_time.unwrap_or_default()
    }

    /// The parameters that it passes on to its rail.
    pub(super) fn parameters(&self) -> Value {
        Value::Object(self.extra_rail_params.clone())
    }
}
