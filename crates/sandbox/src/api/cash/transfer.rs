//! Cash that was paid in or ordered, as a transfer.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    self, CashNetworkStatus, CashStatus, CashTransferDcSign, CashTransferSubtype,
    InternalAccountType, TransactionType,
};

use crate::domain::accounts::holders;
use crate::domain::rules;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{internal_accounts, rail_transfers};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build};

pub(super) const TRANSFER: Kind =
    Kind { name: "cash transfer", id: "id", keys: rail_transfers::KEYS };

/// Cash that moves to or from an account.
pub(super) enum CashTransfer {}

impl Resource for CashTransfer {
    const KIND: &'static Kind = &TRANSFER;
    type Wire = types::CashTransfer;
    type Facts = CashTransferFacts;
}

/// What clients do not read of a transfer.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CashTransferFacts {
    /// The currency of the account, which lists are filtered by.
    pub(super) currency: String,
    /// The transaction that a reversal takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) posted_id: Option<TransactionId>,
    /// Whether it was paid in at a store; else it is the business of the cash vendor.
    pub(super) is_in_store: bool,
}

/// A transfer to be made for a customer's account.
pub(super) struct NewTransfer<'a> {
    pub(super) account: &'a Record<Account>,
    pub(super) subtype: CashTransferSubtype,
    /// In minor units.
    pub(super) amount: i64,
    pub(super) is_in_store: bool,
    pub(super) customer_id: Option<String>,
    /// Who ordered it, if it was ordered.
    pub(super) client_name: Option<String>,
    pub(super) source_data: Value,
}

impl NewTransfer<'_> {
    /// A transfer that is on its way; it is not stored yet.
    pub(super) fn record(self, ctx: &Ctx<'_>) -> Result<Record<CashTransfer>, ApiError> {
        let id = ctx.new_id()?;
        let currency = self.account.currency_code();
        let bank = bank_account(ctx, self.is_in_store, currency)?;
        let here = LedgerAccount::of(self.account)?;
        let owner = holders::holder_of(ctx, self.account)?.name();
        let is_order = self.subtype == CashTransferSubtype::CashOrder;
        let (from, to, dc_sign) = match is_order {
            true => ((&here, owner.as_str()), (&bank, VENDOR), CashTransferDcSign::Debit),
            false => ((&bank, VENDOR), (&here, owner.as_str()), CashTransferDcSign::Credit),
        };
        let wire = build(json!({
            "id": id, "tenant_id": ctx.tenant, "amount": self.amount, "dc_sign": dc_sign,
            "subtype": self.subtype, "status": CashStatus::Pending,
            "network_status": CashNetworkStatus::Pending, "failed": false, "suspended": false,
            "effective_date": ctx.today(), "is_same_day": true, "history": [],
            "reference_id": format!("{:012}", ctx.tx.next("cash transfers")?),
            "customer_id": self.customer_id, "client_name": self.client_name,
            "client_bank_account": self.account.account_number_masked,
            "source_data": self.source_data,
            "originating_account_id": from.0.id, "originating_account_number": from.0.number,
            "originating_account_owner_name": from.1,
            "destination_account_id": to.0.id, "destination_account_number": to.0.number,
            "destination_account_owner_name": to.1,
        }))?;
        let facts = CashTransferFacts {
            currency: currency.to_owned(),
            posted_id: None,
            is_in_store: self.is_in_store,
        };
        let mut transfer = Record::<CashTransfer>::new(wire, facts);
        transfer.note(ctx, "created")?;
        Ok(transfer)
    }
}

/// Who is at the other end of every transfer.
const VENDOR: &str = "Sandbox Cash Vendor";

/// The bank's account behind a kind of transfers.
pub(super) fn bank_account(
    ctx: &Ctx<'_>,
    is_in_store: bool,
    currency: &str,
) -> Result<LedgerAccount, ApiError> {
    let kind = match is_in_store {
        true => InternalAccountType::InStoreCashSettlement,
        false => InternalAccountType::CashSettlement,
    };
    internal_accounts::of_bank(ctx, kind, currency)
}

/// Where cash waits that its account does not take.
fn suspense(ctx: &Ctx<'_>, currency: &str) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, InternalAccountType::CashSuspense, currency)
}

impl Record<CashTransfer> {
    /// Adds to what happened to it.
    pub(super) fn note(&mut self, ctx: &Ctx<'_>, message: &str) -> Result<(), ApiError> {
        let action = json!({ "message": message, "timestamp": ctx.now, "data": {} });
        self.history.push(build(action)?);
        Ok(())
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.suspended == Some(true)
    }

    /// Whether it takes money from the account here.
    fn is_order(&self) -> bool {
        self.subtype == CashTransferSubtype::CashOrder
    }

    /// The account here.
    pub(super) fn account(&self, ctx: &Ctx<'_>) -> Result<Record<Account>, ApiError> {
        let id = match self.is_order() {
            true => self.originating_account_id.as_deref(),
            false => self.destination_account_id.as_deref(),
        };
        ctx.find_related(id.unwrap_or_default())
    }

