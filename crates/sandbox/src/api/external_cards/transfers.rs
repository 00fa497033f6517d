//! Money from an external card into an account (a pull), and the other way (a push).
//!
//! A transfer that succeeds is posted at once. The card steers it otherwise: `declined` is declined
//! by the network, `fraud` suspected of fraud; of a `pending` and an `unknown` card the outcome is
//! open for the minutes of the settings, and good then; of a `lost` card it is unknown, and
//! declined then. While the outcome of a push is open its money is set aside.

use chrono::Duration;
use serde_json::json;
use synctera_api::runtime::{CustomerId, ErrorCode, ExternalCardId, ThreeDsId, TransactionId};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    ExternalCardDetails, ExternalCardMerchant, ExternalCardStatus, ExternalCardTransferStatus,
    ExternalCardTransferType, ExternalCardVerificationsState, NewExternalCardTransfer,
    TransactionType,
};

use crate::api::external_cards::card::ExternalCard;
use crate::api::external_cards::three_ds;
use crate::domain::external_cards::{
    ExternalCardTransfer, Steering, TRANSFER, TransferFacts, TransferRecord,
};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, Ended, LedgerAccount, Movement, NewHold, Sign};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, build, convert};
use crate::spec::FieldErrors;

/// The job that brings an open transfer to its end.
pub(crate) const SETTLE: &str = "external_card.settle";

const RAIL: Rail = Rail::ExternalCard;

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
    show(200, &ctx.find_in_url("transfer_id")?)
}

/// Answers with a transfer as clients see it.
pub(super) fn show(status: u16, transfer: &Record<ExternalCardTransfer>) -> Outcome {
    Reply::json(status, &convert::<types::ExternalCardTransfer>(&transfer.wire)?)
}

/// A transfer that is asked for.
pub(super) struct Order {
    pub(super) type_: ExternalCardTransferType,
    /// In minor units.
    pub(super) amount: i64,
    /// Whose card it is.
    pub(super) customer_id: CustomerId,
    /// Whose account it is, where that is another customer.
    pub(super) originating_customer_id: Option<CustomerId>,
    /// A card that is known.
    pub(super) external_card_id: Option<ExternalCardId>,
    /// The card of a wallet.
    pub(super) card_details: Option<ExternalCardDetails>,
    pub(super) payment_account_reference: Option<String>,
    pub(super) steering: Option<Steering>,
    pub(super) three_ds_id: Option<ThreeDsId>,
    pub(super) merchant: Option<ExternalCardMerchant>,
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: NewExternalCardTransfer = ctx.body()?;
    let (Some(account), Some(card_id), Some(amount)) =
        (body.originating_account_id(), body.external_card_id(), body.amount())
    else {
        return Err(FieldErrors::invalid("type", "is not served").into());
    };
    // Before the card, as the platform has it.
    let account = accounts::named(ctx, account, "originating_account_id")?;
    let (code, field) = (ErrorCode::BadRequestBody, "external_card_id");
    let card = ctx.find_named::<ExternalCard>(card_id, code, field)?;
    let (type_, originating_customer_id) = match &body {
        NewExternalCardTransfer::Push(push) => {
            (ExternalCardTransferType::Push, push.originating_customer_id)
        }
        _ => (ExternalCardTransferType::Pull, None),
    };
    check_card(&card, type_ == ExternalCardTransferType::Pull)?;
    let order = Order {
        type_,
        amount,
        customer_id: card.customer_id,
        originating_customer_id,
        external_card_id: Some(card_id),
        card_details: None,
        payment_account_reference: card.payment_account_reference.clone(),
        steering: card.facts.steering,
        three_ds_id: body.three_ds_id(),
        merchant: body.merchant().cloned(),
    };
    let transfer = begin(ctx, order, &account)?;
    Reply::json(201, &convert::<types::CreatedExternalCardTransfer>(&transfer.wire)?)
}

