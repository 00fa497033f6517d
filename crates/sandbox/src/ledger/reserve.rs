//! Setting money aside, with what is missing on the accounts behind a floor.

use chrono::{DateTime, Utc};
use serde_json::json;
use synctera_api::runtime::{AccountId, TransactionId};
use synctera_api::v2::types::{
    DcSign, PendingTransactionDataOperation as Operation, PendingTransactionDataStatus as Status,
    TransactionSubtype, TransactionType,
};

use super::account::{LedgerAccount, ledger_account};
use super::entry::{Sign, check_amount};
use super::hold::{Ended, HoldBehind, NewHold, step};
use super::kinds::Hold;
use super::sweep::{LINKS_MAX, missing};
use crate::model::{ApiError, Ctx, Record};

impl NewHold<'_> {
    /// Sets the money aside.
    pub(crate) fn open(&self, ctx: &Ctx<'_>) -> Result<Record<Hold>, ApiError> {
        self.open_with(ctx, |_| {})
    }

    /// Sets the money aside; `complete` adds what the rail knows.
    pub(crate) fn open_with(
        &self,
        ctx: &Ctx<'_>,
        complete: impl FnOnce(&mut Record<Hold>),
    ) -> Result<Record<Hold>, ApiError> {
        check_amount(self.amount)?;
        let id = self.new_id(ctx)?;
        let behind = match self.sign {
            Sign::Debit => reserve(ctx, self.account, self.amount, self.expires_at)?,
            Sign::Credit => None,
        };
        self.store(ctx, id, behind, false, complete)
    }
}

/// A hold to be set aside behind another one.
struct Behind {
    id: TransactionId,
    account: LedgerAccount,
    /// The account that lacks the money.
    offset: LedgerAccount,
    amount: i64,
}

/// Sets aside, on the linked accounts, what a hold lacks on its own account.
fn reserve(
    ctx: &Ctx<'_>,
    account: &LedgerAccount,
    amount: i64,
    expires_at: DateTime<Utc>,
) -> Result<Option<HoldBehind>, ApiError> {
    let mut chain: Vec<Behind> = Vec::new();
    let (mut account, mut amount) = (account.clone(), amount);
    while let Some((linked, short)) = missing(ctx, &account, amount, LINKS_MAX - chain.len())? {
        check_amount(short)?;
        let id = ctx.new_id()?.into();
        chain.push(Behind { id, account: linked.clone(), offset: account, amount: short });
        (account, amount) = (linked, short);
    }
    let mut behind = None;
    for Behind { id, account, offset, amount } in chain.into_iter().rev() {
        let hold = NewHold {
            kind: TransactionType::InternalTransfer,
            subtype: TransactionSubtype::AccountToAccountSweep,
            account: &account,
            offset: &offset,
            sign: Sign::Debit,
            amount,
            memo: "",
            reference_id: None,
            external_data: json!({}),
            expires_at,
            transaction_id: None,
            id: None,
        };
        hold.store(ctx, id, behind.take(), true, |_| {})?;
        behind = Some(HoldBehind { id, amount });
    }
    Ok(behind)
}

/// Whether money is set aside on another account for an open hold of this one.
pub(crate) fn holds_behind(ctx: &Ctx<'_>, account: AccountId) -> Result<bool, ApiError> {
    let holds = ctx.find_all::<Hold>("account", account)?;
    Ok(holds.iter().any(|hold| {
        let is_open = matches!(hold.data.status, Status::Pending | Status::Partcleared);
        is_open && hold.facts.behind.is_some()
    }))
}

/// How the money of an open hold changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resized {
    /// More is set aside.
    Increased,
    /// Less is.
    Decreased,
    /// A part was posted; the rest stays.
    PartlyCleared,
}

impl Resized {
    /// Changes what an open hold sets aside to this amount, more than 0.
    pub(crate) fn to(
        self,
        ctx: &Ctx<'_>,
        id: impl ToString,
        amount: i64,
    ) -> Result<Record<Hold>, ApiError> {
        check_amount(amount)?;
        let id = id.to_string();
        let Some(mut hold) = ctx.find::<Hold>(&id)? else {
            return Err(ApiError::Internal(format!("there is no hold {id} to change")));
        };
        // What it lacks on its own account is another sum now: all of it is set aside anew.
        if let Some(behind) = hold.facts.behind {
            Ended::Released.end(ctx, behind)?;
        }
        if !ctx.tx.resize_hold(ctx.tenant, &id, 0)? {
            return Err(ApiError::Internal(format!("the hold {id} has ended before")));
        }
        let behind = match ledger_account(ctx, &hold.account_id)? {
            Some(account) if hold.data.dc_sign == DcSign::Debit => {
                reserve(ctx, &account, amount, hold.data.expires_at)?
            }
            _ => None,
        };
        let own = HoldBehind::own_part(behind.as_ref(), amount);
        ctx.tx.resize_hold(ctx.tenant, &id, own)?;
        hold.facts.behind = behind.map(|behind| behind.id);
        let was = hold.data.status.clone();
        let (status, operation) = match self {
            Self::Increased => (was, Operation::HoldIncrease),
            Self::Decreased => (was, Operation::HoldDecrease),
            Self::PartlyCleared => (Status::Partcleared, Operation::HoldPost),
        };
        step(ctx, hold, status, operation, Some(amount))
    }
}
