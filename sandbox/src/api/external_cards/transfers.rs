//! Money from an external card into an account (a pull), and the other way (a push).
//!
//! A transfer that succeeds is posted at once. The card steers it otherwise: `declined` is declined
//! by the network, `fraud` suspected of fraud; of a `pending` and an `unknown` card the outcome is
//! open for the minutes of the settings, and good then; of a `lost` card it is unknown, and
//! declined then. While the outcome of a push is open its money is set aside. A pull can be
//! reversed, in parts, up to its whole.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::external_cards::card::CARD;
use crate::api::external_cards::three_ds;
use crate::domain::external_cards::TRANSFER;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{ACCOUNT, Ended, LedgerAccount, Movement, NewHold, Sign};
use crate::model::{ApiError, Ctx, Outcome, Reply, text, without};
use crate::spec::FieldErrors;

/// The job that brings an open transfer to its end.
pub(crate) const SETTLE: &str = "external_card.settle";

const RAIL: &str = "is_external_card_enabled";
const KIND: &str = "external_card";

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TRANSFER,
        items: "external_transfers",
        filters: &[
            ("id", By::Key("id")),
            ("account_id", By::Key("account")),
            ("originating_account_id", By::Key("account")),
            ("amount", By::Key("amount")),
            ("from_amount", By::AtLeast("/amount")),
            ("to_amount", By::AtMost("/amount")),
            ("customer_id", By::Key("customer")),
            ("external_card_id", By::Key("card")),
            ("original_transfer_id", By::Key("original")),
            ("originating_customer_id", By::Key("originating_customer")),
            ("payment_account_reference", By::Key("reference")),
            ("status", By::Key("status")),
            ("tenant", By::Key("tenant")),
            ("three_ds_id", By::Key("three_ds")),
            ("transaction_id", By::Key("transaction")),
            ("type", By::Key("type")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::ExternalCardTransferList>(ctx)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::ExternalCardTransfer>(ctx.url_resource(&TRANSFER, "transfer_id")?)
}

/// Which way money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the card into the account.
    Pull,
    /// From the account to the card.
    Push,
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let kind = text(&ctx.request.body, "type");
    let direction = if kind == "PULL" { Direction::Pull } else { Direction::Push };
    let (id, code) = (text(&ctx.request.body, "external_card_id"), ErrorCode::BadRequestBody);
    // Before the card, as the platform has it.
    let account = text(&ctx.request.body, "originating_account_id");
    accounts::referred(ctx, account, "originating_account_id")?;
    let card = ctx.referred(&CARD, id, code, "external_card_id")?;
    let transfer = begin(ctx, &card, direction, kind)?;
    Reply::created::<types::CreatedExternalCardTransfer>(transfer)
}

