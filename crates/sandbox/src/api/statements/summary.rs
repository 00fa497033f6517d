//! What a statement sums up, which the type of its account decides.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde_json::{Value, json};
use synctera_api::v2::types::AccountType;

use crate::domain::accounts::billing::Billed;
use crate::domain::accounts::{credit, interest};
use crate::domain::fees;
use crate::domain::statements::Period;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record};

/// The type of a statement and its summaries, as members; `billed` is what is billed with it, on an
/// account on which money is owed.
pub(super) fn members(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    period: Period,
    billed: Option<&Billed>,
) -> Result<Value, ApiError> {
    let Some(billed) = billed else {
        let saving = saving(ctx, account, period)?;
        return Ok(json!({ "statement_type": "DEPOSIT", "saving_summary": saving }));
    };
    let credited = |kind: &str| {
        let credit = credit_summary(ctx, account, period, billed)?;
        Ok(json!({ "statement_type": kind, "credit_summary": credit }))
    };
    match account.account_type.clone().unwrap_or(AccountType::LineOfCredit) {
        AccountType::ChargeSecured => {
            let security = match credit::security(ctx, account)? {
                Some(security) => secured_by(ctx, &security, period)?,
                None => json!({}),
            };
            let mut members = credited("CHARGE_SECURED")?;
            crate::model::patch(&mut members, json!({ "security_account_summary": security }));
            Ok(members)
        }
        AccountType::ChargeUnsecured => credited("CHARGE_UNSECURED"),
        // The document has no type of its own for revolving credit, which is a line of credit.
        _ => credited("LINE_OF_CREDIT"),
    }
}

/// The interest that an account was paid or charged in the months that begin like this.
fn interest_in(account: &Record<Account>, months: &str) -> i64 {
    let paid = account.facts.interest_paid.iter();
    paid.filter(|(month, _)| month.starts_with(months)).map(|(_, amount)| amount).sum()
}

fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

fn year(day: NaiveDate) -> String {
    day.format("%Y-").to_string()
}

/// From the first day of the year of a day to that day.
fn year_to(last: NaiveDate) -> Period {
    Period { first: last.with_ordinal(1).unwrap_or(last), last }
}

fn month_before(period: Period) -> String {
    month(Period::month(period.last).first - Days::new(1))
}

fn saving(ctx: &Ctx<'_>, account: &Record<Account>, period: Period) -> Result<Value, ApiError> {
    let (_, apy) = interest::rates_on(ctx, account, period.last)?;
    Ok(json!({
        "accrual_days": period.days(), "apy": apy,
        "interest_earned": interest_in(account, &month(period.last)),
        "interest_earned_previous_month": interest_in(account, &month_before(period)),
        "interest_earned_previous_year": interest_in(account, &year(period.last - Months::new(12))),
        "interest_earned_ytd": interest_in(account, &year(period.last)),
    }))
}

fn secured_by(
    ctx: &Ctx<'_>,
    security: &Record<Account>,
    period: Period,
) -> Result<Value, ApiError> {
    let balance = |day| ctx.tx.balance_after(ctx.tenant, &security.own_id().to_string(), day);
    let (_, apy) = interest::rates_on(ctx, security, period.last)?;
    Ok(json!({
        "account_id": security.own_id(), "account_number": security.account_number,
        "account_type": security.account_type, "apy": apy,
        "opening_balance": balance(period.first - Days::new(1))?,
        "closing_balance": balance(period.last)?,
        "interest": interest_in(security, &month(period.last)),
        "interest_previous_month": interest_in(security, &month_before(period)),
        "interest_previous_year": interest_in(security, &year(period.last - Months::new(12))),
        "interest_ytd": interest_in(security, &year(period.last)),
    }))
}

fn credit_summary(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    period: Period,
    billed: &Billed,
) -> Result<Value, ApiError> {
    let (apr, _) = interest::rates_on(ctx, account, period.last)?;
    let owed = billed.payment_due;
    let received = credit::payments_in(ctx, account, period)?;
    // The account that secures a charge account is its limit.
    let limit = (account.account_type != Some(AccountType::ChargeSecured))
        .then_some(account.credit_limit.unwrap_or_default());
    Ok(json!({
        "apr": apr, "payment_due": owed, "payment_due_date": billed.due,
        "minimum_payment_due": billed.minimum, "payments_received": received,
        "interest": interest_in(account, &month(period.last)),
        "interest_ytd": interest_in(account, &year(period.last)),
        "balance_for_interest": owed, "is_past_due": billed.past_due > 0,
        "amount_past_due": billed.past_due,
        "fees": fees::in_period(ctx, account, period)?,
        "fees_ytd": fees::in_period(ctx, account, year_to(period.last))?,
        "disputed_balance": 0, "credit_limit": limit,
        "amount_over_limit": limit.map(|limit| owed.saturating_sub(limit).max(0)),
    }))
}
