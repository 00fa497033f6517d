//! Closing an account, as soon as nothing stands in the way.

mod checks;
mod payout;

use chrono::Days;
use synctera_api::runtime::{AccountId, ErrorCode};
use synctera_api::v2::types::{AccountClosureValidationResponse, AccountStatus};

use crate::domain::accounts::{credit, interest, overdrawn};
use crate::domain::{autopay, cards, payment_schedules};
use crate::ledger;
use crate::ledger::Account;
use crate::model::calendar::{bank_time, banking_day_from};
use crate::model::{ApiError, Ctx, Record};

pub(crate) use payout::overflows_into;

/// The job that closes an account that is in closing.
pub(crate) const CLOSE: &str = "account.close";

/// Whether an account may be put into closing, for what depends on it.
pub(crate) fn check_begin(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    if credit::secures(ctx, account.own_id())?.is_none() {
        return Ok(());
    }
    let detail = "the account secures another one that is not closed";
    Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail))
}

/// Puts an account into closing; the caller stores it.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    account.status = Some(AccountStatus::InClosing);
    account.in_closing_date = Some(ctx.today());
    cards::end_all(ctx, account.own_id())?;
    payment_schedules::cancel_all(ctx, &account.own_id().to_string())?;
    progress(ctx, account)?;
    look_again(ctx, account.own_id())
}

/// The next business day, in the morning.
fn look_again(ctx: &Ctx<'_>, id: AccountId) -> Result<(), ApiError> {
    let day = banking_day_from(ctx.today() + Days::new(1));
    let due = bank_time(day, 9, 0).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, CLOSE, &id.to_string())?)
}

fn is_in_closing(account: &Record<Account>) -> bool {
    account.status == Some(AccountStatus::InClosing)
}

/// Closes an account in closing, or looks again on the next business day.
pub(crate) fn close(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.find::<Account>(id)?.filter(is_in_closing) else {
        return Ok(());
    };
    if progress(ctx, &mut account)? {
        finish(ctx, &mut account)?;
        return ctx.save(&account);
    }
    ctx.save(&account)?;
    look_again(ctx, account.own_id())
}

/// Does what can be done now; whether nothing is left to do. The caller stores the account.
pub(crate) fn progress(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<bool, ApiError> {
    if checks::is_anything_under_way(ctx, account)? {
        return Ok(false);
    }
    let id = account.own_id();
    let is_credit = credit::is_credit(account);
    // A debt bears interest until it is paid; the last of it is charged then.
    if is_credit
        && ledger::balances(ctx, id)?.account >= 0
        && account.facts.interest_from.is_some_and(|from| from < ctx.today())
    {
        interest::settle(ctx, account, ctx.today() - Days::new(1))?;
    }
    let rest = ledger::balances(ctx, id)?.account;
    // Who owes on a credit account pays; what a deposit account lacks is the program's loss.
    if rest < 0 && !is_credit {
        overdrawn::write_off(ctx, account, -rest)?;
    }
    if rest > 0 {
        payout::pay(ctx, account, rest)?;
    }
    Ok(checks::all(ctx, account)?.iter().all(|check| check.validated))
}

/// Closes an account on which nothing is left to do; the caller stores it.
pub(crate) fn finish(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    let last = checks::all(ctx, account)?;
    if let Some(closure) = &mut account.account_closure {
        closure.validation_responses.extend(last);
    }
    account.status = Some(AccountStatus::Closed);
    account.close_date = Some(ctx.today());
    account.last_updated_time = Some(ctx.now);
    account.facts.interest_from = None;
    account.facts.returns_until = None;
    autopay::end_all(ctx, account.own_id())?;
    if let Some(mut security) = credit::security(ctx, account)? {
        security.is_security = Some(false);
        ctx.save(&security)?;
    }
    Ok(())
}

/// Whether an integrator may close an account in closing: nothing is left on it, nor under way.
pub(crate) fn check_end(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let checks = checks::all(ctx, account)?;
    let waits: Vec<&str> = checks
        .iter()
        .filter(|check| !check.validated)
        .map(|check| check.message.as_str())
        .collect();
    if waits.is_empty() {
        return Ok(());
    }
    let detail = format!("the account cannot be closed yet: {}", waits.join("; "));
    let code = match ledger::balances(ctx, account.own_id())?.account {
        0 => ErrorCode::ImproperAccountStatus,
        _ => ErrorCode::BalanceViolation,
    };
    Err(ApiError::rule(code, detail))
}

/// What an account in closing waits for, as its closure shows it; nothing for any other account.
pub(crate) fn shown(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Vec<AccountClosureValidationResponse>, ApiError> {
    if is_in_closing(account) { checks::all(ctx, account) } else { Ok(Vec::new()) }
}

/// Notes that what was paid out of an account in closing came back, or never left: its destination
/// does not serve, and nothing is paid there again until the caller names one anew.
pub(crate) fn payout_failed(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    if !is_in_closing(account) {
        return Ok(());
    }
    account.facts.payout_failed = true;
    account.facts.returns_until = None;
    account.last_updated_time = Some(ctx.now);
    ctx.save(account)
}