    fn movement<'m>(
        &'m self,
        from: &'m LedgerAccount,
        to: &'m LedgerAccount,
        subtype: &'m str,
    ) -> Movement<'m> {
        Movement {
            kind: TransactionType::Cash,
            subtype: subtype.into(),
            from,
            to,
            amount: self.amount,
            memo: "",
            reference_id: Some(&self.reference_id),
            metadata: json!({}),
            external_data: Value::Object(self.source_data.clone()),
            hold_id: None,
            id: None,
        }
    }

    /// Posts it between the account here and the bank's; `hold` is the hold that this ends.
    pub(super) fn post(
        &mut self,
        ctx: &Ctx<'_>,
        hold: Option<TransactionId>,
    ) -> Result<(), ApiError> {
        let here = LedgerAccount::of(&self.account(ctx)?)?;
        let bank = bank_account(ctx, self.facts.is_in_store, here.currency.as_str())?;
        let (from, to) = if self.is_order() { (&here, &bank) } else { (&bank, &here) };
        let subtype = self.subtype.as_str().to_lowercase();
        let mut movement = self.movement(from, to, &subtype);
        movement.hold_id = hold;
        movement.id = hold;
        let posted = ledger::post(ctx, &movement)?.uuid;
        self.posted(ctx, posted)
    }

    /// Keeps a deposit that its account does not take.
    pub(super) fn suspend(&mut self, ctx: &Ctx<'_>, why: &str) -> Result<(), ApiError> {
        let currency = self.facts.currency.clone();
        let bank = bank_account(ctx, self.facts.is_in_store, &currency)?;
        let suspense = suspense(ctx, &currency)?;
        let posted = ledger::post(ctx, &self.movement(&bank, &suspense, "deposit"))?.uuid;
        self.facts.posted_id = Some(posted);
        self.suspended = Some(true);
        self.network_status = Some(CashNetworkStatus::Posted);
        self.note(ctx, &format!("suspended: {why}"))
    }

    /// Posts a deposit that was kept to another account.
    pub(super) fn resolve(
        &mut self,
        ctx: &Ctx<'_>,
        account: &Record<Account>,
    ) -> Result<(), ApiError> {
        let here = LedgerAccount::of(account)?;
        let suspense = suspense(ctx, here.currency.as_str())?;
        let posted = ledger::post(ctx, &self.movement(&suspense, &here, "deposit"))?.uuid;
        self.destination_account_id = Some(here.id.to_string());
        self.destination_account_number = Some(here.number.clone().into());
        let holder = holders::holder_of(ctx, account)?;
        self.destination_account_owner_name = Some(holder.name());
        self.customer_id = Some(holder.id().as_uuid().to_string());
        self.client_bank_account = account.account_number_masked.clone();
        self.suspended = Some(false);
        self.posted(ctx, posted)
    }

    fn posted(&mut self, ctx: &Ctx<'_>, id: TransactionId) -> Result<(), ApiError> {
        self.facts.posted_id = Some(id);
        self.transaction_id = Some(id);
        self.status = CashStatus::Posted;
        self.network_status = Some(CashNetworkStatus::Posted);
        self.posting_date = Some(ctx.today());
        self.note(ctx, "posted")
    }

    /// Gives the money of a deposit that was kept back to the vendor.
    pub(super) fn refund(&mut self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        let currency = self.facts.currency.clone();
        let bank = bank_account(ctx, self.facts.is_in_store, &currency)?;
        let suspense = suspense(ctx, &currency)?;
        let movement = self.movement(&suspense, &bank, "deposit_reversal");
        self.take_back(ctx, &movement)?;
        self.suspended = Some(false);
        self.network_status = Some(CashNetworkStatus::Returned);
        self.status = CashStatus::Cancelled;
        self.note(ctx, "canceled")
    }

    fn take_back(&self, ctx: &Ctx<'_>, movement: &Movement<'_>) -> Result<TransactionId, ApiError> {
        let Some(original) = self.facts.posted_id else {
            return Err(ApiError::Internal("a cash transfer that was not posted".to_owned()));
        };
        Ok(ledger::post_reversal(ctx, movement, original)?.uuid)
    }

    /// Takes back what was posted, as a transfer of its own; the account may end up below zero. On an
    /// account that has closed nothing moves: the bank has the money, or lacks it.
    pub(super) fn reverse(&mut self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        let here = LedgerAccount::of(&self.account(ctx)?)?;
        let bank = bank_account(ctx, self.facts.is_in_store, here.currency.as_str())?;
        let here = if here.is_closed { suspense(ctx, here.currency.as_str())? } else { here };
        let (from, to, subtype, sign) = match self.is_order() {
            true => {
                (&bank, &here, CashTransferSubtype::CashOrderReversal, CashTransferDcSign::Credit)
            }
            false => {
                (&here, &bank, CashTransferSubtype::DepositReversal, CashTransferDcSign::Debit)
            }
        };
        let ledger_subtype = subtype.as_str().to_lowercase();
        let posted = self.take_back(ctx, &self.movement(from, to, &ledger_subtype))?;
        let mut back = self.clone();
        back.id = ctx.new_id()?.into();
        back.subtype = subtype;
        back.dc_sign = sign;
        back.original_reference_id = Some(std::mem::replace(
            &mut back.reference_id,
            format!("{:012}", ctx.tx.next("cash transfers")?),
        ));
        back.effective_date = ctx.today();
        back.history = Vec::new();
        back.posted(ctx, posted)?;
        ctx.add(&back)?;
        self.network_status = Some(CashNetworkStatus::Reversed);
        self.note(ctx, "reversed")?;
        ctx.save(self)
    }
}

/// Whether the account takes the cash.
pub(super) fn check_deposit(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    amount: i64,
) -> Result<(), ApiError> {
    rules::check_account(ctx, account, Side::Credited)?;
    let (kind, sub_type, side) = ("CASH", "DEPOSIT", Side::Credited);
    let spend = Spend { kind, sub_type, amount, side, mcc: None, country: None };
    rules::check_spend_controls(ctx, account, &spend)?;
    rules::check_room(ctx, account, amount)
}
