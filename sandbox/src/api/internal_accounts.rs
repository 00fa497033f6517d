//! Internal accounts: the program's own, which may go below zero, and the bank's settlement
//! accounts behind every rail.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::internal_accounts::store;
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::ledger;
use crate::ledger::INTERNAL_ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, patch, text};

const ON_ONE: &[(&str, &Kind)] = &[("internal_account_id", &INTERNAL_ACCOUNT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_internal_accounts", list),
    Served::new("create_internal_account", create),
    Served::on("get_internal_account", ON_ONE, get),
    Served::on("update_internal_account", ON_ONE, update),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &INTERNAL_ACCOUNT,
        items: "internal_accounts",
        filters: &[("id", By::Key("id"))],
        always: Vec::new(),
        view: &|ctx, account| {
            if account["is_bank_own"] == true { Ok(None) } else { view(ctx, account).map(Some) }
        },
    }
    .reply::<types::InternalAccountList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.request.body.clone();
    if account.get("purpose").is_none() {
        account["purpose"] = json!("PROFIT_AND_LOSS");
    }
    let account = store(ctx, account, false)?;
    Reply::created::<types::InternalAccount>(view(ctx, account)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::InternalAccount>(view(
        ctx,
        ctx.url_resource(&INTERNAL_ACCOUNT, "internal_account_id")?,
    )?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&INTERNAL_ACCOUNT, "internal_account_id")?;
    patch(&mut account, &ctx.request.body);
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&INTERNAL_ACCOUNT, &account)?;
    Reply::ok::<types::InternalAccount>(view(ctx, account)?)
}

pub(crate) fn view(ctx: &Ctx<'_>, mut account: Value) -> Result<Value, ApiError> {
    let balances = ledger::balances(ctx, text(&account, "id"))?;
    account["balances"] = json!([
        { "type": "ACCOUNT_BALANCE", "balance": balances.account },
        { "type": "AVAILABLE_BALANCE", "balance": balances.available },
    ]);
    Ok(account)
}
