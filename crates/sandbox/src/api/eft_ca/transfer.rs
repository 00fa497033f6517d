//! Transfers over the Canadian network, as they are posted and shown.

use serde_json::json;
use synctera_api::runtime::{ErrorCode, TransactionId};
use synctera_api::v2::types::{self, InternalAccountType};

use crate::domain::eft_ca::{EftCaTransfer, TRANSFER};
use crate::domain::listing::{List, view_of};
use crate::domain::rules::Rail;
use crate::domain::{internal_accounts, rail_transfers};
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Outcome, Record, build, last_four};
use crate::spec::FieldErrors;

pub(super) const RAIL: Rail = Rail::EftCa;

impl Record<EftCaTransfer> {
    /// The id of its hold and posting.
    pub(super) fn own_id(&self) -> TransactionId {
        self.id.as_uuid().into()
    }

    /// The account here.
    pub(super) fn account(&self, ctx: &Ctx<'_>) -> Result<Record<Account>, ApiError> {
        ctx.find_related(self.originating_account_id)
    }

    /// Adds to what happened to it.
    pub(super) fn note(&mut self, ctx: &Ctx<'_>, message: &str) -> Result<(), ApiError> {
        let action = json!({ "message": message, "timestamp": ctx.now, "data": {} });
        self.history.push(build(action)?);
        Ok(())
    }

    /// Its movement between two accounts.
    pub(super) fn movement<'m>(
        &'m self,
        from: &'m LedgerAccount,
        to: &'m LedgerAccount,
        subtype: &'m str,
    ) -> Movement<'m> {
        Movement {
            kind: types::TransactionType::EftCa,
            subtype: subtype.into(),
            from,
            to,
            amount: self.amount,
            memo: "",
            reference_id: Some(&self.reference_id),
            metadata: json!({}),
            external_data: serde_json::Value::Object(self.source_data.clone()),
            hold_id: None,
            id: None,
        }
    }

    /// Its subtype as the ledger has it.
    pub(super) fn ledger_subtype(&self) -> String {
        self.subtype.as_str().to_lowercase()
    }
}

/// The bank's account behind the network.
pub(super) fn settlement(ctx: &Ctx<'_>, currency: &str) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, InternalAccountType::EftCaSettlement, currency)
}

/// How a transfer is shown: the other bank's account number masked.
pub(super) fn shown(transfer: Record<EftCaTransfer>) -> types::EftCaTransfer {
    let mut transfer = transfer.wire;
    let masked = last_four(transfer.destination_account_number.expose());
    transfer.destination_account_number = masked.into();
    transfer
}

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let is_elsewhere = ctx.asks_for_another_workspace();
    List {
        kind: &TRANSFER,
        items: "transfers",
        filters: rail_transfers::FILTERS,
        always: Vec::new(),
        view: &view_of::<EftCaTransfer, _>(|_, transfer| {
            Ok((!is_elsewhere).then(|| shown(transfer)))
        }),
    }
    .reply::<types::EftCaTransferList>(ctx)
}

/// The account at the other bank can be reached over the network.
pub(super) fn check_number(external: &types::ExternalAccount) -> Result<(), ApiError> {
    let number = external.routing_identifiers.eft_ca_routing_number.as_ref();
    if number.is_some_and(|number| !number.expose().is_empty()) {
        return Ok(());
    }
    let reason = "the external account has no routing number for EFT Canada";
    Err(FieldErrors::invalid("destination_account_id", reason).into())
}

/// The account at the other bank is in use and, where the settings ask for it, proven.
pub(super) fn check_state(
    ctx: &Ctx<'_>,
    external: &types::ExternalAccount,
    is_pull: bool,
) -> Result<(), ApiError> {
    if external.status != types::ExternalAccountStatus::Active {
        let status = external.status.as_str();
        let detail = format!("the external account has status {status}, not ACTIVE");
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotActive, detail));
    }
    let verified = external.verification.as_ref().and_then(|verification| verification.status());
    let is_proven = verified == Some(&types::BaseAccountVerificationStatus::Verified);
    if is_pull && !is_proven && ctx.settings.eft_ca_debits_need_a_verified_account {
        let detail = "money is pulled only from a verified external account";
        return Err(ApiError::rule(ErrorCode::ExternalAccountNotVerified, detail));
    }
    Ok(())
}
