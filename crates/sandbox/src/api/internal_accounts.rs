//! Internal accounts: the program's own, which may go below zero, and the bank's settlement
//! accounts behind every rail.

use serde_json::json;
use synctera_api::v2::types::{self, BalanceType, InternalAccountPurpose};

use crate::domain::accounts::balances::balance;
use crate::domain::internal_accounts::store;
use crate::domain::listing::{By, List, view_of};
use crate::ledger;
use crate::ledger::{INTERNAL_ACCOUNT, InternalAccount};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, merge};

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
        view: &view_of::<InternalAccount, _>(|ctx, account| {
            if account.facts.is_bank_own { Ok(None) } else { view(ctx, account).map(Some) }
        }),
    }
    .reply::<types::InternalAccountList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: types::InternalAccountBase = ctx.body()?;
    let purpose = body.purpose.clone().unwrap_or(InternalAccountPurpose::ProfitAndLoss);
    let account = complete(&body, json!({ "purpose": purpose }))?;
    let account = store(ctx, &account, false)?;
    Reply::json(201, &view(ctx, account)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx, ctx.find_in_url("internal_account_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut account = ctx.find_in_url::<InternalAccount>("internal_account_id")?;
    merge(&mut account.wire, &ctx.body::<types::InternalAccountPatch>()?)?;
    account.last_updated_time = Some(ctx.now);
    ctx.save(&account)?;
    Reply::json(200, &view(ctx, account)?)
}

/// How an internal account is shown: with its balances as they are now.
pub(crate) fn view(
    ctx: &Ctx<'_>,
    account: Record<InternalAccount>,
) -> Result<types::InternalAccount, ApiError> {
    let mut shown = account.wire;
    if let Some(id) = shown.id {
        let balances = ledger::balances(ctx, id)?;
        shown.balances = vec![
            balance(BalanceType::AccountBalance, balances.account)?,
            balance(BalanceType::AvailableBalance, balances.available)?,
        ];
    }
    Ok(shown)
}
