//! What a credit account is billed, when it is late, and what follows: past due, delinquent, revoked,
//! charged off.
//!
//! Each period ends in a bill of the least that must be paid by its due date. Payments after a period
//! pay its bill, and the oldest of several first.

use chrono::{Days, NaiveDate};
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{self, MinimumPayment};

use crate::domain::accounts::{charge_off, credit, interest, standing};
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::{Account, Bill};
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx, Record};

/// Days by which a posting may count for a later day than the one on which it is made.
const POSTED_AHEAD: u64 = 31;

/// Days after its due date for which a bill that is paid is kept: a payment by ACH can come back for 60
/// days, and is made some days before.
const PAID_FOR: u64 = 90;

/// What a period of a credit account ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Billed {
    /// What is owed, in minor units.
    pub(crate) payment_due: i64,
    /// The least that must be paid of it.
    pub(crate) minimum: i64,
    pub(crate) due: NaiveDate,
    /// What was to be paid by now and was not.
    pub(crate) past_due: i64,
}

/// Bills a period that is over, by its closing balance; the caller stores the account.
pub(crate) fn bill(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    period: Period,
    closing: i64,
) -> Result<Billed, ApiError> {
    let owed = closing.max(0);
    let mut bills = bills_after(ctx, account, period.last)?;
    let earlier: i64 = bills.iter().map(Bill::unpaid).sum();
    let late = bills.iter().filter(|bill| bill.due < ctx.today());
    let past_due = late.map(Bill::unpaid).sum();
    bills.retain(|bill| bill.unpaid() > 0 || bill.due + Days::new(PAID_FOR) >= ctx.today());
    let grace = account.grace_period.and_then(|days| u64::try_from(days).ok()).unwrap_or_default();
    let due = period.last.checked_add_days(Days::new(grace)).unwrap_or(period.last);
    let minimum = least(account, owed);
    // What earlier bills ask for is not asked for twice.
    let amount = minimum.min(owed.saturating_sub(earlier));
    if amount > 0 {
        bills.push(Bill { due, amount, paid: 0 });
        review_on(ctx, account.own_id(), due + Days::new(1))?;
    }
    account.facts.bills = bills;
    account.facts.billed_through = Some(period.last);
    Ok(Billed { payment_due: owed, minimum, due, past_due })
}

/// What is to be paid at least: everything, or the greater of a part and an amount.
fn least(account: &types::Account, owed: i64) -> i64 {
    let Some(MinimumPayment::RateOrAmount(rule)) = &account.minimum_payment else {
        return owed;
    };
    let part = i128::from(owed) * i128::from(rule.rate.get()) / 10_000;
    i64::try_from(part).unwrap_or(owed).max(rule.min_amount).min(owed)
}

