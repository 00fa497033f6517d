//! Wires: those that start here, and those that come in.
//!
//! An outgoing wire sets its money aside, waits for a second person's approval, and is posted when
//! that is given: after the minutes of the settings, within the hours of the network. With
//! `SANDBOX DECLINE` as `bank_message` the second person says no.

mod incoming;
mod wire;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::{ErrorCode, TransactionId};
use synctera_api::v2::types::{
    self, ExternalAccountStatus, TransactionType, WireStatus, WireStatusDetails,
};

use crate::api::wires::wire::{
    OutgoingWire, OutgoingWireFacts, RAIL, WIRE, account_of, accountability, settlement,
};
use crate::domain::batches::Paid;
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::listing::{By, List, view_of};
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, batches, external_accounts, rules};
use crate::ledger;
use crate::ledger::{Ended, LedgerAccount, Movement, NewHold, Sign};
use crate::model::calendar::{bank_date, bank_time, banking_day_from};
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete as completed, last_four,
};
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
        view: &view_of::<OutgoingWire, _>(|_, wire| Ok(Some(shown(wire)))),
    }
    .reply::<types::WireList>(ctx)
}

pub(crate) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::NewWire = ctx.body()?;
    let account = accounts::named(ctx, asked.originating_account_id, "originating_account_id")?;
    let code = ErrorCode::BadRequestBody;
    let external = asked.receiving_account_id;
    let external = ctx.find_named(external, code, "receiving_account_id")?;
    check_external(&external)?;
    rules::check_customer(ctx, &account, &asked.customer_id.to_string(), "customer_id")?;
    rules::check_sender(ctx, &account)?;
    if external.status != ExternalAccountStatus::Active {
        let detail = "the external account is not ACTIVE";
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
    }
    rules::check_rail(&account, RAIL)?;
    let ledger_account = LedgerAccount::of(&account)?;
    if ledger_account.currency.as_str() != asked.currency.as_str() {
        let reason = format!("the account is in {}", ledger_account.currency);
        return Err(FieldErrors::invalid("currency", reason).into());
    }
    let amount = asked.amount;
    let (kind, sub_type, side) = ("WIRE", "OUTGOING_WIRE", Side::Debited);
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    rules::check_funds(ctx, &account, amount)?;

    let id = ctx.new_id()?;
    let sent_at = next_slot(ctx.now, ctx.settings.wire_minutes);
    let place = ctx.tx.next("wires")?;
    let details = json!({
        "id": id, "transaction_id": id, "status": WireStatus::Pending,
        "status_details": WireStatusDetails::PendingDualApproval, "is_bulk": false,
        "network": "FEDWIRE", "effective_date": bank_date(sent_at),
        "originating_account_number": ledger_account.number,
        "receiving_account_number": external.account_identifiers.number,
        "sender_reference_id": format!("{}{place:08}", ctx.today().format("%Y%m%d")),
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let facts = OutgoingWireFacts { metadata: asked.metadata.clone() };
    let wire = Record::<OutgoingWire>::new(completed(&asked, details)?, facts);
    let settlement = settlement(ctx, asked.currency.as_str())?;
    NewHold {
        kind: TransactionType::Wire,
        subtype: "outgoing_wire".into(),
        account: &ledger_account,
        offset: &settlement,
        sign: Sign::Debit,
        amount,
        memo: &asked.recipient_message,
        reference_id: None,
        external_data: json!({}),
        expires_at: sent_at + Duration::days(5),
        transaction_id: None,
        id: Some(id.into()),
    }
    .open(ctx)?;
    ctx.add(&wire)?;
    ctx.tx.schedule(ctx.tenant, sent_at.timestamp_millis(), COMPLETE, &id.to_string())?;
    Reply::json(201, &shown(wire))
}

/// Wires need a routing number of their own, or the details of a bank abroad.
fn check_external(external: &Record<ExternalAccount>) -> Result<(), ApiError> {
    external_accounts::check_is_of_bank(external, "receiving_account_id")?;
    let number = external.routing_identifiers.wire_routing_number.as_ref();
    let is_abroad = external.facts.has_international_wire_details;
    if is_abroad || number.is_some_and(|number| !number.expose().is_empty()) {
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
    Reply::json(200, &shown(ctx.find_in_url("wire_id")?))
}

fn cancel(ctx: &Ctx<'_>) -> Outcome {
    let mut wire = ctx.find_in_url::<OutgoingWire>("wire_id")?;
    if wire.status != WireStatus::Pending {
        let status = wire.status.as_str();
        return Err(ApiError::status(format!("a wire that is {status} cannot be canceled"), &[]));
    }
    Ended::Released.end(ctx, wire.id)?;
    batches::follow(ctx, wire.id.as_uuid(), Paid::Canceled)?;
    end(ctx, &mut wire, WireStatus::Canceled, WireStatusDetails::Canceled)?;
    Reply::json(200, &shown(wire))
}

fn end(
    ctx: &Ctx<'_>,
    wire: &mut Record<OutgoingWire>,
    status: WireStatus,
    details: WireStatusDetails,
) -> Result<(), ApiError> {
    wire.status = status;
    wire.status_details = Some(details);
    wire.last_updated_time = ctx.now;
    ctx.save(wire)
}

/// Sends a wire that was approved, or gives up one that was not.
pub(crate) fn complete(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let wire = ctx.find::<OutgoingWire>(id)?;
    let Some(mut wire) = wire.filter(|wire| wire.status == WireStatus::Pending) else {
        return Ok(());
    };
    let account = account_of(ctx, &wire)?;
    let obstacle = match wire.bank_message.as_deref() {
        Some(DECLINE) => Some("the second person said no".to_owned()),
        _ => rules::obstacle(ctx, &account, wire.customer_id.map(Into::into))?,
    };
    if let Some(why) = obstacle {
        ledger::release(ctx, id, &why)?;
        batches::follow(ctx, wire.id.as_uuid(), Paid::Declined)?;
        let details = WireStatusDetails::DeclinedDualApproval;
        return end(ctx, &mut wire, WireStatus::Declined, details);
    }
    let account = LedgerAccount::of(&account)?;
    let own_id = TransactionId::from(wire.id.as_uuid());
    let settlement = settlement(ctx, wire.currency.as_str())?;
    Ended::Cleared.end(ctx, id)?;
    ledger::post(
        ctx,
        &Movement {
            kind: TransactionType::Wire,
            subtype: "outgoing_wire".into(),
            from: &account,
            to: &settlement,
            amount: wire.amount,
            memo: wire.recipient_message.as_deref().unwrap_or_default(),
            reference_id: None,
            metadata: Value::Object(wire.facts.metadata.clone()),
            external_data: json!({}),
            hold_id: Some(own_id),
            id: Some(own_id),
        },
    )?;
    wire.input_message_accountability_data = Some(accountability(ctx, "outgoing wires")?);
    wire.settlement_date = Some(ctx.today());
    batches::follow(ctx, wire.id.as_uuid(), Paid::As(own_id))?;
    end(ctx, &mut wire, WireStatus::Completed, WireStatusDetails::Approved)
}

/// How a wire is shown: the other bank's account number masked.
fn shown(wire: Record<OutgoingWire>) -> types::Wire {
    let mut wire = wire.wire;
    wire.receiving_account_number = last_four(wire.receiving_account_number.expose()).into();
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
