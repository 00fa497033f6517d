//! Barcodes with which a customer pays cash in at a store of the vendor InComm.
//!
//! A barcode is for one deposit, within 15 minutes, at a store within 15 miles of where it was made.
//! A deposit that is only tried (`TEST`) changes nothing; one that is made (`APPLY`) is posted at
//! once. If the account does not take it by then, the cash is in the store's till all the same, and
//! waits as a transfer that is `suspended`. `VOID` takes a deposit back; its barcode stays used.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::{CashTransferId, ErrorCode, Patch};
use synctera_api::v2::types::{
    self, BarcodeCurrency, BarcodeDepositSimulation, BarcodeDepositSimulationStatus,
    BarcodeDepositSimulationType, BarcodePatchStatus, BarcodeStatus, CashNetworkStatus,
    CashTransferSubtype, NewBarcode,
};

use crate::api::cash::stores::{Place, Store};
use crate::api::cash::transfer::check_deposit;
use crate::api::cash::transfer::{CashTransfer, NewTransfer};
use crate::domain::listing::{By, List, matches, view_of};
use crate::domain::side::Side;
use crate::domain::{accounts, rules};
use crate::ledger::Account;
use crate::model::{
    ApiError, Ctx, DOES_NOT_EXIST, Kind, Outcome, Problem, Record, Reply, Resource, complete,
};
use crate::spec::FieldErrors;

pub(super) const BARCODE: Kind = Kind {
    name: "cash barcode",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("biller", "/_facts/biller_id"),
        ("customer", "/customer_id"),
        ("number", "/barcode_number"),
        ("status", "/status"),
        ("tenant", "/tenant"),
        ("type", "/type"),
        ("upc", "/_facts/upc"),
    ],
};

/// A barcode for one deposit.
pub(super) enum Barcode {}

impl Resource for Barcode {
    const KIND: &'static Kind = &BARCODE;
    type Wire = types::Barcode;
    type Facts = BarcodeFacts;
}

/// What clients do not read of a barcode.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct BarcodeFacts {
    /// The program at the vendor, and its product; lists are filtered by them.
    biller_id: String,
    upc: String,
    /// The deposit that was made with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_id: Option<CashTransferId>,
}

/// For how long a barcode can be used, and how far away, as documented.
const VALID_MINUTES: i64 = 15;
const MILES_MAX: f64 = 15.0;
const BILLER_ID: &str = "SANDBOX-BILLER";
const UPC: &str = "799366000013";
/// Half of the digits of a barcode; Code 128C encodes pairs of digits.
const HALF: u64 = 1_000_000_000_000_000;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    // A wildcard stands at both ends of what is asked for.
    let like = |name: &str| {
        let asked = ctx.request.query.get(name).and_then(Value::as_str);
        asked.map(|asked| format!("*{asked}*"))
    };
    let wanted = [like("barcode_number_like"), like("biller_id_like"), like("upc_like")];
    List {
        kind: &BARCODE,
        items: "barcodes",
        filters: &[
            ("id", By::Key("id")),
            ("account_id", By::Key("account")),
            ("barcode_number", By::Key("number")),
            ("barcode_number_like", By::Elsewhere),
            ("biller_id", By::Key("biller")),
            ("biller_id_like", By::Elsewhere),
            ("customer_id", By::Key("customer")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
            ("from_timestamp_valid_to", By::From("/timestamp_valid_to")),
            ("to_timestamp_valid_to", By::To("/timestamp_valid_to")),
            ("status", By::Key("status")),
            ("tenant", By::Key("tenant")),
            ("type", By::Key("type")),
            ("upc", By::Key("upc")),
            ("upc_like", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Barcode, _>(|_, barcode| {
            let facts = &barcode.facts;
            let texts = [&barcode.barcode_number, &facts.biller_id, &facts.upc];
            let fits = texts
                .into_iter()
                .zip(&wanted)
                .all(|(text, wanted)| wanted.as_ref().is_none_or(|wanted| matches(wanted, text)));
            Ok(fits.then_some(barcode.wire))
        }),
    }
    .reply::<types::BarcodeList>(ctx)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewBarcode = ctx.body()?;
    let account = accounts::named(ctx, asked.account_id, "account_id")?;
    if account.currency_code() != BarcodeCurrency::Usd.as_str() {
        let reason = format!("the account is in {}, not USD", account.currency_code());
        return Err(FieldErrors::invalid("account_id", reason).into());
    }
    rules::check_customer(ctx, &account, &asked.customer_id.to_string(), "customer_id")?;
    rules::check_account(ctx, &account, Side::Credited)?;
    let number = format!("{:015}{:015}", ctx.new_number(HALF)?, ctx.new_number(HALF)?);
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "status": BarcodeStatus::Available,
        "barcode_number": number, "currency": BarcodeCurrency::Usd,
        "min_amount": f64::from(ctx.settings.cash_deposit_min_dollars),
        "max_amount": f64::from(ctx.settings.cash_deposit_max_dollars),
        "timestamp_valid_to": ctx.now + Duration::minutes(VALID_MINUTES),
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let facts = BarcodeFacts {
        biller_id: BILLER_ID.to_owned(),
        upc: UPC.to_owned(),
        ..BarcodeFacts::default()
    };
    let barcode = Record::<Barcode>::new(complete(&asked, rest)?, facts);
    ctx.add(&barcode)?;
    Reply::json(201, &barcode.wire)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Barcode>("barcode_id")?.wire)
}

/// Blocks a barcode that was not used.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut barcode = ctx.find_in_url::<Barcode>("barcode_id")?;
    if let Patch::Set(BarcodePatchStatus::Blocked) = ctx.body::<types::BarcodePatch>()?.status {
        if barcode.status != BarcodeStatus::Available {
            let detail =
                format!("the barcode is {}: its status cannot change", barcode.status.as_str());
            return Err(ApiError::status(detail, &[]));
        }
        barcode.status = BarcodeStatus::Blocked;
        barcode.last_updated_time = ctx.now;
        ctx.save(&barcode)?;
    }
    Reply::json(200, &barcode.wire)
}

