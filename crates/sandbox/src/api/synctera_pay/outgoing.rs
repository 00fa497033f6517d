//! SyncteraPay: payments over a rail of the program's own, such as a remittance.
//!
//! The sandbox knows one configuration and one vendor, which are there from the start: `Sandbox
//! remittance`, which wants a `reference_id`, and `Sandbox vendor`, which takes each of them once.
//! An outgoing transfer sets its money aside as `PENDING`; the program then says that it was
//! `POSTED`, which needs what its configuration requires, or `CANCELLED`. What was posted can come
//! back, once.

use chrono::Duration;
use serde_json::json;
use synctera_api::runtime::{
    ErrorCode, ExternalAccountId, Patch, SyncteraPayTransferId, SyncteraPayVendorId, TransactionId,
};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    NewSyncteraPayTransfer, SyncteraPayConfigurationRequiredDetails as Detail,
    SyncteraPayNetworkStatus, SyncteraPayStatus, SyncteraPayTransferPatch,
    SyncteraPayTransferPatchStatus, TransactionType,
};
use uuid::Uuid;

use crate::api::synctera_pay::program;
use crate::api::synctera_pay::program::{Configuration, Vendor, configuration, suspense, vendor};
use crate::domain::accounts::closed;
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::listing::{List, as_stored};
use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{accounts, rail_transfers, rules};
use crate::ledger;
use crate::ledger::{Account, Ended, LedgerAccount, Movement, NewHold, Sign};
use crate::model::{
    ApiError, Ctx, DOES_NOT_EXIST, Kind, Outcome, Record, Reply, Resource, Served, build, complete,
    merge,
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

/// A payment over the program's own rail.
enum Transfer {}

impl Resource for Transfer {
    const KIND: &'static Kind = &TRANSFER;
    type Wire = types::SyncteraPayTransfer;
    type Facts = ();
}

pub(crate) use program::VENDOR;

const ON_ONE: &[(&str, &Kind)] = &[("id", &TRANSFER)];
const RAIL: Rail = Rail::SyncteraPay;
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_synctera_pay_transfers", list),
    Served::new("create_synctera_pay_transfer", create),
    Served::on("get_synctera_pay_transfer", ON_ONE, get),
    Served::on("update_synctera_pay_transfer", ON_ONE, update),
    Served::on("return_synctera_pay_transfer", ON_ONE, give_back),
    Served::new("list_synctera_pay_configurations", program::list_configurations),
    Served::new("get_synctera_pay_configuration", program::get_configuration),
    Served::new("list_synctera_pay_vendors", program::list_vendors),
    Served::new("get_synctera_pay_vendor", program::get_vendor),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TRANSFER,
        items: "transfers",
        // Its document has most of these.
        filters: rail_transfers::FILTERS,
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::SyncteraPayTransferList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: NewSyncteraPayTransfer = ctx.body()?;
    let account = accounts::named(ctx, body.account_id, "account_id")?;
    let from = LedgerAccount::of(&account)?;
    let configuration = configuration(ctx)?;
    check_fields(ctx, &body, &from, &configuration)?;
    rules::check_customer(ctx, &account, &body.customer_id.to_string(), "customer_id")?;
    rules::check_account(ctx, &account, Side::Debited)?;
    rules::check_rail(&account, RAIL)?;
    let (kind, sub_type, side) = ("SYNCTERA_PAY", body.subtype.as_str(), Side::Debited);
    let spend = Spend { kind, sub_type, amount: body.amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, &account, &spend)?;
    rules::check_funds(ctx, &account, body.amount)?;

    let id = ctx.new_id()?;
    let settlement = suspense(ctx, body.currency.as_str())?;
    open_hold(ctx, &body, &from, &settlement, id.into())?;
    let rest = json!({
        "id": id, "transaction_id": id, "tenant_id": ctx.tenant,
        "status": SyncteraPayStatus::Pending, "network_status": SyncteraPayNetworkStatus::Pending,
        "is_same_day": body.effective_date == ctx.today(), "configuration_id": configuration.id,
        "originating_account_id": from.id, "destination_account_id": settlement.id,
    });
    let mut transfer = Record::<Transfer>::new(complete(&body, rest)?, ());
    note(ctx, &mut transfer, "created")?;
    ctx.add(&transfer)?;
    Reply::json(201, &transfer.wire)
}

