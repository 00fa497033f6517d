//! What a statement sums up, which the type of its account decides.

use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};
use synctera_api::v2::types::{AccountType, MinimumPayment};

use crate::domain::accounts::interest;
use crate::domain::statements::{BilledAccount, Period};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx};

/// The type of a statement and its summaries, as members; `closing` is the balance at its end.
pub(super) fn members(
    ctx: &Ctx<'_>,
    account: &BilledAccount,
    period: Period,
    closing: i64,
) -> Result<Value, ApiError> {
    let credit = |kind: &str| {
        let credit = credit(ctx, account, period, closing)?;
        Ok(json!({ "statement_type": kind, "credit_summary": credit }))
    };
    match account.account_type {
        // The document has no type of its own for revolving credit.
        AccountType::ChargeSecured | AccountType::RevolvingCreditSecured => {
            let security = account.security.as_ref().and_then(|it| it.linked_account_id);
            let security = security.map(|id| id.to_string()).unwrap_or_default();
            // border: accounts are documents.
            let security = match ctx.get(&ACCOUNT, &security)? {
                Some(security) => secured_by(ctx, &BilledAccount::of(security)?, period)?,
                None => json!({}),
            };
            let mut members = credit("CHARGE_SECURED")?;
            crate::model::patch(&mut members, &json!({ "security_account_summary": security }));
            Ok(members)
        }
        AccountType::ChargeUnsecured | AccountType::RevolvingCreditUnsecured => {
            credit("CHARGE_UNSECURED")
        }
        AccountType::LineOfCredit => credit("LINE_OF_CREDIT"),
        _ => {
            let saving = saving(ctx, account, period)?;
            Ok(json!({ "statement_type": "DEPOSIT", "saving_summary": saving }))
        }
    }
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

fn saving(ctx: &Ctx<'_>, account: &BilledAccount, period: Period) -> Result<Value, ApiError> {
    let (_, apy) = interest::rates_on(ctx, &account.document, period.last)?;
    Ok(json!({
        "accrual_days": period.days(), "apy": apy,
        "interest_earned": account.interest(&month(period.last)),
        "interest_earned_previous_month": account.interest(&month_before(period)),
        "interest_earned_previous_year": account.interest(&year(period.last - Months::new(12))),
        "interest_earned_ytd": account.interest(&year(period.last)),
    }))
}

fn secured_by(ctx: &Ctx<'_>, security: &BilledAccount, period: Period) -> Result<Value, ApiError> {
    let balance = |day| ctx.tx.balance_after(ctx.tenant, &security.id.to_string(), day);
    let (_, apy) = interest::rates_on(ctx, &security.document, period.last)?;
    Ok(json!({
        "account_id": security.id, "account_number": security.account_number,
        "account_type": security.account_type, "apy": apy,
        "opening_balance": balance(period.first - Days::new(1))?,
        "closing_balance": balance(period.last)?,
        "interest": security.interest(&month(period.last)),
        "interest_previous_month": security.interest(&month_before(period)),
        "interest_previous_year": security.interest(&year(period.last - Months::new(12))),
        "interest_ytd": security.interest(&year(period.last)),
    }))
}

fn credit(
    ctx: &Ctx<'_>,
    account: &BilledAccount,
    period: Period,
    closing: i64,
) -> Result<Value, ApiError> {
    let (apr, _) = interest::rates_on(ctx, &account.document, period.last)?;
    let owed = closing.max(0);
    let days = (period.first, period.last);
    let received = ctx.tx.credits_between(ctx.tenant, &account.id.to_string(), days)?;
    let grace = Days::new(account.grace_period.unwrap_or_default());
    let due = period.last.checked_add_days(grace).unwrap_or(NaiveDate::MAX);
    // The account that secures a charge account is its limit.
    let limit = (account.account_type != AccountType::ChargeSecured)
        .then_some(account.credit_limit.unwrap_or_default());
    Ok(json!({
        "apr": apr, "payment_due": owed, "payment_due_date": due,
        "minimum_payment_due": least(account, owed), "payments_received": received,
        "interest": account.interest(&month(period.last)),
        "interest_ytd": account.interest(&year(period.last)),
        "balance_for_interest": owed, "is_past_due": false, "amount_past_due": 0,
        "fees": 0, "fees_ytd": 0, "disputed_balance": 0, "credit_limit": limit,
        "amount_over_limit": limit.map(|limit| owed.saturating_sub(limit).max(0)),
    }))
}

/// What is to be paid at least: everything, or the greater of a part and an amount.
fn least(account: &BilledAccount, owed: i64) -> i64 {
    let Some(MinimumPayment::RateOrAmount(rule)) = &account.minimum_payment else {
        return owed;
    };
    let part = i128::from(owed) * i128::from(rule.rate.get()) / 10_000;
    i64::try_from(part).unwrap_or(owed).max(rule.min_amount).min(owed)
}
