//! Accounts as the ledger knows them, and their balances.

use synctera_api::runtime::{AccountId, CurrencyCode, PlatformAccountId};
use synctera_api::v2::types::{self, AccountStatus, AccountType};

use super::kinds::{Account, InternalAccount};
use crate::model::{ApiError, Ctx, Record};

/// An account as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LedgerAccount {
    pub(crate) id: PlatformAccountId,
    pub(crate) number: String,
    pub(crate) currency: CurrencyCode,
    /// Of the bank or the program, not of a customer.
    pub(crate) is_internal: bool,
    /// Nothing moves on it any more.
    pub(crate) is_closed: bool,
    /// Payments on it are late.
    pub(crate) is_past_due: bool,
    /// What may be owed, on an account on which money is owed.
    pub(crate) credit_limit: Option<i64>,
    pub(crate) floor: Option<Line>,
    pub(crate) ceiling: Option<Line>,
}

/// Whether an account of this status has ended: nothing is posted to it any more.
pub(crate) fn has_ended(status: Option<&AccountStatus>) -> bool {
    matches!(status, Some(AccountStatus::Closed | AccountStatus::ChargedOff))
}

impl LedgerAccount {
    /// The ledger's view of a customer's account.
    pub(crate) fn of(account: &Record<Account>) -> Result<Self, ApiError> {
        let (Some(id), Some(currency)) = (account.id, account.currency.clone()) else {
            return Err(ApiError::Internal("an account without an id or a currency".to_owned()));
        };
        let line =
            |balance, linked: Option<AccountId>| Line { balance, linked: linked.map(Into::into) };
        let (floor, ceiling) = (account.balance_floor.as_ref(), account.balance_ceiling.as_ref());
        let is_owed_on = owes(account.account_type.as_ref());
        Ok(Self {
            id: id.into(),
            number: account
                .account_number
                .as_ref()
                .map_or_else(String::new, |n| n.expose().clone()),
            currency,
            is_internal: false,
            is_closed: has_ended(account.status.as_ref()),
            is_past_due: account.restrictions.as_ref().and_then(|it| it.is_past_due) == Some(true),
            credit_limit: is_owed_on.then(|| account.credit_limit.unwrap_or_default()),
            floor: floor.map(|floor| line(floor.balance, behind_floor(account))),
            ceiling: ceiling.map(|ceiling| line(ceiling.balance, above_ceiling(account))),
        })
    }

    /// The ledger's view of an internal account.
    pub(crate) fn of_internal(account: &Record<InternalAccount>) -> Result<Self, ApiError> {
        let Some(id) = account.id else {
            return Err(ApiError::Internal("an internal account without an id".to_owned()));
        };
        Ok(Self {
            id: id.into(),
            number: account
                .account_number
                .as_ref()
                .map_or_else(String::new, |n| n.expose().clone()),
            currency: account.currency.clone(),
            is_internal: true,
            is_closed: false,
            is_past_due: false,
            credit_limit: None,
            floor: None,
            ceiling: None,
        })
    }

    /// What can leave it, in minor units.
    pub(crate) fn available(&self, ctx: &Ctx<'_>) -> Result<i64, ApiError> {
        let balances = balances(ctx, self.id)?;
        Ok(balances.available.saturating_add(self.credit_limit.unwrap_or_default()))
    }

    /// The least that a deposit account may have: 0, or its floor where that is below.
    pub(crate) fn least(&self) -> i64 {
        self.floor.as_ref().map_or(0, |floor| floor.balance.min(0))
    }

    /// Its two balances as the platform shows them: what is there, or what is owed; and what can
    /// be spent.
    pub(super) fn displayed(&self, posted: i64, held: i64) -> (i64, i64) {
        let available = posted.saturating_sub(held);
        match self.credit_limit {
            Some(limit) => (posted.saturating_neg(), available.saturating_add(limit)),
            None => (posted, available),
        }
    }
}

/// The end of what an account may hold, and the account beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// In minor units.
    pub(crate) balance: i64,
    /// Where what is missing comes from, or what is too much goes to.
    pub(crate) linked: Option<PlatformAccountId>,
}

/// An account's two balances, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balances {
    /// Posted credits less posted debits.
    pub(crate) account: i64,
    /// That, less open holds.
    pub(crate) available: i64,
}

/// The balances of an account, derived from its lines and holds.
pub(crate) fn balances(ctx: &Ctx<'_>, account: impl ToString) -> Result<Balances, ApiError> {
    let account = account.to_string();
    let posted = ctx.tx.posted_balance(ctx.tenant, &account)?;
    let held = ctx.tx.held(ctx.tenant, &account)?;
    Ok(Balances { account: posted, available: posted.saturating_sub(held) })
}

/// A customer's or an internal account, as the ledger knows it.
pub(crate) fn ledger_account(
    ctx: &Ctx<'_>,
    id: impl ToString,
) -> Result<Option<LedgerAccount>, ApiError> {
    let id = id.to_string();
    if let Some(account) = ctx.find::<Account>(&id)? {
        return LedgerAccount::of(&account).map(Some);
    }
    let account = ctx.find::<InternalAccount>(&id)?;
    account.as_ref().map(LedgerAccount::of_internal).transpose()
}

/// Whether money is owed on an account of a type, rather than kept.
pub(crate) fn owes(account_type: Option<&AccountType>) -> bool {
    matches!(
        account_type,
        Some(
            AccountType::LineOfCredit
                | AccountType::ChargeSecured
                | AccountType::ChargeUnsecured
                | AccountType::RevolvingCreditSecured
                | AccountType::RevolvingCreditUnsecured
        )
    )
}

/// The account behind the floor.
pub(crate) fn behind_floor(account: &types::Account) -> Option<AccountId> {
    let floor = account.balance_floor.as_ref()?;
    floor.linked_account_id.or(floor.overdraft_account_id)
}

/// The account above the ceiling.
pub(crate) fn above_ceiling(account: &types::Account) -> Option<AccountId> {
    let ceiling = account.balance_ceiling.as_ref()?;
    ceiling.linked_account_id.or(ceiling.overflow_account_id)
}
