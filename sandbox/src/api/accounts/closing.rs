//! Closing an account: told once, then done by the clock as soon as nothing stands in the way.
//!
//! Its payment schedules are canceled. An account in closing waits for its open holds and disputes, pays the interest that it earned, sends what is
//! left to where it was told, and waits for returns when that went by ACH. It is looked at on the
//! morning of every business day, and closed on the first one on which nothing is left.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use super::{ACCOUNT, balances, credit, interest};
use crate::api::external_accounts::EXTERNAL_ACCOUNT;
use crate::api::internal_accounts::INTERNAL_ACCOUNT;
use crate::api::{cards, disputes, internal_accounts, payment_schedules};
use crate::ledger;
use crate::ledger::{LedgerAccount, Movement};
use crate::model::calendar::{bank_time, banking_day_from, banking_days_after};
use crate::model::{Ctx, Outcome, Refusal, text};
use crate::spec::Faults;

/// The job that closes an account whose closing has begun.
pub(crate) const CLOSE: &str = "account.close";

const ACTIVE: &str = "ACTIVE_OR_DISBURSED";
const IN_CLOSING: &str = "IN_CLOSING";

/// Begins to close an account.
pub(super) fn initiate(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let status = text(&account, "status");
    if status != ACTIVE {
        let detail = format!("closing begins from {ACTIVE}, and the account is {status}");
        return Err(Refusal::status(detail, &[ACTIVE]));
    }
    if account["access_status"] == "FROZEN" {
        let detail = "a frozen account can only be unfrozen";
        return Err(Refusal::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    if text(&ctx.body, "reason").starts_with("BANK_REQUEST_")
        && !ctx.settings.fintech_gives_bank_reasons
    {
        let detail = "reasons of the bank are for the bank to give";
        return Err(Refusal::rule(ErrorCode::Forbidden, detail));
    }
    if text(&ctx.body, "reason_details").trim().is_empty() {
        return Err(Faults::invalid("reason_details", "must not be empty").into());
    }
    if credit::secures(ctx, &account)?.is_some() {
        let detail = "the account secures another one that is not closed";
        return Err(Refusal::rule(ErrorCode::ImproperAccountStatus, detail));
    }
    let destination = destination(ctx, &account, &ctx.body)?;
    let ended = cards::end_all(ctx, text(&account, "id"))?;
    account["account_closure"] = json!({
        "reason": ctx.body["reason"], "reason_details": ctx.body["reason_details"],
        "payment_method": destination["payment_method"],
        "destination_id": destination["destination_id"],
        "cases": [],
        "validation_responses": [{
            "name": "cards", "validated": true, "details": {},
            "message": format!("{ended} ended"),
        }],
    });
    begin(ctx, &mut account)?;
    stored(ctx, account)
}

/// Changes where the rest of an account in closing goes.
pub(super) fn redirect(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&ACCOUNT, "account_id")?;
    let status = text(&account, "status");
    if status != IN_CLOSING || !account["account_closure"].is_object() {
        let detail = format!("there is no closing to change: the account is {status}");
        return Err(Refusal::status(detail, &[IN_CLOSING]));
    }
    let mut wanted = account["account_closure"].clone();
    crate::model::patch(&mut wanted, &ctx.body);
    let destination = destination(ctx, &account, &wanted)?;
    crate::model::patch(&mut account["account_closure"], &destination);
    progress(ctx, &mut account)?;
    stored(ctx, account)
}

fn stored(ctx: &Ctx<'_>, mut account: Value) -> Outcome {
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ACCOUNT, &account)?;
    super::answer(ctx, account)
}

