//! How an account is shown: with its balances as they are now.

use serde_json::Value;
use synctera_api::v2::types;

use crate::domain::accounts::{balances, billing, closing};
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, convert};

/// The answer with an account.
pub(crate) fn answer(ctx: &Ctx<'_>, account: Record<Account>) -> Outcome {
    let account = view(ctx, account)?;
    if account.account_closure.is_none() {
        return Reply::json(200, &account);
    }
    whole(convert(&account)?)
}

/// An account as clients see it, for events.
pub(crate) fn rendered(ctx: &Ctx<'_>, account: &Value) -> Result<Value, ApiError> {
    let mut rendered = convert(&view(ctx, Record::of(account)?)?)?;
    complete(&mut rendered);
    Ok(rendered)
}

/// The document wants a closing's method of payment to be there when it is null, too; the type
/// leaves it out.
fn complete(account: &mut Value) {
    if let Some(closure) = account.get_mut("account_closure").and_then(Value::as_object_mut) {
        closure.entry("payment_method").or_insert(Value::Null);
    }
}

pub(crate) fn whole(mut rendered: Value) -> Outcome {
    match rendered.get_mut("accounts").and_then(Value::as_array_mut) {
        Some(accounts) => accounts.iter_mut().for_each(complete),
        None => complete(&mut rendered),
    }
    Reply::text(200, rendered.to_string())
}

/// How an account is shown: with its balances, what is late, and what its closing waits for, as they
/// are now.
pub(crate) fn view(
    ctx: &Ctx<'_>,
    mut account: Record<Account>,
) -> Result<types::Account, ApiError> {
    billing::show(ctx, &mut account)?;
    let balances = balances::view(ctx, &account)?;
    let checks = closing::shown(ctx, &account)?;
    let mut shown = account.wire;
    shown.balances = balances;
    if let Some(closure) = &mut shown.account_closure {
        closure.validation_responses.extend(checks);
    }
    Ok(shown)
}
