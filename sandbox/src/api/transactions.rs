//! The ledger as the platform shows it: pending transactions (holds) and posted ones.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::disputes;
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::ledger::{HOLD, POSTED};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, text};

const ON_HOLD: &[(&str, &Kind)] = &[("id", &HOLD)];
const ON_POSTED: &[(&str, &Kind)] = &[("id", &POSTED)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_pending_transactions", list_pending),
    Served::on("get_pending_transaction", ON_HOLD, get_pending),
    Served::new("list_posted_transactions", list_posted),
    Served::on("get_posted_transaction", ON_POSTED, get_posted),
];

fn list_pending(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &HOLD,
        items: "result",
        filters: &[
            ("account_id", By::Key("account")),
            ("account_no", By::Key("account_no")),
            ("type", By::Key("type")),
            ("subtype", By::Key("subtype")),
            ("status", By::Key("status")),
            ("reference_id", By::Key("reference")),
            ("idempotency_key", By::Key("idempotency")),
            ("transaction_id", By::Key("transaction")),
            ("card_id", By::Key("card")),
            ("uuid", By::Key("id")),
            ("uuid_nin", By::Not("/uuid")),
            ("amount", By::Equals("/data/amount")),
            ("total_amount", By::Equals("/data/total_amount")),
            ("from_date", By::From("/created")),
            ("to_date", By::To("/created")),
            ("cashback", By::Elsewhere),
            ("digital_wallet_token_id", By::Elsewhere),
            // There are no children of transactions here.
            ("exclude_jit_transactions", By::Elsewhere),
            ("include_child_transactions", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|ctx, hold| Ok((!is_left_out(ctx, &hold)).then_some(hold)),
    };
    list.reply_of::<types::PendingTransaction>(ctx, true)
}

fn list_posted(ctx: &Ctx<'_>) -> Outcome {
    if ctx.request.query.contains_key("is_batched") && ctx.request.query.contains_key("batch_ids") {
        let detail = "is_batched and batch_ids exclude each other";
        return Err(ApiError::rule(ErrorCode::BadQueryParameter, detail));
    }
    let after = ctx.request.query.get("from_date").and_then(Value::as_str).map(str::to_owned);
    let is_disputed = disputes::are_there(ctx)?;
    let list = List {
        kind: &POSTED,
        items: "result",
        filters: &[
            ("account_id", By::Key("account")),
            ("account_no", By::Key("account_no")),
            ("type", By::Key("type")),
            ("subtype", By::Key("subtype")),
            ("reference_id", By::Key("reference")),
            ("idempotency_key", By::Key("idempotency")),
            ("card_id", By::Key("card")),
            ("uuid", By::Key("id")),
            ("uuid_nin", By::Not("/uuid")),
            ("amount", By::Equals("/data/lines/0/amount")),
            ("from_date", By::Elsewhere),
            ("to_date", By::To("/posted_date")),
            ("dc_sign", By::Elsewhere),
            ("cashback", By::Elsewhere),
            ("digital_wallet_token_id", By::Elsewhere),
            ("is_batched", By::Elsewhere),
            ("batch_ids", By::Elsewhere),
            ("exclude_jit_transactions", By::Elsewhere),
            ("include_child_transactions", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|ctx, transaction| {
            if is_left_out(ctx, &transaction) {
                return Ok(None);
            }
            // The first day is not part of the period, the last one is.
            let day = transaction["posted_date"].as_str().and_then(|moment| moment.get(..10));
            let fits = after.as_deref().is_none_or(|after| day.is_some_and(|day| day > after));
            if !is_disputed {
                return Ok(fits.then_some(transaction));
            }
            fits.then(|| posted(ctx, transaction)).transpose()
        },
    };
    if is_disputed {
        return list.reply_one_by_one::<types::PostedTransaction>(ctx, true);
    }
    list.reply_of::<types::PostedTransaction>(ctx, true)
}

/// Whether the query wants none of these.
fn is_left_out(ctx: &Ctx<'_>, transaction: &Value) -> bool {
    let asked = |name: &str| ctx.request.query.get(name);
    let is_sweep = transaction["is_jit"] == true;
    let is_cashback = json!(text(transaction, "subtype").contains("cashback"));
    let lines = transaction["data"]["lines"].as_array();
    let primary = lines.and_then(|lines| lines.iter().find(|line| line["is_primary"] == true));
    is_sweep && asked("exclude_jit_transactions") == Some(&Value::Bool(true))
        || asked("cashback").is_some_and(|wanted| *wanted != is_cashback)
        || asked("dc_sign").is_some_and(|sign| primary.is_none_or(|line| line["dc_sign"] != *sign))
        // No batches are made here, and cards pay as themselves.
        || asked("is_batched") == Some(&Value::Bool(true))
        || asked("batch_ids").is_some()
        || asked("digital_wallet_token_id").is_some()
}

fn get_pending(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::PendingTransaction>(ctx.url_resource(&HOLD, "id")?)
}

fn get_posted(ctx: &Ctx<'_>) -> Outcome {
    let transaction = ctx.url_resource(&POSTED, "id")?;
    Reply::ok::<types::PostedTransaction>(posted(ctx, transaction)?)
}

/// A posted transaction never changes; its disputes stand beside it.
fn posted(ctx: &Ctx<'_>, mut transaction: Value) -> Result<Value, ApiError> {
    let disputes = disputes::of_transaction(ctx, text(&transaction, "uuid"))?;
    if !disputes.is_empty() {
        transaction["disputes"] = json!(disputes);
    }
    Ok(transaction)
}
