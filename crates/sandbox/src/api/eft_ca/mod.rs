//! EFT Canada: transfers that start here, to and from accounts at Canadian banks.
//!
//! `dc_sign` is seen from the account at the other bank: `CREDIT` sends money there, `DEBIT` brings
//! money from there. A transfer is `INITIATED` until its window closes, `PENDING` until the other
//! bank answers, and then `POSTED`; it can be canceled until then. What a transfer sends is held from
//! the start. `originating_account_owner_name` must be one of the owners of the external account, as
//! the document has it.
//!
//! The first word of `destination_account_owner_name` says how the other bank answers:
//! `Rejected`, `Returned`, `Unanswered`.

mod network;
mod transfer;
mod windows;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::{ErrorCode, Patch};
use synctera_api::v2::types::{
    self, CashTransferDcSign, CashTransferPatchStatus, EftCaStatus, EftCaTransferNetworkStatus,
    EftCaTransferSubtype, NewEftCaTransfer, TransactionType,
};

use crate::api::eft_ca::transfer::{RAIL, check_number, check_state, list, settlement, shown};
use crate::domain::eft_ca::{EftCaFacts, EftCaTransfer, TRANSFER};
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, rules};
use crate::ledger::{Account, LedgerAccount, NewHold, Sign};
use crate::model::calendar::{BEYOND_CALENDAR, is_beyond_calendar};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, text};
use crate::spec::FieldErrors;

pub(crate) use network::{
    EXPIRE, RETRY, RETURN, SEND, SETTLE, expire, give_back, retry, send, settle,
};

const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
const CURRENCY: &str = "CAD";
/// The digits of a transaction code.
const CODE_LENGTH: usize = 3;
/// Ten digits of minor units.
const AMOUNT_MAX: i64 = 9_999_999_999;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_eft_ca_transfers", list),
    Served::new("create_eft_ca_transfer", create).ruled(|ctx| Ok(errors_of(ctx))),
    Served::on("get_eft_ca_transfer", ON_ONE, get),
    Served::on("update_eft_ca_transfer", ON_ONE, update),
];

/// Rules of fields that the document does not state.
fn errors_of(ctx: &Ctx<'_>) -> FieldErrors {
    let body = &ctx.request.body;
    let mut errors = FieldErrors::default();
    if let Some(code) = body.get("transaction_code").and_then(Value::as_str)
        && !(code.len() == CODE_LENGTH && code.bytes().all(|byte| byte.is_ascii_digit()))
    {
        errors.merge(FieldErrors::invalid("transaction_code", "must have three digits"));
    }
    if body.get("amount").and_then(Value::as_i64).is_some_and(|amount| amount > AMOUNT_MAX) {
        errors.merge(FieldErrors::invalid("amount", format!("must be at most {AMOUNT_MAX}")));
    }
    let date = text(body, "effective_date");
    if !date.is_empty() && body.get("is_same_day").and_then(Value::as_bool) == Some(true) {
        errors.merge(FieldErrors::invalid("effective_date", "must not be given with is_same_day"));
    }
    if date.parse::<NaiveDate>().is_ok_and(|date| date < ctx.today()) {
        errors.merge(FieldErrors::invalid("effective_date", "must not be in the past"));
    }
    if date.parse().is_ok_and(is_beyond_calendar) {
        errors.merge(FieldErrors::invalid("effective_date", BEYOND_CALENDAR));
    }
    errors
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewEftCaTransfer = ctx.body()?;
    // Batches call this without the engine, which asks for these rules of the body.
    errors_of(ctx).refused()?;
    let account = accounts::named(ctx, asked.originating_account_id, "originating_account_id")?;
    let (code, field) = (ErrorCode::BadRequestBody, "destination_account_id");
    let external = ctx.find_named::<ExternalAccount>(asked.destination_account_id, code, field)?;
    let is_pull = asked.dc_sign == CashTransferDcSign::Debit;
    check_fields(ctx, &asked, &account, &external)?;
    rules::check_customer(ctx, &account, &asked.customer_id.to_string(), "customer_id")?;
    let side = if is_pull { Side::Credited } else { Side::Debited };
    match is_pull {
        true => rules::check_account(ctx, &account, side)?,
        false => rules::check_sender(ctx, &account)?,
    }
    check_state(ctx, &external, is_pull)?;
    rules::check_rail(&account, RAIL)?;
    let amount = asked.amount;
    let subtype = match is_pull {
        true => EftCaTransferSubtype::OutgoingDebit,
        false => EftCaTransferSubtype::OutgoingCredit,
    };
    let (kind, sub_type) = ("EFT_CA", subtype.as_str());
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    if is_pull {
        rules::check_room(ctx, &account, amount)?;
    } else {
        rules::check_funds(ctx, &account, amount)?;
    }

    let id = ctx.new_id()?;
    let is_same_day = asked.is_same_day.unwrap_or(false);
    let minutes = ctx.settings.eft_ca_same_day_minutes;
    let plan = windows::plan(ctx.now, is_same_day, asked.effective_date, minutes);
    let rest = json!({
        "id": id, "tenant_id": ctx.tenant, "transaction_id": id, "subtype": subtype,
        "status": EftCaStatus::Initiated, "network_status": EftCaTransferNetworkStatus::Pending,
        "is_same_day": is_same_day, "effective_date": plan.effective_date, "failed": false,
        "originating_account_number": account.account_number,
        "destination_account_number": external.account_identifiers.number,
        "reference_id": format!("{:012}", ctx.tx.next("EFT Canada")?), "history": [],
    });
    let facts = EftCaFacts {
        currency: account.currency_code().to_owned(),
        idempotency_key: ctx.request.idempotency_key.clone(),
    };
    let mut transfer = Record::<EftCaTransfer>::new(complete(&asked, rest)?, facts);
    transfer.note(ctx, "created")?;
    if !is_pull {
        let days = i64::from(ctx.settings.eft_ca_expiry_days);
        hold(ctx, &transfer, &account, plan.posted_at + Duration::days(days))?;
    }
    ctx.add(&transfer)?;
    ctx.tx.schedule(ctx.tenant, plan.sent_at.timestamp_millis(), SEND, &id.to_string())?;
    ctx.tx.schedule(ctx.tenant, plan.posted_at.timestamp_millis(), SETTLE, &id.to_string())?;
    Reply::json(201, &shown(transfer))
}