/// What must hold of a transfer beyond the shape of its fields.
fn check_fields(
    ctx: &Ctx<'_>,
    transfer: &NewSyncteraPayTransfer,
    account: &LedgerAccount,
    configuration: &Record<Configuration>,
) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    let known = configuration.id.map(|id| id.as_uuid());
    if transfer.configuration_id.is_some() && transfer.configuration_id != known {
        errors.merge(FieldErrors::invalid("configuration_id", DOES_NOT_EXIST));
    }
    if !configuration.details.subtypes.contains(&transfer.subtype) {
        errors.merge(FieldErrors::invalid("subtype", "is not allowed by the configuration"));
    }
    if account.currency != transfer.currency.as_str() {
        let reason = format!("the account is in {}", account.currency);
        errors.merge(FieldErrors::invalid("currency", reason));
    }
    if transfer.effective_date < ctx.today() {
        errors.merge(FieldErrors::invalid("effective_date", "must not be in the past"));
    }
    errors.refused()?;
    let references = References {
        id: None,
        final_external_account_id: transfer.final_external_account_id,
        vendor_id: transfer.synctera_pay_vendor_id,
        reference_id: transfer.reference_id.as_deref(),
    };
    references.check(ctx)
}

/// What a transfer names.
struct References<'a> {
    /// Its own id, when it has one.
    id: Option<SyncteraPayTransferId>,
    final_external_account_id: Option<ExternalAccountId>,
    vendor_id: Option<SyncteraPayVendorId>,
    reference_id: Option<&'a str>,
}

impl References<'_> {
    /// What a transfer names is there, and its vendor has not seen its reference.
    fn check(&self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        let code = ErrorCode::BadRequestBody;
        if let Some(external) = self.final_external_account_id {
            let field = "final_external_account_id";
            ctx.find_named::<ExternalAccount>(external, code.clone(), field)?;
        }
        let Some(vendor_id) = self.vendor_id else {
            return Ok(());
        };
        vendor(ctx)?;
        let vendor = ctx.find_named::<Vendor>(vendor_id, code, "synctera_pay_vendor_id")?;
        let Some(reference) = self.reference_id.filter(|reference| !reference.is_empty()) else {
            return Ok(());
        };
        let is_taken = vendor.config.unique_reference_ids == Some(true)
            && ctx.find_all::<Transfer>("reference", reference)?.iter().any(|other| {
                other.synctera_pay_vendor_id == Some(vendor.id) && Some(other.id) != self.id
            });
        if is_taken {
            let detail = "the vendor has had this reference_id before";
            return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
        }
        Ok(())
    }
}

fn open_hold(
    ctx: &Ctx<'_>,
    transfer: &NewSyncteraPayTransfer,
    account: &LedgerAccount,
    settlement: &LedgerAccount,
    id: TransactionId,
) -> Result<(), ApiError> {
    NewHold {
        kind: TransactionType::SyncteraPay,
        subtype: transfer.subtype.as_str().to_lowercase().as_str().into(),
        account,
        offset: settlement,
        sign: Sign::Debit,
        amount: transfer.amount,
        memo: "",
        reference_id: transfer.reference_id.as_deref(),
        external_data: json!({}),
        expires_at: ctx.now + Duration::days(30),
        transaction_id: None,
        id: Some(id),
    }
    .open(ctx)
    .map(drop)
}

fn note(ctx: &Ctx<'_>, transfer: &mut Record<Transfer>, message: &str) -> Result<(), ApiError> {
    let action = json!({ "message": message, "timestamp": ctx.now, "data": {} });
    transfer.history.push(build(action)?);
    Ok(())
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Transfer>("id")?.wire)
}

/// Fills in what is known by now, and says what became of a transfer.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.find_in_url::<Transfer>("id")?;
    if transfer.status != SyncteraPayStatus::Pending {
        let status = transfer.status.as_str();
        return Err(ApiError::status(
            format!("the transfer is {status}: its status cannot change"),
            &[],
        ));
    }
    // The body may be left out: then nothing changes.
    let changes = ctx.body::<Option<SyncteraPayTransferPatch>>()?.unwrap_or_default();
    if changes.amount.value().is_some_and(|amount| *amount != transfer.amount) {
        return Err(FieldErrors::immutable("amount").into());
    }
    let wanted = changes.status.value().cloned();
    merge(&mut transfer.wire, &SyncteraPayTransferPatch { status: Patch::Leave, ..changes })?;
    let references = References {
        id: Some(transfer.id),
        final_external_account_id: transfer.final_external_account_id,
        vendor_id: transfer.synctera_pay_vendor_id,
        reference_id: transfer.reference_id.as_deref(),
    };
    references.check(ctx)?;
    match wanted {
        Some(SyncteraPayTransferPatchStatus::Posted) => {
            check_required(ctx, &transfer)?;
            post(ctx, &mut transfer)?;
        }
        Some(SyncteraPayTransferPatchStatus::Cancelled) => {
            Ended::Released.end(ctx, transfer.id)?;
            transfer.status = SyncteraPayStatus::Cancelled;
            note(ctx, &mut transfer, "canceled")?;
        }
        _ => {}
    }
    ctx.save(&transfer)?;
    Reply::json(201, &transfer.wire)
}

