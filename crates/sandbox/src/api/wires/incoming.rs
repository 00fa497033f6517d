//! Wires that come in: payments from elsewhere, and returns of what was sent there.
//!
//! A wire for an account that does not exist or is closed goes back at once. One for an account or
//! a holder that is blocked waits as `BLOCKED`, until the caller sends it back by setting its
//! `return_data`. A return of a wire whose account is closed waits on the suspense account.

use serde_json::json;
use synctera_api::runtime::{ErrorCode, Patch, TransactionId};
use synctera_api::v2::types::{
    self, AccountStatus, IncomingWireSimulationNetwork, IncomingWireStatus,
    IncomingWireTypeSubtype, TransactionSubtype, TransactionType, WireReturnData, WireStatus,
};

use crate::api::wires::wire::{OutgoingWire, RAIL, account_of, accountability, settlement};
use crate::domain::accounts::BANK_ROUTING;
use crate::domain::batches::Paid;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::{batches, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build};

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

/// A wire that another bank sent.
pub(super) enum IncomingWire {}

impl Resource for IncomingWire {
    const KIND: &'static Kind = &INCOMING;
    type Wire = types::IncomingWire;
    type Facts = ();
}

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
    Reply::json(200, &ctx.find_in_url::<IncomingWire>("wire_id")?.wire)
}

/// Lets a wire arrive from another bank.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::IncomingWireSimulation = ctx.body()?;
    let network = asked.network.unwrap_or(IncomingWireSimulationNetwork::Fedwire);
    let number = asked.account_number.expose();
    let kind = IncomingWireTypeSubtype::BasicFundsTransfer;
    let mut wire = arrived(ctx, &network, number, (asked.amount, "USD"), kind)?;
    match ctx.find_all::<Account>("number", number)?.into_iter().next() {
        None => send_back(&mut wire, "there is no account with this number"),
        Some(account) => deliver(ctx, &mut wire, &account)?,
    }
    ctx.add(&wire)?;
    simulated(ctx, &network, &wire)
}

/// A wire as it arrives, with its amount and currency.
fn arrived(
    ctx: &Ctx<'_>,
    network: &IncomingWireSimulationNetwork,
    number: &str,
    (amount, currency): (i64, &str),
    kind: IncomingWireTypeSubtype,
) -> Result<Record<IncomingWire>, ApiError> {
    let accountability = accountability(ctx, "incoming wires")?;
    let today = ctx.today();
    let wire = build(json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": IncomingWireStatus::Ready,
        "network": network, "amount": amount, "currency": currency, "is_return": false,
        "type_subtype": kind, "receiving_account_number": number,
        "sender": { "name": "Sandbox Sender", "routing_number": OTHER_BANK,
                    "bank_name": "Sandbox Community Bank" },
        "receiver": { "account_number": number, "routing_number": BANK_ROUTING },
        "sender_reference_id": accountability, "uetr": ctx.new_id()?,
        "input_message_accountability_data": accountability,
        "output_message_accountability_data": format!("{accountability}O"),
        "effective_date": today, "settlement_date": today, "creation_time": ctx.now,
    }))?;
    Ok(Record::new(wire, ()))
}

fn deliver(
    ctx: &Ctx<'_>,
    wire: &mut types::IncomingWire,
    account: &Record<Account>,
) -> Result<(), ApiError> {
    wire.receiving_account_id = account.id;
    wire.currency = account.currency.clone();
    let checked = rules::check_account(ctx, account, Side::Credited)
        .and_then(|()| rules::check_rail(account, RAIL))
        .and_then(|()| rules::check_room(ctx, account, wire.amount));
    match checked {
        Ok(()) => {
            post(ctx, wire, &LedgerAccount::of(account)?, None)?;
            wire.status = IncomingWireStatus::Posted;
        }
        // A review by the bank would not change these two reasons.
        Err(ApiError::Problem(problem))
            if matches!(problem.code, ErrorCode::AccountClosed | ErrorCode::BalanceViolation) =>
        {
            send_back(wire, &problem.detail);
        }
        Err(ApiError::Problem(problem)) => {
            wire.status = IncomingWireStatus::Blocked;
            wire.decline_reason = Some(problem.detail);
        }
        Err(broken) => return Err(broken),
    }
    Ok(())
}