/// Moves money between a card and an account.
pub(super) fn begin(
    ctx: &Ctx<'_>,
    order: Order,
    account: &Record<Account>,
) -> Result<Record<ExternalCardTransfer>, ApiError> {
    let is_pull = order.type_ != ExternalCardTransferType::Push;
    // A push may be from one customer to the card of another.
    let (customer, field) = match order.originating_customer_id {
        None => (order.customer_id, "external_card_id"),
        Some(customer) => (customer, "originating_customer_id"),
    };
    let amount = order.amount;
    rules::check_customer(ctx, account, &customer.to_string(), field)?;
    rules::check_account(ctx, account, if is_pull { Side::Credited } else { Side::Debited })?;
    rules::check_rail(account, RAIL)?;
    let (sub_type, side) = if is_pull { ("PULL", Side::Credited) } else { ("PUSH", Side::Debited) };
    let spend = Spend { kind: "EXTERNAL_CARD", sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, account, &spend)?;
    if is_pull {
        rules::check_room(ctx, account, amount)?;
        // A wallet has authenticated the cardholder itself.
        if order.type_ == ExternalCardTransferType::Pull {
            three_ds::check(ctx, order.three_ds_id, order.external_card_id, amount)?;
        }
    } else {
        rules::check_funds(ctx, account, amount)?;
    }

    let account = LedgerAccount::of(account)?;
    let id = ctx.new_id()?;
    // What a wallet sends is for one use, and not kept.
    let transfer = TransferRecord {
        id,
        tenant: ctx.tenant.to_owned(),
        type_: order.type_,
        status: ExternalCardTransferStatus::Pending,
        account_id: build(json!(account.id))?,
        customer_id: order.customer_id,
        amount,
        currency: build(json!(account.currency))?,
        merchant: order.merchant.map_or_else(program, Ok)?,
        external_card_id: order.external_card_id,
        card_details: order.card_details,
        payment_account_reference: order.payment_account_reference,
        originating_customer_id: order.originating_customer_id,
        original_transfer_id: None,
        three_ds_id: order.three_ds_id,
        transaction_id: None,
        reason: None,
        network_decline_details: None,
        creation_time: ctx.now,
        last_updated_time: ctx.now,
    };
    let facts = TransferFacts { steering: order.steering, ..TransferFacts::default() };
    let mut transfer = Record::new(transfer, facts);
    match order.steering {
        Some(Steering::Declined) => decline(&mut transfer),
        Some(Steering::Fraud) => {
            transfer.status = ExternalCardTransferStatus::Declined;
            transfer.reason = Some("SUSPECTED_FRAUD".to_owned());
        }
        Some(open @ (Steering::Pending | Steering::Unknown | Steering::Lost)) => {
            if open != Steering::Pending {
                transfer.status = ExternalCardTransferStatus::UnknownValue;
            }
            if !is_pull {
                set_aside(ctx, &mut transfer, &account)?;
            }
            let minutes = i64::from(ctx.settings.external_card_minutes);
            let due = (ctx.now + Duration::minutes(minutes)).timestamp_millis();
            ctx.tx.schedule(ctx.tenant, due, SETTLE, &id.to_string())?;
        }
        _ => succeed(ctx, &mut transfer, &account, None)?,
    }
    ctx.add(&transfer)?;
    Ok(transfer)
}

fn check_card(card: &Record<ExternalCard>, is_pull: bool) -> Result<(), ApiError> {
    let refuse = |detail: String| Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    if card.status != ExternalCardStatus::Active {
        let status = card.status.as_str();
        return refuse(format!("the card has status {status}, not ACTIVE"));
    }
    let verified = card
        .verifications
        .as_ref()
        .filter(|verifications| verifications.state == ExternalCardVerificationsState::Succeeded);
    let Some(verified) = verified else {
        return refuse("the card failed its verification".to_owned());
    };
    let (is_enabled, way) = match is_pull {
        true => (verified.pull_enabled, "from"),
        false => (verified.push_enabled, "to"),
    };
    if !is_enabled {
        return refuse(format!("no money moves {way} this card"));
    }
    Ok(())
}

/// What the cardholder's statement says where the request names no merchant: the program.
fn program() -> Result<ExternalCardMerchant, ApiError> {
    build(json!({
        "name": "Sandbox Program",
        "address": {
            "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
            "postal_code": "94105", "country_code": "US",
        },
    }))
}

