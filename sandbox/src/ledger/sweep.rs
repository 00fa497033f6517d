//! Sweeps: what keeps an account between its floor and its ceiling.
//!
//! Before a debit would take an account below its floor, the missing part comes in from the linked
//! account; what a credit leaves above its ceiling goes out to the linked one. The linked account
//! may have a floor of its own, and so on.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::hold::NewHold;
use super::{LedgerAccount, Movement, Sign, append};
use crate::model::{Ctx, Refusal};
use crate::registry::ledger_account;
use crate::store::Days;

/// How many links are followed; more than a chain of accounts ever has, and an end to a circle.
pub(crate) const DEPTH_MAX: u32 = 8;

/// The end of what an account may hold, and the account beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// In minor units.
    pub(crate) balance: i64,
    /// Where what is missing comes from, or what is too much goes to.
    pub(crate) linked: Option<String>,
}

/// What is missing for a debit, and where it would come from.
fn missing(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
) -> Result<Option<(LedgerAccount, i64)>, Refusal> {
    let Some(Line { balance: floor, linked: Some(linked) }) = &account.floor else {
        return Ok(None);
    };
    let short = floor.saturating_sub(account.available(ctx)?.saturating_sub(amount));
    match ledger_account(ctx, linked)? {
        Some(linked) if short > 0 => {
            let give = short.min(reach(ctx, &linked, DEPTH_MAX)?);
            Ok((give > 0).then_some((linked, give)))
        }
        _ => Ok(None),
    }
}

/// What an account can give, with what it would get from the ones behind it.
pub(crate) fn reach(ctx: &Ctx<'_>, account: &LedgerAccount, depth: u32) -> Result<i64, Refusal> {
    // The programme's own accounts may go below zero.
    if account.is_internal {
        return Ok(i64::MAX);
    }
    let floor = account.floor.as_ref();
    let own = account.available(ctx)?.saturating_sub(floor.map_or(0, |line| line.balance));
    let behind = match floor.and_then(|line| line.linked.as_deref()) {
        Some(linked) if depth > 0 => match ledger_account(ctx, linked)? {
            Some(linked) => reach(ctx, &linked, depth - 1)?,
            None => 0,
        },
        _ => 0,
    };
    Ok(own.saturating_add(behind).max(0))
}

/// Brings in what a debit would lack.
pub(super) fn fund(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
    days: Days,
) -> Result<(), Refusal> {
    if let Some((linked, short)) = missing(ctx, account, amount)? {
        fund(ctx, &linked, short, days)?;
        append(ctx, &sweep(&linked, account, short), days, true, |_| {})?;
    }
    Ok(())
}

/// Sends out what is above the ceiling after a credit.
pub(super) fn spill(ctx: &Ctx<'_>, account: &LedgerAccount, days: Days) -> Result<(), Refusal> {
    let Some(Line { balance: ceiling, linked: Some(linked) }) = &account.ceiling else {
        return Ok(());
    };
    let excess = account.available(ctx)?.saturating_sub(*ceiling);
    if excess > 0
        && let Some(linked) = ledger_account(ctx, linked)?
    {
        append(ctx, &sweep(account, &linked, excess), days, true, |_| {})?;
        spill(ctx, &linked, days)?;
    }
    Ok(())
}

fn sweep<'a>(from: &'a LedgerAccount, to: &'a LedgerAccount, amount: i64) -> Movement<'a> {
    Movement {
        kind: "internal_transfer",
        subtype: "account_to_account_sweep",
        from,
        to,
        amount,
        memo: "",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    }
}

/// Sets aside, on the linked account, what a hold lacks on its own: the id of that hold, and how
/// much it is.
pub(super) fn reserve(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
    expires_at: DateTime<Utc>,
) -> Result<Option<(String, i64)>, Refusal> {
    let Some((linked, short)) = missing(ctx, account, amount)? else {
        return Ok(None);
    };
    let behind = NewHold {
        kind: "internal_transfer",
        subtype: "account_to_account_sweep",
        account: &linked,
        offset: account,
        sign: Sign::Debit,
        amount: short,
        memo: "",
        reference_id: None,
        external_data: json!({}),
        expires_at,
        transaction_id: None,
        id: None,
    }
    .open_as(ctx, true)?;
    Ok(Some((crate::model::text(&behind, "uuid").to_owned(), short)))
}
