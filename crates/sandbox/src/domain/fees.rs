//! Fees, as they are stored, and what they sum up to.

use synctera_api::runtime::PlatformAccountId;
use synctera_api::v2::types::{self, DcSign, TransactionType};

use crate::domain::charges::ChargeFacts;
use crate::domain::statements::Period;
use crate::ledger::{Account, Posted};
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

/// The fees that were posted to an account in a period, less those that were given back in it.
pub(crate) fn in_period(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    period: Period,
) -> Result<i64, ApiError> {
    let own = Some(PlatformAccountId::from(account.own_id()));
    let mut sum: i64 = 0;
    for posted in ctx.find_all::<Posted>("account", account.own_id())? {
        let day = bank_date(posted.posted_date);
        if posted.type_ != TransactionType::Fee || !(period.first..=period.last).contains(&day) {
            continue;
        }
        for line in posted.data.lines.iter().filter(|line| line.account_id.id() == own) {
            sum = match line.dc_sign {
                DcSign::Debit => sum.saturating_add(line.amount),
                _ => sum.saturating_sub(line.amount),
            };
        }
    }
    Ok(sum)
}
