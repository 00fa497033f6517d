//! Interest: what an account has earned, or costs, computed from its balances day by day.
//!
//! Nothing is written down from day to day. The days' balances are sums of the ledger by effective
//! date, so that a posting that is dated back changes what was accrued, as it does at the bank.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::domain::accounts::credit;
use crate::domain::internal_accounts;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::{ACCOUNT, Movement};
use crate::model::calendar::bank_time;
use crate::model::settings::DayCount;
use crate::model::{ApiError, Ctx, Kind, text};
use crate::spec::FieldErrors;
use crate::store::Days as PostingDays;

/// The job that pays or charges the interest of a period that is over.
pub(crate) const PAY: &str = "account.interest";

/// Parts of a minor unit that are kept while interest adds up.
pub(crate) const SCALE: i128 = 1_000_000_000;

pub(crate) const BASIS_POINTS: i128 = 10_000;

/// Checks the product that an account is to have.
pub(crate) fn check(ctx: &Ctx<'_>, account: &Value) -> Result<(), ApiError> {
    let id = text(account, "interest_product_id");
    if id.is_empty() {
        return Ok(());
    }
    let field = "interest_product_id";
    let product = ctx.referred(&PRODUCT, id, ErrorCode::BadRequestBody, field)?;
    if product["product_type"] != "INTEREST" {
        return Err(FieldErrors::invalid(field, "is no interest product").into());
    }
    let is_line = account["account_type"] == "LINE_OF_CREDIT";
    if is_line && product["calculation_method"] != "COMPOUNDED_DAILY" {
        let reason = "a LINE_OF_CREDIT account needs a product that is COMPOUNDED_DAILY";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(())
}

/// Has the interest of an account paid from now on, if it bears any and is not on its way already.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &mut Value) -> Result<(), ApiError> {
    if text(account, "interest_product_id").is_empty() || account["interest_from"].is_string() {
        return Ok(());
    }
    account["interest_from"] = json!(ctx.today().to_string());
    schedule(ctx, account)
}

pub(crate) fn schedule(ctx: &Ctx<'_>, account: &Value) -> Result<(), ApiError> {
    let due = bank_time(Period::of(account, ctx.today()).end(), 0, 0).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, PAY, text(account, "id"))?)
}

/// Pays the interest of the period that ended yesterday.
pub(crate) fn pay(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.get(&ACCOUNT, id)? else {
        return Ok(());
    };
    let is_over = matches!(text(&account, "status"), "CLOSED" | "CHARGED_OFF");
    if is_over || text(&account, "interest_product_id").is_empty() {
        if let Some(account) = account.as_object_mut() {
            account.remove("interest_from");
        }
        return ctx.update(&ACCOUNT, &account);
    }
    let yesterday = ctx.today() - Days::new(1);
    settle(ctx, &mut account, yesterday)?;
    ctx.update(&ACCOUNT, &account)?;
    schedule(ctx, &account)
}

/// Posts what has accrued up to a day, and notes it on the account; the caller stores the account.
pub(crate) fn settle(ctx: &Ctx<'_>, account: &mut Value, last: NaiveDate) -> Result<(), ApiError> {
    let period = Period::of(account, last);
    let amount = accrued(ctx, account, Period { last, ..period })?;
    let Some(product) = product(ctx, account)? else {
        return Ok(());
    };
    account["interest_from"] = json!((last + Days::new(1)).to_string());
    if amount <= 0 || product["accrual_payout_schedule"] == "NONE" {
        return Ok(());
    }
    let own = ledger::account_of(account, false);
    let currency = text(account, "currency");
    let is_charged = credit::is_credit(account);
    let bank = if is_charged { "LOC_INTEREST_INCOME" } else { "INTEREST_PAYOUT" };
    let bank = internal_accounts::of_bank(ctx, bank, currency)?;
    let (from, to) = if is_charged { (&own, &bank) } else { (&bank, &own) };
    let movement = Movement {
        kind: "interest",
        subtype: if is_charged { "interest_charged" } else { "interest_payout" },
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
    ledger::post_on(ctx, &movement, PostingDays { posted: last, effective: last })?;
    let month = last.format("%Y-%m").to_string();
    let before = account["interest_paid"][&month].as_i64().unwrap_or_default();
    account["interest_paid"][&month] = json!(before.saturating_add(amount));
    Ok(())
}

pub(crate) fn product(ctx: &Ctx<'_>, account: &Value) -> Result<Option<Value>, ApiError> {
    match text(account, "interest_product_id") {
        "" => Ok(None),
        id => ctx.get(&PRODUCT, id),
    }
}

/// What an account has accrued since its period began, up to yesterday; nothing for an account
/// without interest.
pub(crate) fn accrued_now(ctx: &Ctx<'_>, account: &Value) -> Result<Option<i64>, ApiError> {
    if text(account, "interest_product_id").is_empty() {
        return Ok(None);
    }
    let period = Period::of(account, ctx.today());
    let last = ctx.today() - Days::new(1);
    if last < period.first {
        return Ok(Some(0));
    }
    Ok(Some(accrued(ctx, account, Period { last, ..period })?))
}

/// The interest of some days, rounded to the minor unit.
pub(crate) fn accrued(ctx: &Ctx<'_>, account: &Value, period: Period) -> Result<i64, ApiError> {
    let Some(product) = product(ctx, account)? else {
        return Ok(0);
    };
    let from = text(account, "interest_from").parse().unwrap_or(period.first);
    let first = period.first.max(from);
    let id = text(account, "id");
    let changes = ctx.tx.changes_since(ctx.tenant, id, first)?;
    let since: i64 = changes.iter().map(|(_, amount)| amount).sum();
    let posted = ledger::balances(ctx, id)?.account;
    let mut balance = i128::from(posted) - i128::from(since);
    let mut changes = changes.into_iter().peekable();
    let is_daily = product["calculation_method"] == "COMPOUNDED_DAILY";
    let is_charged = credit::is_credit(account);
    let mut interest: i128 = 0;
    let mut day = first;
    while day <= period.last {
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

pub(crate) fn days_of_year(count: DayCount, day: NaiveDate) -> i128 {
    match count {
        DayCount::Actual365 => 365,
        DayCount::ActualActual if day.leap_year() => 366,
        DayCount::ActualActual => 365,
    }
}

/// The rate of a day, in basis points a year.
pub(crate) fn rate(product: &Value, day: NaiveDate) -> i64 {
    let day = day.to_string();
    let rates = product["rates"].as_array().into_iter().flatten();
    rates
        .filter(|rate| text(rate, "valid_from") <= day.as_str())
        .filter(|rate| rate["valid_to"].as_str().is_none_or(|to| day.as_str() < to))
        .find_map(|rate| rate["rate"].as_i64())
        .unwrap_or_default()
}

/// The rate of an account on a day: for a year as it is, and with its compounding; in basis points.
pub(crate) fn rates_on(
    ctx: &Ctx<'_>,
    account: &Value,
    day: NaiveDate,
) -> Result<(i64, i64), ApiError> {
    let Some(product) = product(ctx, account)? else {
        return Ok((0, 0));
    };
    let rate = rate(&product, day);
    let times = if product["calculation_method"] == "COMPOUNDED_DAILY" { 365.0 } else { 12.0 };
    // A yearly rate in basis points is far from where a float loses whole numbers.
    let simple = rate as f64 / 10_000.0;
    let yearly = ((1.0 + simple / times).powf(times) - 1.0) * 10_000.0;
    Ok((rate, yearly.round() as i64))
}

pub(crate) const PRODUCT: Kind =
    Kind { name: "account product", id: "id", keys: &[("type", "/product_type")] };
