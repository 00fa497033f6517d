//! What a statement sums up, which the type of its account decides.

use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};

use crate::domain::accounts::interest;
use crate::domain::statements::Period;
use crate::ledger;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, text};

/// Adds the type of a statement and its summaries.
pub(super) fn add(
    ctx: &Ctx<'_>,
    account: &Value,
    period: Period,
    statement: &mut Value,
) -> Result<(), ApiError> {
    let account_type = text(account, "account_type");
    let kind = match account_type {
        // The document has no type of its own for revolving credit.
        "REVOLVING_CREDIT_SECURED" => "CHARGE_SECURED",
        "REVOLVING_CREDIT_UNSECURED" => "CHARGE_UNSECURED",
        _ if ledger::owes(account) => account_type,
        _ => "DEPOSIT",
    };
    statement["statement_type"] = json!(kind);
    if kind == "DEPOSIT" {
        statement["saving_summary"] = saving(ctx, account, period)?;
        return Ok(());
    }
    statement["credit_summary"] = credit(ctx, account, period, statement)?;
    if kind == "CHARGE_SECURED" {
        let security = text(&account["security"], "linked_account_id");
        statement["security_account_summary"] = match ctx.get(&ACCOUNT, security)? {
            Some(security) => secured_by(ctx, &security, period)?,
            None => json!({}),
        };
    }
    Ok(())
}

/// The interest that an account was paid or charged in the months that begin like this; an account
/// notes it under the month.
fn interest(account: &Value, months: &str) -> i64 {
    let noted = account["interest_paid"].as_object().into_iter().flatten();
    noted
        .filter(|(month, _)| month.starts_with(months))
        .filter_map(|(_, amount)| amount.as_i64())
        .sum()
}

fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

fn year(day: NaiveDate) -> String {
    day.format("%Y-").to_string()
}

fn month_before(period: Period) -> String {
    month(Period::month(period.last).first - Days::new(1))
}

fn saving(ctx: &Ctx<'_>, account: &Value, period: Period) -> Result<Value, ApiError> {
    let (_, apy) = interest::rates_on(ctx, account, period.last)?;
    Ok(json!({
        "accrual_days": period.days(), "apy": apy,
        "interest_earned": interest(account, &month(period.last)),
        "interest_earned_previous_month": interest(account, &month_before(period)),
        "interest_earned_previous_year": interest(account, &year(period.last - Months::new(12))),
        "interest_earned_ytd": interest(account, &year(period.last)),
    }))
}

fn secured_by(ctx: &Ctx<'_>, security: &Value, period: Period) -> Result<Value, ApiError> {
    let balance = |day| ctx.tx.balance_after(ctx.tenant, text(security, "id"), day);
    let (_, apy) = interest::rates_on(ctx, security, period.last)?;
    Ok(json!({
        "account_id": security["id"], "account_number": security["account_number"],
        "account_type": security["account_type"], "apy": apy,
        "opening_balance": balance(period.first - Days::new(1))?,
        "closing_balance": balance(period.last)?,
        "interest": interest(security, &month(period.last)),
        "interest_previous_month": interest(security, &month_before(period)),
        "interest_previous_year": interest(security, &year(period.last - Months::new(12))),
        "interest_ytd": interest(security, &year(period.last)),
    }))
}

fn credit(
    ctx: &Ctx<'_>,
    account: &Value,
    period: Period,
    statement: &Value,
) -> Result<Value, ApiError> {
    let (apr, _) = interest::rates_on(ctx, account, period.last)?;
    let owed = statement["closing_balance"].as_i64().unwrap_or_default().max(0);
    let limit = account["credit_limit"].as_i64().unwrap_or_default();
    let days = (period.first, period.last);
    let received = ctx.tx.credits_between(ctx.tenant, text(account, "id"), days)?;
    let grace = u64::try_from(account["grace_period"].as_i64().unwrap_or_default());
    let due = period.last + Days::new(grace.unwrap_or_default());
    let mut summary = json!({
        "apr": apr, "payment_due": owed, "payment_due_date": due.to_string(),
        "minimum_payment_due": least(account, owed), "payments_received": received,
        "interest": interest(account, &month(period.last)),
        "interest_ytd": interest(account, &year(period.last)),
        "balance_for_interest": owed, "is_past_due": false, "amount_past_due": 0,
        "fees": 0, "fees_ytd": 0, "disputed_balance": 0,
    });
    if text(account, "account_type") != "CHARGE_SECURED" {
        summary["credit_limit"] = json!(limit);
        summary["amount_over_limit"] = json!(owed.saturating_sub(limit).max(0));
    }
    Ok(summary)
}

/// What is to be paid at least: everything, or the greater of a part and an amount.
fn least(account: &Value, owed: i64) -> i64 {
    let rule = &account["minimum_payment"];
    if rule["type"] != "RATE_OR_AMOUNT" {
        return owed;
    }
    let rate = i128::from(rule["rate"].as_i64().unwrap_or_default());
    let part = i64::try_from(i128::from(owed) * rate / 10_000).unwrap_or(owed);
    part.max(rule["min_amount"].as_i64().unwrap_or_default()).min(owed)
}
