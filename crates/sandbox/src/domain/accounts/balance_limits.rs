//! Floors and ceilings: what a movement must respect, and which accounts stand behind another.

use std::collections::{BTreeSet, VecDeque};

use iso_currency::Currency;
use synctera_api::runtime::{AccountId, ErrorCode};
use synctera_api::v2::types;

use crate::domain::accounts::balances;
use crate::ledger;
use crate::ledger::{Account, LINKS_MAX, LedgerAccount, above_ceiling, behind_floor, reach};
use crate::model::{ApiError, Ctx, DOES_NOT_EXIST, Problem, Record};
use crate::spec::FieldErrors;

/// The customers' accounts that an account is linked to, and those that these are linked to.
pub(crate) fn ancestors(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Vec<Record<Account>>, ApiError> {
    ancestors_over(ctx, account, links(account))
}

/// The same over some of its links.
fn ancestors_over(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    links_of_account: impl IntoIterator<Item = AccountId>,
) -> Result<Vec<Record<Account>>, ApiError> {
    let mut known = BTreeSet::from([account.own_id()]);
    let mut found: Vec<Record<Account>> = Vec::new();
    let mut open = VecDeque::from_iter(links_of_account);
    while let Some(id) = open.pop_front() {
        if !known.contains(&id)
            && let Some(ancestor) = ctx.find::<Account>(id)?
        {
            known.insert(id);
            open.extend(links(&ancestor));
            found.push(ancestor);
        }
    }
    Ok(found)
}

fn links(account: &types::Account) -> impl Iterator<Item = AccountId> {
    [behind_floor(account), above_ceiling(account)].into_iter().flatten()
}

/// The links of the longest chain that leads away from an account over a link; of longer ones than a
/// chain may be, one more than that.
fn links_from(ctx: &Ctx<'_>, link: AccountId) -> Result<usize, ApiError> {
    let mut level = BTreeSet::from([link]);
    let mut count = 0;
    while !level.is_empty() && count <= LINKS_MAX {
        count += 1;
        let mut next = BTreeSet::new();
        for id in level {
            if let Some(account) = ctx.find::<Account>(id)? {
                next.extend(links(&account));
            }
        }
        level = next;
    }
    Ok(count)
}

/// The same of the chains that lead to an account.
fn links_to(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<usize, ApiError> {
    let mut level: BTreeSet<AccountId> = account.id.into_iter().collect();
    let mut count = 0;
    loop {
        let mut next = BTreeSet::new();
        for id in &level {
            for other in ctx.find_all::<Account>("linked", id)? {
                // The key is that of securities, too.
                if links(&other).any(|link| link == *id) {
                    next.insert(other.own_id());
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

/// The lines of an account that link to another one: the member that names it, and the account.
fn named_links(account: &types::Account) -> Vec<(&'static str, AccountId)> {
    let floor = account.balance_floor.as_ref();
    let ceiling = account.balance_ceiling.as_ref();
    let named = [
        match floor.map(|floor| floor.linked_account_id) {
            Some(None) => "balance_floor.overdraft_account_id",
            _ => "balance_floor.linked_account_id",
        },
        match ceiling.map(|ceiling| ceiling.linked_account_id) {
            Some(None) => "balance_ceiling.overflow_account_id",
            _ => "balance_ceiling.linked_account_id",
        },
    ];
    let linked = [behind_floor(account), above_ceiling(account)];
    named.into_iter().zip(linked).filter_map(|(name, linked)| Some((name, linked?))).collect()
}

/// Checks the lines that an account is to have: order, and links that exist, lead nowhere back and
/// make no chain of more than [`LINKS_MAX`]. Of two lines that do not fit together, the one that was
/// sent is wrong.
pub(crate) fn check(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    sets_floor: bool,
) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    let links_of_account = named_links(account);
    let to_own = if links_of_account.is_empty() { 0 } else { links_to(ctx, account)? };
    for (field, id) in links_of_account {
        if account.id == Some(id) {
            errors.merge(FieldErrors::invalid(field, "must be another account"));
            continue;
        }
        let Some(other) = ledger::ledger_account(ctx, id)? else {
            let mut problem =
                Problem::new(ErrorCode::AccountNotFound, format!("{field} names no account"));
            problem.errors = FieldErrors::invalid(field, DOES_NOT_EXIST);
            return Err(problem.into());
        };
        if account.currency.as_ref() != Some(&other.currency) {
            errors.merge(FieldErrors::invalid(field, "is an account in another currency"));
        }
        if links_from(ctx, id)? + to_own > LINKS_MAX {
            let reason = format!("makes a chain of more than {LINKS_MAX} linked accounts");
            errors.merge(FieldErrors::invalid(field, reason));
        }
        if let Some(own) = account.id {
            let behind = ancestors_over(ctx, account, [id])?;
            if behind.iter().any(|ancestor| links(ancestor).any(|link| link == own)) {
                errors.merge(FieldErrors::invalid(field, "leads back to this account"));
            }
        }
    }
    if let (Some(floor), Some(ceiling)) = (&account.balance_floor, &account.balance_ceiling)
        && floor.balance > ceiling.balance
    {
        let (field, reason) = match sets_floor {
            true => ("balance_floor.balance", "must not be above the ceiling"),
            false => ("balance_ceiling.balance", "must not be below the floor"),
        };
        errors.merge(FieldErrors::invalid(field, reason));
    }
    errors.refused()
}

/// Checks that the account behind a floor stays while money is set aside on it: the hold that it is
/// set aside for would otherwise be paid with money that is not there.
pub(crate) fn check_held_link(
    ctx: &Ctx<'_>,
    before: &Record<Account>,
    account: &Record<Account>,
) -> Result<(), ApiError> {
    let link = behind_floor(before);
    if link.is_none()
        || behind_floor(account) == link
        || !ledger::holds_behind(ctx, before.own_id())?
    {
        return Ok(());
    }
    let detail = "the account behind the floor has money set aside for an open hold of this account; \
                  it can change when the hold has ended";
    let mut problem = Problem::new(ErrorCode::BalanceViolation, detail);
    problem.errors = FieldErrors::invalid(
        "balance_floor.linked_account_id",
        "must stay while money is set aside there",
    );
    Err(problem.into())
}

/// An amount in the currency of an account, for people.
fn money(account: &Record<Account>, minor: i64) -> String {
    let code = account.currency_code();
    let places = Currency::from_code(code).and_then(Currency::exponent).map_or(2, usize::from);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if minor < 0 { "-" } else { "" };
    let point = if places == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{part} {code}")
}

/// An amount can leave an account: it is available, or the accounts behind its floor have it.
pub(crate) fn check_debit(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    amount: i64,
) -> Result<(), ApiError> {
    let available = balances::current(ctx, account)?.available;
    let after = available.saturating_sub(amount);
    let Some(line) = account.balance_floor.as_ref().map(|floor| floor.balance) else {
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
    let Some(linked) = behind_floor(account) else {
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
pub(crate) fn check_credit(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    amount: i64,
) -> Result<(), ApiError> {
    let (mut above, mut amount) = (None, amount);
    for _ in 0..LINKS_MAX {
        let account = above.as_ref().unwrap_or(account);
        let Some(line) = account.balance_ceiling.as_ref().map(|ceiling| ceiling.balance) else {
            return Ok(());
        };
        let available = LedgerAccount::of(account)?.available(ctx)?;
        let excess = available.saturating_add(amount).saturating_sub(line);
        if excess <= 0 {
            return Ok(());
        }
        let Some(linked) = above_ceiling(account) else {
            let detail = format!(
                "{} would be above the ceiling of {}",
                money(account, excess),
                money(account, line)
            );
            return Err(ApiError::rule(ErrorCode::BalanceViolation, detail));
        };
        // Above an internal account there is nothing.
        let Some(next) = ctx.find::<Account>(linked)? else {
            return Ok(());
        };
        (above, amount) = (Some(next), excess);
    }
    Ok(())
}
