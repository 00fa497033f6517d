//! Interest: what an account has earned, or costs, computed from its balances day by day.
//!
//! Nothing is written down from day to day. The days' balances are sums of the ledger by effective
//! date, so that a posting that is dated back changes what was accrued, as it does at the bank.

use chrono::{Days, NaiveDate};
use serde_json::json;
use synctera_api::runtime::{AccountProductId, ErrorCode};
use synctera_api::v2::types::{
    self, AccountProduct, AccountStatus, AccountType, AccrualPayoutSchedule, CalculationMethod,
    InterestProduct, InternalAccountType, TransactionSubtype, TransactionType,
};

use crate::domain::accounts::credit;
use crate::domain::internal_accounts;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement, POSTED};
use crate::model::calendar::bank_time;
use crate::model::settings::DayCount;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};
use crate::spec::FieldErrors;
use crate::store::Days as PostingDays;

/// The job that pays or charges the interest of a period that is over.
pub(crate) const PAY: &str = "account.interest";

/// The event that is raised when interest is paid out, about the transaction that pays it.
pub(crate) const PAYOUT: &str = "INTEREST.MONTHLY_PAYOUT";

/// Parts of a minor unit that are kept while interest adds up.
const SCALE: i128 = 1_000_000_000;

const BASIS_POINTS: i128 = 10_000;

/// Checks the product that an account is to have.
pub(crate) fn check(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let Some(id) = account.interest_product_id else {
        return Ok(());
    };
    let field = "interest_product_id";
    let product = ctx.find_named::<Product>(id, ErrorCode::BadRequestBody, field)?;
    let AccountProduct::Interest(product) = &product.wire else {
        return Err(FieldErrors::invalid(field, "is no interest product").into());
    };
    let is_line = account.account_type == Some(AccountType::LineOfCredit);
    if is_line && product.calculation_method != CalculationMethod::CompoundedDaily {
        let reason = "a LINE_OF_CREDIT account needs a product that is COMPOUNDED_DAILY";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(())
}

/// Has the interest of an account paid from now on, if it bears any and is not on its way already.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    let is_ending = account.status == Some(AccountStatus::InClosing)
        || ledger::has_ended(account.status.as_ref());
    if is_ending || account.interest_product_id.is_none() || account.facts.interest_from.is_some() {
        return Ok(());
    }
    account.facts.interest_from = Some(ctx.today());
    schedule(ctx, account)
}

fn schedule(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let due = bank_time(Period::of(account.billing_period.as_ref(), ctx.today()).end(), 0, 0)
        .timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, PAY, &account.own_id().to_string())?)
}

/// Pays the interest of the period that ended yesterday.
pub(crate) fn pay(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.find::<Account>(id)? else {
        return Ok(());
    };
    if ledger::has_ended(account.status.as_ref()) || account.interest_product_id.is_none() {
        account.facts.interest_from = None;
        return ctx.save(&account);
    }
    if account.facts.interest_from.is_none() {
        return Ok(());
    }
    let yesterday = ctx.today() - Days::new(1);
    settle(ctx, &mut account, yesterday)?;
    if ends_with_closing(&account) {
        account.facts.interest_from = None;
        return ctx.save(&account);
    }
    ctx.save(&account)?;
    schedule(ctx, &account)
}

/// Whether an account is in closing, and earns no more interest: the last day that bears some is
/// that on which its closing began. A debt bears interest until it is paid.
fn ends_with_closing(account: &Record<Account>) -> bool {
    account.status == Some(AccountStatus::InClosing) && !credit::is_credit(account)
}

/// A day, or the last one before it that bears interest.
fn bearing(account: &Record<Account>, day: NaiveDate) -> NaiveDate {
    match account.in_closing_date {
        Some(end) if ends_with_closing(account) => day.min(end),
        _ => day,
    }
}