/// The bills of an account with what is paid of them by now, oldest first.
pub(crate) fn bills(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Vec<Bill>, ApiError> {
    bills_after(ctx, account, ctx.today() + Days::new(POSTED_AHEAD))
}

/// The same with what was paid of them up to a day. Payments pay the oldest bill first, and one that
/// came back is missing from the newest. Together they ask for no more than what is left of what was
/// owed when the last one was made: less what was taken back of that, such as a purchase.
fn bills_after(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    day: NaiveDate,
) -> Result<Vec<Bill>, ApiError> {
    let mut bills = account.facts.bills.clone();
    let (Some(through), false) = (account.facts.billed_through, bills.is_empty()) else {
        return Ok(bills);
    };
    let id = account.own_id();
    let paid = ledger::payments(ctx, id, (through + Days::new(1), day))?;
    if paid < 0 {
        let mut missing = paid.saturating_neg();
        for bill in bills.iter_mut().rev() {
            let part = missing.min(bill.paid);
            bill.paid -= part;
            missing -= part;
        }
    } else {
        take_from_each(&mut bills, paid, |bill, part| bill.paid += part);
    }
    let owed = ctx.tx.balance_after(ctx.tenant, &id.to_string(), through)?.saturating_neg();
    let left = owed.saturating_sub(ledger::settled(ctx, id, through, day)?).max(0);
    let unpaid: i64 = bills.iter().map(Bill::unpaid).sum();
    take_from_each(&mut bills, unpaid.saturating_sub(left), |bill, part| bill.amount -= part);
    Ok(bills)
}

/// Takes an amount from what is not paid of bills, from the oldest first.
fn take_from_each(bills: &mut [Bill], mut amount: i64, take: impl Fn(&mut Bill, i64)) {
    for bill in bills {
        let part = amount.clamp(0, bill.unpaid());
        take(bill, part);
        amount -= part;
    }
}

/// Days since the oldest bill that is late was due; 0 when none is.
pub(crate) fn days_past_due(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<i64, ApiError> {
    let bills = bills(ctx, account)?;
    let oldest =
        bills.iter().find(|bill| bill.unpaid() > 0).map(|bill| (ctx.today() - bill.due).num_days());
    Ok(oldest.unwrap_or_default().max(0))
}

/// What an account shows of late payments; nothing where nothing is owed.
pub(crate) fn show(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    if !credit::is_credit(account) {
        return Ok(());
    }
    account.days_past_due = Some(days_past_due(ctx, account)?);
    let restrictions = account.restrictions.get_or_insert_default();
    for flag in [
        &mut restrictions.is_past_due,
        &mut restrictions.is_delinquent,
        &mut restrictions.is_revoked,
    ] {
        flag.get_or_insert(false);
    }
    Ok(())
}

/// Has late payments looked at on a day, after its statements.
fn review_on(ctx: &Ctx<'_>, account: AccountId, day: NaiveDate) -> Result<(), ApiError> {
    let due = bank_time(day, 0, 5).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, ledger::LATE, &account.to_string())?)
}

/// Looks at late payments: what is restricted because of them, and whether the account ends.
pub(crate) fn review(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.find::<Account>(id)? else {
        return Ok(());
    };
    if ledger::has_ended(account.status.as_ref()) {
        return Ok(());
    }
    let days = days_past_due(ctx, &account)?;
    let is_beyond = |limit: u32| days > 0 && days > i64::from(limit);
    revoke(ctx, &mut account, is_beyond(ctx.settings.revoked_after_days))?;
    let restrictions = account.restrictions.get_or_insert_default();
    restrictions.is_past_due = Some(days > 0);
    restrictions.is_delinquent = Some(is_beyond(ctx.settings.delinquent_after_days));
    restrictions.is_revoked = Some(is_beyond(ctx.settings.revoked_after_days));
    standing::follow(ctx, &mut account)?;
    if is_beyond(ctx.settings.charged_off_after_days)
        && charge_off::obstacle(ctx, &account)?.is_none()
    {
        charge_off::end(ctx, &mut account)?;
        return ctx.save(&account);
    }
    let is_planned = account.facts.next_review.is_some_and(|day| day > ctx.today());
    if days > 0 && !is_planned {
        let tomorrow = ctx.today() + Days::new(1);
        account.facts.next_review = Some(tomorrow);
        review_on(ctx, account.own_id(), tomorrow)?;
    }
    ctx.save(&account)
}

/// Ends the interest of an account that is revoked, or has it begin again.
fn revoke(ctx: &Ctx<'_>, account: &mut Record<Account>, is_revoked: bool) -> Result<(), ApiError> {
    match (account.facts.revoked_on, is_revoked) {
        (None, true) => {
            if account.facts.interest_from.is_some_and(|from| from < ctx.today()) {
                interest::settle(ctx, account, ctx.today() - Days::new(1))?;
            }
            account.facts.revoked_on = Some(ctx.today());
        }
        (Some(_), false) => {
            account.facts.revoked_on = None;
            if account.facts.interest_from.is_some() {
                account.facts.interest_from = Some(ctx.today());
            }
        }
        _ => {}
    }
    Ok(())
}
