//! Orders of cash: a business orders it from a vendor, which delivers it on the day of the order.
//!
//! The body of an order names one account, `destination_account_id`: that of the business, to which
//! the cash goes. Its money is held until the vendor has delivered, and leaves then; so it is the
//! originating account, too. At 9:00 Eastern on the banking day of the order the vendor takes the
//! cash up, and there is a transfer that is `PENDING`; at 17:00 it is delivered, and the transfer
//! `POSTED`.
//!
//! The first word of `client_name` says what the vendor does: `Rejected`, `Returned`, `Unfilled`.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::{CashTransferId, Patch, TransactionId};
use synctera_api::v2::types::{
    self, CashAuthorizationType, CashOrderAuthorizationStatus as Status, CashStatus,
    CashTransferPatchStatus, CashTransferSubtype, NewCashAuthorization, TransactionType,
};

use crate::api::cash::transfer::{CashTransfer, NewTransfer, bank_account};
use crate::domain::accounts::holders;
use crate::domain::listing::{By, List, view_of};
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, rules};
use crate::ledger::{Account, Ended, Hold, LedgerAccount, NewHold, Sign};
use crate::model::calendar::{
    BEYOND_CALENDAR, bank_time, banking_day_from, banking_days_after, is_beyond_calendar,
};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, complete, text};
use crate::spec::FieldErrors;

pub(super) const ORDER: Kind = Kind {
    name: "cash authorization",
    id: "id",
    keys: &[
        ("account_number", "/account_number"),
        ("amount", "/amount"),
        ("client_name", "/client_name"),
        ("destination", "/destination_account_id"),
        ("order_date", "/order_date"),
        ("originating", "/originating_account_id"),
        ("transfer", "/_facts/transfer_id"),
    ],
};

/// An order of cash.
pub(super) enum Order {}

impl Resource for Order {
    const KIND: &'static Kind = &ORDER;
    type Wire = types::CashOrderAuthorization;
    type Facts = OrderFacts;
}

/// What clients do not read of an order.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OrderFacts {
    /// The transfer that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_id: Option<CashTransferId>,
}

/// The job with which the vendor takes an order up.
pub(crate) const SHIP: &str = "cash_order.ship";

/// The job with which the vendor has delivered.
pub(crate) const DELIVER: &str = "cash_order.deliver";

/// The job with which the vendor brings back what it delivered.
pub(crate) const BRING_BACK: &str = "cash_order.bring_back";

/// The job that gives up an order that the vendor has not taken up.
pub(crate) const EXPIRE: &str = "cash_order.expire";

/// When the vendor works, Eastern.
const SHIPS_AT: (u32, u32) = (9, 0);
const DELIVERS_AT: (u32, u32) = (17, 0);
const COMES_BACK_AT: (u32, u32) = (12, 0);
const COMES_BACK_AFTER_DAYS: u32 = 1;

/// What the vendor does with an order.
#[derive(PartialEq, Eq)]
enum Vendor {
    Delivers,
    Rejects,
    BringsBack,
    Forgets,
}

impl Vendor {
    /// By the first word of the client's name.
    fn of(client: &str) -> Self {
        match client.split_whitespace().next().unwrap_or_default().to_lowercase().as_str() {
            "rejected" => Self::Rejects,
            "returned" => Self::BringsBack,
            "unfilled" => Self::Forgets,
            _ => Self::Delivers,
        }
    }
}

/// What is wrong with the body of a new order, beyond what the document says.
pub(super) fn errors_of(ctx: &Ctx<'_>) -> FieldErrors {
    let date = text(&ctx.request.body, "order_date").parse().ok();
    date.map_or_else(FieldErrors::default, |date| errors_of_date(ctx, date))
}

