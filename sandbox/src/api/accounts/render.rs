//! How an account is shown: with its balances as they are now.

use serde_json::Value;
use synctera_api::v2::types;

use crate::domain::accounts::balances;
use crate::model::{ApiError, Ctx, Outcome, Reply, render_as};

pub(crate) fn answer(ctx: &Ctx<'_>, account: Value) -> Outcome {
    let account = view(ctx, account)?;
    if account["account_closure"].is_null() {
        return Reply::ok::<types::Account>(account);
    }
    whole(render_as::<types::Account>(account)?)
}

/// An account as clients see it, for events.
pub(crate) fn rendered(ctx: &Ctx<'_>, account: Value) -> Result<Value, ApiError> {
    let mut rendered = render_as::<types::Account>(view(ctx, account)?)?;
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

/// How an account is shown: with its balances as they are now.
pub(crate) fn view(ctx: &Ctx<'_>, mut account: Value) -> Result<Value, ApiError> {
    account["balances"] = balances::view(ctx, &account)?;
    Ok(account)
}
