//! The program's and the bank's own accounts.

use serde_json::{Value, json};

use crate::domain::accounts::BANK_ROUTING;
use crate::ledger;
use crate::ledger::{INTERNAL_ACCOUNT, LedgerAccount};
use crate::model::{ApiError, Ctx};

pub(crate) fn store(
    ctx: &Ctx<'_>,
    mut account: Value,
    is_bank_own: bool,
) -> Result<Value, ApiError> {
    account["id"] = json!(ctx.new_id()?);
    account["tenant"] = json!(ctx.tenant);
    account["account_number"] = json!(format!("99{:010}", ctx.tx.next("internal accounts")?));
    account["bank_routing"] = json!(BANK_ROUTING);
    account["is_bank_own"] = json!(is_bank_own);
    account["creation_time"] = json!(ctx.now_text());
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&INTERNAL_ACCOUNT, &account)?;
    Ok(account)
}

/// The bank's own account of a kind, such as `ACH_SETTLEMENT`; made when it is first needed.
pub(crate) fn of_bank(
    ctx: &Ctx<'_>,
    account_type: &str,
    currency: &str,
) -> Result<LedgerAccount, ApiError> {
    let known = ctx.all_with(&INTERNAL_ACCOUNT, "type", account_type)?;
    let own = known
        .into_iter()
        .find(|account| account["is_bank_own"] == true && account["currency"] == currency);
    let account = match own {
        Some(account) => account,
        None => {
            let account = json!({
                "account_type": account_type, "currency": currency, "status": "ACTIVE",
                "purpose": "SETTLEMENT", "is_system_acc": true,
            });
            store(ctx, account, true)?
        }
    };
    Ok(ledger::account_of(&account, true))
}