/// Checks where the rest is to go.
fn destination(ctx: &Ctx<'_>, account: &Value, body: &Value) -> Result<Value, Refusal> {
    let field = "destination_id";
    let (method, id) = (text(body, "payment_method"), text(body, field));
    let needs = !matches!(method, "" | "BANK_DRAFT");
    if !needs && !id.is_empty() {
        let reason = "goes with a payment_method that has a destination";
        return Err(Faults::invalid(field, reason).into());
    }
    if needs && id.is_empty() {
        return Err(Faults::missing(field).into());
    }
    let unknown = ErrorCode::AccountNotFound;
    let other = match method {
        "ACH" => {
            let other = ctx.referred(&EXTERNAL_ACCOUNT, id, ErrorCode::BadRequestBody, field)?;
            if other["status"] != "ACTIVE" {
                let detail = "the external account is not ACTIVE";
                return Err(Refusal::rule(ErrorCode::ExternalAccountNotActive, detail));
            }
            let owners = [text(&other, "customer_id"), text(&other, "business_id")];
            if !owners.iter().any(|owner| super::is_related(account, owner)) {
                let reason = "is an external account of somebody else";
                return Err(Faults::invalid(field, reason).into());
            }
            Some(other)
        }
        "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT" => {
            let other = ctx.referred(&ACCOUNT, id, unknown, field)?;
            if other["id"] == account["id"] {
                return Err(Faults::invalid(field, "must be another account").into());
            }
            if other["status"] != ACTIVE {
                let detail = format!("the account that is to get the rest is not {ACTIVE}");
                return Err(Refusal::rule(ErrorCode::ImproperAccountStatus, detail));
            }
            Some(other)
        }
        "INTERNAL_TRANSFER_TO_INTERNAL_ACCOUNT" => {
            Some(ctx.referred(&INTERNAL_ACCOUNT, id, unknown, field)?)
        }
        _ => None,
    };
    let currency = other.as_ref().and_then(|other| other["currency"].as_str());
    if currency.is_some_and(|currency| currency != text(account, "currency")) {
        return Err(Faults::invalid(field, "is an account in another currency").into());
    }
    Ok(json!({ "payment_method": body["payment_method"], "destination_id": body[field] }))
}

/// Puts an account into closing; the caller stores it.
pub(super) fn begin(ctx: &Ctx<'_>, account: &mut Value) -> Result<(), Refusal> {
    account["status"] = json!(IN_CLOSING);
    account["in_closing_date"] = json!(ctx.today().to_string());
    payment_schedules::cancel_all(ctx, text(account, "id"))?;
    progress(ctx, account)?;
    look_again(ctx, text(account, "id"))
}

/// The next business day, in the morning.
fn look_again(ctx: &Ctx<'_>, id: &str) -> Result<(), Refusal> {
    let day = banking_day_from(ctx.today() + Days::new(1));
    let due = bank_time(day, 9, 0).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, CLOSE, id)?)
}

/// Closes an account in closing, or looks again on the next business day.
pub(crate) fn close(ctx: &Ctx<'_>, id: &str) -> Result<(), Refusal> {
    let Some(mut account) = ctx.get(&ACCOUNT, id)?.filter(|it| it["status"] == IN_CLOSING) else {
        return Ok(());
    };
    if !progress(ctx, &mut account)? {
        ctx.update(&ACCOUNT, &account)?;
        return look_again(ctx, id);
    }
    account["status"] = json!("CLOSED");
    account["close_date"] = json!(ctx.today().to_string());
    account["last_updated_time"] = json!(ctx.now_text());
    if let Some(mut security) = credit::security(ctx, &account)? {
        security["is_security"] = json!(false);
        ctx.update(&ACCOUNT, &security)?;
    }
    ctx.update(&ACCOUNT, &account)
}

/// Does what can be done now; whether nothing is left to do. The caller stores the account.
fn progress(ctx: &Ctx<'_>, account: &mut Value) -> Result<bool, Refusal> {
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
    let returns = text(account, "returns_until").parse::<NaiveDate>();
    Ok(returns.is_ok_and(|day| day <= ctx.today()) || returns.is_err())
}

/// Sends the rest to where it was told; `false` when nobody told.
fn pay_out(ctx: &Ctx<'_>, account: &mut Value, rest: i64) -> Result<bool, Refusal> {
    let closure = account["account_closure"].clone();
    let id = text(&closure, "destination_id");
    let bank = |kind: &str| internal_accounts::of_bank(ctx, kind, text(account, "currency"));
    let (kind, subtype, to) = match text(&closure, "payment_method") {
        "ACH" => ("ach", "outgoing_credit", Some(bank("ACH_SETTLEMENT")?)),
        "BANK_DRAFT" => ("check", "bank_draft", Some(bank("BANK_DRAFT")?)),
        "" => return Ok(false),
        _ => ("internal_transfer", "account_to_account", balances::ledger_account(ctx, id)?),
    };
    // An account that is gone by now: somebody must name another.
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

fn send(
    ctx: &Ctx<'_>,
    kind: &str,
    subtype: &str,
    (from, to): (&LedgerAccount, &LedgerAccount),
    amount: i64,
) -> Result<(), Refusal> {
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
