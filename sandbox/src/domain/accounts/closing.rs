//! Closing an account, as soon as nothing stands in the way.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::domain::accounts::{credit, interest};
use crate::domain::{disputes, internal_accounts, payment_schedules};
use crate::ledger;
use crate::ledger::{ACCOUNT, CLOSED, LINKS_MAX, LedgerAccount, Movement};
use crate::model::calendar::{bank_time, banking_day_from, banking_days_after};
use crate::model::{ApiError, Ctx, text};

/// The job that closes an account that is in closing.
pub(crate) const CLOSE: &str = "account.close";

pub(crate) const IN_CLOSING: &str = "IN_CLOSING";

/// The status of an account that is used.
pub(crate) const ACTIVE: &str = "ACTIVE_OR_DISBURSED";

/// Puts an account into closing; the caller stores it.
pub(crate) fn begin(ctx: &Ctx<'_>, account: &mut Value) -> Result<(), ApiError> {
    account["status"] = json!(IN_CLOSING);
    account["in_closing_date"] = json!(ctx.today().to_string());
    payment_schedules::cancel_all(ctx, text(account, "id"))?;
    progress(ctx, account)?;
    look_again(ctx, text(account, "id"))
}

/// The next business day, in the morning.
pub(crate) fn look_again(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let day = banking_day_from(ctx.today() + Days::new(1));
    let due = bank_time(day, 9, 0).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, CLOSE, id)?)
}

/// Closes an account in closing, or looks again on the next business day.
pub(crate) fn close(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut account) = ctx.get(&ACCOUNT, id)?.filter(|it| it["status"] == IN_CLOSING) else {
        return Ok(());
    };
    if !progress(ctx, &mut account)? {
        ctx.update(&ACCOUNT, &account)?;
        return look_again(ctx, id);
    }
    account["status"] = json!(CLOSED);
    account["close_date"] = json!(ctx.today().to_string());
    account["last_updated_time"] = json!(ctx.now_text());
    if let Some(mut security) = credit::security(ctx, &account)? {
        security["is_security"] = json!(false);
        ctx.update(&ACCOUNT, &security)?;
    }
    ctx.update(&ACCOUNT, &account)
}

/// Does what can be done now; whether nothing is left to do. The caller stores the account.
pub(crate) fn progress(ctx: &Ctx<'_>, account: &mut Value) -> Result<bool, ApiError> {
    let id = text(account, "id").to_owned();
    if ctx.tx.held(ctx.tenant, &id)? > 0 || disputes::is_any_open(ctx, &id)? {
        return Ok(false);
    }
    let period_is_open = text(account, "interest_from").parse::<NaiveDate>();
    if period_is_open.is_ok_and(|from| from < ctx.today()) {
        interest::settle(ctx, account, ctx.today() - Days::new(1))?;
    }
    let rest = ledger::balances(ctx, &id)?.account;
    if rest < 0 {
        // Who owes on a credit account pays; what a deposit account lacks is the bank's loss.
        if credit::is_credit(account) {
            return Ok(false);
        }
        let write_off = internal_accounts::of_bank(ctx, "WRITE_OFF", text(account, "currency"))?;
        let own = ledger::account_of(account, false);
        send(ctx, "internal_transfer", "negative_balance_writeoff", (&write_off, &own), -rest)?;
    }
    if rest > 0 && !pay_out(ctx, account, rest)? {
        return Ok(false);
    }
    if ledger::balances(ctx, &id)?.account != 0 {
        return Ok(false);
    }
    let returns = text(account, "returns_until").parse::<NaiveDate>();
    Ok(returns.is_ok_and(|day| day <= ctx.today()) || returns.is_err())
}

/// Pays the remaining balance to the destination of the request; `false` if it names none.
pub(crate) fn pay_out(ctx: &Ctx<'_>, account: &mut Value, rest: i64) -> Result<bool, ApiError> {
    let closure = account["account_closure"].clone();
    let id = text(&closure, "destination_id");
    let bank = |kind: &str| internal_accounts::of_bank(ctx, kind, text(account, "currency"));
    let (kind, subtype, to) = match text(&closure, "payment_method") {
        "ACH" => ("ach", "outgoing_credit", Some(bank("ACH_SETTLEMENT")?)),
        "BANK_DRAFT" => ("check", "bank_draft", Some(bank("BANK_DRAFT")?)),
        "" => return Ok(false),
        _ => ("internal_transfer", "account_to_account", taker(ctx, account, id)?),
    };
    // The destination takes no more money: the caller must name another one.
    let Some(to) = to else {
        return Ok(false);
    };
    let own = LedgerAccount { floor: None, ..ledger::account_of(account, false) };
    send(ctx, kind, subtype, (&own, &to), rest)?;
    if kind == "ach" {
        let day = banking_days_after(ctx.today(), ctx.settings.closing_ach_return_days);
        account["returns_until"] = json!(day.to_string());
    }
    Ok(true)
}

/// The account that the rest is paid to, unless it is gone, takes nothing more or would give it back.
fn taker(ctx: &Ctx<'_>, account: &Value, id: &str) -> Result<Option<LedgerAccount>, ApiError> {
    if let Some(other) = ctx.get(&ACCOUNT, id)?
        && (other["status"] != ACTIVE || overflows_into(ctx, &other, text(account, "id"))?)
    {
        return Ok(None);
    }
    ledger::ledger_account(ctx, id)
}

/// Whether what is too much on an account goes to another one, over all ceilings on the way.
pub(crate) fn overflows_into(
    ctx: &Ctx<'_>,
    account: &Value,
    other: &str,
) -> Result<bool, ApiError> {
    let mut next = ledger::linked(account, "balance_ceiling").map(str::to_owned);
    for _ in 0..LINKS_MAX {
        let Some(id) = next else {
            return Ok(false);
        };
        if id == other {
            return Ok(true);
        }
        let account = ctx.get(&ACCOUNT, &id)?;
        next = account.and_then(|it| ledger::linked(&it, "balance_ceiling").map(str::to_owned));
    }
    Ok(false)
}

pub(crate) fn send(
    ctx: &Ctx<'_>,
    kind: &str,
    subtype: &str,
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