fn errors_of_date(ctx: &Ctx<'_>, date: NaiveDate) -> FieldErrors {
    if date < ctx.today() {
        return FieldErrors::invalid("order_date", "must not be in the past");
    }
    match is_beyond_calendar(date) {
        true => FieldErrors::invalid("order_date", BEYOND_CALENDAR),
        false => FieldErrors::default(),
    }
}

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let is_elsewhere = ctx.asks_for_another_workspace();
    List {
        kind: &ORDER,
        items: "authorizations",
        filters: &[
            ("id", By::Key("id")),
            ("bank_id", By::Elsewhere),
            ("partner_id", By::Elsewhere),
            ("account_number", By::Key("account_number")),
            ("amount", By::Key("amount")),
            ("min_amount", By::AtLeast("/amount")),
            ("max_amount", By::AtMost("/amount")),
            ("client_name", By::Key("client_name")),
            ("destination_account_id", By::Key("destination")),
            ("originating_account_id", By::Key("originating")),
            ("order_date", By::Key("order_date")),
            ("from_order_date", By::From("/order_date")),
            ("to_order_date", By::To("/order_date")),
        ],
        always: Vec::new(),
        view: &view_of::<Order, _>(|_, order| Ok((!is_elsewhere).then_some(order.wire))),
    }
    .reply::<types::CashAuthorizationList>(ctx)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let NewCashAuthorization::CashOrder(asked) = ctx.body()? else {
        return Err(FieldErrors::invalid("authorization_type", "must be CASH_ORDER").into());
    };
    let account = accounts::named(ctx, asked.destination_account_id, "destination_account_id")?;
    rules::check_sender(ctx, &account)?;
    let (kind, sub_type, side) = ("CASH", "CASH_ORDER", Side::Debited);
    let spend = Spend { kind, sub_type, amount: asked.amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    rules::check_funds(ctx, &account, asked.amount)?;
    let id = ctx.new_id()?;
    let rest = json!({
        "id": id, "tenant": ctx.tenant, "hold_id": id, "originating_account_id": account.id,
        "status": Status::Pending, "account_number": account.account_number,
        "client_name": holders::holder_of(ctx, &account)?.name(),
    });
    let order = Record::<Order>::new(complete(&asked, rest)?, OrderFacts::default());
    let ledger_account = LedgerAccount::of(&account)?;
    NewHold {
        kind: TransactionType::Cash,
        subtype: "cash_order".into(),
        account: &ledger_account,
        offset: &bank_account(ctx, false, ledger_account.currency.as_str())?,
        sign: Sign::Debit,
        amount: order.amount,
        memo: "",
        reference_id: None,
        external_data: json!({}),
        expires_at: expires_at(ctx, ships_at(&order).max(ctx.now)),
        transaction_id: None,
        id: Some(order.hold_id),
    }
    .open(ctx)?;
    ctx.add(&order)?;
    schedule_shipping(ctx, &order)?;
    Reply::json(201, &order.wire)
}

/// When the vendor takes an order up.
fn ships_at(order: &types::CashOrderAuthorization) -> DateTime<Utc> {
    bank_time(banking_day_from(order.order_date), SHIPS_AT.0, SHIPS_AT.1)
}

/// When an order expires that the vendor does not take up from a moment on.
fn expires_at(ctx: &Ctx<'_>, from: DateTime<Utc>) -> DateTime<Utc> {
    from + Duration::days(i64::from(ctx.settings.cash_order_expiry_days))
}

fn schedule_shipping(ctx: &Ctx<'_>, order: &Record<Order>) -> Result<(), ApiError> {
    let due = ships_at(order).max(ctx.now).timestamp_millis();
    Ok(ctx.tx.schedule(ctx.tenant, due, SHIP, &order.id.to_string())?)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Order>("id")?.wire)
}

/// Changes or cancels an order that is not delivered.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut order = ctx.find_in_url::<Order>("id")?;
    // The body may be left out: then nothing changes.
    let Some(changes) = ctx.body::<Option<types::CashOrderAuthorizationPatch>>()? else {
        return Reply::json(200, &order.wire);
    };
    if changes.authorization_type != CashAuthorizationType::CashOrder {
        return Err(FieldErrors::immutable("authorization_type").into());
    }
    if order.status != Status::Pending {
        let detail = format!("the order is {}: it cannot change", order.status.as_str());
        return Err(ApiError::status(detail, &[]));
    }
    if let Patch::Set(date) = changes.order_date
        && date != order.order_date
    {
        if order.facts.transfer_id.is_some() {
            return Err(FieldErrors::immutable("order_date").into());
        }
        errors_of_date(ctx, date).refused()?;
        order.order_date = date;
        move_expiry(ctx, &order)?;
        schedule_shipping(ctx, &order)?;
    }
    if let Patch::Set(name) = changes.client_name {
        order.client_name = name;
        // Another vendor's answer may be due by now.
        if order.facts.transfer_id.is_none() {
            schedule_shipping(ctx, &order)?;
        }
    }
    if let Patch::Set(number) = changes.account_number {
        order.account_number = number;
    }
    if let Patch::Set(CashTransferPatchStatus::Cancelled) = changes.status {
        if let Some(transfer) = order.facts.transfer_id {
            let mut transfer = ctx.find_related::<CashTransfer>(transfer)?;
            end_transfer(ctx, &mut transfer, "canceled")?;
            ctx.save(&transfer)?;
        }
        end(ctx, &mut order, Status::Cancelled)?;
    }
    ctx.save(&order)?;
    Reply::json(200, &order.wire)
}

/// Moves the moment at which the hold of an order ends.
fn move_expiry(ctx: &Ctx<'_>, order: &Record<Order>) -> Result<(), ApiError> {
    let mut hold = ctx.find_related::<Hold>(order.hold_id)?;
    hold.data.expires_at = expires_at(ctx, ships_at(order).max(ctx.now));
    hold.data.auto_post_at = hold.data.expires_at;
    hold.updated = ctx.now;
    ctx.save(&hold)
}

