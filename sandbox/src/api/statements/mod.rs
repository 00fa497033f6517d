//! Statements: what happened on an account in a period, made by the clock when the period is over.

mod make;
mod summary;

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::listing;
use crate::domain::listing::{By, List, as_stored};
use crate::ledger::POSTED;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Resource, Served, build, text};

pub(crate) use make::make;

pub(crate) const STATEMENT: Kind =
    Kind { name: "statement", id: "id", keys: &[("account", "/account_id")] };

/// What happened on an account in a period.
enum Statement {}

impl Resource for Statement {
    const KIND: &'static Kind = &STATEMENT;
    type Wire = types::Statement;
    type Facts = ();
}

const ON_ONE: &[(&str, &Kind)] = &[("statement_id", &STATEMENT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_statements", list),
    Served::on("get_statement", ON_ONE, get),
    Served::on("list_statement_transactions", ON_ONE, transactions),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &STATEMENT,
        items: "statements",
        filters: &[("account_id", By::Key("account"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::StatementList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Statement>("statement_id")?.wire)
}

/// The postings of the period. They are read off the ledger, where nothing posted ever changes.
fn transactions(ctx: &Ctx<'_>) -> Outcome {
    let statement = ctx.find_in_url::<Statement>("statement_id")?;
    let (Some(account), Some(first), Some(last)) =
        (statement.account_id(), statement.start_date(), statement.end_date())
    else {
        return Err(ApiError::Internal("a statement without its days".to_owned()));
    };
    let account = &account.to_string();
    let (limit, place) = (listing::limit(ctx), listing::after(ctx)?);
    // One more than asked for tells that there is a next page.
    let mut entries =
        ctx.tx.entries_between(ctx.tenant, account, (first, last), place, limit + 1)?;
    let has_more = entries.len() as i64 > limit;
    entries.truncate(usize::try_from(limit).unwrap_or_default());
    let mut items = Vec::new();
    for (_, id) in &entries {
        // border: posted transactions are documents.
        let Some(transaction) = ctx.get(&POSTED, id)? else {
            return Err(ApiError::Internal("an entry without its transaction".to_owned()));
        };
        items.push(view(account, &transaction));
    }
    let next = entries.last().filter(|_| has_more);
    let next = next.map(|(seq, _)| listing::token_after(ctx, *seq)).transpose()?;
    let page = json!({ "transactions": items, "next_page_token": next });
    Reply::json(200, &build::<types::StatementTransactionList>(page)?)
}

/// The line of a posted transaction that is about the account, in the words of statements.
// border: posted transactions are documents.
fn view(account: &str, transaction: &Value) -> Value {
    let data = &transaction["data"];
    let lines = data["lines"].as_array();
    let line = lines.into_iter().flatten().find(|line| line["account_id"] == account);
    let line = line.unwrap_or(&Value::Null);
    let day = |moment: &str| text(transaction, moment).get(..10).unwrap_or_default().to_owned();
    let mut rendered = json!({
        "id": line["uuid"], "group_id": transaction["uuid"], "account_id": account,
        "amount": line["amount"], "posted_amount": line["amount"], "pending_amount": 0,
        "currency": line["currency"], "dc_sign": text(line, "dc_sign").to_uppercase(),
        "type": text(transaction, "type").to_uppercase(),
        "subtype": text(transaction, "subtype").to_uppercase(),
        "status": "COMPLETE", "force_post": data["force_post"], "partial_hold": false,
        "description": data["memo"], "effective_date": day("effective_date"),
        "posted_date": day("posted_date"), "transaction_time": transaction["transaction_time"],
        "creation_time": transaction["created"], "last_updated_time": transaction["updated"],
    });
    if let Some(reference) = transaction["reference_id"].as_str() {
        rendered["reference_id"] = json!(reference);
    }
    if data["metadata"].is_object() {
        rendered["metadata"] = data["metadata"].clone();
    }
    rendered
}