/// The card's network declines a transfer.
fn decline(transfer: &mut TransferRecord) {
    transfer.status = ExternalCardTransferStatus::Declined;
    transfer.reason = Some("NETWORK_DECLINED".to_owned());
    transfer.network_decline_details = Some("05: do not honor".to_owned());
}

/// The account behind the network, and the name of the movement.
fn network(
    ctx: &Ctx<'_>,
    transfer: &TransferRecord,
) -> Result<(LedgerAccount, &'static str), ApiError> {
    let (account_type, subtype) = match transfer.type_ {
        ExternalCardTransferType::Push => ("EXTERNAL_CARD_OCT_SETTLEMENT", "push"),
        ExternalCardTransferType::PullReversal
        | ExternalCardTransferType::ApplePayPullReversal
        | ExternalCardTransferType::GooglePayPullReversal => {
            ("EXTERNAL_CARD_AFT_SETTLEMENT", "pull_reversal")
        }
        _ => ("EXTERNAL_CARD_AFT_SETTLEMENT", "pull"),
    };
    let settlement = internal_accounts::of_bank(ctx, account_type, transfer.currency.as_str())?;
    Ok((settlement, subtype))
}

/// Sets the money of a push aside until its outcome is known.
fn set_aside(
    ctx: &Ctx<'_>,
    transfer: &mut TransferRecord,
    account: &LedgerAccount,
) -> Result<(), ApiError> {
    let (settlement, subtype) = network(ctx, transfer)?;
    let hold = NewHold {
        kind: TransactionType::ExternalCard,
        subtype: subtype.into(),
        account,
        offset: &settlement,
        sign: Sign::Debit,
        amount: transfer.amount,
        memo: "",
        reference_id: None,
        external_data: json!({}),
        expires_at: ctx.now + Duration::days(5),
        transaction_id: None,
        id: None,
    }
    .open(ctx)?;
    transfer.transaction_id = Some(hold.uuid);
    Ok(())
}

/// Posts a transfer; `original` is the transaction that it takes back.
pub(super) fn succeed(
    ctx: &Ctx<'_>,
    transfer: &mut TransferRecord,
    account: &LedgerAccount,
    original: Option<TransactionId>,
) -> Result<(), ApiError> {
    let (settlement, subtype) = network(ctx, transfer)?;
    let hold = transfer.transaction_id;
    if let Some(hold) = hold {
        Ended::Cleared.end(ctx, hold)?;
    }
    let comes_in = subtype == "pull";
    let (from, to) = if comes_in { (&settlement, account) } else { (account, &settlement) };
    let movement = Movement {
        kind: TransactionType::ExternalCard,
        subtype: subtype.into(),
        from,
        to,
        amount: transfer.amount,
        memo: "",
        reference_id: None,
        metadata: json!({}),
        external_data: json!({}),
        hold_id: hold,
        id: hold,
    };
    let posted = match original {
        Some(original) => ledger::post_reversal(ctx, &movement, original)?,
        None => ledger::post(ctx, &movement)?,
    };
    transfer.transaction_id = Some(posted.uuid);
    transfer.status = ExternalCardTransferStatus::Succeeded;
    Ok(())
}

/// Brings an open transfer to its end.
pub(crate) fn settle(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut transfer) = ctx.find::<ExternalCardTransfer>(id)? else {
        return Ok(());
    };
    let account = ctx.find_related::<Account>(transfer.account_id)?;
    let customers = [Some(transfer.customer_id), transfer.originating_customer_id];
    let mut obstacle = None;
    for customer in customers.into_iter().flatten() {
        obstacle = obstacle.or(rules::obstacle(ctx, &account, Some(customer.into()))?);
    }
    if transfer.facts.steering == Some(Steering::Lost) {
        if let Some(hold) = transfer.transaction_id {
            Ended::Released.end(ctx, hold)?;
        }
        decline(&mut transfer);
    } else if let Some(why) = obstacle {
        if let Some(hold) = transfer.transaction_id {
            ledger::release(ctx, hold, &why)?;
        }
        transfer.status = ExternalCardTransferStatus::Declined;
        transfer.reason = Some(why);
    } else {
        succeed(ctx, &mut transfer, &LedgerAccount::of(&account)?, None)?;
    }
    transfer.last_updated_time = ctx.now;
    ctx.save(&transfer)
}
