//! SyncteraPay, the way in: money that a vendor took in elsewhere, for a customer's account.
//!
//! The sandbox knows one configuration, which is there from the start: `Sandbox incoming
//! remittance`. A transfer is decided at once: `POSTED`, or `DECLINED` when the account, its holder
//! or its rail cannot take it. The steps between, in which the platform asks to be asked again, do
//! not occur here.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::external_accounts::EXTERNAL_ACCOUNT;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, internal_accounts, parties, rules};
use crate::ledger;
use crate::ledger::Movement;
use crate::model::{ApiError, Ctx, Kind, Outcome, Problem, Reply, Served, text};
use crate::spec::FieldErrors;

const TRANSFER: Kind = Kind {
    name: "incoming SyncteraPay transfer",
    id: "id",
    keys: &[
        ("amount", "/amount"),
        ("configuration", "/configuration_id"),
        ("destination", "/destination_account_id"),
        ("payee", "/payee_id"),
        ("payer", "/payer_id"),
        ("reference", "/reference_id"),
        ("source", "/source_external_account_id"),
        ("settlement_date", "/settlement_date"),
        ("tenant", "/tenant"),
    ],
};

const CONFIGURATION: Kind = Kind {
    name: "incoming SyncteraPay configuration",
    id: "id",
    keys: &[
        ("currency", "/currency"),
        ("name", "/name"),
        ("settlement", "/settlement_account_id"),
        ("owner", "/settlement_account_owner_id"),
        ("tenant", "/tenant"),
    ],
};

const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
const RAIL: &str = "is_synctera_pay_enabled";
const CURRENCY: &str = "USD";
const SUBTYPE: &str = "INCOMING_INTERNATIONAL_WIRE";
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_incoming_synctera_pay_configurations", list_configurations),
    Served::new("get_incoming_synctera_pay_configuration", get_configuration),
    Served::new("list_incoming_synctera_pay_transfers", list),
    Served::new("create_incoming_synctera_pay_transfer", create),
    Served::on("get_incoming_synctera_pay_transfer", ON_ONE, get),
];

/// The only configuration, made when it is first asked for.
fn configuration(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    if let Some(known) = ctx.tx.newest(ctx.tenant, CONFIGURATION.name)? {
        return Ok(known);
    }
    let settlement = internal_accounts::of_bank(ctx, "SYNCTERA_PAY_SUSPENSE", CURRENCY)?;
    let configuration = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "name": "Sandbox incoming remittance",
        "currency": CURRENCY, "enabled": true, "payer_must_be_payee": false,
        "settlement_account_id": settlement.id, "settlement_account_owner_id": ctx.new_id()?,
        "transaction_subtype": SUBTYPE,
        "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
    });
    ctx.insert(&CONFIGURATION, &configuration)?;
    Ok(configuration)
}