/// What must hold between the fields of a transfer and what they name.
fn check_fields(
    ctx: &Ctx<'_>,
    asked: &NewEftCaTransfer,
    account: &Record<Account>,
    external: &types::ExternalAccount,
) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    let currency = account.currency_code();
    if ctx.settings.eft_ca_needs_canadian_dollars && currency != CURRENCY {
        let reason = format!("the account is in {currency}, not {CURRENCY}");
        errors.merge(FieldErrors::invalid("originating_account_id", reason));
    }
    let owner = &asked.originating_account_owner_name;
    if !external.account_owner_names.iter().any(|name| name == owner) {
        let reason = "must be the name of an owner of the external account";
        errors.merge(FieldErrors::invalid("originating_account_owner_name", reason));
    }
    if asked.destination_account_owner_name.trim().is_empty() {
        let reason = "must not be empty";
        errors.merge(FieldErrors::invalid("destination_account_owner_name", reason));
    }
    errors.refused()?;
    check_number(external)
}

/// Sets aside what a transfer sends.
fn hold(
    ctx: &Ctx<'_>,
    transfer: &Record<EftCaTransfer>,
    account: &Record<Account>,
    expires_at: DateTime<Utc>,
) -> Result<(), ApiError> {
    let subtype = transfer.ledger_subtype();
    NewHold {
        kind: TransactionType::EftCa,
        subtype: subtype.as_str().into(),
        account: &LedgerAccount::of(account)?,
        offset: &settlement(ctx, account.currency_code())?,
        sign: Sign::Debit,
        amount: transfer.amount,
        memo: "",
        reference_id: Some(&transfer.reference_id),
        external_data: Value::Object(transfer.source_data.clone()),
        expires_at,
        transaction_id: None,
        id: Some(transfer.own_id()),
    }
    .open(ctx)
    .map(drop)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &shown(ctx.find_in_url("id")?))
}

/// Adds data to a transfer, or cancels one that the other bank has not answered.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.find_in_url::<EftCaTransfer>("id")?;
    // The body may be left out: then nothing changes.
    let changes = ctx.body::<Option<types::EftCaTransferPatch>>()?.unwrap_or_default();
    if let Patch::Set(CashTransferPatchStatus::Cancelled) = changes.status {
        if !transfer.is_under_way() {
            let detail =
                format!("the transfer is {}: its status cannot change", transfer.status.as_str());
            return Err(ApiError::status(detail, &[]));
        }
        network::give_up(ctx, &mut transfer, EftCaStatus::Cancelled, "canceled")?;
    }
    if let Patch::Set(data) = changes.source_data {
        transfer.source_data = data;
    }
    ctx.save(&transfer)?;
    Reply::json(200, &shown(transfer))
}
