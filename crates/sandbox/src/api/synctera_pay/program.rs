//! What the program agreed upon: its configuration and its vendor, made when they are first asked
//! for.

use serde_json::{Value, json};
use synctera_api::v2::types;
use synctera_api::v2::types::SyncteraPayConfigurationRequiredDetails as Detail;

use crate::domain::internal_accounts;
use crate::domain::listing::{By, List, as_stored};
use crate::ledger::LedgerAccount;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build, patch};

pub(crate) const VENDOR: Kind =
    Kind { name: "SyncteraPay vendor", id: "id", keys: &[("name", "/name")] };

/// What the program allows and requires.
pub(super) enum Configuration {}

impl Resource for Configuration {
    const KIND: &'static Kind = &Kind { name: "SyncteraPay configuration", id: "id", keys: &[] };
    type Wire = types::SyncteraPayConfiguration;
    type Facts = ();
}

/// Who carries payments out.
pub(super) enum Vendor {}

impl Resource for Vendor {
    const KIND: &'static Kind = &VENDOR;
    type Wire = types::SyncteraPayVendor;
    type Facts = ();
}

/// The only one of a kind, made when it is first asked for.
fn only<R: Resource>(
    ctx: &Ctx<'_>,
    make: impl FnOnce() -> Result<Value, ApiError>,
) -> Result<Record<R>, ApiError> {
    let known = ctx.tx.scan(ctx.tenant, R::KIND.name, &[], 0, 1)?.into_iter().next();
    if let Some(known) = known {
        return Record::of(&known.body);
    }
    let mut made = make()?;
    patch(&mut made, json!({ "id": ctx.new_id()? }));
    let made = Record::new(build(made)?, R::Facts::default());
    ctx.add(&made)?;
    Ok(made)
}

pub(super) fn configuration(ctx: &Ctx<'_>) -> Result<Record<Configuration>, ApiError> {
    only(ctx, || {
        Ok(json!({
            "name": "Sandbox remittance", "enabled": true, "tenant": ctx.tenant,
            "details": {
                "currency": "USD", "domestic": false, "external_payment_rail": "WIRE",
                "settlement_account_id": suspense(ctx, "USD")?.id,
                "settlement_account_type": "INTERNAL_ACCOUNT",
                "subtypes": ["OUTGOING_INTERNATIONAL_REMITTANCE", "OUTGOING_BILL_PAYMENT",
                             "OUTGOING_CARD_LOAD", "OUTGOING_ACCOUNT_TRANSFER"],
            },
            "rules": { "required_details": [Detail::ReferenceId] },
        }))
    })
}

pub(super) fn vendor(ctx: &Ctx<'_>) -> Result<Record<Vendor>, ApiError> {
    only(ctx, || {
        Ok(json!({
            "name": "Sandbox vendor", "enabled": true, "tenant_id": ctx.tenant,
            "config": { "unique_reference_ids": true },
        }))
    })
}

/// Where the money waits until it is settled with the vendor, in bulk.
pub(super) fn suspense(ctx: &Ctx<'_>, currency: &str) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, "SYNCTERA_PAY_SUSPENSE", currency)
}

pub(super) fn list_configurations(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &[configuration(ctx)?.wire])
}

pub(super) fn get_configuration(ctx: &Ctx<'_>) -> Outcome {
    configuration(ctx)?;
    Reply::json(200, &ctx.find_in_url::<Configuration>("id")?.wire)
}

pub(super) fn list_vendors(ctx: &Ctx<'_>) -> Outcome {
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

pub(super) fn get_vendor(ctx: &Ctx<'_>) -> Outcome {
    vendor(ctx)?;
    Reply::json(200, &ctx.find_in_url::<Vendor>("id")?.wire)
}
