//! SyncteraPay: payments over a rail of the program's own, such as a remittance.
//!
//! The sandbox knows one configuration and one vendor, which are there from the start: `Sandbox
//! remittance`, which wants a `reference_id`, and `Sandbox vendor`, which takes each of them once.
//! An outgoing transfer sets its money aside as `PENDING`; the program then says that it was
//! `POSTED`, which needs what its configuration requires, or `CANCELLED`. What was posted can come
//! back, once.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::external_accounts::EXTERNAL_ACCOUNT;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, internal_accounts, rules};
use crate::ledger;
use crate::ledger::{ACCOUNT, Ended, LedgerAccount, Movement, NewHold, Sign};
use crate::model::{
    ApiError, Ctx, Kind, Outcome, Reply, Served, patch, text, texts, timestamp, without,
};
use crate::spec::FieldErrors;

const TRANSFER: Kind = Kind {
    name: "SyncteraPay transfer",
    id: "id",
    keys: &[
        ("currency", "/currency"),
        ("customer", "/customer_id"),
        ("destination", "/destination_account_id"),
        ("destination_owner", "/destination_account_owner_name"),
        ("originating", "/originating_account_id"),
        ("originating_owner", "/originating_account_owner_name"),
        ("network_status", "/network_status"),
        ("reference", "/reference_id"),
        ("status", "/status"),
        ("subtype", "/subtype"),
        ("dc_sign", "/dc_sign"),
        ("amount", "/amount"),
        ("effective_date", "/effective_date"),
        ("posting_date", "/posting_date"),
    ],
};

const CONFIGURATION: Kind = Kind { name: "SyncteraPay configuration", id: "id", keys: &[] };
pub(crate) const VENDOR: Kind =
    Kind { name: "SyncteraPay vendor", id: "id", keys: &[("name", "/name")] };
