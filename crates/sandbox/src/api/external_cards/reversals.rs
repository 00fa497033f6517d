//! Reversals: a pull can be given back to its card, in parts, up to its whole.

use synctera_api::v2::types::{
    ExternalCardTransferStatus, ExternalCardTransferType, NewExternalCardReversal,
};

use crate::api::external_cards::transfers::{show, succeed};
use crate::domain::external_cards::{ExternalCardTransfer, TransferFacts, TransferRecord};
use crate::domain::side::Side;
use crate::domain::{accounts, rules};
use crate::ledger::LedgerAccount;
use crate::model::{ApiError, Ctx, Outcome, Record};
use crate::spec::FieldErrors;

/// The type of the reversal of a transfer, if it can have one.
fn reversal_of(transfer: &TransferRecord) -> Option<ExternalCardTransferType> {
    if transfer.status != ExternalCardTransferStatus::Succeeded {
        return None;
    }
    match transfer.type_ {
        ExternalCardTransferType::Pull => Some(ExternalCardTransferType::PullReversal),
        ExternalCardTransferType::ApplePayPull => {
            Some(ExternalCardTransferType::ApplePayPullReversal)
        }
        ExternalCardTransferType::GooglePayPull => {
            Some(ExternalCardTransferType::GooglePayPullReversal)
        }
        _ => None,
    }
}

/// Gives the money of a pull back to its card.
pub(super) fn reverse(ctx: &Ctx<'_>) -> Outcome {
    let mut pull = ctx.find_in_url::<ExternalCardTransfer>("transfer_id")?;
    let Some(type_) = reversal_of(&pull) else {
        let detail = "only a pull that succeeded can be reversed";
        return Err(ApiError::status(detail, &[]));
    };
    let NewExternalCardReversal { amount, currency } = ctx.body()?;
    let rest = pull.amount - pull.facts.reversed;
    let mut errors = FieldErrors::default();
    if !(1..=rest).contains(&amount) {
        errors.merge(FieldErrors::invalid("amount", format!("must be between 1 and {rest}")));
    }
    if currency != pull.currency {
        errors.merge(FieldErrors::invalid("currency", "must be that of the pull"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let account = accounts::named(ctx, pull.account_id, "transfer_id")?;
    rules::check_account(ctx, &account, Side::Debited)?;
    rules::check_funds(ctx, &account, amount)?;
    let reversal = TransferRecord {
        id: ctx.new_id()?,
        type_,
        amount,
        status: ExternalCardTransferStatus::Pending,
        original_transfer_id: Some(pull.id),
        transaction_id: None,
        three_ds_id: None,
        creation_time: ctx.now,
        last_updated_time: ctx.now,
        ..pull.wire.clone()
    };
    let mut reversal = Record::<ExternalCardTransfer>::new(reversal, TransferFacts::default());
    let original = pull.transaction_id;
    succeed(ctx, &mut reversal, &LedgerAccount::of(&account)?, original)?;
    ctx.add(&reversal)?;
    pull.facts.reversed += amount;
    pull.last_updated_time = ctx.now;
    ctx.save(&pull)?;
    show(201, &reversal)
}
