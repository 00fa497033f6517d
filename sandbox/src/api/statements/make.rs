//! Making statements: at the end of each period, as long as the account lives.

use chrono::Days;
use serde_json::{Value, json};
use synctera_api::v2::types;
use synctera_api::v2::types::AccountType;

use crate::api::statements::{Statement, summary};
use crate::domain::accounts::holders;
use crate::domain::parties::Party;
use crate::domain::statements::{BilledAccount, Period, schedule};
use crate::ledger;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Record, build, convert, patch};

/// Makes the statement of the period that ended yesterday, if there is to be one.
pub(crate) fn make(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    // border: accounts are documents.
    let Some(account) = ctx.get(&ACCOUNT, id)? else {
        return Ok(());
    };
    let account = BilledAccount::of(account)?;
    let billing = account.billing_period.as_ref();
    let mut period = Period::of_billing(billing, ctx.today() - Days::new(1));
    if let Some(opened) = account.open_date {
        period.first = period.first.max(opened);
    }
    let ended = account.close_date;
    if ended.is_some_and(|day| day < period.first) {
        return Ok(());
    }
    let days = (period.first, period.last);
    let count = ctx.tx.count_between(ctx.tenant, id, days)?;
    // These get no statement for a period in which nothing happened.
    let is_quiet = matches!(account.account_type, AccountType::Checking | AccountType::Prepaid);
    if count > 0 || !is_quiet {
        let members = statement(ctx, &account, period, count)?;
        ctx.add(&Record::<Statement>::new(build(members)?, ()))?;
    }
    // The statement of the period in which an account was closed is its last.
    if ended.is_some_and(|day| day <= period.last) {
        return Ok(());
    }
    schedule(ctx, id, Period::of_billing(billing, ctx.today()))
}

/// The members of a statement.
fn statement(
    ctx: &Ctx<'_>,
    account: &BilledAccount,
    period: Period,
    count: i64,
) -> Result<Value, ApiError> {
    let id = account.id.to_string();
    // What is owed on a credit account is shown as such.
    let sign = if ledger::owes(&account.document) { -1 } else { 1 };
    let balance = |day| Ok::<i64, ApiError>(sign * ctx.tx.balance_after(ctx.tenant, &id, day)?);
    let closing = balance(period.last)?;
    let mut members = json!({
        "id": ctx.new_id()?, "account_id": account.id,
        "start_date": period.first, "end_date": period.last, "issue_date": ctx.today(),
        "opening_balance": balance(period.first - Days::new(1))?, "closing_balance": closing,
        "total_transactions": count,
        "exclude_jit_transactions": false, "include_child_transactions": false,
        "account_summary": account_summary(account)?,
        "disclosure": "Made by a sandbox: no bank stands behind this statement.",
    });
    patch(&mut members, &summary::members(ctx, account, period, closing)?);
    patch(&mut members, &holders_of(ctx, &id)?);
    Ok(members)
}

/// The members that say who holds an account.
// border: parties are documents.
fn holders_of(ctx: &Ctx<'_>, account: &str) -> Result<Value, ApiError> {
    let (mut personal, mut business) = (None, None);
    let (mut joint, mut signers) = (Vec::new(), Vec::new());
    for (role, party, body) in holders::related(ctx, account)? {
        match (role.as_str(), party) {
            ("PRIMARY_ACCOUNT_HOLDER", Party::Person) => personal = Some(holder(&role, &body)?),
            ("PRIMARY_ACCOUNT_HOLDER", Party::Business) => {
                business = Some(convert::<types::StatementBusiness>(&body)?);
            }
            ("JOINT_ACCOUNT_HOLDER", Party::Person) => joint.push(holder(&role, &body)?),
            ("AUTHORIZED_SIGNER", Party::Person) => signers.push(holder(&role, &body)?),
            _ => {}
        }
    }
    Ok(json!({
        "primary_account_holder_personal": personal, "primary_account_holder_business": business,
        "joint_account_holders": joint, "authorized_signers": signers,
    }))
}

fn holder(role: &str, person: &Value) -> Result<types::StatementHolder, ApiError> {
    let mut holder: types::StatementHolder = convert(person)?;
    holder.relationship_type = Some(role.to_owned());
    Ok(holder)
}

fn account_summary(account: &BilledAccount) -> Result<types::AccountSummary, ApiError> {
    let mut summary: types::AccountSummary = convert(&account.document)?;
    summary.account_status = Some(account.status.as_str().to_owned());
    summary.financial_institution = Some(build(json!({ "name": "Sandbox Bank" }))?);
    Ok(summary)
}
