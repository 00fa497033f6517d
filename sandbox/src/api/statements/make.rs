//! Making statements: at the end of each period, as long as the account lives.

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use crate::api::statements::{STATEMENT, summary};
use crate::domain::accounts::holders;
use crate::domain::parties::Party;
use crate::domain::statements::{Period, schedule};
use crate::ledger;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, text, without};

/// Types that get no statement for a period in which nothing happened.
const QUIET_TYPES: [&str; 2] = ["CHECKING", "PREPAID"];

/// Makes the statement of the period that ended yesterday, if there is to be one.
pub(crate) fn make(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(account) = ctx.get(&ACCOUNT, id)? else {
        return Ok(());
    };
    let mut period = Period::of(&account, ctx.today() - Days::new(1));
    if let Ok(opened) = text(&account, "open_date").parse::<NaiveDate>() {
        period.first = period.first.max(opened);
    }
    let ended = text(&account, "close_date").parse::<NaiveDate>().ok();
    if ended.is_some_and(|day| day < period.first) {
        return Ok(());
    }
    let days = (period.first, period.last);
    let count = ctx.tx.count_between(ctx.tenant, id, days)?;
    if count > 0 || !QUIET_TYPES.contains(&text(&account, "account_type")) {
        let statement = statement(ctx, &account, period, count)?;
        ctx.insert(&STATEMENT, &statement)?;
    }
    // The statement of the period in which an account was closed is its last.
    if ended.is_some_and(|day| day <= period.last) {
        return Ok(());
    }
    schedule(ctx, &account, ctx.today())
}

fn statement(
    ctx: &Ctx<'_>,
    account: &Value,
    period: Period,
    count: i64,
) -> Result<Value, ApiError> {
    let id = text(account, "id");
    // What is owed on a credit account is shown as such.
    let sign = if ledger::owes(account) { -1 } else { 1 };
    let balance = |day| Ok::<i64, ApiError>(sign * ctx.tx.balance_after(ctx.tenant, id, day)?);
    let mut statement = json!({
        "id": ctx.new_id()?, "account_id": id,
        "start_date": period.first.to_string(), "end_date": period.last.to_string(),
        "issue_date": ctx.today().to_string(),
        "opening_balance": balance(period.first - Days::new(1))?,
        "closing_balance": balance(period.last)?,
        "total_transactions": count,
        "exclude_jit_transactions": false, "include_child_transactions": false,
        "account_summary": account_summary(account),
        "disclosure": "Made by a sandbox: no bank stands behind this statement.",
    });
    summary::add(ctx, account, period, &mut statement)?;
    let (mut joint, mut signers) = (Vec::new(), Vec::new());
    for (role, party, body) in holders::related(ctx, id)? {
        match (role.as_str(), party) {
            ("PRIMARY_ACCOUNT_HOLDER", Party::Person) => {
                statement["primary_account_holder_personal"] = holder(&role, &body);
            }
            ("PRIMARY_ACCOUNT_HOLDER", Party::Business) => {
                statement["primary_account_holder_business"] = business(body);
            }
            ("JOINT_ACCOUNT_HOLDER", Party::Person) => joint.push(holder(&role, &body)),
            ("AUTHORIZED_SIGNER", Party::Person) => signers.push(holder(&role, &body)),
            _ => {}
        }
    }
    statement["joint_account_holders"] = json!(joint);
    statement["authorized_signers"] = json!(signers);
    Ok(statement)
}

/// The members of an object that are there, of some names.
fn picked(from: &Value, names: &[&str]) -> Value {
    let there = names.iter().filter_map(|name| {
        let value = from.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    Value::Object(there.collect::<Map<String, Value>>())
}

fn account_summary(account: &Value) -> Value {
    let mut summary = picked(
        account,
        &[
            "id",
            "account_number",
            "account_type",
            "creation_time",
            "currency",
            "customer_type",
            "last_updated_time",
            "nickname",
        ],
    );
    summary["account_status"] = account["status"].clone();
    for line in ["balance_floor", "balance_ceiling"] {
        if account[line].is_object() {
            summary[line] = json!({ "balance": account[line]["balance"] });
        }
    }
    summary["financial_institution"] = json!({ "name": "Sandbox Bank" });
    summary
}

fn holder(role: &str, person: &Value) -> Value {
    let mut holder = picked(
        person,
        &["id", "first_name", "middle_name", "last_name", "creation_time", "last_updated_time"],
    );
    holder["relationship_type"] = json!(role);
    holder
}

fn business(mut business: Value) -> Value {
    if business["trade_names"].is_null() {
        without(&mut business, &["trade_names"]);
    }
    picked(
        &business,
        &[
            "id",
            "entity_name",
            "trade_names",
            "ein",
            "email",
            "phone_number",
            "formation_date",
            "formation_state",
            "structure",
            "status",
            "verification_status",
            "verification_last_run",
            "creation_time",
            "last_updated_time",
        ],
    )
}