const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
const RAIL: &str = "is_synctera_pay_enabled";
const KIND: &str = "synctera_pay";
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_synctera_pay_transfers", list),
    Served::new("create_synctera_pay_transfer", create),
    Served::on("get_synctera_pay_transfer", ON_ONE, get),
    Served::on("update_synctera_pay_transfer", ON_ONE, update),
    Served::on("return_synctera_pay_transfer", ON_ONE, give_back),
    Served::new("list_synctera_pay_configurations", list_configurations),
    Served::new("get_synctera_pay_configuration", get_configuration),
    Served::new("list_synctera_pay_vendors", list_vendors),
    Served::new("get_synctera_pay_vendor", get_vendor),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TRANSFER,
        items: "transfers",
        filters: &[
            ("id", By::Key("id")),
            ("amount", By::Key("amount")),
            ("min_amount", By::AtLeast("/amount")),
            ("max_amount", By::AtMost("/amount")),
            ("currency", By::Key("currency")),
            ("customer_id", By::Key("customer")),
            ("dc_sign", By::Key("dc_sign")),
            ("destination_account_id", By::Key("destination")),
            ("destination_account_owner_name", By::Key("destination_owner")),
            ("originating_account_id", By::Key("originating")),
            ("originating_account_owner_name", By::Key("originating_owner")),
            ("effective_date", By::Key("effective_date")),
            ("from_effective_date", By::From("/effective_date")),
            ("to_effective_date", By::To("/effective_date")),
            ("posting_date", By::Key("posting_date")),
            ("from_posting_date", By::From("/posting_date")),
            ("to_posting_date", By::To("/posting_date")),
            ("is_same_day", By::Equals("/is_same_day")),
            ("network_status", By::Key("network_status")),
            ("reference_id", By::Key("reference")),
            ("status", By::Key("status")),
            ("subtype", By::Key("subtype")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::SyncteraPayTransferList>(ctx)
}

/// The only one of a kind, made when it is first asked for.
fn only(
    ctx: &Ctx<'_>,
    kind: &Kind,
    make: impl FnOnce() -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    let known = ctx.tx.scan(ctx.tenant, kind.name, &[], 0, 1)?.into_iter().next();
    if let Some(known) = known {
        return Ok(known.body);
    }
    let mut made = make()?;
    made["id"] = json!(ctx.new_id()?);
    ctx.insert(kind, &made)?;
    Ok(made)
}

fn configuration(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    only(ctx, &CONFIGURATION, || {
        Ok(json!({
            "name": "Sandbox remittance", "enabled": true, "tenant": ctx.tenant,
            "details": {
                "currency": "USD", "domestic": false, "external_payment_rail": "WIRE",
                "settlement_account_id": suspense(ctx, "USD")?.id,
                "settlement_account_type": "INTERNAL_ACCOUNT",
                "subtypes": ["OUTGOING_INTERNATIONAL_REMITTANCE", "OUTGOING_BILL_PAYMENT",
                             "OUTGOING_CARD_LOAD", "OUTGOING_ACCOUNT_TRANSFER"],
            },
            "rules": { "required_details": ["reference_id"] },
        }))
    })
}

fn vendor(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    only(ctx, &VENDOR, || {
        Ok(json!({
            "name": "Sandbox vendor", "enabled": true, "tenant_id": ctx.tenant,
            "config": { "unique_reference_ids": true },
        }))
    })
}

/// Where the money waits until it is settled with the vendor, in bulk.
fn suspense(ctx: &Ctx<'_>, currency: &str) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, "SYNCTERA_PAY_SUSPENSE", currency)
}

fn list_configurations(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<Vec<types::SyncteraPayConfiguration>>(json!([configuration(ctx)?]))
}

fn get_configuration(ctx: &Ctx<'_>) -> Outcome {
    configuration(ctx)?;
    Reply::ok::<types::SyncteraPayConfiguration>(named(ctx, &CONFIGURATION)?)
}

fn list_vendors(ctx: &Ctx<'_>) -> Outcome {
    vendor(ctx)?;
    List {
        kind: &VENDOR,
        items: "vendors",
        filters: &[
            ("id", By::Key("id")),
            ("name", By::Key("name")),
            ("enabled", By::Equals("/enabled")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::SyncteraPayVendorList>(ctx)
}

fn get_vendor(ctx: &Ctx<'_>) -> Outcome {
    vendor(ctx)?;
    Reply::ok::<types::SyncteraPayVendor>(named(ctx, &VENDOR)?)
}

/// What the URL names, of what is made when it is first asked for.
fn named(ctx: &Ctx<'_>, kind: &'static Kind) -> Result<Value, ApiError> {
    ctx.url_resource(kind, "id")
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.request.body.clone();
    let account = accounts::referred(ctx, text(&transfer, "account_id"), "account_id")?;
    let configuration = configuration(ctx)?;
    check_fields(ctx, &transfer, &account, &configuration)?;
    let customer = text(&transfer, "customer_id").to_owned();
    rules::check_customer(ctx, &account, &customer, "customer_id")?;
    rules::check_account(ctx, &account, Side::Debited)?;
    rules::check_rail(&account, RAIL)?;
    let amount = transfer["amount"].as_i64().unwrap_or_default();
    let (kind, sub_type, side) = ("SYNCTERA_PAY", text(&transfer, "subtype"), Side::Debited);
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    rules::check_funds(ctx, &account, amount)?;

    let id = ctx.new_id()?.to_string();
    let settlement = suspense(ctx, text(&transfer, "currency"))?;
    let subtype = text(&transfer, "subtype").to_lowercase();
    open_hold(ctx, &transfer, &account, &settlement, &subtype, &id)?;
    without(&mut transfer, &["account_id"]);
    let details = json!({
        "id": id, "transaction_id": id, "tenant_id": ctx.tenant, "status": "PENDING",
        "network_status": "PENDING", "is_same_day": transfer["effective_date"] == ctx.today().to_string(),
        "configuration_id": configuration["id"], "originating_account_id": account["id"],
        "destination_account_id": settlement.id, "history": [],
    });
    patch(&mut transfer, &details);
    note(ctx, &mut transfer, "created");
    ctx.insert(&TRANSFER, &transfer)?;
    Reply::created::<types::SyncteraPayTransfer>(transfer)
}

/// What must hold of a transfer beyond the shape of its fields.
fn check_fields(
    ctx: &Ctx<'_>,
    transfer: &Value,
    account: &Value,
    configuration: &Value,
) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    let asked = text(transfer, "configuration_id");
    if !asked.is_empty() && asked != text(configuration, "id") {
        errors.merge(FieldErrors::invalid("configuration_id", "does not exist"));
    }
    if !texts(&configuration["details"]["subtypes"]).contains(&text(transfer, "subtype")) {
        errors.merge(FieldErrors::invalid("subtype", "is not allowed by the configuration"));
    }
    if account["currency"] != transfer["currency"] {
        let reason = format!("the account is in {}", text(account, "currency"));
        errors.merge(FieldErrors::invalid("currency", reason));
    }
    let date = text(transfer, "effective_date").parse::<NaiveDate>();
    if date.is_ok_and(|date| date < ctx.today()) {
        errors.merge(FieldErrors::invalid("effective_date", "must not be in the past"));
    }
    if errors.is_empty() { check_references(ctx, transfer) } else { Err(errors.into()) }
}

/// What a transfer names is there, and its vendor has not seen its reference.
fn check_references(ctx: &Ctx<'_>, transfer: &Value) -> Result<(), ApiError> {
    let code = ErrorCode::BadRequestBody;
    let external = text(transfer, "final_external_account_id");
    if !external.is_empty() {
        ctx.referred(&EXTERNAL_ACCOUNT, external, code.clone(), "final_external_account_id")?;
    }
    let vendor_id = text(transfer, "synctera_pay_vendor_id");
    if vendor_id.is_empty() {
        return Ok(());
    }
    vendor(ctx)?;
    let vendor = ctx.referred(&VENDOR, vendor_id, code, "synctera_pay_vendor_id")?;
    let reference = text(transfer, "reference_id");
    let is_taken = !reference.is_empty()
        && vendor["config"]["unique_reference_ids"] == true
        && ctx.all_with(&TRANSFER, "reference", reference)?.iter().any(|other| {
            other["synctera_pay_vendor_id"] == vendor["id"] && other["id"] != transfer["id"]
        });
    if is_taken {
        let detail = "the vendor has had this reference_id before";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    Ok(())
}

fn open_hold(
    ctx: &Ctx<'_>,
    transfer: &Value,
    account: &Value,
    settlement: &LedgerAccount,
    subtype: &str,
    id: &str,
) -> Result<(), ApiError> {
    NewHold {
        kind: KIND,
        subtype: subtype.into(),
        account: &ledger::account_of(account)?,
        offset: settlement,
        sign: Sign::Debit,
        amount: transfer["amount"].as_i64().unwrap_or_default(),
        memo: "",
        reference_id: transfer["reference_id"].as_str(),
        external_data: json!({}),
        expires_at: ctx.now + Duration::days(30),
        transaction_id: None,
        id: Some(id),
    }
    .open(ctx)
    .map(drop)
}

fn note(ctx: &Ctx<'_>, transfer: &mut Value, message: &str) {
    let mut history = transfer["history"].as_array().cloned().unwrap_or_default();
    history.push(json!({ "message": message, "timestamp": timestamp(ctx.now), "data": {} }));
    transfer["history"] = json!(history);
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::SyncteraPayTransfer>(ctx.url_resource(&TRANSFER, "id")?)
}

/// Fills in what is known by now, and says what became of a transfer.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.url_resource(&TRANSFER, "id")?;
    let status = text(&transfer, "status");
    if status != "PENDING" {
        return Err(ApiError::status(format!("a transfer that is {status} stays so"), &[]));
    }
    let mut changes = ctx.request.body.clone();
    let wanted = text(&changes, "status").to_owned();
    without(&mut changes, &["status"]);
    if changes.get("amount").is_some_and(|amount| *amount != transfer["amount"]) {
        return Err(FieldErrors::immutable("amount").into());
    }
    patch(&mut transfer, &changes);
    check_references(ctx, &transfer)?;
    match wanted.as_str() {
        "POSTED" => {
            check_required(ctx, &transfer)?;
            post(ctx, &mut transfer)?;
        }
        "CANCELLED" => {
            Ended::Released.end(ctx, text(&transfer, "id"))?;
            transfer["status"] = json!("CANCELLED");
            note(ctx, &mut transfer, "canceled");
        }
        _ => {}
    }
    ctx.update(&TRANSFER, &transfer)?;
    Reply::created::<types::SyncteraPayTransfer>(transfer)
}

/// What the configuration wants to know before a transfer is posted.
fn check_required(ctx: &Ctx<'_>, transfer: &Value) -> Result<(), ApiError> {
    let configuration = configuration(ctx)?;
    let mut errors = FieldErrors::default();
    for detail in texts(&configuration["rules"]["required_details"]) {
        let field = if detail == "vendor_id" { "synctera_pay_vendor_id" } else { detail };
        if transfer[field].is_null() {
            errors.merge(FieldErrors::missing(field));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

fn sides(ctx: &Ctx<'_>, transfer: &Value) -> Result<(LedgerAccount, LedgerAccount), ApiError> {
    let Some(account) = ctx.get(&ACCOUNT, text(transfer, "originating_account_id"))? else {
        return Err(ApiError::Internal("a SyncteraPay transfer whose account is gone".to_owned()));
    };
    Ok((ledger::account_of(&account)?, suspense(ctx, text(transfer, "currency"))?))
}

fn post(ctx: &Ctx<'_>, transfer: &mut Value) -> Result<(), ApiError> {
    let id = text(transfer, "id").to_owned();
    let (account, settlement) = sides(ctx, transfer)?;
    Ended::Cleared.end(ctx, &id)?;
    let subtype = text(transfer, "subtype").to_lowercase();
    let mut movement = movement(transfer, &account, &settlement, &subtype);
    movement.hold_id = Some(&id);
    movement.id = Some(&id);
    ledger::post(ctx, &movement)?;
    transfer["status"] = json!("POSTED");
    transfer["network_status"] = json!("POSTED");
    transfer["posting_date"] = json!(ctx.today().to_string());
    note(ctx, transfer, "posted");
    Ok(())
}

fn movement<'m>(
    transfer: &'m Value,
    from: &'m LedgerAccount,
    to: &'m LedgerAccount,
    subtype: &'m str,
) -> Movement<'m> {
    Movement {
        kind: KIND,
        subtype: subtype.into(),
        from,
        to,
        amount: transfer["amount"].as_i64().unwrap_or_default(),
        memo: "",
        reference_id: transfer["reference_id"].as_str(),
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    }
}

/// Brings back what was posted.
fn give_back(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.url_resource(&TRANSFER, "id")?;
    if transfer["status"] != "POSTED" || transfer["network_status"] != "POSTED" {
        let detail = "only a transfer that is posted, and has not come back, can be returned";
        return Err(ApiError::status(detail, &[]));
    }
    let (account, settlement) = sides(ctx, &transfer)?;
    let subtype = format!("{}_return", text(&transfer, "subtype").to_lowercase());
    let back = movement(&transfer, &settlement, &account, &subtype);
    ledger::post_reversal(ctx, &back, text(&transfer, "id"))?;
    transfer["network_status"] = json!("RETURNED");
    note(ctx, &mut transfer, "returned");
    ctx.update(&TRANSFER, &transfer)?;
    Reply::ok::<types::SyncteraPayTransfer>(transfer)
}