/// The interest that an account in closing waits for, and the day on which it is paid.
pub(crate) fn outstanding(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Option<(i64, NaiveDate)>, ApiError> {
    let (Some(from), Some(end)) = (account.facts.interest_from, account.in_closing_date) else {
        return Ok(None);
    };
    let is_paid = product(ctx, account.interest_product_id)?
        .is_some_and(|product| product.accrual_payout_schedule != AccrualPayoutSchedule::None);
    if !is_paid || !ends_with_closing(account) {
        return Ok(None);
    }
    let amount = accrued(ctx, account, Period { first: from, last: end })?;
    let day = Period::of(account.billing_period.as_ref(), end).end();
    Ok((amount > 0).then_some((amount, day)))
}

/// Posts what has accrued up to a day, and notes it on the account; the caller stores the account.
pub(crate) fn settle(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    last: NaiveDate,
) -> Result<(), ApiError> {
    let period = Period::of(account.billing_period.as_ref(), last);
    let amount = accrued(ctx, account, Period { last: bearing(account, last), ..period })?;
    let Some(product) = product(ctx, account.interest_product_id)? else {
        return Ok(());
    };
    account.facts.interest_from = Some(last + Days::new(1));
    if amount <= 0 || product.accrual_payout_schedule == AccrualPayoutSchedule::None {
        return Ok(());
    }
    let own = LedgerAccount::of(account)?;
    let is_charged = credit::is_credit(account);
    let (bank, subtype) = if is_charged {
        (InternalAccountType::LocInterestIncome, TransactionSubtype::from("interest_charged"))
    } else {
        (InternalAccountType::InterestPayout, TransactionSubtype::InterestPayout)
    };
    let bank = internal_accounts::of_bank(ctx, bank, account.currency_code())?;
    let (from, to) = if is_charged { (&own, &bank) } else { (&bank, &own) };
    let movement = Movement {
        kind: TransactionType::Interest,
        subtype,
        from,
        to,
        amount,
        memo: "Interest",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    // It belongs to the period, also when that ends on a day when the bank is closed.
    let posted = ledger::post_on(ctx, &movement, PostingDays { posted: last, effective: last })?;
    if !is_charged {
        ctx.raise(PAYOUT, &POSTED, &posted.uuid.to_string());
    }
    let paid = account.facts.interest_paid.entry(last.format("%Y-%m").to_string()).or_default();
    *paid = paid.saturating_add(amount);
    Ok(())
}

/// The interest product with an id.
fn product(
    ctx: &Ctx<'_>,
    id: Option<AccountProductId>,
) -> Result<Option<InterestProduct>, ApiError> {
    let product = match id {
        Some(id) => ctx.find::<Product>(id)?,
        None => None,
    };
    Ok(product.and_then(|product| match product.wire {
        AccountProduct::Interest(product) => Some(product),
        _ => None,
    }))
}

/// What an account has accrued since its period began, up to yesterday; nothing for an account
/// without interest.
pub(crate) fn accrued_now(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Option<i64>, ApiError> {
    if account.interest_product_id.is_none() {
        return Ok(None);
    }
    let period = Period::of(account.billing_period.as_ref(), ctx.today());
    let last = ctx.today() - Days::new(1);
    if last < period.first {
        return Ok(Some(0));
    }
    Ok(Some(accrued(ctx, account, Period { last: bearing(account, last), ..period })?))
}

/// The interest of some days, rounded to the minor unit.
fn accrued(ctx: &Ctx<'_>, account: &Record<Account>, period: Period) -> Result<i64, ApiError> {
    let Some(product) = product(ctx, account.interest_product_id)? else {
        return Ok(0);
    };
    let from = account.facts.interest_from.unwrap_or(period.first);
    let first = period.first.max(from);
    // An account that is revoked bears none.
    let last = match account.facts.revoked_on {
        Some(day) => period.last.min(day - Days::new(1)),
        None => period.last,
    };
    let id = account.own_id().to_string();
    let changes = ctx.tx.changes_since(ctx.tenant, &id, first)?;
    let since: i64 = changes.iter().map(|(_, amount)| amount).sum();
    let posted = ledger::balances(ctx, &id)?.account;
    let mut balance = i128::from(posted) - i128::from(since);
    let mut changes = changes.into_iter().peekable();
    let is_daily = product.calculation_method == CalculationMethod::CompoundedDaily;
    let is_charged = credit::is_credit(account);
    let mut interest: i128 = 0;
    let mut day = first;
    while day <= last {
        while let Some((_, amount)) = changes.next_if(|(at, _)| *at <= day) {
            balance += i128::from(amount);
        }
        // What is owed bears interest on a credit account, what is there on any other.
        let base = if is_charged { -balance } else { balance }.max(0) * SCALE;
        let base = if is_daily { base + interest } else { base };
        let year = days_of_year(ctx.settings.interest_day_count, day);
        interest += base * i128::from(rate(&product, day)) / (BASIS_POINTS * year);
        day = day + Days::new(1);
    }
    // Half a minor unit counts as a whole one.
    Ok(i64::try_from((interest + SCALE / 2) / SCALE).unwrap_or(i64::MAX))
}

fn days_of_year(count: DayCount, day: NaiveDate) -> i128 {
    match count {
        DayCount::Actual365 => 365,
        DayCount::ActualActual if day.leap_year() => 366,
        DayCount::ActualActual => 365,
    }
}

/// The rate of a day, in basis points a year.
fn rate(product: &InterestProduct, day: NaiveDate) -> i64 {
    let mut rates = product.rates.iter();
    let on_day = rates
        .find(|rate| rate.valid_from <= day && rate.valid_to.is_none_or(|valid_to| day < valid_to));
    on_day.map_or(0, |rate| rate.rate.get())
}

/// The rate of an account on a day: for a year as it is, and with its compounding; in basis points.
pub(crate) fn rates_on(
    ctx: &Ctx<'_>,
    account: &types::Account,
    day: NaiveDate,
) -> Result<(i64, i64), ApiError> {
    let Some(product) = product(ctx, account.interest_product_id)? else {
        return Ok((0, 0));
    };
    let rate = rate(&product, day);
    let is_daily = product.calculation_method == CalculationMethod::CompoundedDaily;
    let times = if is_daily { 365.0 } else { 12.0 };
    // A yearly rate in basis points is far from where a float loses whole numbers.
    let simple = rate as f64 / 10_000.0;
    let yearly = ((1.0 + simple / times).powf(times) - 1.0) * 10_000.0;
    Ok((rate, yearly.round() as i64))
}

pub(crate) const PRODUCT: Kind =
    Kind { name: "account product", id: "id", keys: &[("type", "/product_type")] };

/// A product that accounts refer to.
pub(crate) enum Product {}

impl Resource for Product {
    const KIND: &'static Kind = &PRODUCT;
    type Wire = AccountProduct;
    type Facts = ();
}
