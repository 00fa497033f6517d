//! SyncteraPay, the way in: money that a vendor took in elsewhere, for a customer's account.
//!
//! The sandbox knows one configuration, which is there from the start: `Sandbox incoming
//! remittance`. A transfer is decided at once: `POSTED`, or `DECLINED` when the account, its holder
//! or its rail cannot take it. The steps between, in which the platform asks to be asked again, do
//! not occur here.

use serde_json::{Value, json};
use synctera_api::runtime::{ErrorCode, TransactionId};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    IncomingSyncteraPayStatus, NewIncomingSyncteraPayTransfer, TransactionType,
};
use uuid::Uuid;

use crate::domain::external_accounts::ExternalAccount;
use crate::domain::listing::{By, List, as_stored, view_of};
use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, internal_accounts, parties, rules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{
    ApiError, Ctx, DOES_NOT_EXIST, Kind, Outcome, Problem, Record, Reply, Resource, Served, build,
    complete,
};
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

/// Money that a vendor took in.
enum Transfer {}

impl Resource for Transfer {
    const KIND: &'static Kind = &TRANSFER;
    type Wire = types::IncomingSyncteraPayTransfer;
    type Facts = ();
}

/// What a vendor may take in, and where it is settled.
enum Configuration {}

impl Resource for Configuration {
    const KIND: &'static Kind = &CONFIGURATION;
    type Wire = types::IncomingSyncteraPayConfiguration;
    type Facts = ();
}

const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
const RAIL: Rail = Rail::SyncteraPay;
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
fn configuration(ctx: &Ctx<'_>) -> Result<Record<Configuration>, ApiError> {
    if let Some(known) = ctx.tx.newest(ctx.tenant, CONFIGURATION.name)? {
        return Record::of(&known);
    }
    let settlement = internal_accounts::of_bank(ctx, "SYNCTERA_PAY_SUSPENSE", CURRENCY)?;
    let configuration = build(json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "name": "Sandbox incoming remittance",
        "currency": CURRENCY, "enabled": true, "payer_must_be_payee": false,
        "settlement_account_id": settlement.id, "settlement_account_owner_id": ctx.new_id()?,
        "transaction_subtype": SUBTYPE, "creation_time": ctx.now, "last_updated_time": ctx.now,
    }))?;
    let configuration = Record::new(configuration, ());
    ctx.add(&configuration)?;
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
        view: &view_of::<Configuration, _>(|_, configuration| {
            let name = configuration.name.to_lowercase();
            let is_like = like.as_ref().is_none_or(|like| name.contains(like));
            Ok(is_like.then_some(configuration.wire))
        }),
    }
    .reply::<types::IncomingSyncteraPayConfigurationList>(ctx)
}

fn get_configuration(ctx: &Ctx<'_>) -> Outcome {
    configuration(ctx)?;
    Reply::json(200, &ctx.find_in_url::<Configuration>("id")?.wire)
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
    Reply::json(200, &ctx.find_in_url::<Transfer>("id")?.wire)
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
    let body: NewIncomingSyncteraPayTransfer = ctx.body()?;
    let configuration = configuration(ctx)?;
    if body.configuration_id != configuration.id.as_uuid() {
        return Err(FieldErrors::invalid("configuration_id", DOES_NOT_EXIST).into());
    }
    let account = accounts::named(ctx, body.destination_account_id, "destination_account_id")?;
    parties::find(ctx, body.payer_id, "payer_id")?;
    parties::find(ctx, body.payee_id, "payee_id")?;
    let (code, field) = (ErrorCode::BadRequestBody, "source_external_account_id");
    let source = ctx.find_named::<ExternalAccount>(body.source_external_account_id, code, field)?;
    let owners = [source.customer_id.map(Uuid::from), source.business_id.map(Uuid::from)];
    if !owners.contains(&Some(body.payer_id.as_uuid())) {
        return Err(FieldErrors::invalid(field, "is an external account of another party").into());
    }

    let id = ctx.new_id()?;
    let mut rest = json!({
        "id": id, "tenant": ctx.tenant, "creation_time": ctx.now, "last_updated_time": ctx.now,
        "status": IncomingSyncteraPayStatus::Declined,
    });
    let to = LedgerAccount::of(&account)?;
    match check(ctx, &body, &account, &to, &configuration) {
        Ok(()) => {
            post(ctx, &body, &to, id.into())?;
            let posted =
                json!({ "status": IncomingSyncteraPayStatus::Posted, "transaction_id": id });
            crate::model::patch(&mut rest, posted);
        }
        Err(ApiError::Problem(_)) => {}
        Err(broken) => return Err(broken),
    }
    let transfer = Record::<Transfer>::new(complete(&body, rest)?, ());
    ctx.add(&transfer)?;
    Reply::json(201, &transfer.wire)
}

/// Whether the account and the payee can take it.
fn check(
    ctx: &Ctx<'_>,
    transfer: &NewIncomingSyncteraPayTransfer,
    account: &Record<Account>,
    to: &LedgerAccount,
    configuration: &Record<Configuration>,
) -> Result<(), ApiError> {
    if to.currency != configuration.currency.as_str() {
        return Err(FieldErrors::invalid("destination_account_id", "is in another currency").into());
    }
    rules::check_customer(ctx, account, &transfer.payee_id.to_string(), "payee_id")?;
    rules::check_account(ctx, account, Side::Credited)?;
    rules::check_rail(account, RAIL)?;
    let (kind, sub_type, side) = ("SYNCTERA_PAY", SUBTYPE, Side::Credited);
    let amount = transfer.amount;
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, account, &spend)?;
    rules::check_room(ctx, account, amount)
}

fn post(
    ctx: &Ctx<'_>,
    transfer: &NewIncomingSyncteraPayTransfer,
    to: &LedgerAccount,
    id: TransactionId,
) -> Result<(), ApiError> {
    let settlement = internal_accounts::of_bank(ctx, "SYNCTERA_PAY_SUSPENSE", CURRENCY)?;
    let movement = Movement {
        kind: TransactionType::SyncteraPay,
        subtype: "incoming_international_wire".into(),
        from: &settlement,
        to,
        amount: transfer.amount,
        memo: "",
        reference_id: Some(&transfer.reference_id),
        metadata: json!({}),
        external_data: Value::Object(transfer.external_data.clone()),
        hold_id: None,
        id: Some(id),
    };
    ledger::post(ctx, &movement).map(drop)
}
