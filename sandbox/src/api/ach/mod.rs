//! ACH: transfers that start here and those that come in, returns, and gateways.
//!
//! A pull brings money in, a push sends it out.
//! A transfer waits for the next file to the network. A push sets its money aside at once and is
//! posted with the file; a pull is posted with the file, and its money is held back for some
//! banking days after that.

pub(crate) mod gateways;
mod incoming;
mod rail;
mod returns;
mod sending;

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::ach::rail::{RAIL, external_data};
use crate::domain::ach::ACH;
use crate::domain::external_accounts::EXTERNAL_ACCOUNT;
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, ach, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Ended, NewHold, Sign};
use crate::model::calendar::{
    BEYOND_CALENDAR, bank_date, banking_day_from, banking_days_after, is_beyond_calendar,
};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, last_four, text, without};
use crate::spec::FieldErrors;

pub(crate) use incoming::{POST, post_due};

pub(crate) use sending::{SEND, release, send};

const ON_ONE: &[(&str, &Kind)] = &[("transaction_id", &ACH)];
const ON_INCOMING: &[(&str, &Kind)] = &[("id", &ach::INCOMING)];
const ON_GATEWAY: &[(&str, &Kind)] = &[("id", &gateways::GATEWAY)];
/// Ten digits of minor units.
const AMOUNT_MAX: i64 = 9_999_999_999;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_outgoing_ach", list),
    Served::new("create_outgoing_ach", create).ruled(|ctx| Ok(check_body(ctx, &ctx.request.body))),
    Served::on("get_outgoing_ach", ON_ONE, get),
    Served::on("update_outgoing_ach", ON_ONE, update),
    Served::new("list_incoming_ach", incoming::list),
    Served::on("get_incoming_ach", ON_INCOMING, incoming::get),
    Served::new("simulate_incoming_ach", incoming::simulate)
        .ruled(|ctx| Ok(incoming::errors_of(&ctx.request.body))),
    Served::new("simulate_ach_return", returns::simulate),
    Served::new("list_ach_gateways", gateways::list),
    Served::new("create_ach_gateway", gateways::create)
        .ruled(|ctx| Ok(gateways::errors_of(&ctx.request.body))),
    Served::on("get_ach_gateway", ON_GATEWAY, gateways::get),
    Served::on("update_ach_gateway", ON_GATEWAY, gateways::update)
        .ruled(|ctx| Ok(gateways::errors_of(&ctx.request.body))),
    Served::on("delete_ach_gateway", ON_GATEWAY, gateways::delete),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &ACH,
        items: "transactions",
        filters: &[
            ("effective_date", By::Equals("/effective_date")),
            ("start_effective_date", By::From("/effective_date")),
            ("end_effective_date", By::To("/effective_date")),
            ("incoming_ach_id", By::Key("incoming")),
        ],
        always: Vec::new(),
        view: &|_, transfer| Ok(Some(view(transfer))),
    }
    .reply::<types::OutgoingAchList>(ctx)
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let body = &ctx.request.body;
    let account =
        accounts::referred(ctx, text(body, "originating_account_id"), "originating_account_id")?;
    let code = ErrorCode::BadRequestBody;
    let external = text(body, "receiving_account_id");
    let external = ctx.referred(&EXTERNAL_ACCOUNT, external, code, "receiving_account_id")?;
    let is_pull = body["dc_sign"] == "debit";
    rules::check_customer(ctx, &account, text(body, "customer_id"), "customer_id")?;
    rules::check_account(ctx, &account, if is_pull { Side::Credited } else { Side::Debited })?;
    check_external(&external, is_pull)?;
    rules::check_rail(&account, RAIL)?;
    if account["currency"] != body["currency"] {
        let reason = format!("the account is in {}", text(&account, "currency"));
        return Err(FieldErrors::invalid("currency", reason).into());
    }
    let amount = body["amount"].as_i64().unwrap_or_default();
    let (sub_type, side) = match is_pull {
        true => ("OUTGOING_DEBIT", Side::Credited),
        false => ("OUTGOING_CREDIT", Side::Debited),
    };
    let spend = Spend { kind: "ACH", sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    if !is_pull {
        rules::check_funds(ctx, &account, amount)?;
    }

    let is_same_day = body["is_same_day"] == true;
    let wanted = text(body, "effective_date").parse::<NaiveDate>().ok();
    let file = ach::next_file(ctx.now, is_same_day, wanted);
    let effective_date = match wanted {
        Some(date) => banking_day_from(date),
        None if is_same_day => bank_date(file),
        None => banking_days_after(bank_date(file), 1),
    };
    let id = ctx.new_id()?.to_string();
    let mut transfer = body.clone();
    without(
        &mut transfer,
        &["customer_id", "risk", "originating_account_id", "receiving_account_id", "hold"],
    );
    let (bank_id, partner_id) = ctx.tenant.split_once('_').unwrap_or(("1", "1"));
    let details = json!({
        "id": id, "external_id": id, "status": "PENDING", "is_same_day": is_same_day,
        "effective_date": effective_date.to_string(), "memo": text(body, "memo"),
        "bank_id": bank_id.parse::<i64>().unwrap_or(1),
        "partner_id": partner_id.parse::<i64>().unwrap_or(1),
        "account_id": external["id"],
        "account_name": external["account_owner_names"][0],
        "account_no": external["account_identifiers"]["number"],
        "source_account_id": account["id"], "source_account_name": text(&account, "nickname"),
        "source_account_no": account["account_number"],
        "trace_no": format!("{}{:07}", &accounts::BANK_ROUTING[..8], ctx.tx.next("ach traces")?),
        // What only this sandbox needs to know.
        "dc_sign": body["dc_sign"], "currency": body["currency"], "asked_hold": body["hold"],
        "idemkey": ctx.request.idempotency_key,
    });
    crate::model::patch(&mut transfer, &details);
    if !is_pull {
        let ledger_account = ledger::account_of(&account, false);
        let settlement = internal_accounts::of_bank(ctx, "ACH_SETTLEMENT", text(body, "currency"))?;
        NewHold {
            kind: "ach",
            subtype: "outgoing_credit",
            account: &ledger_account,
            offset: &settlement,
            sign: Sign::Debit,
            amount,
            memo: text(body, "memo"),
            reference_id: None,
            external_data: external_data(body),
            expires_at: file + Duration::days(5),
            transaction_id: None,
            id: Some(&id),
        }
        .open(ctx)?;
    }
    ctx.insert(&ACH, &transfer)?;
    ctx.tx.schedule(ctx.tenant, file.timestamp_millis(), SEND, &id)?;
    Reply::created::<types::OutgoingAch>(view(transfer))
}

