//! Floors and ceilings: what a movement must respect, and which accounts stand behind another.

use std::collections::VecDeque;

use iso_currency::Currency;
use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use super::{ACCOUNT, balances};
use crate::api::internal_accounts::INTERNAL_ACCOUNT;
use crate::ledger;
use crate::ledger::{DEPTH_MAX, reach};
use crate::model::{Ctx, Problem, Refusal, text};
use crate::spec::Faults;

/// The lines, the link of each, and the link's older name.
const LINES: [(&str, &str); 2] =
    [("balance_floor", "overdraft_account_id"), ("balance_ceiling", "overflow_account_id")];

/// The account behind a line.
pub(crate) fn linked<'a>(account: &'a Value, line: &str) -> Option<&'a str> {
    let old = LINES.iter().find(|(name, _)| *name == line).map_or("", |(_, old)| *old);
    let line = account.get(line)?;
    [text(line, "linked_account_id"), text(line, old)].into_iter().find(|id| !id.is_empty())
}

/// The customers' accounts that an account is linked to, and those that these are linked to.
pub(crate) fn ancestors(ctx: &Ctx<'_>, account: &Value) -> Result<Vec<Value>, Refusal> {
    let own = text(account, "id");
    let mut found: Vec<Value> = Vec::new();
    let links = |of: &Value| LINES.map(|(line, _)| linked(of, line).map(str::to_owned));
    let mut open = VecDeque::from(links(account));
    while let Some(next) = open.pop_front() {
        let Some(id) = next.filter(|id| own != id) else {
            continue;
        };
        let is_known = found.iter().any(|it| text(it, "id") == id);
        if let (false, Some(ancestor)) = (is_known, ctx.get(&ACCOUNT, &id)?) {
            open.extend(links(&ancestor));
            found.push(ancestor);
        }
    }
    Ok(found)
}

/// Checks the lines that an account is to have: order, and links that exist and lead nowhere back.
pub(super) fn check(ctx: &Ctx<'_>, account: &Value) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    for (line, _) in LINES {
        let Some(id) = linked(account, line) else {
            continue;
        };
        let field = format!("{line}.linked_account_id");
        if id == text(account, "id") {
            faults.merge(Faults::invalid(&field, "must be another account"));
            continue;
        }
        let other = match ctx.get(&ACCOUNT, id)? {
            Some(other) => Some(other),
            None => ctx.get(&INTERNAL_ACCOUNT, id)?,
        };
        let Some(other) = other else {
            let mut problem =
                Problem::new(ErrorCode::AccountNotFound, format!("{field} names no account"));
            problem.faults = Faults::invalid(&field, "does not exist");
            return Err(problem.into());
        };
        if other["currency"] != account["currency"] {
            faults.merge(Faults::invalid(&field, "is an account in another currency"));
        }
    }
    let balance = |line: &str| account[line]["balance"].as_i64();
    if let (Some(floor), Some(ceiling)) = (balance("balance_floor"), balance("balance_ceiling"))
        && floor > ceiling
    {
        faults.merge(Faults::invalid("balance_floor.balance", "must not be above the ceiling"));
    }
    let own = text(account, "id");
    if !own.is_empty() {
        for ancestor in ancestors(ctx, account)? {
            if LINES.iter().any(|(line, _)| linked(&ancestor, line) == Some(own)) {
                let reason = "leads back to this account";
                faults.merge(Faults::invalid("balance_floor.linked_account_id", reason));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// An amount in the currency of an account, for people.
fn money(account: &Value, minor: i64) -> String {
    let code = text(account, "currency");
    let places = Currency::from_code(code).and_then(Currency::exponent).map_or(2, usize::from);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if minor < 0 { "-" } else { "" };
    let point = if places == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{part} {code}")
}

/// An amount can leave an account: it is available, or the accounts behind its floor have it.
pub(crate) fn check_debit(ctx: &Ctx<'_>, account: &Value, amount: i64) -> Result<(), Refusal> {
    let available = balances::shown(ctx, account)?.available;
    let after = available.saturating_sub(amount);
    let floor = &account["balance_floor"];
    let Some(line) = floor["balance"].as_i64() else {
        if after >= 0 {
            return Ok(());
        }
        let detail = format!(
            "{} is requested, {} is available",
            money(account, amount),
            money(account, available)
        );
        return Err(Refusal::rule(ErrorCode::InsufficientFunds, detail));
    };
    if after >= line {
        return Ok(());
    }
    let Some(linked) = linked(account, "balance_floor") else {
        let detail = format!(
            "{} would be left, and the floor is {}",
            money(account, after),
            money(account, line)
        );
        return Err(Refusal::rule(ErrorCode::BalanceViolation, detail));
    };
    let behind = match balances::ledger_account(ctx, linked)? {
        Some(linked) => reach(ctx, &linked, DEPTH_MAX)?,
        None => 0,
    };
    let short = line.saturating_sub(after);
    if behind >= short {
        return Ok(());
    }
    let detail = format!("{short} must come from the linked account, which has {behind}");
    Err(Refusal::rule(ErrorCode::InsufficientFunds, detail))
}

/// An amount can come into an account: it stays below its ceiling, or there is an account above it.
pub(crate) fn check_credit(ctx: &Ctx<'_>, account: &Value, amount: i64) -> Result<(), Refusal> {
    let mut account = account.clone();
    let mut amount = amount;
    for _ in 0..DEPTH_MAX {
        let Some(line) = account["balance_ceiling"]["balance"].as_i64() else {
            return Ok(());
        };
        let available = ledger::account_of(&account, false).available(ctx)?;
        let excess = available.saturating_add(amount).saturating_sub(line);
        if excess <= 0 {
            return Ok(());
        }
        let Some(linked) = linked(&account, "balance_ceiling") else {
            let detail = format!(
                "{} would be above the ceiling of {}",
                money(&account, excess),
                money(&account, line)
            );
            return Err(Refusal::rule(ErrorCode::BalanceViolation, detail));
        };
        // Above an internal account there is nothing.
        let Some(next) = ctx.get(&ACCOUNT, linked)? else {
            return Ok(());
        };
        account = next;
        amount = excess;
    }
    Ok(())
}