/// An amount of dollars in cents. Its shortest decimal form is exact, as no float is.
fn cents(dollars: f64) -> Option<i64> {
    let text = dollars.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.len() > 2 {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok()
}

/// Lets cash be paid in at a store, or the store void that.
pub(super) fn simulate_deposit(ctx: &Ctx<'_>) -> Outcome {
    let asked: BarcodeDepositSimulation = ctx.body()?;
    let code = ErrorCode::BadRequestBody;
    let barcode = ctx.find_named::<Barcode>(asked.barcode_id, code, "barcode_id")?;
    let amount = checked_amount(&asked, &barcode)?;
    check_distance(&asked, &barcode)?;
    let is_test = asked.type_ == BarcodeDepositSimulationType::Test;
    match asked.status {
        BarcodeDepositSimulationStatus::Void => void(ctx, &barcode, amount, is_test)?,
        _ => pay_in(ctx, barcode, amount, &asked)?,
    }
    Reply::empty(204)
}

/// The amount in cents, within the limits of the barcode.
fn checked_amount(
    asked: &BarcodeDepositSimulation,
    barcode: &types::Barcode,
) -> Result<i64, ApiError> {
    let Some(amount) = cents(asked.amount) else {
        return Err(FieldErrors::invalid("amount", "must have at most two decimals").into());
    };
    if !(barcode.min_amount..=barcode.max_amount).contains(&asked.amount) {
        let reason = format!("must be from {} to {}", barcode.min_amount, barcode.max_amount);
        return Err(FieldErrors::invalid("amount", reason).into());
    }
    Ok(amount)
}

/// The store is there, and near enough.
fn check_distance(
    asked: &BarcodeDepositSimulation,
    barcode: &types::Barcode,
) -> Result<(), ApiError> {
    let Some(store) = Store::find(&asked.store_id) else {
        return Err(FieldErrors::invalid("store_id", DOES_NOT_EXIST).into());
    };
    let made_at =
        Place { latitude: barcode.customer_latitude, longitude: barcode.customer_longitude };
    let miles = made_at.miles_to(store.place());
    if miles <= MILES_MAX {
        return Ok(());
    }
    let reason = format!("is {miles:.1} miles from where the barcode was made, not {MILES_MAX}");
    let mut problem = Problem::new(ErrorCode::UnableToTransact, "the store is too far away");
    problem.errors = FieldErrors::invalid("store_id", reason);
    Err(problem.into())
}

fn pay_in(
    ctx: &Ctx<'_>,
    mut barcode: Record<Barcode>,
    amount: i64,
    asked: &BarcodeDepositSimulation,
) -> Result<(), ApiError> {
    if barcode.status != BarcodeStatus::Available {
        let detail = format!("the barcode is {}, not AVAILABLE", barcode.status.as_str());
        return Err(ApiError::status(detail, &[]));
    }
    if ctx.now >= barcode.timestamp_valid_to {
        let detail = "the time for which the barcode is valid is over";
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    let account = ctx.find_related::<Account>(barcode.account_id)?;
    let taken = check_deposit(ctx, &account, amount);
    if asked.type_ == BarcodeDepositSimulationType::Test {
        return taken;
    }
    let transfer = NewTransfer {
        account: &account,
        subtype: CashTransferSubtype::Deposit,
        amount,
        is_in_store: true,
        customer_id: Some(barcode.customer_id.to_string()),
        client_name: None,
        source_data: json!({ "barcode_id": barcode.id, "store_id": asked.store_id }),
    };
    let mut transfer = transfer.record(ctx)?;
    match taken {
        Ok(()) => transfer.post(ctx, None)?,
        Err(ApiError::Problem(problem)) => transfer.suspend(ctx, &problem.detail)?,
        Err(broken) => return Err(broken),
    }
    ctx.add(&transfer)?;
    barcode.facts.deposit_id = Some(transfer.id);
    barcode.status = BarcodeStatus::Redeemed;
    barcode.last_updated_time = ctx.now;
    ctx.save(&barcode)
}

/// Takes back what was paid in.
fn void(
    ctx: &Ctx<'_>,
    barcode: &Record<Barcode>,
    amount: i64,
    is_test: bool,
) -> Result<(), ApiError> {
    let Some(deposit) = barcode.facts.deposit_id else {
        let detail = "nothing was paid in with the barcode, so there is nothing to void";
        return Err(ApiError::status(detail, &[]));
    };
    let mut transfer = ctx.find_related::<CashTransfer>(deposit)?;
    if transfer.network_status != Some(CashNetworkStatus::Posted) {
        return Err(ApiError::status("this deposit was voided or returned before", &[]));
    }
    if transfer.amount != amount {
        return Err(FieldErrors::invalid("amount", "is not what was paid in").into());
    }
    if is_test {
        return Ok(());
    }
    if transfer.is_suspended() {
        transfer.refund(ctx)?;
        return ctx.save(&transfer);
    }
    transfer.reverse(ctx)
}

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn dollars_are_exact_in_cents() {
        let cases =
            [(1.0, 100), (12.3, 1230), (12.34, 1234), (999.0, 99_900), (0.29, 29), (8.1, 810)];
        for (dollars, expected) in cases {
            assert_eq!(cents(dollars), Some(expected), "{dollars}");
        }
        assert_eq!(cents(12.345), None);
        assert_eq!(cents(1e300), None);
    }
}
