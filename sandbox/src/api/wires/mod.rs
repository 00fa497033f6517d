//! Wires: those that start here, and those that come in.
//!
//! An outgoing wire sets its money aside, waits for a second person's approval, and is posted when
//! that is given: after the minutes of the settings, within the hours of the network. With
//! `SANDBOX DECLINE` as `bank_message` the second person says no.

mod incoming;
mod wire;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::wires::wire::{RAIL, WIRE, accountability, settlement};
use crate::domain::external_accounts::{EXTERNAL_ACCOUNT, has_international_wire_details};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, rules};
use crate::ledger;
use crate::ledger::{ACCOUNT, Ended, Movement, NewHold, Sign};
use crate::model::calendar::{bank_date, bank_time, banking_day_from};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, last_four, text};
use crate::spec::FieldErrors;

/// The job that brings a wire to its end.
pub(crate) const COMPLETE: &str = "wire.complete";

const ON_ONE: &[(&str, &Kind)] = &[("wire_id", &WIRE)];
const ON_INCOMING: &[(&str, &Kind)] = &[("wire_id", &incoming::INCOMING)];
/// The message to the bank with which a wire is declined.
const DECLINE: &str = "SANDBOX DECLINE";

/// When the network takes wires, Eastern.
const OPENS: (u32, u32) = (9, 0);

const CLOSES: (u32, u32) = (17, 0);
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_wires", list),
    Served::new("create_wire", create),
    Served::on("get_wire", ON_ONE, get),
    Served::on("cancel_wire", ON_ONE, cancel),
    Served::new("list_incoming_wires", incoming::list),
    Served::on("get_incoming_wire", ON_INCOMING, incoming::get),
    Served::on("update_incoming_wire", ON_INCOMING, incoming::update),
    Served::new("simulate_incoming_wire", incoming::simulate),
    Served::new("simulate_wire_return", incoming::simulate_return),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &WIRE,
        items: "wires",
        filters: &[
            ("id", By::Key("id")),
            ("customer_id", By::Key("customer")),
            ("originating_account_id", By::Key("from")),
            ("receiving_account_id", By::Key("to")),
            ("status", By::Key("status")),
            ("from_date", By::From("/effective_date")),
            ("to_date", By::To("/effective_date")),
        ],
        always: Vec::new(),
        view: &|_, wire| Ok(Some(view(wire))),
    }
    .reply::<types::WireList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let body = &ctx.request.body;
    let account =
        accounts::referred(ctx, text(body, "originating_account_id"), "originating_account_id")?;
    let external = text(body, "receiving_account_id");
    let code = ErrorCode::BadRequestBody;
    let external = ctx.referred(&EXTERNAL_ACCOUNT, external, code, "receiving_account_id")?;
    check_external(&external)?;
    rules::check_customer(ctx, &account, text(body, "customer_id"), "customer_id")?;
    rules::check_account(ctx, &account, Side::Debited)?;
    if external["status"] != "ACTIVE" {
        let detail = "the external account is not ACTIVE";
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
    }
    rules::check_rail(&account, RAIL)?;
    if account["currency"] != body["currency"] {
        let reason = format!("the account is in {}", text(&account, "currency"));
        return Err(FieldErrors::invalid("currency", reason).into());
    }
    let amount = body["amount"].as_i64().unwrap_or_default();
    let (kind, sub_type, side) = ("WIRE", "OUTGOING_WIRE", Side::Debited);
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    rules::check_funds(ctx, &account, amount)?;

    let id = ctx.new_id()?.to_string();
    let sent_at = next_slot(ctx.now, ctx.settings.wire_minutes);
    let place = ctx.tx.next("wires")?;
    let mut wire = body.clone();
    let details = json!({
        "id": id, "transaction_id": id, "status": "PENDING",
        "status_details": "PENDING_DUAL_APPROVAL", "is_bulk": false, "network": "FEDWIRE",
        "effective_date": bank_date(sent_at).to_string(),
        "originating_account_number": account["account_number"],
        "receiving_account_number": external["account_identifiers"]["number"],
        "sender_reference_id": format!("{}{place:08}", ctx.today().format("%Y%m%d")),
        "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
    });
    crate::model::patch(&mut wire, &details);
    let settlement = settlement(ctx, &wire)?;
    NewHold {
        kind: "wire",
        subtype: "outgoing_wire",
        account: &ledger::account_of(&account, false),
        offset: &settlement,
        sign: Sign::Debit,
        amount,
        memo: text(&wire, "recipient_message"),
        reference_id: None,
        external_data: json!({}),
        expires_at: sent_at + Duration::days(5),
        transaction_id: None,
        id: Some(&id),
    }
    .open(ctx)?;
    ctx.insert(&WIRE, &wire)?;
    ctx.tx.schedule(ctx.tenant, sent_at.timestamp_millis(), COMPLETE, &id)?;
    Reply::created::<types::Wire>(view(wire))
}