/// Ends an order without money: what it holds is free.
fn end(ctx: &Ctx<'_>, order: &mut Record<Order>, status: Status) -> Result<(), ApiError> {
    let how = if status == Status::Expired { Ended::Expired } else { Ended::Released };
    how.end(ctx, order.hold_id)?;
    order.status = status;
    Ok(())
}

fn end_transfer(
    ctx: &Ctx<'_>,
    transfer: &mut Record<CashTransfer>,
    why: &str,
) -> Result<(), ApiError> {
    transfer.status = CashStatus::Cancelled;
    transfer.note(ctx, why)
}

/// Cancels a transfer, and the order that it came of.
pub(super) fn cancel_of(
    ctx: &Ctx<'_>,
    transfer: &mut Record<CashTransfer>,
) -> Result<(), ApiError> {
    let Some(mut order) = ctx.find_all::<Order>("transfer", transfer.id)?.into_iter().next() else {
        return Err(ApiError::Internal("a cash order transfer without its order".to_owned()));
    };
    end(ctx, &mut order, Status::Cancelled)?;
    ctx.save(&order)?;
    end_transfer(ctx, transfer, "canceled")
}

/// An order that is under way, if it still is.
fn under_way(ctx: &Ctx<'_>, id: &str) -> Result<Option<Record<Order>>, ApiError> {
    Ok(ctx.find::<Order>(id)?.filter(|order| order.status == Status::Pending))
}

/// Lets the vendor take an order up, on the day that the order is for by now.
pub(crate) fn ship(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut order) = under_way(ctx, id)? else {
        return Ok(());
    };
    if order.facts.transfer_id.is_some() || ctx.now < ships_at(&order) {
        return Ok(());
    }
    let vendor = Vendor::of(&order.client_name);
    if vendor == Vendor::Forgets {
        let due = expires_at(ctx, ctx.now).timestamp_millis();
        return Ok(ctx.tx.schedule(ctx.tenant, due, EXPIRE, id)?);
    }
    let account = ctx.find_related::<Account>(order.originating_account_id)?;
    let transfer = NewTransfer {
        account: &account,
        subtype: CashTransferSubtype::CashOrder,
        amount: order.amount,
        is_in_store: false,
        customer_id: Some(holders::holder_of(ctx, &account)?.id().as_uuid().to_string()),
        client_name: Some(order.client_name.clone()),
        source_data: json!({ "authorization_id": order.id }),
    };
    let mut transfer = transfer.record(ctx)?;
    order.facts.transfer_id = Some(transfer.id);
    if vendor == Vendor::Rejects {
        transfer.failed = Some(true);
        end_transfer(ctx, &mut transfer, "rejected by the vendor")?;
        end(ctx, &mut order, Status::Cancelled)?;
    } else {
        let today = banking_day_from(ctx.today());
        let due = bank_time(today, DELIVERS_AT.0, DELIVERS_AT.1).max(ctx.now).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, DELIVER, id)?;
    }
    ctx.add(&transfer)?;
    ctx.save(&order)
}

/// Posts an order that the vendor has delivered.
pub(crate) fn deliver(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut order) = under_way(ctx, id)? else {
        return Ok(());
    };
    let Some(transfer) = order.facts.transfer_id else {
        return Ok(());
    };
    let mut transfer = ctx.find_related::<CashTransfer>(transfer)?;
    if let Some(why) = rules::obstacle(ctx, &transfer.account(ctx)?, None)? {
        transfer.failed = Some(true);
        end_transfer(ctx, &mut transfer, &why)?;
        ctx.save(&transfer)?;
        end(ctx, &mut order, Status::Cancelled)?;
        return ctx.save(&order);
    }
    let hold: TransactionId = order.hold_id;
    Ended::Cleared.end(ctx, hold)?;
    transfer.post(ctx, Some(hold))?;
    ctx.save(&transfer)?;
    if Vendor::of(&order.client_name) == Vendor::BringsBack {
        let day = banking_days_after(ctx.today(), COMES_BACK_AFTER_DAYS);
        let due = bank_time(day, COMES_BACK_AT.0, COMES_BACK_AT.1).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, BRING_BACK, &transfer.id.to_string())?;
    }
    order.status = Status::Complete;
    ctx.save(&order)
}

/// Takes a transfer back whose cash came back.
pub(crate) fn bring_back(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    match ctx.find::<CashTransfer>(id)? {
        Some(mut transfer) => transfer.reverse(ctx),
        None => Ok(()),
    }
}

/// Gives up an order that the vendor has not taken up.
pub(crate) fn expire(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut order) = under_way(ctx, id)? else {
        return Ok(());
    };
    // The order may have been moved to a later day since then; that day has its own expiry.
    if ctx.now < expires_at(ctx, ships_at(&order)) {
        return Ok(());
    }
    end(ctx, &mut order, Status::Expired)?;
    ctx.save(&order)
}
