//! Floors and ceilings: what a movement must respect, and which accounts stand behind another.

use std::collections::{BTreeSet, VecDeque};

use iso_currency::Currency;
use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use crate::domain::accounts::balances;
use crate::ledger;
use crate::ledger::{ACCOUNT, INTERNAL_ACCOUNT, LINES, LINKS_MAX, linked, reach};
use crate::model::{ApiError, Ctx, Problem, text};
use crate::spec::FieldErrors;

/// The customers' accounts that an account is linked to, and those that these are linked to.
pub(crate) fn ancestors(ctx: &Ctx<'_>, account: &Value) -> Result<Vec<Value>, ApiError> {
    ancestors_over(ctx, account, links(account))
}

/// The same over some of its links.
fn ancestors_over(
    ctx: &Ctx<'_>,
    account: &Value,
    links_of_account: impl IntoIterator<Item = Option<String>>,
) -> Result<Vec<Value>, ApiError> {
    let mut known = BTreeSet::from([text(account, "id").to_owned()]);
    let mut found: Vec<Value> = Vec::new();
    let mut open = VecDeque::from_iter(links_of_account);
    while let Some(next) = open.pop_front() {
        if let Some(id) = next
            && !known.contains(&id)
            && let Some(ancestor) = ctx.get(&ACCOUNT, &id)?
        {
            known.insert(id);
            open.extend(links(&ancestor));
            found.push(ancestor);
        }
    }
    Ok(found)
}

fn links(account: &Value) -> [Option<String>; 2] {
    LINES.map(|(line, _)| linked(account, line).map(str::to_owned))
}

/// The links of the longest chain that leads away from an account over a link; of longer ones than a
/// chain may be, one more than that.
fn links_from(ctx: &Ctx<'_>, link: &str) -> Result<usize, ApiError> {
    let mut level = BTreeSet::from([link.to_owned()]);
    let mut count = 0;
    while !level.is_empty() && count <= LINKS_MAX {
        count += 1;
        let mut next = BTreeSet::new();
        for id in level {
            if let Some(account) = ctx.get(&ACCOUNT, &id)? {
                next.extend(links(&account).into_iter().flatten());
            }
        }
        level = next;
    }
    Ok(count)
}

/// The same of the chains that lead to an account.
fn links_to(ctx: &Ctx<'_>, account: &Value) -> Result<usize, ApiError> {
    let mut level = BTreeSet::from([text(account, "id").to_owned()]);
    let mut count = 0;
    loop {
        let mut next = BTreeSet::new();
        for id in level.iter().filter(|id| !id.is_empty()) {
            for other in ctx.all_with(&ACCOUNT, "linked", id)? {
                // The key is that of securities, too.
                if LINES.iter().any(|(line, _)| linked(&other, line) == Some(id.as_str())) {
                    next.insert(text(&other, "id").to_owned());
                }
            }
        }
        if next.is_empty() || count > LINKS_MAX {
            return Ok(count);
        }
        count += 1;
        level = next;
    }
}

/// The member that names the account behind a line, of the two that may.
fn link_member(account: &Value, line: &str, old: &str) -> String {
    let is_old = text(&account[line], "linked_account_id").is_empty();
    format!("{line}.{}", if is_old { old } else { "linked_account_id" })
}

/// Checks the lines that an account is to have: order, and links that exist, lead nowhere back and
/// make no chain of more than [`LINKS_MAX`]. Of two lines that do not fit together, the one that was
/// sent is wrong.
pub(crate) fn check(ctx: &Ctx<'_>, account: &Value, sent: &Value) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    let own = text(account, "id");
    let mut links_to_own = None;
    for (line, old) in LINES {
        let Some(id) = linked(account, line) else {
            continue;
        };
        let field = link_member(account, line, old);
        if id == own {
            errors.merge(FieldErrors::invalid(&field, "must be another account"));
            continue;
        }
        let other = match ctx.get(&ACCOUNT, id)? {
            Some(other) => Some(other),
            None => ctx.get(&INTERNAL_ACCOUNT, id)?,
        };
        let Some(other) = other else {
            let mut problem =
                Problem::new(ErrorCode::AccountNotFound, format!("{field} names no account"));
            problem.errors = FieldErrors::invalid(&field, "does not exist");
            return Err(problem.into());
        };
        if other["currency"] != account["currency"] {
            errors.merge(FieldErrors::invalid(&field, "is an account in another currency"));
        }
        let to_own = match links_to_own {
            Some(count) => count,
            None => *links_to_own.insert(links_to(ctx, account)?),
        };
        if links_from(ctx, id)? + to_own > LINKS_MAX {
            let reason = format!("makes a chain of more than {LINKS_MAX} linked accounts");
            errors.merge(FieldErrors::invalid(&field, reason));
        }
        let leads_back =
            |ancestor: &Value| LINES.iter().any(|(line, _)| linked(ancestor, line) == Some(own));
        if !own.is_empty()
            && ancestors_over(ctx, account, [Some(id.to_owned())])?.iter().any(leads_back)
        {
            errors.merge(FieldErrors::invalid(&field, "leads back to this account"));
        }
    }
    let balance = |line: &str| account[line]["balance"].as_i64();
    if let (Some(floor), Some(ceiling)) = (balance("balance_floor"), balance("balance_ceiling"))
        && floor > ceiling
    {
        let (line, reason) = match sent.get("balance_floor").is_some_and(Value::is_object) {
            true => ("balance_floor", "must not be above the ceiling"),
            false => ("balance_ceiling", "must not be below the floor"),
        };
        errors.merge(FieldErrors::invalid(&format!("{line}.balance"), reason));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// Checks that the account behind a floor stays while money is set aside on it: the hold that it is
/// set aside for would otherwise be paid with money that is not there.
pub(crate) fn check_held_link(
    ctx: &Ctx<'_>,
    before: &Value,
    account: &Value,
) -> Result<(), ApiError> {
    let floor = "balance_floor";
    let link = linked(before, floor);
    if link.is_none()
        || linked(account, floor) == link
        || !ledger::holds_behind(ctx, text(before, "id"))?
    {
        return Ok(());
    }
    let detail = "the account behind the floor has money set aside for an open hold of this account; \
                  it can change when the hold has ended";
    let mut problem = Problem::new(ErrorCode::BalanceViolation, detail);
    problem.errors = FieldErrors::invalid(
        &format!("{floor}.linked_account_id"),
        "must stay while money is set aside there",
    );
    Err(problem.into())
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
pub(crate) fn check_debit(ctx: &Ctx<'_>, account: &Value, amount: i64) -> Result<(), ApiError> {
    let available = balances::current(ctx, account)?.available;
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
        return Err(ApiError::rule(ErrorCode::InsufficientFunds, detail));
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
        return Err(ApiError::rule(ErrorCode::BalanceViolation, detail));
    };
    let behind = match ledger::ledger_account(ctx, linked)? {
        Some(linked) => reach(ctx, &linked, LINKS_MAX)?,
        None => 0,
    };
    let short = line.saturating_sub(after);
    if behind >= short {
        return Ok(());
    }
    let detail = format!("{short} must come from the linked account, which has {behind}");
    Err(ApiError::rule(ErrorCode::InsufficientFunds, detail))
}

/// An amount can come into an account: it stays below its ceiling, or there is an account above it.
pub(crate) fn check_credit(ctx: &Ctx<'_>, account: &Value, amount: i64) -> Result<(), ApiError> {
    let mut account = account.clone();
    let mut amount = amount;
    for _ in 0..LINKS_MAX {
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
            return Err(ApiError::rule(ErrorCode::BalanceViolation, detail));
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
