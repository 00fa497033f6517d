//! Holds: money set aside, shown as pending transactions. A hold ends exactly once.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    self, PendingTransactionDataOperation as Operation, PendingTransactionDataStatus as Status,
    TransactionSubtype, TransactionType,
};

use super::account::{LedgerAccount, balances};
use super::entry::{Sign, idempotency_key};
use super::kinds::{Hold, HoldFacts};
use crate::model::{ApiError, Ctx, Record, build, convert};

/// Money to set aside.
pub(crate) struct NewHold<'a> {
    pub(crate) kind: TransactionType,
    pub(crate) subtype: TransactionSubtype,
    pub(crate) account: &'a LedgerAccount,
    pub(crate) offset: &'a LedgerAccount,
    /// Which way the money will move, seen from the account.
    pub(crate) sign: Sign,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) memo: &'a str,
    pub(crate) reference_id: Option<&'a str>,
    pub(crate) external_data: Value,
    pub(crate) expires_at: DateTime<Utc>,
    /// The posted transaction of which a part is kept back, if that is what the hold is for.
    pub(crate) transaction_id: Option<TransactionId>,
    pub(crate) id: Option<TransactionId>,
}

/// How a hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its money was posted.
    Cleared,
    /// It was given up, or what it was for is over.
    Released,
    /// Its time ran out.
    Expired,
}

impl Ended {
    fn names(self) -> (Status, Operation) {
        match self {
            Self::Cleared => (Status::Cleared, Operation::HoldPost),
            Self::Released => (Status::Released, Operation::HoldCancel),
            Self::Expired => (Status::Expired, Operation::HoldExpire),
        }
    }
}

/// A hold on the account behind a floor, for what another hold lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HoldBehind {
    pub(super) id: TransactionId,
    /// In minor units.
    pub(super) amount: i64,
}

impl HoldBehind {
    /// What a hold of this amount sets aside on its own account. On an account below its floor, more
    /// than the hold's amount is missing, and all of it is behind.
    pub(super) fn own_part(behind: Option<&Self>, amount: i64) -> i64 {
        amount.saturating_sub(behind.map_or(0, |behind| behind.amount)).max(0)
    }
}

impl NewHold<'_> {
    /// Stores the hold under an id. What it lacks on its own account is set aside `behind` it;
    /// `complete` adds what the rail knows.
    pub(super) fn store(
        &self,
        ctx: &Ctx<'_>,
        id: TransactionId,
        behind: Option<HoldBehind>,
        is_jit: bool,
        complete: impl FnOnce(&mut Record<Hold>),
    ) -> Result<Record<Hold>, ApiError> {
        let own = HoldBehind::own_part(behind.as_ref(), self.amount);
        ctx.tx.open_hold(ctx.tenant, &id.to_string(), &self.account.id.to_string(), own)?;
        let behind = behind.map(|behind| behind.id);
        let facts = HoldFacts { is_jit, behind, card: None };
        let mut hold = Record::<Hold>::new(self.wire(ctx, id)?, facts);
        complete(&mut hold);
        ctx.add(&hold)?;
        Ok(hold)
    }

    /// Notes that the money was not set aside, and why; nothing moves.
    pub(crate) fn decline_with(
        &self,
        ctx: &Ctx<'_>,
        reason: &str,
        complete: impl FnOnce(&mut Record<Hold>),
    ) -> Result<Record<Hold>, ApiError> {
        let id = self.new_id(ctx)?;
        let mut hold = Record::<Hold>::new(self.wire(ctx, id)?, HoldFacts::default());
        let data = &mut hold.data;
        data.status = Status::Declined;
        data.operation = Operation::HoldDecline;
        data.reason = reason.to_owned();
        data.amount = 0;
        complete(&mut hold);
        ctx.add(&hold)?;
        Ok(hold)
    }

    pub(super) fn new_id(&self, ctx: &Ctx<'_>) -> Result<TransactionId, ApiError> {
        match self.id {
            Some(id) => Ok(id),
            None => Ok(ctx.new_id()?.into()),
        }
    }

    fn wire(
        &self,
        ctx: &Ctx<'_>,
        id: TransactionId,
    ) -> Result<types::PendingTransaction, ApiError> {
        let after = balances(ctx, self.account.id)?;
        let key = idempotency_key(ctx)?;
        build(json!({
            "uuid": id, "id": ctx.tx.next("ledger")?, "tenant": ctx.tenant,
            "account_id": self.account.id, "account_no": self.account.number,
            "offset_account_id": self.offset.id, "offset_account_no": self.offset.number,
            "idemkey": key, "reference_id": self.reference_id, "created": ctx.now,
            "updated": ctx.now,
            "data": {
                "status": Status::Pending, "operation": Operation::HoldNew, "type": self.kind,
                "subtype": self.subtype, "amount": self.amount, "req_amount": self.amount,
                "total_amount": self.amount, "was_partial": false,
                "currency": self.account.currency, "dc_sign": self.sign.on_wire(),
                "balance": after.account, "available_balance": after.available,
                "avail_balance": after.available, "memo": self.memo, "reason": "",
                "network": "", "force_post": false, "idemkey": key, "history": [],
                "effective_date": ctx.now, "transaction_time": ctx.now,
                "expires_at": self.expires_at, "auto_post_at": self.expires_at,
                "external_data": self.external_data, "transaction_id": self.transaction_id,
            },
        }))
    }
}

