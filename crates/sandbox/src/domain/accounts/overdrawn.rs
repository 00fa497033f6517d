//! Negative balances of deposit accounts: the program's money covers them from the first evening on,
//! and after some days they are written off against it.

use chrono::{Days, NaiveDate};
use serde_json::json;
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{
    AccountAccessStatus, InternalAccountType, TransactionSubtype, TransactionType,
};

use crate::domain::accounts::credit;
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement, Overdrawn, WrittenOff};
use crate::model::{ApiError, Ctx, Record};

/// The program's money, and what of it is kept for negative balances.
struct Cover {
    program: LedgerAccount,
    reserve: LedgerAccount,
}

impl Cover {
    fn of(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<Self, ApiError> {
        let bank = |kind| internal_accounts::of_bank(ctx, kind, account.currency_code());
        Ok(Self {
            program: bank(InternalAccountType::MoneyInAndOut)?,
            reserve: bank(InternalAccountType::NegativeBalance)?,
        })
    }

    /// Changes what is kept in reserve for an account.
    fn change(&self, ctx: &Ctx<'_>, by: i64) -> Result<(), ApiError> {
        let subtype = TransactionSubtype::NegativeBalanceReserve;
        match by {
            0 => Ok(()),
            1.. => post(ctx, subtype, (&self.program, &self.reserve), by),
            _ => post(ctx, subtype, (&self.reserve, &self.program), -by),
        }
    }
}

/// Looks at a negative balance, each evening while it lasts.
pub(crate) fn review(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.find::<Account>(id)? else {
        return Ok(());
    };
    let today = ctx.today();
    // It is looked at once a day.
    let is_planned = account.facts.overdrawn.as_ref().is_some_and(|known| known.next > today);
    if credit::is_credit(&account) || is_planned {
        return Ok(());
    }
    let missing = missing(ctx, &account)?;
    let known = account.facts.overdrawn.take();
    if missing == 0 && known.is_none() {
        return Ok(());
    }
    let reserved = known.as_ref().map_or(0, |known| known.reserved);
    let since = known.map_or(today, |known| known.since);
    Cover::of(ctx, &account)?.change(ctx, missing - reserved)?;
    if missing > 0 {
        let days = Days::new(ctx.settings.negative_balance_days.into());
        let is_frozen = account.access_status == Some(AccountAccessStatus::Frozen);
        let tomorrow = today + Days::new(1);
        account.facts.overdrawn = Some(Overdrawn { since, reserved: missing, next: tomorrow });
        if is_frozen || since + days <= today {
            write_off(ctx, &mut account, missing)?;
        } else {
            ctx.tx.schedule(ctx.tenant, ledger::evening(tomorrow), ledger::OVERDRAWN, id)?;
        }
    }
    ctx.save(&account)
}

/// What an account has less than it may have.
fn missing(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<i64, ApiError> {
    if ledger::has_ended(account.status.as_ref()) {
        return Ok(0);
    }
    let posted = ledger::balances(ctx, account.own_id())?.account;
    Ok(LedgerAccount::of(account)?.least().saturating_sub(posted).max(0))
}

/// Pays what an account lacks from the program's money; the caller stores the account.
pub(crate) fn write_off(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    missing: i64,
) -> Result<(), ApiError> {
    let reserved = account.facts.overdrawn.take().map_or(0, |known| known.reserved);
    let cover = Cover::of(ctx, account)?;
    cover.change(ctx, missing - reserved)?;
    if missing == 0 {
        return Ok(());
    }
    let own = LedgerAccount::of(account)?;
    let subtype = TransactionSubtype::NegativeBalanceWriteoff;
    post(ctx, subtype, (&cover.reserve, &own), missing)?;
    account.facts.written_off = Some(WrittenOff { on: ctx.today(), amount: missing });
    Ok(())
}

/// Gives back to the program what it lost on an account, as far as an amount goes that was charged on
/// a day, was not paid, and is taken back now.
pub(crate) fn recover(
    ctx: &Ctx<'_>,
    account: AccountId,
    amount: i64,
    charged_on: NaiveDate,
) -> Result<(), ApiError> {
    let mut account = ctx.find_related::<Account>(account)?;
    let Some(lost) = account.facts.written_off.as_mut().filter(|lost| lost.on >= charged_on) else {
        return Ok(());
    };
    let part = amount.min(lost.amount);
    lost.amount -= part;
    if part > 0 {
        let cover = Cover::of(ctx, &account)?;
        let own = LedgerAccount::of(&account)?;
        post(ctx, "negative_balance_recovery".into(), (&own, &cover.program), part)?;
    }
    ctx.save(&account)
}

/// Gives back what the program's money covers; the caller stores the account.
pub(crate) fn give_back(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    match account.facts.overdrawn.take() {
        Some(known) => Cover::of(ctx, account)?.change(ctx, -known.reserved),
        None => Ok(()),
    }
}

fn post(
    ctx: &Ctx<'_>,
    subtype: TransactionSubtype,
    (from, to): (&LedgerAccount, &LedgerAccount),
    amount: i64,
) -> Result<(), ApiError> {
    let movement = Movement {
        kind: TransactionType::InternalTransfer,
        subtype,
        from,
        to,
        amount,
        memo: "Negative balance",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    ledger::post(ctx, &movement).map(drop)
}