fn list_configurations(ctx: &Ctx<'_>) -> Outcome {
    configuration(ctx)?;
    let like = ctx.request.query.get("name_like").and_then(Value::as_str).map(str::to_lowercase);
    List {
        kind: &CONFIGURATION,
        items: "configurations",
        filters: &[
            ("id", By::Key("id")),
            ("currency", By::Key("currency")),
            ("enabled", By::Equals("/enabled")),
            ("name", By::Key("name")),
            ("name_like", By::Elsewhere),
            ("payer_must_be_payee", By::Equals("/payer_must_be_payee")),
            ("settlement_account_id", By::Key("settlement")),
            ("settlement_account_owner_id", By::Key("owner")),
            ("tenant", By::Key("tenant")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
        ],
        always: Vec::new(),
        view: &|_, configuration| {
            let name = text(&configuration, "name").to_lowercase();
            Ok(like.as_ref().is_none_or(|like| name.contains(like)).then_some(configuration))
        },
    }
    .reply::<types::IncomingSyncteraPayConfigurationList>(ctx)
}

fn get_configuration(ctx: &Ctx<'_>) -> Outcome {
    configuration(ctx)?;
    let found = ctx.url_resource(&CONFIGURATION, "id")?;
    Reply::ok::<types::IncomingSyncteraPayConfiguration>(found)
}

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TRANSFER,
        items: "transfers",
        filters: &[
            ("id", By::Key("id")),
            ("amount", By::Key("amount")),
            ("from_amount", By::AtLeast("/amount")),
            ("to_amount", By::AtMost("/amount")),
            ("config_id", By::Key("configuration")),
            ("destination_account_id", By::Key("destination")),
            ("payee_id", By::Key("payee")),
            ("payer_id", By::Key("payer")),
            ("reference_id", By::Key("reference")),
            ("source_external_account_id", By::Key("source")),
            ("settlement_date", By::Key("settlement_date")),
            ("from_settlement_date", By::From("/settlement_date")),
            ("to_settlement_date", By::To("/settlement_date")),
            ("tenant", By::Key("tenant")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::IncomingSyncteraPayTransferList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::IncomingSyncteraPayTransfer>(ctx.url_resource(&TRANSFER, "id")?)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    if ctx.request.idempotency_key.is_none() {
        let mut problem = Problem::new(ErrorCode::BadRequest, "a header is missing");
        problem.errors = FieldErrors::missing("Idempotency-Key");
        return Err(problem.into());
    }
    if ctx.request.body.is_null() {
        return Err(ApiError::rule(ErrorCode::BadRequestBody, "the body is missing"));
    }
    let configuration = configuration(ctx)?;
    if ctx.request.body["configuration_id"] != configuration["id"] {
        return Err(FieldErrors::invalid("configuration_id", "does not exist").into());
    }
    let field = "destination_account_id";
    let account = accounts::referred(ctx, text(&ctx.request.body, field), field)?;
    parties::customer(ctx, text(&ctx.request.body, "payer_id"), "payer_id")?;
    parties::customer(ctx, text(&ctx.request.body, "payee_id"), "payee_id")?;
    let field = "source_external_account_id";
    let source = text(&ctx.request.body, field);
    let source = ctx.referred(&EXTERNAL_ACCOUNT, source, ErrorCode::BadRequestBody, field)?;
    let payer = text(&ctx.request.body, "payer_id");
    if ![text(&source, "customer_id"), text(&source, "business_id")].contains(&payer) {
        return Err(FieldErrors::invalid(field, "is an external account of another party").into());
    }

    let id = ctx.new_id()?.to_string();
    let mut transfer = ctx.request.body.clone();
    transfer["id"] = json!(id);
    transfer["tenant"] = json!(ctx.tenant);
    transfer["creation_time"] = json!(ctx.now_text());
    transfer["last_updated_time"] = json!(ctx.now_text());
    match check(ctx, &account, &configuration) {
        Ok(()) => {
            post(ctx, &transfer, &account)?;
            transfer["status"] = json!("POSTED");
            transfer["transaction_id"] = json!(id);
        }
        Err(ApiError::Problem(_)) => transfer["status"] = json!("DECLINED"),
        Err(broken) => return Err(broken),
    }
    ctx.insert(&TRANSFER, &transfer)?;
    Reply::created::<types::IncomingSyncteraPayTransfer>(transfer)
}

/// Whether the account and the payee can take it.
fn check(ctx: &Ctx<'_>, account: &Value, configuration: &Value) -> Result<(), ApiError> {
    let amount = ctx.request.body["amount"].as_i64().unwrap_or_default();
    if account["currency"] != configuration["currency"] {
        return Err(FieldErrors::invalid("destination_account_id", "is in another currency").into());
    }
    rules::check_customer(ctx, account, text(&ctx.request.body, "payee_id"), "payee_id")?;
    rules::check_account(ctx, account, Side::Credited)?;
    rules::check_rail(account, RAIL)?;
    let (kind, sub_type, side) = ("SYNCTERA_PAY", SUBTYPE, Side::Credited);
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, account, &spend)?;
    rules::check_room(ctx, account, amount)
}

fn post(ctx: &Ctx<'_>, transfer: &Value, account: &Value) -> Result<(), ApiError> {
    let settlement = internal_accounts::of_bank(ctx, "SYNCTERA_PAY_SUSPENSE", CURRENCY)?;
    let movement = Movement {
        kind: "synctera_pay".into(),
        subtype: "incoming_international_wire".into(),
        from: &settlement,
        to: &ledger::account_of(account)?,
        amount: transfer["amount"].as_i64().unwrap_or_default(),
        memo: "",
        reference_id: transfer["reference_id"].as_str(),
        metadata: json!({}),
        external_data: transfer.get("external_data").cloned().unwrap_or(json!({})),
        hold_id: None,
        id: transfer["id"].as_str(),
    };
    ledger::post(ctx, &movement).map(drop)
}
