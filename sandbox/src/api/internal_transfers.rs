//! Transfers between accounts on the platform: at once, or held until they are captured.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{internal_accounts, rules};
use crate::ledger;
use crate::ledger::{ACCOUNT, Ended, INTERNAL_ACCOUNT, LedgerAccount, Movement, NewHold, Sign};
use crate::model::{ApiError, Ctx, Kind, Outcome, Problem, Reply, Served, text, timestamp};
use crate::spec::FieldErrors;

pub(crate) const TRANSFER: Kind = Kind { name: "internal transfer", id: "id", keys: &[] };
/// The job that releases a transfer that was not captured.
pub(crate) const EXPIRE: &str = "internal_transfer.expire";

const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
/// The rail of transfers between accounts of the platform.
const RAIL: &str = "is_p2p_enabled";

const KIND: &str = "internal_transfer";
pub(crate) const SERVED: &[Served] = &[
    Served::new("create_internal_transfer", create),
    Served::on("get_internal_transfer", ON_ONE, get),
    Served::on("update_internal_transfer", ON_ONE, update),
];

/// One end of a transfer.
struct End {
    ledger: LedgerAccount,
    /// The customer's account, when it is one.
    account: Option<Value>,
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.request.body.clone();
    let currency = text(&transfer, "currency").to_owned();
    let from = end(ctx, "originating", &currency)?;
    let to = end(ctx, "receiving", &currency)?;
    if from.ledger.id == to.ledger.id {
        let reason = "must not be the originating account";
        return Err(FieldErrors::invalid("receiving_account_id", reason).into());
    }
    for (name, end) in [("originating", &from), ("receiving", &to)] {
        if end.ledger.currency != currency {
            let reason = format!("the {name} account is in {}", end.ledger.currency);
            return Err(FieldErrors::invalid("currency", reason).into());
        }
    }
    let amount = transfer["amount"].as_i64().unwrap_or_default();
    check(ctx, &from, "originating", Side::Debited)?;
    check(ctx, &to, "receiving", Side::Credited)?;
    for account in [&from, &to].into_iter().filter_map(|end| end.account.as_ref()) {
        rules::check_rail(account, RAIL)?;
    }
    let sub_type = text(&transfer, "type");
    for (end, side) in [(&from, Side::Debited), (&to, Side::Credited)] {
        if let Some(account) = &end.account {
            let kind = "INTERNAL_TRANSFER";
            let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
            rules::check_spend_controls(ctx, account, &spend)?;
        }
    }
    if let Some(account) = &from.account {
        // A security pays what it secures from the money that is kept for just that.
        let pays_what_it_secures = to
            .account
            .as_ref()
            .is_some_and(|to| to["security"]["linked_account_id"] == account["id"]);
        if !pays_what_it_secures || ledger::balances(ctx, &from.ledger.id)?.available < amount {
            rules::check_funds(ctx, account, amount)?;
        }
    }
    if let Some(account) = &to.account {
        rules::check_room(ctx, account, amount)?;
    }

    let id = ctx.new_id()?.to_string();
    let is_manual = transfer["capture_mode"] == "MANUAL";
    transfer["id"] = json!(id);
    transfer["tenant"] = json!(ctx.tenant);
    transfer["originating_account_id"] = json!(from.ledger.id);
    transfer["receiving_account_id"] = json!(to.ledger.id);
    transfer["capture_mode"] = json!(if is_manual { "MANUAL" } else { "IMMEDIATE" });
    transfer["status"] = json!(if is_manual { "PENDING" } else { "COMPLETE" });
    if is_manual {
        let expires_at = expiry(ctx, text(&transfer, "expires_at"))?;
        transfer["expires_at"] = json!(timestamp(expires_at));
        hold(ctx, &transfer, &from.ledger, &to.ledger, expires_at)?;
        ctx.tx.schedule(ctx.tenant, expires_at.timestamp_millis(), EXPIRE, &id)?;
    } else {
        post(ctx, &transfer, &from.ledger, &to.ledger, None)?;
    }
    ctx.insert(&TRANSFER, &transfer)?;
    Reply::ok::<types::InternalTransfer>(transfer)
}

/// The account at one end, named by its id or by the alias of one of the bank's own.
fn end(ctx: &Ctx<'_>, name: &str, currency: &str) -> Result<End, ApiError> {
    let (by_id, by_alias) = (format!("{name}_account_id"), format!("{name}_account_alias"));
    let (id, alias) = (text(&ctx.request.body, &by_id), text(&ctx.request.body, &by_alias));
    match (id.is_empty(), alias.is_empty()) {
        (true, true) => Err(FieldErrors::missing(&by_id).into()),
        (false, false) => {
            let reason = format!("must not be given beside {by_id}");
            Err(FieldErrors::invalid(&by_alias, reason).into())
        }
        (true, false) => {
            let ledger = internal_accounts::of_bank(ctx, &alias.to_uppercase(), currency)?;
            Ok(End { ledger, account: None })
        }
        (false, true) => {
            if let Some(account) = ctx.get(&ACCOUNT, id)? {
                let ledger = ledger::account_of(&account)?;
                return Ok(End { ledger, account: Some(account) });
            }
            let Some(account) = ctx.get(&INTERNAL_ACCOUNT, id)? else {
                let mut problem =
                    Problem::new(ErrorCode::AccountNotFound, format!("{by_id} names no account"));
                problem.errors = FieldErrors::invalid(&by_id, "does not exist");
                return Err(problem.into());
            };
            if account["is_system_acc"] == true {
                let detail = "system accounts take no part in internal transfers";
                return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
            }
            Ok(End { ledger: ledger::internal_account_of(&account)?, account: None })
        }
    }
}