/// Wires need a routing number of their own, or the details of a bank abroad.
fn check_external(external: &Value) -> Result<(), ApiError> {
    let routing = &external["routing_identifiers"];
    if !text(routing, "wire_routing_number").is_empty() || has_international_wire_details(external)
    {
        return Ok(());
    }
    let reason = "the external account has no routing number for wires";
    Err(FieldErrors::invalid("receiving_account_id", reason).into())
}

/// Some minutes from now, or when the network opens next.
fn next_slot(now: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    let wanted = now + Duration::minutes(i64::from(minutes));
    let today = bank_date(wanted);
    let opens_on = |date| bank_time(date, OPENS.0, OPENS.1);
    let day = banking_day_from(today);
    if day > today {
        return opens_on(day);
    }
    if wanted >= bank_time(today, CLOSES.0, CLOSES.1) {
        return opens_on(banking_day_from(today + Duration::days(1)));
    }
    wanted.max(opens_on(today))
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Wire>(view(ctx.url_resource(&WIRE, "wire_id")?))
}

fn cancel(ctx: &Ctx<'_>) -> Outcome {
    let mut wire = ctx.url_resource(&WIRE, "wire_id")?;
    let status = text(&wire, "status");
    if status != "PENDING" {
        return Err(ApiError::status(format!("a wire that is {status} cannot be canceled"), &[]));
    }
    Ended::Released.end(ctx, text(&wire, "id"))?;
    end(ctx, &mut wire, "CANCELED", "CANCELED")?;
    Reply::ok::<types::Wire>(view(wire))
}

fn end(ctx: &Ctx<'_>, wire: &mut Value, status: &str, details: &str) -> Result<(), ApiError> {
    wire["status"] = json!(status);
    wire["status_details"] = json!(details);
    wire["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&WIRE, wire)
}

/// Sends a wire that was approved, or gives up one that was not.
pub(crate) fn complete(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut wire) = ctx.get(&WIRE, id)?.filter(|wire| wire["status"] == "PENDING") else {
        return Ok(());
    };
    if text(&wire, "bank_message") == DECLINE {
        Ended::Released.end(ctx, id)?;
        return end(ctx, &mut wire, "DECLINED", "DECLINED_DUAL_APPROVAL");
    }
    let Some(account) = ctx.get(&ACCOUNT, text(&wire, "originating_account_id"))? else {
        return Err(ApiError::Internal("a wire whose account is gone".to_owned()));
    };
    let settlement = settlement(ctx, &wire)?;
    Ended::Cleared.end(ctx, id)?;
    ledger::post(
        ctx,
        &Movement {
            kind: "wire",
            subtype: "outgoing_wire",
            from: &ledger::account_of(&account, false),
            to: &settlement,
            amount: wire["amount"].as_i64().unwrap_or_default(),
            memo: text(&wire, "recipient_message"),
            reference_id: None,
            metadata: wire.get("metadata").cloned().unwrap_or(json!({})),
            external_data: json!({}),
            hold_id: Some(id),
            id: Some(id),
        },
    )?;
    let accountability = accountability(ctx, "outgoing wires")?;
    wire["input_message_accountability_data"] = json!(accountability);
    wire["settlement_date"] = json!(ctx.today().to_string());
    end(ctx, &mut wire, "COMPLETED", "APPROVED")
}

/// How a wire is shown: the other bank's account number masked.
fn view(mut wire: Value) -> Value {
    let number = last_four(text(&wire, "receiving_account_number"));
    wire["receiving_account_number"] = json!(number);
    wire
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timestamp;

    #[test]
    fn wires_go_when_the_network_is_open() {
        for (now, expected) in [
            // A Tuesday, 09:00 Eastern.
            ("2026-11-24T14:00:00Z", "2026-11-24T14:30:00.000Z"),
            ("2026-11-24T10:00:00Z", "2026-11-24T14:00:00.000Z"),
            ("2026-11-24T21:45:00Z", "2026-11-25T14:00:00.000Z"),
            // The evening before Thanksgiving.
            ("2026-11-25T23:00:00Z", "2026-11-27T14:00:00.000Z"),
        ] {
            assert_eq!(timestamp(next_slot(now.parse().unwrap(), 30)), expected, "{now}");
        }
    }
}
