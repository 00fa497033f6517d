//! Fees, as they are stored, and what they sum up to.

use synctera_api::v2::types;

use crate::domain::charges::ChargeFacts;
use crate::domain::statements::Period;
use crate::ledger::Account;
use crate::model::calendar::bank_date;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const FEE: Kind = Kind {
    name: "fee",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("template", "/template_id"),
        ("subtype", "/subtype"),
        ("reference", "/reference_id"),
    ],
};

/// A fee that an account was charged, or the reversal of one.
pub(crate) enum Fee {}

impl Resource for Fee {
    const KIND: &'static Kind = &FEE;
    type Wire = types::Fee;
    type Facts = ChargeFacts;
}

/// The fees of a period, less those that were reversed in it.
pub(crate) fn in_period(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    period: Period,
) -> Result<i64, ApiError> {
    let mut sum: i64 = 0;
    for fee in ctx.find_all::<Fee>("account", account.own_id())? {
        let day = bank_date(fee.creation_time);
        if (period.first..=period.last).contains(&day) {
            sum = match fee.facts.reverses {
                None => sum.saturating_add(fee.amount),
                Some(_) => sum.saturating_sub(fee.amount),
            };
        }
    }
    Ok(sum)
}
