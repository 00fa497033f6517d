//! Statements: what happened on an account in a period, made by the clock when the period is over.

mod make;
mod summary;

use serde::Serialize;
use serde_json::json;
use synctera_api::runtime::AccountId;
use synctera_api::v2::types;

use crate::domain::listing;
use crate::domain::listing::{By, List, as_stored};
use crate::ledger::Posted;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served, build};

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

/// What the older documents answer otherwise.
pub(crate) const OLDER: &[Served] = &[
    Served::on("get_statement", ON_ONE, get_whole),
    Served::on("list_statement_transactions", ON_ONE, posted_transactions),
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

/// A statement with its postings, as the older documents have it.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    statement: &'a types::Statement,
    transactions: Vec<&'a types::PostedTransaction>,
    /// Whether there are more than a page of them, which are a list of their own.
    transactions_omitted: bool,
}

fn get_whole(ctx: &Ctx<'_>) -> Outcome {
    let statement = ctx.find_in_url::<Statement>("statement_id")?;
    let postings = postings(ctx)?;
    let whole = Whole {
        statement: &statement.wire,
        transactions: postings.page.iter().map(|posted| &posted.wire).collect(),
        transactions_omitted: postings.next.is_some(),
    };
    Reply::json(200, &whole)
}

/// The postings of the period, one line of each.
fn transactions(ctx: &Ctx<'_>) -> Outcome {
    let postings = postings(ctx)?;
    let items = postings.page.iter().map(|posted| view(postings.account, posted));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let page = json!({ "transactions": items, "next_page_token": postings.next });
    Reply::json(200, &build::<types::StatementTransactionList>(page)?)
}

/// The postings of the period, whole, as the older documents have them.
fn posted_transactions(ctx: &Ctx<'_>) -> Outcome {
    let postings = postings(ctx)?;
    let items: Vec<&types::PostedTransaction> =
        postings.page.iter().map(|posted| &posted.wire).collect();
    Reply::json(200, &json!({ "transactions": items, "next_page_token": postings.next }))
}

/// A page of the postings of a statement's period.
struct Postings {
    account: AccountId,
    page: Vec<Record<Posted>>,
    next: Option<String>,
}

/// The postings of the period. They are read off the ledger, where nothing posted ever changes.
fn postings(ctx: &Ctx<'_>) -> Result<Postings, ApiError> {
    let statement = ctx.find_in_url::<Statement>("statement_id")?;
    let (Some(account), Some(first), Some(last)) =
        (statement.account_id(), statement.start_date(), statement.end_date())
    else {
        return Err(ApiError::Internal("a statement without its days".to_owned()));
    };
    let id = account.to_string();
    let (limit, place) = (listing::limit(ctx), listing::after(ctx)?);
    // One more than asked for tells that there is a next page.
    let mut entries = ctx.tx.entries_between(ctx.tenant, &id, (first, last), place, limit + 1)?;
    let has_more = entries.len() as i64 > limit;
    entries.truncate(usize::try_from(limit).unwrap_or_default());
    let page = entries.iter().map(|(_, id)| ctx.find_related::<Posted>(id));
    let page = page.collect::<Result<Vec<_>, _>>()?;
    let next = entries.last().filter(|_| has_more);
    let next = next.map(|(seq, _)| listing::token_after(ctx, *seq)).transpose()?;
    Ok(Postings { account, page, next })
}

/// The line of a posted transaction that is about the account, in the words of statements.
fn view(
    account: AccountId,
    transaction: &types::PostedTransaction,
) -> Result<types::StatementTransaction, ApiError> {
    let Some(line) = transaction.data.lines.iter().find(|line| line.account_id == account) else {
        return Err(ApiError::Internal("an entry without its line".to_owned()));
    };
    build(json!({
        "id": line.uuid, "group_id": transaction.uuid, "account_id": account,
        "amount": line.amount, "posted_amount": line.amount, "pending_amount": 0,
        "currency": line.currency, "dc_sign": line.dc_sign.as_str().to_uppercase(),
        "type": transaction.type_.as_str().to_uppercase(),
        "subtype": transaction.subtype.as_str().to_uppercase(), "status": "COMPLETE",
        "force_post": transaction.data.force_post, "partial_hold": false,
        "description": transaction.data.memo,
        "effective_date": transaction.effective_date.date_naive(),
        "posted_date": transaction.posted_date.date_naive(),
        "transaction_time": transaction.transaction_time, "creation_time": transaction.created,
        "last_updated_time": transaction.updated, "reference_id": transaction.reference_id,
        "metadata": transaction.data.metadata,
    }))
}
