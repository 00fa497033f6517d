//! What an account in closing waits for. Its closure shows each check, with what it found.

use serde_json::{Value, json};
use synctera_api::v2::types::{
    AccountClosureValidationResponse as Check, CheckDepositStatus, EftCaStatus,
    ExternalCardTransferStatus, OutgoingAchStatus, PendingTransactionDataStatus,
};

use crate::domain::accounts::closing::payout::{Payable, payable};
use crate::domain::accounts::{credit, interest};
use crate::domain::ach::OutgoingAch;
use crate::domain::check_deposits::CheckDeposit;
use crate::domain::disputes::Dispute;
use crate::domain::eft_ca::EftCaTransfer;
use crate::domain::external_cards::ExternalCardTransfer;
use crate::ledger;
use crate::ledger::{Account, Hold};
use crate::model::{ApiError, Ctx, Record, build};

/// How many ids a check names.
const NAMED_MAX: usize = 20;

/// A check; `wait` says what it waits for, if anything.
fn check(name: &str, fine: &str, wait: Option<(String, Value)>) -> Result<Check, ApiError> {
    let validated = wait.is_none();
    let (message, details) = wait.unwrap_or_else(|| (fine.to_owned(), json!({})));
    build(json!({
        "name": name, "validated": validated, "message": message, "details": details,
    }))
}

/// A check of what is open, by its ids.
fn of_open(name: &str, what: &str, ids: Vec<String>) -> Result<Check, ApiError> {
    let wait = (!ids.is_empty()).then(|| {
        let message = format!("{what} that must end first: {}", ids.len());
        let named: Vec<&String> = ids.iter().take(NAMED_MAX).collect();
        (message, json!({ "ids": named }))
    });
    check(name, &format!("no {what}"), wait)
}

/// Payments and disputes that are not over: until they are, nothing is paid out.
fn under_way(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Vec<Check>, ApiError> {
    let id = account.own_id();
    let transfers = ctx.find_all::<OutgoingAch>("source", id)?;
    let transfers = transfers.iter().filter(|transfer| {
        // What is pushed is pending by its hold.
        transfer.facts.is_pull && transfer.status == OutgoingAchStatus::Pending
    });
    let of_canada = ctx.find_all::<EftCaTransfer>("originating", id)?;
    let of_canada = of_canada.iter().filter(|found| {
        let is_in_suspense = found.status == EftCaStatus::InSuspense;
        found.is_pull() && (found.is_under_way() || is_in_suspense)
    });
    let of_cards = ctx.find_all::<ExternalCardTransfer>("account", id)?;
    let of_cards = of_cards.iter().filter(|transfer| {
        matches!(
            transfer.status,
            ExternalCardTransferStatus::Pending | ExternalCardTransferStatus::UnknownValue
        )
    });
    let deposits = ctx.find_all::<CheckDeposit>("account", id)?;
    let deposits = deposits.iter().filter(|found| found.status == CheckDepositStatus::Pending);
    let disputes = ctx.find_all::<Dispute>("account", id)?;
    let disputes = disputes.iter().filter(|dispute| dispute.is_open());
    Ok(vec![
        of_open("pending_transactions", "pending transactions", open_holds(ctx, account)?)?,
        of_open(
            "ach_transfers",
            "ACH transfers that have not been sent",
            transfers.map(|transfer| transfer.id.to_string()).collect(),
        )?,
        of_open(
            "eft_ca_transfers",
            "EFT Canada transfers under way or in suspense",
            of_canada.map(|transfer| transfer.id.to_string()).collect(),
        )?,
        of_open(
            "external_card_transfers",
            "external card transfers under way",
            of_cards.map(|transfer| transfer.id.to_string()).collect(),
        )?,
        of_open(
            "check_deposits",
            "check deposits in review",
            deposits.map(|deposit| deposit.id.to_string()).collect(),
        )?,
        of_open(
            "disputes",
            "open disputes",
            disputes.map(|dispute| dispute.id.to_string()).collect(),
        )?,
    ])
}

/// The open holds on an account, and those on others whose money is for it. What an account sets
/// aside behind its floor counts, too.
fn open_holds(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Vec<String>, ApiError> {
    let id = account.own_id();
    let mut open = Vec::new();
    for key in ["account", "offset"] {
        for hold in ctx.find_all::<Hold>(key, id)? {
            let is_open = matches!(
                hold.data.status,
                PendingTransactionDataStatus::Pending | PendingTransactionDataStatus::Partcleared
            );
            let hold = hold.uuid.to_string();
            if is_open && !open.contains(&hold) {
                open.push(hold);
            }
        }
    }
    Ok(open)
}

/// Whether something is not over that must be before anything is paid out.
pub(super) fn is_anything_under_way(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<bool, ApiError> {
    Ok(under_way(ctx, account)?.iter().any(|check| !check.validated))
}

/// All checks: the account can be closed when each is validated.
pub(super) fn all(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Vec<Check>, ApiError> {
    let mut checks = under_way(ctx, account)?;
    let is_under_way = checks.iter().any(|check| !check.validated);
    let interest = interest::outstanding(ctx, account)?.map(|(amount, day)| {
        let message = format!("interest that is paid on {day}");
        (message, json!({ "amount": amount, "payment_date": day }))
    });
    checks.push(check("interest", "no interest to be paid", interest)?);
    checks.push(check("balance", "the balance is zero", balance(ctx, account, is_under_way)?)?);
    let returns = account.facts.returns_until.filter(|day| *day > ctx.today()).map(|day| {
        let message = format!("the payment by ACH can be returned until {day}");
        (message, json!({ "returns_until": day }))
    });
    checks.push(check("returns", "no payment that can be returned", returns)?);
    Ok(checks)
}

/// What the balance waits for.
fn balance(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    is_under_way: bool,
) -> Result<Option<(String, Value)>, ApiError> {
    let rest = ledger::balances(ctx, account.own_id())?.account;
    if rest == 0 {
        return Ok(None);
    }
    let message = if rest < 0 && credit::is_credit(account) {
        "what is owed on the account must be paid first".to_owned()
    } else if rest > 0
        && let Payable::Not(reason) = payable(ctx, account, rest)?
    {
        reason
    } else if is_under_way {
        "the balance is settled when nothing is pending".to_owned()
    } else {
        "the balance is settled on the next business day".to_owned()
    };
    Ok(Some((message, json!({ "balance": rest }))))
}