/// Rules of fields that the document does not state.
fn check_body(ctx: &Ctx<'_>, body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if body["amount"].as_i64().is_some_and(|amount| amount > AMOUNT_MAX) {
        errors.merge(FieldErrors::invalid("amount", format!("must be at most {AMOUNT_MAX}")));
    }
    let date = text(body, "effective_date");
    if !date.is_empty() && body["is_same_day"] == true {
        errors.merge(FieldErrors::invalid("effective_date", "must not be given with is_same_day"));
    }
    if date.parse::<NaiveDate>().is_ok_and(|date| date <= ctx.today()) {
        errors.merge(FieldErrors::invalid("effective_date", "must be after today"));
    }
    if date.parse().is_ok_and(is_beyond_calendar) {
        errors.merge(FieldErrors::invalid("effective_date", BEYOND_CALENDAR));
    }
    for (field, length) in [("company_entry_description", 10), ("company_name", 16)] {
        if text(body, field).chars().count() > length {
            errors.merge(FieldErrors::invalid(
                field,
                format!("must have at most {length} characters"),
            ));
        }
    }
    errors
}

/// Money may be pushed to any account that is active, and pulled from one that is proven.
fn check_external(external: &Value, is_pull: bool) -> Result<(), ApiError> {
    let status = text(external, "status");
    if status != "ACTIVE" {
        let detail = format!("the external account has status {status}, not ACTIVE");
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
    }
    if is_pull && external["verification"]["status"] != "VERIFIED" {
        let detail = "money is pulled only from a verified external account";
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotVerified, detail));
    }
    Ok(())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::OutgoingAch>(view(ctx.url_resource(&ACH, "transaction_id")?))
}

/// Cancels a transfer that has not left, or moves the moment at which its money is free.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.url_resource(&ACH, "transaction_id")?;
    if ctx.request.body["status"] == "CANCELED" {
        let status = text(&transfer, "status");
        if status != "PENDING" {
            let detail = format!("a transfer that is {status} cannot be canceled");
            return Err(ApiError::status(detail, &[]));
        }
        if transfer["dc_sign"] == "credit" {
            Ended::Released.end(ctx, text(&transfer, "id"))?;
        }
        transfer["status"] = json!("CANCELED");
    }
    if !ctx.request.body["funds_availability_time"].is_null() {
        sending::move_availability(ctx, &mut transfer)?;
    }
    ctx.update(&ACH, &transfer)?;
    Reply::ok::<types::OutgoingAch>(view(transfer))
}

/// How a transfer is shown: the other bank's account number masked.
fn view(mut transfer: Value) -> Value {
    transfer["account_no"] = json!(last_four(text(&transfer, "account_no")));
    transfer
}
