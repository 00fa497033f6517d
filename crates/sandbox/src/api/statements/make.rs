//! Making statements: at the end of each period, as long as the account lives.

use chrono::Days;
use serde_json::{Value, json};
use synctera_api::runtime::AccountId;
use synctera_api::v2::types;
use synctera_api::v2::types::{AccountRelationshipType as Role, AccountType};

use crate::api::statements::{Statement, summary};
use crate::domain::accounts::{auto_payment, billing, credit, holders};
use crate::domain::autopay;
use crate::domain::parties::PartyRecord;
use crate::domain::statements::{Period, schedule};
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record, build, convert, patch};

/// Makes the statement of the period that ended yesterday, if there is to be one.
pub(crate) fn make(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.find::<Account>(id)? else {
        return Ok(());
    };
    let billing = account.billing_period.clone();
    let mut period = Period::of(billing.as_ref(), ctx.today() - Days::new(1));
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
    let is_quiet =
        matches!(account.account_type, Some(AccountType::Checking | AccountType::Prepaid));
    if count > 0 || !is_quiet {
        let members = statement(ctx, &mut account, period, count)?;
        let statement = Record::<Statement>::new(build(members)?, ());
        ctx.add(&statement)?;
        autopay::plan(ctx, &account, &statement.wire)?;
    }
    // The statement of the period in which an account was closed is its last.
    if ended.is_some_and(|day| day <= period.last) {
        return Ok(());
    }
    schedule(ctx, id, Period::of(billing.as_ref(), ctx.today()))
}

/// The members of a statement.
fn statement(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    period: Period,
    count: i64,
) -> Result<Value, ApiError> {
    let id = account.own_id().to_string();
    // What is owed on a credit account is shown as such.
    let sign = if ledger::owes(account.account_type.as_ref()) { -1 } else { 1 };
    let balance = |day| Ok::<i64, ApiError>(sign * ctx.tx.balance_after(ctx.tenant, &id, day)?);
    let closing = balance(period.last)?;
    let billed = if credit::is_credit(account) {
        let billed = billing::bill(ctx, account, period, closing)?;
        auto_payment::schedule(ctx, account, period, billed.due)?;
        ctx.save(account)?;
        Some(billed)
    } else {
        None
    };
    let mut members = json!({
        "id": ctx.new_id()?, "account_id": account.own_id(),
        "start_date": period.first, "end_date": period.last, "issue_date": ctx.today(),
        "opening_balance": balance(period.first - Days::new(1))?, "closing_balance": closing,
        "total_transactions": count,
        "exclude_jit_transactions": false, "include_child_transactions": false,
        "account_summary": account_summary(account)?,
        "disclosure": "Made by a sandbox: no bank stands behind this statement.",
    });
    patch(&mut members, summary::members(ctx, account, period, billed.as_ref())?);
    patch(&mut members, holders_of(ctx, account.own_id())?);
    Ok(members)
}

/// The members that say who holds an account.
fn holders_of(ctx: &Ctx<'_>, account: AccountId) -> Result<Value, ApiError> {
    let (mut personal, mut business) = (None, None);
    let (mut joint, mut signers) = (Vec::new(), Vec::new());
    for (role, party) in holders::related(ctx, account)? {
        match (&role, party) {
            (Role::PrimaryAccountHolder, PartyRecord::Person(person)) => {
                personal = Some(holder(&role, &person)?);
            }
            (Role::PrimaryAccountHolder, PartyRecord::Business(found)) => {
                business = Some(convert::<types::StatementBusiness>(&found.wire)?);
            }
            (Role::JointAccountHolder, PartyRecord::Person(person)) => {
                joint.push(holder(&role, &person)?);
            }
            (Role::AuthorizedSigner, PartyRecord::Person(person)) => {
                signers.push(holder(&role, &person)?);
            }
            _ => {}
        }
    }
    Ok(json!({
        "primary_account_holder_personal": personal, "primary_account_holder_business": business,
        "joint_account_holders": joint, "authorized_signers": signers,
    }))
}

fn holder(role: &Role, person: &types::Person) -> Result<types::StatementHolder, ApiError> {
    let mut holder: types::StatementHolder = convert(person)?;
    holder.relationship_type = Some(role.as_str().to_owned());
    Ok(holder)
}

fn account_summary(account: &Record<Account>) -> Result<types::AccountSummary, ApiError> {
    let mut summary: types::AccountSummary = convert(&account.wire)?;
    summary.account_status = account.status.as_ref().map(|status| status.as_str().to_owned());
    summary.financial_institution = Some(build(json!({ "name": "Sandbox Bank" }))?);
    Ok(summary)
}
