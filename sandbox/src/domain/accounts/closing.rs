//! Closing an account, as soon as nothing stands in the way.

use chrono::Days;
use serde_json::json;
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{
    AccountClosurePaymentMethod as Method, AccountStatus, InternalAccountType, TransactionSubtype,
    TransactionType,
};
use uuid::Uuid;

use crate::domain::accounts::{credit, interest};
use crate::domain::{disputes, internal_accounts, payment_schedules};
use crate::ledger;
use crate::ledger::{Account, LINKS_MAX, LedgerAccount, Movement, above_ceiling};
use crate::model::calendar::{bank_time, banking_day_from, banking_days_after};
use crate::model::{ApiError, Ctx, Record};

/// The job that closes an account that is in closing.
pub(crate) const CLOSE: &str = "account.close";

/// Puts an account into closing; the caller stores it.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    account.status = Some(AccountStatus::InClosing);
    account.in_closing_date = Some(ctx.today());
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

/// Closes an account in closing, or looks again on the next business day.
pub(crate) fn close(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let is_in_closing =
        |account: &Record<Account>| account.status == Some(AccountStatus::InClosing);
    let Some(mut account) = ctx.find::<Account>(id)?.filter(is_in_closing) else {
        return Ok(());
    };
    if !progress(ctx, &mut account)? {
        ctx.save(&account)?;
        return look_again(ctx, account.own_id());
    }
    account.status = Some(AccountStatus::Closed);
    account.close_date = Some(ctx.today());
    account.last_updated_time = Some(ctx.now);
    if let Some(mut security) = credit::security(ctx, &account)? {
        security.is_security = Some(false);
        ctx.save(&security)?;
    }
    ctx.save(&account)
}

/// Does what can be done now; whether nothing is left to do. The caller stores the account.
pub(crate) fn progress(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<bool, ApiError> {
    let id = account.own_id().to_string();
    if ctx.tx.held(ctx.tenant, &id)? > 0 || disputes::is_any_open(ctx, &id)? {
        return Ok(false);
    }
    if account.facts.interest_from.is_some_and(|from| from < ctx.today()) {
        interest::settle(ctx, account, ctx.today() - Days::new(1))?;
    }
    let rest = ledger::balances(ctx, &id)?.account;
    if rest < 0 {
        // Who owes on a credit account pays; what a deposit account lacks is the bank's loss.
        if credit::is_credit(account) {
            return Ok(false);
        }
        let kind = InternalAccountType::WriteOff;
        let write_off = internal_accounts::of_bank(ctx, kind, account.currency_code())?;
        let own = LedgerAccount::of(account)?;
        let what = (TransactionType::InternalTransfer, TransactionSubtype::NegativeBalanceWriteoff);
        send(ctx, what, (&write_off, &own), -rest)?;
    }
    if rest > 0 && !pay_out(ctx, account, rest)? {
        return Ok(false);
    }
    if ledger::balances(ctx, &id)?.account != 0 {
        return Ok(false);
    }
    Ok(account.facts.returns_until.is_none_or(|day| day <= ctx.today()))
}

/// Pays the remaining balance to the destination of the request; `false` if it names none.
fn pay_out(ctx: &Ctx<'_>, account: &mut Record<Account>, rest: i64) -> Result<bool, ApiError> {
    let closure = account.account_closure.as_ref();
    let Some(method) = closure.and_then(|closure| closure.payment_method.clone()) else {
        return Ok(false);
    };
    let destination = closure.and_then(|closure| closure.destination_id);
    let bank = |kind| internal_accounts::of_bank(ctx, kind, account.currency_code());
    let (what, to) = match method {
        Method::Ach => (
            (TransactionType::Ach, TransactionSubtype::OutgoingCredit),
            Some(bank(InternalAccountType::AchSettlement)?),
        ),
        Method::BankDraft => (
            (TransactionType::Check, TransactionSubtype::from("bank_draft")),
            Some(bank(InternalAccountType::BankDraft)?),
        ),
        _ => (
            (TransactionType::InternalTransfer, TransactionSubtype::AccountToAccount),
            match destination {
                Some(id) => taker(ctx, account.own_id(), id)?,
                None => None,
            },
        ),
    };
    // The destination takes no more money: the caller must name another one.
    let Some(to) = to else {
        return Ok(false);
    };
    let own = LedgerAccount { floor: None, ..LedgerAccount::of(account)? };
    send(ctx, what, (&own, &to), rest)?;
    if method == Method::Ach {
        let day = banking_days_after(ctx.today(), ctx.settings.closing_ach_return_days);
        account.facts.returns_until = Some(day);
    }
    Ok(true)
}

/// The account that the rest is paid to, unless it is gone, takes nothing more or would give it back.
fn taker(ctx: &Ctx<'_>, account: AccountId, id: Uuid) -> Result<Option<LedgerAccount>, ApiError> {
    if let Some(other) = ctx.find::<Account>(id)? {
        let is_active = other.status == Some(AccountStatus::ActiveOrDisbursed);
        if !is_active || overflows_into(ctx, &other, account)? {
            return Ok(None);
        }
    }
    ledger::ledger_account(ctx, id)
}

/// Whether what is too much on an account goes to another one, over all ceilings on the way.
pub(crate) fn overflows_into(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    other: AccountId,
) -> Result<bool, ApiError> {
    let mut next = above_ceiling(account);
    for _ in 0..LINKS_MAX {
        let Some(id) = next else {
            return Ok(false);
        };
        if id == other {
            return Ok(true);
        }
        next = ctx.find::<Account>(id)?.and_then(|account| above_ceiling(&account));
    }
    Ok(false)
}

fn send(
    ctx: &Ctx<'_>,
    (kind, subtype): (TransactionType, TransactionSubtype),
    (from, to): (&LedgerAccount, &LedgerAccount),
    amount: i64,
) -> Result<(), ApiError> {
    let movement = Movement {
        kind,
        subtype,
        from,
        to,
        amount,
        memo: "The rest of a closed account",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    ledger::post(ctx, &movement).map(drop)
}
