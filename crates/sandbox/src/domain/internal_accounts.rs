//! The program's and the bank's own accounts.

use serde_json::{Value, json};
use synctera_api::v2::types::{InternalAccountPurpose, InternalAccountStatus, InternalAccountType};
use uuid::Uuid;

use crate::domain::accounts::BANK_ROUTING;
use crate::ledger::{InternalAccount, InternalAccountFacts, LedgerAccount};
use crate::model::{ApiError, Ctx, Record, complete};

/// Stores a new internal account with what the bank gives it.
pub(crate) fn store(
    ctx: &Ctx<'_>,
    account: &Value,
    is_bank_own: bool,
) -> Result<Record<InternalAccount>, ApiError> {
    store_as(ctx, ctx.new_id()?, account, is_bank_own)
}

/// Gives a fresh workspace the internal account that the platform's sandbox has from the start, from
/// which test money comes.
pub(crate) fn seed(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    let account = json!({
        "account_type": InternalAccountType::NewFundingAccount, "currency": "USD",
        "description": "New Funding Account", "status": InternalAccountStatus::Active,
        "purpose": InternalAccountPurpose::Core, "is_system_acc": false,
    });
    store_as(ctx, ctx.new_side_id()?, &account, false).map(drop)
}

fn store_as(
    ctx: &Ctx<'_>,
    id: Uuid,
    account: &Value,
    is_bank_own: bool,
) -> Result<Record<InternalAccount>, ApiError> {
    let rest = json!({
        "id": id, "tenant": ctx.tenant,
        "account_number": format!("99{:010}", ctx.tx.next("internal accounts")?),
        "bank_routing": BANK_ROUTING, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let account = Record::new(complete(account, rest)?, InternalAccountFacts { is_bank_own });
    ctx.add(&account)?;
    Ok(account)
}

/// The bank's own account of a kind, such as `ACH_SETTLEMENT`; made when it is first needed.
pub(crate) fn of_bank(
    ctx: &Ctx<'_>,
    account_type: impl Into<InternalAccountType>,
    currency: &str,
) -> Result<LedgerAccount, ApiError> {
    let account_type = account_type.into();
    let known = ctx.find_all::<InternalAccount>("type", account_type.as_str())?;
    let own = known
        .into_iter()
        .find(|account| account.facts.is_bank_own && account.currency.as_str() == currency);
    let account = match own {
        Some(account) => account,
        None => {
            let account = json!({
                "account_type": account_type, "currency": currency, "is_system_acc": true,
                "status": InternalAccountStatus::Active,
                "purpose": InternalAccountPurpose::Settlement,
            });
            store(ctx, &account, true)?
        }
    };
    LedgerAccount::of_internal(&account)
}

/// The bank's own account that an alias names, the name of its kind in letters of either case; `None`
/// when there is no such kind.
pub(crate) fn by_alias(
    ctx: &Ctx<'_>,
    alias: &str,
    currency: &str,
) -> Result<Option<LedgerAccount>, ApiError> {
    let kind = alias.to_uppercase();
    if !InternalAccountType::KNOWN.contains(&kind.as_str()) {
        return Ok(None);
    }
    of_bank(ctx, kind.as_str(), currency).map(Some)
}
