//! Accounts as the ledger knows them, and their balances.

use serde_json::Value;

use super::kinds::{ACCOUNT, INTERNAL_ACCOUNT};
use crate::model::{ApiError, Ctx, text};

/// The status of an account that has come to its end.
pub(crate) const CLOSED: &str = "CLOSED";

/// An account as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LedgerAccount {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) currency: String,
    /// Of the bank or the program, not of a customer.
    pub(crate) is_internal: bool,
    /// Nothing moves on it any more.
    pub(crate) is_closed: bool,
    /// What may be owed, on an account on which money is owed.
    pub(crate) credit_limit: Option<i64>,
    pub(crate) floor: Option<Line>,
    pub(crate) ceiling: Option<Line>,
}

impl LedgerAccount {
    /// What can leave it, in minor units.
    pub(crate) fn available(&self, ctx: &Ctx<'_>) -> Result<i64, ApiError> {
        let balances = balances(ctx, &self.id)?;
        Ok(balances.available.saturating_add(self.credit_limit.unwrap_or_default()))
    }

    /// Its two balances as the platform shows them: what is there, or what is owed; and what can
    /// be spent.
    pub(super) fn displayed(&self, posted: i64, held: i64) -> (i64, i64) {
        let available = posted.saturating_sub(held);
        match self.credit_limit {
            Some(limit) => (posted.saturating_neg(), available.saturating_add(limit)),
            None => (posted, available),
        }
    }
}

/// The end of what an account may hold, and the account beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// In minor units.
    pub(crate) balance: i64,
    /// Where what is missing comes from, or what is too much goes to.
    pub(crate) linked: Option<String>,
}

/// An account's two balances, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balances {
    /// Posted credits less posted debits.
    pub(crate) account: i64,
    /// That, less open holds.
    pub(crate) available: i64,
}

/// The balances of an account, derived from its lines and holds.
pub(crate) fn balances(ctx: &Ctx<'_>, account: &str) -> Result<Balances, ApiError> {
    let posted = ctx.tx.posted_balance(ctx.tenant, account)?;
    let held = ctx.tx.held(ctx.tenant, account)?;
    Ok(Balances { account: posted, available: posted.saturating_sub(held) })
}

/// A customer's or an internal account, as the ledger knows it.
pub(crate) fn ledger_account(ctx: &Ctx<'_>, id: &str) -> Result<Option<LedgerAccount>, ApiError> {
    if let Some(account) = ctx.get(&ACCOUNT, id)? {
        return Ok(Some(account_of(&account, false)));
    }
    let account = ctx.get(&INTERNAL_ACCOUNT, id)?;
    Ok(account.map(|account| account_of(&account, true)))
}

/// The ledger's view of a stored customer or internal account.
pub(crate) fn account_of(account: &Value, is_internal: bool) -> LedgerAccount {
    LedgerAccount {
        id: text(account, "id").to_owned(),
        number: text(account, "account_number").to_owned(),
        currency: text(account, "currency").to_owned(),
        is_internal,
        is_closed: text(account, "status") == CLOSED,
        credit_limit: owes(account).then(|| account["credit_limit"].as_i64().unwrap_or_default()),
        floor: line(account, "balance_floor"),
        ceiling: line(account, "balance_ceiling"),
    }
}

/// Whether money is owed on an account, rather than kept.
pub(crate) fn owes(account: &Value) -> bool {
    let kind = text(account, "account_type");
    kind == "LINE_OF_CREDIT" || kind.starts_with("CHARGE_") || kind.starts_with("REVOLVING_CREDIT_")
}

fn line(account: &Value, name: &str) -> Option<Line> {
    let balance = account.get(name)?.get("balance")?.as_i64()?;
    let linked = linked(account, name).map(str::to_owned);
    Some(Line { balance, linked })
}

/// The lines, the link of each, and the link's older name.
pub(crate) const LINES: [(&str, &str); 2] =
    [("balance_floor", "overdraft_account_id"), ("balance_ceiling", "overflow_account_id")];

/// The account behind a line.
pub(crate) fn linked<'a>(account: &'a Value, line: &str) -> Option<&'a str> {
    let old = LINES.iter().find(|(name, _)| *name == line).map_or("", |(_, old)| *old);
    let line = account.get(line)?;
    [text(line, "linked_account_id"), text(line, old)].into_iter().find(|id| !id.is_empty())
}
