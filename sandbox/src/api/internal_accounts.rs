//! Internal accounts: the programme's own, which may go below zero, and the bank's settlement
//! accounts behind every rail.

use serde_json::{Value, json};
use synctera_api::v2::types;

use super::accounts::BANK_ROUTING;
use crate::domain::listing::{By, List};
use crate::ledger;
use crate::ledger::LedgerAccount;
use crate::model::{Ctx, Kind, Outcome, Refusal, Reply, Served, patch, text};

pub(crate) const INTERNAL_ACCOUNT: Kind =
    Kind { name: "internal account", id: "id", keys: &[("type", "/account_type")] };

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
    let mut account = ctx.body.clone();
    if account.get("purpose").is_none() {
        account["purpose"] = json!("PROFIT_AND_LOSS");
    }
    let account = store(ctx, account, false)?;
    Reply::created::<types::InternalAccount>(view(ctx, account)?)
}

fn store(ctx: &Ctx<'_>, mut account: Value, is_bank_own: bool) -> Result<Value, Refusal> {
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

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::InternalAccount>(view(
        ctx,
        ctx.url_resource(&INTERNAL_ACCOUNT, "internal_account_id")?,
    )?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.url_resource(&INTERNAL_ACCOUNT, "internal_account_id")?;
    patch(&mut account, &ctx.body);
    account["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&INTERNAL_ACCOUNT, &account)?;
    Reply::ok::<types::InternalAccount>(view(ctx, account)?)
}

/// The bank's own account of a kind, such as `ACH_SETTLEMENT`; made when it is first needed.
pub(crate) fn of_bank(
    ctx: &Ctx<'_>,
    account_type: &str,
    currency: &str,
) -> Result<LedgerAccount, Refusal> {
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

pub(crate) fn view(ctx: &Ctx<'_>, mut account: Value) -> Result<Value, Refusal> {
    let balances = ledger::balances(ctx, text(&account, "id"))?;
    account["balances"] = json!([
        { "type": "ACCOUNT_BALANCE", "balance": balances.account },
        { "type": "AVAILABLE_BALANCE", "balance": balances.available },
    ]);
    Ok(account)
}