/// Moves money between a card and the account of the body, as `kind`.
pub(super) fn begin(
    ctx: &Ctx<'_>,
    card: &Value,
    direction: Direction,
    kind: &str,
) -> Result<Value, ApiError> {
    let body = &ctx.request.body;
    let is_pull = direction == Direction::Pull;
    let account = text(body, "originating_account_id");
    let account = accounts::referred(ctx, account, "originating_account_id")?;
    check_card(card, is_pull)?;
    // A push may be from one customer to the card of another.
    let (customer, field) = match text(body, "originating_customer_id") {
        "" => (text(card, "customer_id"), "external_card_id"),
        customer => (customer, "originating_customer_id"),
    };
    rules::check_customer(ctx, &account, customer, field)?;
    rules::check_account(ctx, &account, if is_pull { Side::Credited } else { Side::Debited })?;
    rules::check_rail(&account, RAIL)?;
    let amount = body["amount"].as_i64().unwrap_or_default();
    let (sub_type, side) = if is_pull { ("PULL", Side::Credited) } else { ("PUSH", Side::Debited) };
    let spend = Spend { kind: "EXTERNAL_CARD", sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    if is_pull {
        // A wallet has authenticated the cardholder itself.
        if kind == "PULL" {
            three_ds::check(ctx, card, amount)?;
        }
    } else {
        rules::check_funds(ctx, &account, amount)?;
    }

    let mut transfer = body.clone();
    // What a wallet sends is for one use, and not kept.
    without(&mut transfer, &["apple_pay_payment", "google_pay_payment_data"]);
    let id = ctx.new_id()?.to_string();
    let details = json!({
        "id": id, "type": kind, "card_details": card["card_details"], "tenant": ctx.tenant, "account_id": account["id"], "currency": account["currency"],
        "customer_id": card["customer_id"], "creation_time": ctx.now_text(),
        "last_updated_time": ctx.now_text(), "merchant": merchant(body),
        "payment_account_reference": card["payment_account_reference"], "reversed": 0,
        "steering": card["steering"],
    });
    crate::model::patch(&mut transfer, &details);
    if transfer["card_details"].is_null() {
        without(&mut transfer, &["card_details"]);
    }
    match text(card, "steering") {
        "declined" => decline(&mut transfer, "NETWORK_DECLINED"),
        "fraud" => decline(&mut transfer, "SUSPECTED_FRAUD"),
        open @ ("pending" | "unknown" | "lost") => {
            transfer["status"] = json!(if open == "pending" { "PENDING" } else { "UNKNOWN" });
            if !is_pull {
                set_aside(ctx, &mut transfer, &ledger::account_of(&account)?)?;
            }
            let minutes = i64::from(ctx.settings.external_card_minutes);
            let due = (ctx.now + Duration::minutes(minutes)).timestamp_millis();
            ctx.tx.schedule(ctx.tenant, due, SETTLE, &id)?;
        }
        _ => succeed(ctx, &mut transfer, &ledger::account_of(&account)?, None)?,
    }
    ctx.insert(&TRANSFER, &transfer)?;
    Ok(transfer)
}

fn check_card(card: &Value, is_pull: bool) -> Result<(), ApiError> {
    let status = text(card, "status");
    let refuse = |detail: String| Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    if status != "ACTIVE" {
        return refuse(format!("the card has status {status}, not ACTIVE"));
    }
    let (flag, way) = if is_pull { ("pull_enabled", "from") } else { ("push_enabled", "to") };
    if card["verifications"]["state"] != "SUCCEEDED" {
        return refuse("the card failed its verification".to_owned());
    }
    if card["verifications"][flag] != true {
        return refuse(format!("no money moves {way} this card"));
    }
    Ok(())
}

/// What the cardholder's statement says; the program, unless the request names a merchant.
fn merchant(body: &Value) -> Value {
    match body.get("merchant") {
        Some(merchant) => merchant.clone(),
        None => json!({
            "name": "Sandbox Program",
            "address": {
                "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
                "postal_code": "94105", "country_code": "US",
            },
        }),
    }
}

fn decline(transfer: &mut Value, reason: &str) {
    transfer["status"] = json!("DECLINED");
    transfer["reason"] = json!(reason);
    if reason == "NETWORK_DECLINED" {
        transfer["network_decline_details"] = json!("05: do not honor");
    }
}

/// The account behind the network, and the name of the movement.
fn network(ctx: &Ctx<'_>, transfer: &Value) -> Result<(LedgerAccount, &'static str), ApiError> {
    let (account_type, subtype) = match text(transfer, "type") {
        "PUSH" => ("EXTERNAL_CARD_OCT_SETTLEMENT", "push"),
        kind if kind.ends_with("_REVERSAL") => ("EXTERNAL_CARD_AFT_SETTLEMENT", "pull_reversal"),
        _ => ("EXTERNAL_CARD_AFT_SETTLEMENT", "pull"),
    };
    let settlement = internal_accounts::of_bank(ctx, account_type, text(transfer, "currency"))?;
    Ok((settlement, subtype))
}

/// Sets the money of a push aside until its outcome is known.
fn set_aside(ctx: &Ctx<'_>, transfer: &mut Value, account: &LedgerAccount) -> Result<(), ApiError> {
    let (settlement, subtype) = network(ctx, transfer)?;
    let hold = NewHold {
        kind: KIND,
        subtype: subtype.into(),
        account,
        offset: &settlement,
        sign: Sign::Debit,
        amount: transfer["amount"].as_i64().unwrap_or_default(),
        memo: "",
        reference_id: None,
        external_data: json!({}),
        expires_at: ctx.now + Duration::days(5),
        transaction_id: None,
        id: None,
    }
    .open(ctx)?;
    transfer["transaction_id"] = json!(hold.uuid);
    Ok(())
}

/// Posts a transfer; `original` is the transaction that it takes back.
fn succeed(
    ctx: &Ctx<'_>,
    transfer: &mut Value,
    account: &LedgerAccount,
    original: Option<&str>,
) -> Result<(), ApiError> {
    let (settlement, subtype) = network(ctx, transfer)?;
    let hold = transfer["transaction_id"].as_str().map(str::to_owned);
    if let Some(hold) = &hold {
        Ended::Cleared.end(ctx, hold)?;
    }
    let comes_in = subtype == "pull";
    let (from, to) = if comes_in { (&settlement, account) } else { (account, &settlement) };
    let movement = Movement {
        kind: KIND,
        subtype: subtype.into(),
        from,
        to,
        amount: transfer["amount"].as_i64().unwrap_or_default(),
        memo: "",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: hold.as_deref(),
        id: hold.as_deref(),
    };
    let posted = match original {
        Some(original) => ledger::post_reversal(ctx, &movement, original)?,
        None => ledger::post(ctx, &movement)?,
    };
    transfer["transaction_id"] = json!(posted.uuid);
    transfer["status"] = json!("SUCCEEDED");
    Ok(())
}

/// Brings an open transfer to its end.
pub(crate) fn settle(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = ctx.get(&TRANSFER, id)? else {
        return Ok(());
    };
    let Some(account) = ctx.get(&ACCOUNT, text(&transfer, "account_id"))? else {
        return Err(ApiError::Internal("a card transfer whose account is gone".to_owned()));
    };
    if transfer["steering"] == "lost" || account["status"] == "CLOSED" {
        if let Some(hold) = transfer["transaction_id"].as_str() {
            Ended::Released.end(ctx, hold)?;
        }
        decline(&mut transfer, "NETWORK_DECLINED");
    } else {
        succeed(ctx, &mut transfer, &ledger::account_of(&account)?, None)?;
    }
    transfer["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&TRANSFER, &transfer)
}

/// Gives the money of a pull back to its card.
pub(super) fn reverse(ctx: &Ctx<'_>) -> Outcome {
    let mut pull = ctx.url_resource(&TRANSFER, "transfer_id")?;
    let kind = text(&pull, "type").to_owned();
    if !kind.ends_with("PULL") || pull["status"] != "SUCCEEDED" {
        let detail = "only a pull that succeeded can be reversed";
        return Err(ApiError::status(detail, &[]));
    }
    let amount = ctx.request.body["amount"].as_i64().unwrap_or_default();
    let reversed = pull["reversed"].as_i64().unwrap_or_default();
    let rest = pull["amount"].as_i64().unwrap_or_default() - reversed;
    let mut errors = FieldErrors::default();
    if !(1..=rest).contains(&amount) {
        errors.merge(FieldErrors::invalid("amount", format!("must be between 1 and {rest}")));
    }
    if ctx.request.body["currency"] != pull["currency"] {
        errors.merge(FieldErrors::invalid("currency", "must be that of the pull"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let account = accounts::referred(ctx, text(&pull, "account_id"), "transfer_id")?;
    rules::check_account(ctx, &account, Side::Debited)?;
    rules::check_funds(ctx, &account, amount)?;
    let mut reversal = pull.clone();
    let details = json!({
        "id": ctx.new_id()?, "type": format!("{kind}_REVERSAL"), "amount": amount, "status": "PENDING",
        "original_transfer_id": pull["id"], "creation_time": ctx.now_text(),
        "last_updated_time": ctx.now_text(),
    });
    crate::model::without(&mut reversal, &["transaction_id", "three_ds_id"]);
    crate::model::patch(&mut reversal, &details);
    let original = Some(text(&pull, "transaction_id"));
    succeed(ctx, &mut reversal, &ledger::account_of(&account)?, original)?;
    ctx.insert(&TRANSFER, &reversal)?;
    pull["reversed"] = json!(reversed + amount);
    pull["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&TRANSFER, &pull)?;
    Reply::created::<types::ExternalCardTransfer>(reversal)
}
