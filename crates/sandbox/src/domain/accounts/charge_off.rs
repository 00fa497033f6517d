//! Charging off: an account ends with a loss, since what is owed on it is not paid.

use serde_json::json;
use synctera_api::v2::types::{
    AccountStatus, InternalAccountType, TransactionSubtype, TransactionType,
};

use crate::domain::accounts::{credit, overdrawn};
use crate::domain::{autopay, cards, internal_accounts, payment_schedules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Record};

/// Why an account cannot be charged off now, if it cannot.
pub(crate) fn obstacle(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<Option<&'static str>, ApiError> {
    if ctx.tx.held(ctx.tenant, &account.own_id().to_string())? > 0 {
        return Ok(Some("money is set aside on the account"));
    }
    if ledger::balances(ctx, account.own_id())?.account > 0 {
        return Ok(Some("the account has money"));
    }
    if account.is_security == Some(true) && credit::secures(ctx, account.own_id())?.is_some() {
        return Ok(Some("the account secures another one that is not closed"));
    }
    Ok(None)
}

/// Writes off what is owed, and ends an account that nothing keeps from it; the caller stores it.
pub(crate) fn end(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    overdrawn::give_back(ctx, account)?;
    let owed = -ledger::balances(ctx, account.own_id())?.account;
    if owed > 0 {
        let loss = InternalAccountType::WriteOff;
        let loss = internal_accounts::of_bank(ctx, loss, account.currency_code())?;
        let movement = Movement {
            kind: TransactionType::InternalTransfer,
            subtype: TransactionSubtype::OverdueCardWriteoff,
            from: &loss,
            to: &LedgerAccount { ceiling: None, ..LedgerAccount::of(account)? },
            amount: owed,
            memo: "Charged off",
            reference_id: None,
            metadata: json!({}),
            external_data: json!({}),
            hold_id: None,
            id: None,
        };
        ledger::post(ctx, &movement)?;
    }
    payment_schedules::cancel_all(ctx, &account.own_id().to_string())?;
    cards::end_all(ctx, account.own_id())?;
    autopay::end_all(ctx, account.own_id())?;
    if let Some(mut security) = credit::security(ctx, account)? {
        security.is_security = Some(false);
        ctx.save(&security)?;
    }
    account.facts.bills.clear();
    account.facts.interest_from = None;
    account.facts.returns_until = None;
    account.status = Some(AccountStatus::ChargedOff);
    account.close_date = Some(ctx.today());
    account.last_updated_time = Some(ctx.now);
    Ok(())
}
