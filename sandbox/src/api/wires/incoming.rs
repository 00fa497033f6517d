//! Wires that come in: payments from elsewhere, and returns of what was sent there.
//!
//! A wire for an account that does not exist or is closed goes back at once. One for an account or
//! a holder that is blocked waits as `BLOCKED`, until the caller sends it back by setting its
//! `return_data`. A return of a wire whose account is closed waits on the suspense account.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::wires::wire::{RAIL, WIRE, accountability, settlement};
use crate::domain::accounts::BANK_ROUTING;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::{internal_accounts, rules};
use crate::ledger;
use crate::ledger::{ACCOUNT, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, text};

pub(super) const INCOMING: Kind = Kind {
    name: "incoming wire",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("imad", "/input_message_accountability_data"),
        ("omad", "/output_message_accountability_data"),
        ("uetr", "/uetr"),
    ],
};

/// The bank at the other end; a real routing number, whose check digit holds.
const OTHER_BANK: &str = "021000021";

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &INCOMING,
        items: "wires",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("imad", By::Key("imad")),
            ("omad", By::Key("omad")),
            ("uetr", By::Key("uetr")),
            ("from_date", By::From("/effective_date")),
            ("to_date", By::To("/effective_date")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::IncomingWireList>(ctx)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::IncomingWire>(ctx.url_resource(&INCOMING, "wire_id")?)
}

/// Lets a wire arrive from another bank.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let number = text(&ctx.request.body, "account_number");
    let network = match text(&ctx.request.body, "network") {
        "" => "FEDWIRE",
        network => network,
    };
    let mut wire = arrived(ctx, network, number)?;
    wire["amount"] = ctx.request.body["amount"].clone();
    wire["type_subtype"] = json!("BASIC_FUNDS_TRANSFER");
    match ctx.all_with(&ACCOUNT, "number", number)?.into_iter().next() {
        None => send_back(&mut wire, "there is no account with this number"),
        Some(account) => deliver(ctx, &mut wire, &account)?,
    }
    ctx.insert(&INCOMING, &wire)?;
    simulated(ctx, network, &wire)
}

/// A wire as it arrives, without what it is about.
fn arrived(ctx: &Ctx<'_>, network: &str, number: &str) -> Result<Value, ApiError> {
    let accountability = accountability(ctx, "incoming wires")?;
    let today = ctx.today().to_string();
    Ok(json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": "READY", "network": network,
        "currency": "USD", "is_return": false, "receiving_account_number": number,
        "sender": { "name": "Sandbox Sender", "routing_number": OTHER_BANK,
                    "bank_name": "Sandbox Community Bank" },
        "receiver": { "account_number": number, "routing_number": BANK_ROUTING },
        "sender_reference_id": accountability, "uetr": ctx.new_id()?,
        "input_message_accountability_data": accountability,
        "output_message_accountability_data": format!("{accountability}O"),
        "effective_date": today, "settlement_date": today, "creation_time": ctx.now_text(),
    }))
}

fn deliver(ctx: &Ctx<'_>, wire: &mut Value, account: &Value) -> Result<(), ApiError> {
    wire["receiving_account_id"] = account["id"].clone();
    wire["currency"] = account["currency"].clone();
    let checked = rules::check_account(ctx, account, Side::Credited)
        .and_then(|()| rules::check_rail(account, RAIL));
    match checked {
        Ok(()) => {
            post(ctx, wire, &ledger::account_of(account)?, None)?;
            wire["status"] = json!("POSTED");
        }
        Err(ApiError::Problem(problem)) if problem.code == ErrorCode::AccountClosed => {
            send_back(wire, &problem.detail);
        }
        Err(ApiError::Problem(problem)) => {
            wire["status"] = json!("BLOCKED");
            wire["decline_reason"] = json!(problem.detail);
        }
        Err(broken) => return Err(broken),
    }
    Ok(())
}

fn send_back(wire: &mut Value, reason: &str) {
    wire["status"] = json!("RETURNED");
    wire["return_reason"] = json!(reason);
}