fn check(ctx: &Ctx<'_>, end: &End, name: &str, side: Side) -> Result<(), ApiError> {
    let Some(account) = &end.account else {
        return Ok(());
    };
    let field = format!("{name}_account_customer_id");
    let customer = text(&ctx.request.body, &field);
    if !customer.is_empty() {
        rules::check_customer(ctx, account, customer, &field)?;
    }
    rules::check_account(ctx, account, side)
}

fn expiry(ctx: &Ctx<'_>, wanted: &str) -> Result<DateTime<Utc>, ApiError> {
    if wanted.is_empty() {
        let days = i64::from(ctx.settings.manual_transfer_expiry_days);
        return Ok(ctx.now + Duration::days(days));
    }
    match DateTime::parse_from_rfc3339(wanted) {
        Ok(moment) if moment > ctx.now => Ok(moment.to_utc()),
        _ => Err(FieldErrors::invalid("expires_at", "must be in the future").into()),
    }
}

fn hold(
    ctx: &Ctx<'_>,
    transfer: &Value,
    from: &LedgerAccount,
    to: &LedgerAccount,
    expires_at: DateTime<Utc>,
) -> Result<Value, ApiError> {
    NewHold {
        kind: KIND,
        subtype: &text(transfer, "type").to_lowercase(),
        account: from,
        offset: to,
        sign: Sign::Debit,
        amount: transfer["amount"].as_i64().unwrap_or_default(),
        memo: text(transfer, "memo"),
        reference_id: transfer["reference_id"].as_str(),
        external_data: json!({}),
        expires_at,
        transaction_id: None,
        id: Some(text(transfer, "id")),
    }
    .open(ctx)
}

fn post(
    ctx: &Ctx<'_>,
    transfer: &Value,
    from: &LedgerAccount,
    to: &LedgerAccount,
    hold_id: Option<&str>,
) -> Result<Value, ApiError> {
    ledger::post(
        ctx,
        &Movement {
            kind: KIND,
            subtype: &text(transfer, "type").to_lowercase(),
            from,
            to,
            amount: transfer["amount"].as_i64().unwrap_or_default(),
            memo: text(transfer, "memo"),
            reference_id: transfer["reference_id"].as_str(),
            metadata: transfer["metadata"].clone(),
            external_data: json!({}),
            hold_id,
            id: Some(text(transfer, "id")),
        },
    )
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::InternalTransfer>(ctx.url_resource(&TRANSFER, "id")?)
}

/// Captures or gives up a transfer that is held.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.url_resource(&TRANSFER, "id")?;
    let wanted = text(&ctx.request.body, "status");
    if wanted.is_empty() {
        return Reply::ok::<types::InternalTransfer>(transfer);
    }
    let current = text(&transfer, "status").to_owned();
    if current != "PENDING" {
        let detail = format!("a transfer that is {current} stays so");
        return Err(ApiError::status(detail, &[]));
    }
    let id = text(&transfer, "id").to_owned();
    match wanted {
        "COMPLETE" => {
            let from = ledger_account(ctx, text(&transfer, "originating_account_id"))?;
            let to = ledger_account(ctx, text(&transfer, "receiving_account_id"))?;
            Ended::Cleared.end(ctx, &id)?;
            post(ctx, &transfer, &from, &to, Some(&id))?;
        }
        _ => {
            Ended::Released.end(ctx, &id)?;
        }
    }
    transfer["status"] = json!(wanted);
    ctx.update(&TRANSFER, &transfer)?;
    Reply::ok::<types::InternalTransfer>(transfer)
}

fn ledger_account(ctx: &Ctx<'_>, id: &str) -> Result<LedgerAccount, ApiError> {
    if let Some(account) = ctx.get(&ACCOUNT, id)? {
        return Ok(ledger::account_of(&account)?);
    }
    match ctx.get(&INTERNAL_ACCOUNT, id)? {
        Some(account) => Ok(ledger::internal_account_of(&account)?),
        None => Err(ApiError::Internal(format!("a transfer with an account {id} that is gone"))),
    }
}

/// Gives up a transfer whose time has run out.
pub(crate) fn expire(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = ctx.get(&TRANSFER, id)? else {
        return Ok(());
    };
    if transfer["status"] == "PENDING" {
        Ended::Expired.end(ctx, id)?;
        transfer["status"] = json!("EXPIRED");
        ctx.update(&TRANSFER, &transfer)?;
    }
    Ok(())
}