/// What the configuration wants to know before a transfer is posted.
fn check_required(ctx: &Ctx<'_>, transfer: &Record<Transfer>) -> Result<(), ApiError> {
    let configuration = configuration(ctx)?;
    let mut errors = FieldErrors::default();
    for detail in &configuration.rules.required_details {
        let (field, is_there) = match detail {
            Detail::ExchangeDetails => ("exchange_details", transfer.exchange_details.is_some()),
            Detail::FinalExternalAccountId => {
                ("final_external_account_id", transfer.final_external_account_id.is_some())
            }
            Detail::ReferenceId => ("reference_id", transfer.reference_id.is_some()),
            Detail::VendorId => {
                ("synctera_pay_vendor_id", transfer.synctera_pay_vendor_id.is_some())
            }
            // The configuration names no other.
            _ => continue,
        };
        if !is_there {
            errors.merge(FieldErrors::missing(field));
        }
    }
    errors.refused()
}

/// The customer's account, the one that the money moves on, and the program's.
fn sides(
    ctx: &Ctx<'_>,
    transfer: &Record<Transfer>,
) -> Result<(Record<Account>, LedgerAccount, LedgerAccount), ApiError> {
    let id = transfer.originating_account_id.as_deref().unwrap_or_default();
    let account = ctx.find_related::<Account>(id)?;
    let own = closed::account_or_suspense(ctx, &account)?;
    Ok((account, own, suspense(ctx, transfer.currency.as_str())?))
}

/// The id of a transfer's hold and posting.
fn transfer_id(transfer: &types::SyncteraPayTransfer) -> TransactionId {
    Uuid::from(transfer.id).into()
}

fn post(ctx: &Ctx<'_>, transfer: &mut Record<Transfer>) -> Result<(), ApiError> {
    let id = transfer_id(transfer);
    let (customers, account, settlement) = sides(ctx, transfer)?;
    let customer = transfer.customer_id.as_deref().and_then(|id| id.parse().ok());
    rules::check_bans(ctx, &customers, customer)?;
    Ended::Cleared.end(ctx, id)?;
    let subtype = transfer.subtype.as_str().to_lowercase();
    let mut movement = movement(transfer, &account, &settlement, &subtype);
    movement.hold_id = Some(id);
    movement.id = Some(id);
    ledger::post(ctx, &movement)?;
    transfer.status = SyncteraPayStatus::Posted;
    transfer.network_status = Some(SyncteraPayNetworkStatus::Posted);
    transfer.posting_date = Some(ctx.today());
    note(ctx, transfer, "posted")
}

fn movement<'m>(
    transfer: &'m Record<Transfer>,
    from: &'m LedgerAccount,
    to: &'m LedgerAccount,
    subtype: &'m str,
) -> Movement<'m> {
    Movement {
        kind: TransactionType::SyncteraPay,
        subtype: subtype.into(),
        from,
        to,
        amount: transfer.amount,
        memo: "",
        reference_id: transfer.reference_id.as_deref(),
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    }
}

/// Brings back what was posted.
fn give_back(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.find_in_url::<Transfer>("id")?;
    let is_posted = transfer.status == SyncteraPayStatus::Posted
        && transfer.network_status == Some(SyncteraPayNetworkStatus::Posted);
    if !is_posted {
        let detail = "only a transfer that is posted, and has not come back, can be returned";
        return Err(ApiError::status(detail, &[]));
    }
    let (customers, account, settlement) = sides(ctx, &transfer)?;
    let subtype = format!("{}_return", transfer.subtype.as_str().to_lowercase());
    let back = movement(&transfer, &settlement, &account, &subtype);
    let posted = ledger::post_reversal(ctx, &back, transfer_id(&transfer))?;
    closed::send_check(ctx, &customers, transfer.amount, posted.uuid)?;
    transfer.network_status = Some(SyncteraPayNetworkStatus::Returned);
    note(ctx, &mut transfer, "returned")?;
    ctx.save(&transfer)?;
    Reply::json(200, &transfer.wire)
}