/// Credits an account with a wire; `original` is the transaction that it takes back.
fn post(
    ctx: &Ctx<'_>,
    wire: &mut Value,
    account: &LedgerAccount,
    original: Option<&str>,
) -> Result<(), ApiError> {
    let settlement = settlement(ctx, wire)?;
    let movement = Movement {
        kind: "wire".into(),
        subtype: if original.is_some() { "outgoing_wire_return" } else { "incoming_wire" },
        from: &settlement,
        to: account,
        amount: wire["amount"].as_i64().unwrap_or_default(),
        memo: "",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    let posted = match original {
        Some(original) => ledger::post_reversal(ctx, &movement, original)?,
        None => ledger::post(ctx, &movement)?,
    };
    wire["transaction_id"] = json!(posted.uuid);
    Ok(())
}

/// What the network hands out for a simulated message.
fn simulated(ctx: &Ctx<'_>, network: &str, wire: &Value) -> Outcome {
    let body = match network {
        "DATASOFT" => json!({ "webhook_id": ctx.new_id()? }),
        _ => json!({
            "file_name": format!("{}.xml", text(wire, "input_message_accountability_data")),
        }),
    };
    Reply::created::<types::WireSimulationResponse>(body)
}

/// Lets another bank return a wire that was sent.
pub(super) fn simulate_return(ctx: &Ctx<'_>) -> Outcome {
    let id = text(&ctx.request.body, "wire_id");
    let mut sent = ctx.referred(&WIRE, id, ErrorCode::BadRequestBody, "wire_id")?;
    let status = text(&sent, "status");
    if status != "COMPLETED" {
        return Err(ApiError::status(format!("a wire that is {status} cannot be returned"), &[]));
    }
    if sent["return_data"].is_object() {
        return Err(ApiError::status("this wire was returned before", &[]));
    }
    let Some(account) = ctx.get(&ACCOUNT, text(&sent, "originating_account_id"))? else {
        return Err(ApiError::Internal("a wire whose account is gone".to_owned()));
    };
    let return_data = json!({
        "previous_message_id": sent["input_message_accountability_data"],
        "original_id": sent["id"], "original_transaction_id": sent["transaction_id"],
        "reason": "returned by the receiving bank",
    });
    let mut wire = arrived(ctx, "FEDWIRE", text(&sent, "originating_account_number"))?;
    wire["amount"] = sent["amount"].clone();
    wire["currency"] = sent["currency"].clone();
    wire["is_return"] = json!(true);
    wire["type_subtype"] = json!("RETURN");
    wire["receiving_account_id"] = account["id"].clone();
    wire["return_data"] = return_data.clone();
    let receiver = if account["status"] == "CLOSED" {
        internal_accounts::of_bank(ctx, "WIRE_SUSPENSE", text(&sent, "currency"))?
    } else {
        ledger::account_of(&account)?
    };
    post(ctx, &mut wire, &receiver, Some(text(&sent, "transaction_id")))?;
    wire["status"] = json!("POSTED");
    ctx.insert(&INCOMING, &wire)?;
    sent["return_data"] = return_data;
    sent["transaction_in_id"] = wire["transaction_id"].clone();
    sent["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&WIRE, &sent)?;
    simulated(ctx, "FEDWIRE", &wire)
}

/// Sends a wire back that waits to be looked at.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut wire = ctx.url_resource(&INCOMING, "wire_id")?;
    if ctx.request.body["return_data"].is_object() {
        let status = text(&wire, "status");
        if status != "BLOCKED" {
            let detail = format!("a wire that is {status} is not sent back");
            return Err(ApiError::status(detail, &[]));
        }
        let reason = text(&ctx.request.body["return_data"], "reason").to_owned();
        wire["return_data"] = ctx.request.body["return_data"].clone();
        send_back(&mut wire, &reason);
        ctx.update(&INCOMING, &wire)?;
    }
    Reply::ok::<types::IncomingWire>(wire)
}
