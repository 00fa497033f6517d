//! Cash transfers: listed, canceled, and moved to another account where one does not take them.

use synctera_api::runtime::Patch;
use synctera_api::v2::types::{self, CashStatus, CashTransferPatchStatus, CashTransferSubtype};

use crate::api::cash::orders;
use crate::api::cash::transfer::check_deposit;
use crate::api::cash::transfer::{CashTransfer, TRANSFER};
use crate::domain::listing::{List, view_of};
use crate::domain::{accounts, rail_transfers};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply};
use crate::spec::FieldErrors;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let is_elsewhere = ctx.asks_for_another_workspace();
    List {
        kind: &TRANSFER,
        items: "transfers",
        filters: rail_transfers::FILTERS,
        always: Vec::new(),
        view: &view_of::<CashTransfer, _>(|_, transfer| {
            Ok((!is_elsewhere).then_some(transfer.wire))
        }),
    }
    .reply::<types::CashTransferList>(ctx)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<CashTransfer>("id")?.wire)
}

/// Cancels a transfer that is under way, or moves a suspended one to an account that takes it.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut transfer = ctx.find_in_url::<CashTransfer>("id")?;
    // The body may be left out: then nothing changes.
    let changes = ctx.body::<Option<types::CashTransferPatch>>()?.unwrap_or_default();
    let is_canceled = changes.status == Patch::Set(CashTransferPatchStatus::Cancelled);
    if let Patch::Set(account) = changes.destination_account_id {
        if is_canceled {
            let reason = "must not be given with a status";
            return Err(FieldErrors::invalid("destination_account_id", reason).into());
        }
        move_to(ctx, &mut transfer, &account.to_string())?;
    }
    if is_canceled {
        cancel(ctx, &mut transfer)?;
    }
    if let Patch::Set(data) = changes.source_data {
        transfer.source_data = data;
    }
    ctx.save(&transfer)?;
    Reply::json(200, &transfer.wire)
}

fn move_to(
    ctx: &Ctx<'_>,
    transfer: &mut Record<CashTransfer>,
    account: &str,
) -> Result<(), ApiError> {
    const FIELD: &str = "destination_account_id";
    if !transfer.is_suspended() {
        let detail = "only a suspended transfer can be moved to another account";
        return Err(ApiError::status(detail, &[]));
    }
    let account = accounts::named(ctx, account, FIELD)?;
    if account.currency_code() != transfer.facts.currency {
        let reason = format!("is in {}, not {}", account.currency_code(), transfer.facts.currency);
        return Err(FieldErrors::invalid(FIELD, reason).into());
    }
    check_deposit(ctx, &account, transfer.amount)?;
    transfer.resolve(ctx, &account)
}

fn cancel(ctx: &Ctx<'_>, transfer: &mut Record<CashTransfer>) -> Result<(), ApiError> {
    if !matches!(transfer.status, CashStatus::Initiated | CashStatus::Pending) {
        let detail =
            format!("the transfer is {}: its status cannot change", transfer.status.as_str());
        return Err(ApiError::status(detail, &[]));
    }
    if transfer.subtype == CashTransferSubtype::CashOrder {
        return orders::cancel_of(ctx, transfer);
    }
    transfer.refund(ctx)
}
