//! Sweeps: what keeps an account between its floor and its ceiling.
//!
//! Before a debit would take an account below its floor, the missing part comes in from the linked
//! account; what a credit leaves above its ceiling goes out to the linked one. The linked account
//! may have a floor of its own, and so on: links are followed in a loop of at most [`LINKS_MAX`].

use serde_json::json;
use synctera_api::v2::types::{TransactionSubtype, TransactionType};

use super::account::{LedgerAccount, Line, ledger_account};
use super::entry::{Movement, append};
use crate::model::{ApiError, Ctx};
use crate::store::Days;

/// How many links a chain of accounts may have, and how many are followed.
pub(crate) const LINKS_MAX: usize = 8;

/// What is missing for a debit, and where it would come from, over at most so many links.
pub(super) fn missing(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
    links: usize,
) -> Result<Option<(LedgerAccount, i64)>, ApiError> {
    if links == 0 {
        return Ok(None);
    }
    let Some(Line { balance: floor, linked: Some(linked) }) = &account.floor else {
        return Ok(None);
    };
    let short = floor.saturating_sub(account.available(ctx)?.saturating_sub(amount));
    match ledger_account(ctx, linked)? {
        Some(linked) if short > 0 && !linked.is_closed => {
            let give = short.min(reach(ctx, &linked, links)?);
            Ok((give > 0).then_some((linked, give)))
        }
        _ => Ok(None),
    }
}

/// What an account can give, with what it would get from the ones behind it: of so many accounts in
/// all.
pub(crate) fn reach(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    accounts: usize,
) -> Result<i64, ApiError> {
    let mut own = Vec::new();
    let mut next = Some(account.clone());
    // The money of the program's own accounts has no end: they may go below zero.
    let mut behind = 0;
    while let Some(account) = next.take() {
        if account.is_internal {
            behind = i64::MAX;
            break;
        }
        let floor = account.floor.as_ref();
        let available = account.available(ctx)?;
        own.push(available.saturating_sub(floor.map_or(0, |line| line.balance)));
        if own.len() < accounts
            && let Some(linked) = floor.and_then(|line| line.linked)
        {
            next = ledger_account(ctx, linked)?.filter(|linked| !linked.is_closed);
        }
    }
    Ok(own.into_iter().rev().fold(behind, |behind, own| own.saturating_add(behind).max(0)))
}

/// Brings in what a debit would lack.
pub(super) fn fund(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
    days: Days,
) -> Result<(), ApiError> {
    let mut sweeps: Vec<(LedgerAccount, LedgerAccount, i64)> = Vec::new();
    let (mut account, mut amount) = (account.clone(), amount);
    while let Some((linked, short)) = missing(ctx, &account, amount, LINKS_MAX - sweeps.len())? {
        sweeps.push((linked.clone(), account, short));
        (account, amount) = (linked, short);
    }
    // The account that is farthest away gives first.
    for (from, to, amount) in sweeps.into_iter().rev() {
        append(ctx, &sweep(&from, &to, amount), days, true, |_| {})?;
    }
    Ok(())
}

/// Sends out what is above the ceiling after a credit.
pub(super) fn spill(ctx: &Ctx<'_>, account: &LedgerAccount, days: Days) -> Result<(), ApiError> {
    let mut account = account.clone();
    for _ in 0..LINKS_MAX {
        let Some(Line { balance: ceiling, linked: Some(linked) }) = &account.ceiling else {
            return Ok(());
        };
        let excess = account.available(ctx)?.saturating_sub(*ceiling);
        if excess <= 0 {
            return Ok(());
        }
        let Some(linked) = ledger_account(ctx, linked)?.filter(|linked| !linked.is_closed) else {
            return Ok(());
        };
        append(ctx, &sweep(&account, &linked, excess), days, true, |_| {})?;
        account = linked;
    }
    Ok(())
}

fn sweep<'a>(from: &'a LedgerAccount, to: &'a LedgerAccount, amount: i64) -> Movement<'a> {
    Movement {
        kind: TransactionType::InternalTransfer,
        subtype: TransactionSubtype::AccountToAccountSweep,
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
