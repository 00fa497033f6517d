//! What a posting is for: a payment, or a correction of what was charged. Bills are paid by payments
//! alone, less what was taken back of them.

use chrono::{Days, NaiveDate};
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{TransactionSubtype as Subtype, TransactionType};

use super::follow_up;
use super::kinds::{POSTED, Posted, Purpose};
use crate::model::calendar::bank_date;
use crate::model::{ApiError, Ctx, Record};
use crate::store::SumByFacts;

impl Purpose {
    /// By what the posting is, where it takes nothing back.
    fn of(ctx: &Ctx<'_>, kind: &TransactionType, subtype: &Subtype) -> Self {
        let is_payment = match kind.as_str() {
            "reward" => ctx.settings.rewards_are_payments,
            "card" | "fee" | "interest" => false,
            _ => {
                !matches!(subtype, Subtype::OverdueCardWriteoff | Subtype::NegativeBalanceWriteoff)
            }
        };
        if is_payment { Self::Payment } else { Self::Correction }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Payment => "PAYMENT",
            Self::Correction => "CORRECTION",
        }
    }
}

/// Notes what a posting is for. What takes an earlier one back is for the same as that was.
pub(super) fn note(ctx: &Ctx<'_>, transaction: &mut Record<Posted>) -> Result<(), ApiError> {
    let original = match transaction.data.original_trx {
        Some(id) => ctx.find::<Posted>(id)?,
        None => None,
    };
    let of = |posted: &Record<Posted>| Purpose::of(ctx, &posted.type_, &posted.subtype);
    let purpose = match &original {
        Some(original) => original.facts.purpose.unwrap_or_else(|| of(original)),
        None => of(transaction),
    };
    transaction.facts.purpose = Some(purpose);
    if transaction.data.original_trx.is_some() {
        let day = original.map_or(transaction.posted_date, |original| original.posted_date);
        transaction.facts.takes_back = Some(bank_date(day));
        if purpose == Purpose::Payment {
            follow_up::payment_came_back(ctx, &transaction.facts.accounts)?;
        }
    }
    Ok(())
}

/// The sums of the entries of an account on the days of a period, by what they are for and whether
/// they take something back.
fn sums(
    ctx: &Ctx<'_>,
    account: AccountId,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<SumByFacts>, ApiError> {
    let facts = ["$.purpose", "$.takes_back"];
    Ok(ctx.tx.sums_by_facts(ctx.tenant, &account.to_string(), days, POSTED.name, facts)?)
}

/// Whether entries are for payments. Those of a data file of an earlier version do not say: they
/// counted as such.
fn are_payments(sum: &SumByFacts) -> bool {
    sum.facts[0].as_deref().is_none_or(|purpose| purpose == Purpose::Payment.name())
}

/// What was paid on an account on the days of a period, first and last included, less what was taken
/// back of payments on those days; so it may be less than 0.
pub(crate) fn payments(
    ctx: &Ctx<'_>,
    account: AccountId,
    days: (NaiveDate, NaiveDate),
) -> Result<i64, ApiError> {
    let sums = sums(ctx, account, days)?;
    let counted = sums.iter().filter(|sum| {
        let takes_back = sum.facts[1].is_some();
        are_payments(sum) && takes_back == (sum.amount < 0)
    });
    Ok(counted.fold(0, |all, sum| all.saturating_add(sum.amount)))
}

/// How much of what was owed at the end of a day was paid or taken back since, up to another day.
/// What was charged after the first day, and taken back, is none of it.
pub(crate) fn settled(
    ctx: &Ctx<'_>,
    account: AccountId,
    owed_on: NaiveDate,
    last: NaiveDate,
) -> Result<i64, ApiError> {
    let sums = sums(ctx, account, (owed_on + Days::new(1), last))?;
    let counted = sums.iter().filter(|sum| {
        let Some(day) = sum.facts[1].as_deref().map(str::parse::<NaiveDate>) else {
            return sum.amount > 0;
        };
        let takes_back_what_was_owed = day.is_ok_and(|day| day <= owed_on);
        match sum.amount > 0 {
            true => takes_back_what_was_owed,
            false => are_payments(sum) || !takes_back_what_was_owed,
        }
    });
    Ok(counted.fold(0, |all, sum| all.saturating_add(sum.amount)))
}
