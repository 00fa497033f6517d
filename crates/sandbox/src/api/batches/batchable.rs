//! Transactions that could go into a batch.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::api::batches::template::{TRANSFERS_MAX, amount_for, templates};
use crate::domain::{batches, disputes};
use crate::ledger::{POSTED, Posted};
use crate::model::{Ctx, Outcome, Record, Reply, build};
use crate::store::Filter;

/// Rows read at once.
const ROWS: i64 = 200;

/// The transactions that a template is for and no batch has, as many as one request can name.
pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    // What the document leaves open: only templates that are in use make batches.
    let wanted = ctx.request.query.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let mut templates = templates(ctx)?;
    templates.retain(|template| template.enabled == Some(wanted));
    let accounts = templates.iter().map(|template| template.config.settlement_account_id);
    let accounts = accounts.map(|account| account.to_string()).collect();
    let filter = Filter { name: "account".to_owned(), values: accounts };
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let rows =
            ctx.tx.scan(ctx.tenant, POSTED.name, std::slice::from_ref(&filter), after, ROWS)?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in &rows {
            let posted = Record::<Posted>::of(&row.body)?;
            let is_for = templates.iter().any(|template| amount_for(template, &posted).is_some());
            if is_for && batches::of_transaction(ctx, posted.uuid)?.is_none() {
                found.push(disputes::shown(ctx, posted)?);
            }
        }
        if found.len() >= TRANSFERS_MAX {
            found.truncate(TRANSFERS_MAX);
            break;
        }
        ctx.take_time()?;
    }
    let page = json!({ "result": found, "next_page_token": null });
    Reply::json(200, &build::<types::PostedTransactionList>(page)?)
}