fn send_back(wire: &mut types::IncomingWire, reason: &str) {
    wire.status = IncomingWireStatus::Returned;
    wire.return_reason = Some(reason.to_owned());
}

/// Credits an account with a wire; `original` is the transaction that it takes back.
fn post(
    ctx: &Ctx<'_>,
    wire: &mut types::IncomingWire,
    account: &LedgerAccount,
    original: Option<TransactionId>,
) -> Result<(), ApiError> {
    let settlement = settlement(ctx, account.currency.as_str())?;
    let movement = Movement {
        kind: TransactionType::Wire,
        subtype: if original.is_some() {
            "outgoing_wire_return".into()
        } else {
            TransactionSubtype::IncomingWire
        },
        from: &settlement,
        to: account,
        amount: wire.amount,
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
    wire.transaction_id = Some(posted.uuid);
    Ok(())
}

/// What the network hands out for a simulated message.
fn simulated(
    ctx: &Ctx<'_>,
    network: &IncomingWireSimulationNetwork,
    wire: &types::IncomingWire,
) -> Outcome {
    let body = match network {
        IncomingWireSimulationNetwork::Datasoft => json!({ "webhook_id": ctx.new_id()? }),
        _ => {
            let number = wire.input_message_accountability_data.as_deref().unwrap_or_default();
            json!({ "file_name": format!("{number}.xml") })
        }
    };
    Reply::json(201, &build::<types::WireSimulationResponse>(body)?)
}

/// Lets another bank return a wire that was sent.
pub(super) fn simulate_return(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::WireReturnSimulation = ctx.body()?;
    let code = ErrorCode::BadRequestBody;
    let mut sent = ctx.find_named::<OutgoingWire>(asked.wire_id, code, "wire_id")?;
    if sent.status != WireStatus::Completed {
        let status = sent.status.as_str();
        return Err(ApiError::status(format!("a wire that is {status} cannot be returned"), &[]));
    }
    if sent.return_data.is_some() {
        return Err(ApiError::status("this wire was returned before", &[]));
    }
    let account = account_of(ctx, &sent)?;
    let return_data: WireReturnData = build(json!({
        "previous_message_id":
            sent.input_message_accountability_data.as_deref().unwrap_or_default(),
        "original_id": sent.id, "original_transaction_id": sent.transaction_id,
        "reason": "returned by the receiving bank",
    }))?;
    let network = IncomingWireSimulationNetwork::Fedwire;
    let number = sent.originating_account_number.expose();
    let money = (sent.amount, sent.currency.as_str());
    let mut wire = arrived(ctx, &network, number, money, IncomingWireTypeSubtype::Return)?;
    wire.is_return = true;
    wire.receiving_account_id = account.id;
    wire.return_data = Some(return_data.clone());
    let receiver = if account.status == Some(AccountStatus::Closed) {
        internal_accounts::of_bank(ctx, "WIRE_SUSPENSE", sent.currency.as_str())?
    } else {
        LedgerAccount::of(&account)?
    };
    post(ctx, &mut wire, &receiver, Some(sent.transaction_id))?;
    wire.status = IncomingWireStatus::Posted;
    ctx.add(&wire)?;
    sent.return_data = Some(return_data);
    sent.transaction_in_id = wire.transaction_id;
    sent.last_updated_time = ctx.now;
    ctx.save(&sent)?;
    batches::follow(ctx, sent.id.as_uuid(), Paid::Returned)?;
    simulated(ctx, &network, &wire)
}

/// Sends a wire back that waits to be looked at.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut wire = ctx.find_in_url::<IncomingWire>("wire_id")?;
    if let Patch::Set(return_data) = ctx.body::<types::IncomingWirePatch>()?.return_data {
        if wire.status != IncomingWireStatus::Blocked {
            let detail = format!("a wire that is {} is not sent back", wire.status.as_str());
            return Err(ApiError::status(detail, &[]));
        }
        send_back(&mut wire, return_data.reason.as_deref().unwrap_or_default());
        wire.return_data = Some(return_data);
        ctx.save(&wire)?;
    }
    Reply::json(200, &wire.wire)
}