impl Ended {
    /// Ends a hold in this way, with those behind it.
    pub(crate) fn end(self, ctx: &Ctx<'_>, id: impl ToString) -> Result<Record<Hold>, ApiError> {
        let hold = close(ctx, &id.to_string())?;
        let mut behind = Vec::new();
        let mut next = hold.facts.behind;
        while let Some(id) = next {
            let hold = close(ctx, &id.to_string())?;
            next = hold.facts.behind;
            behind.push(hold);
        }
        let (status, operation) = self.names();
        let amount = (self != Self::Cleared).then_some(0);
        for hold in behind.into_iter().rev() {
            step(ctx, hold, status.clone(), operation.clone(), amount)?;
        }
        step(ctx, hold, status, operation, amount)
    }
}

/// Frees the money of a hold, and notes why.
pub(crate) fn release(ctx: &Ctx<'_>, id: impl ToString, why: &str) -> Result<(), ApiError> {
    let mut hold = Ended::Released.end(ctx, id)?;
    hold.data.reason = why.to_owned();
    ctx.save(&hold)
}

/// Closes a hold, which ends exactly once.
fn close(ctx: &Ctx<'_>, id: &str) -> Result<Record<Hold>, ApiError> {
    let Some(hold) = ctx.find::<Hold>(id)? else {
        return Err(ApiError::Internal(format!("there is no hold {id} to end")));
    };
    if !ctx.tx.close_hold(ctx.tenant, id)? {
        return Err(ApiError::Internal(format!("the hold {id} has ended before")));
    }
    Ok(hold)
}

/// Stores the next state of a hold; the ones before it become its history.
pub(super) fn step(
    ctx: &Ctx<'_>,
    mut hold: Record<Hold>,
    status: Status,
    operation: Operation,
    amount: Option<i64>,
) -> Result<Record<Hold>, ApiError> {
    let mut history = std::mem::take(&mut hold.data.history);
    history.push(convert(&hold.wire)?);
    let after = balances(ctx, &hold.account_id)?;
    hold.updated = ctx.now;
    let data = &mut hold.data;
    data.status = status;
    data.operation = operation;
    data.balance = after.account;
    data.available_balance = after.available;
    data.avail_balance = after.available;
    data.history = history;
    if let Some(amount) = amount {
        data.amount = amount;
    }
    ctx.save(&hold)?;
    Ok(hold)
}
