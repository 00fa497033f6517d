//! The ledger as the platform shows it: pending transactions (holds) and posted ones.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, DcSign};

use crate::domain::listing::{By, List, view_of};
use crate::domain::{batches, disputes};
use crate::ledger::{HOLD, Hold, POSTED, Posted};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, texts};

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
        view: &view_of::<Hold, _>(|ctx, hold| {
            let is_wanted = !is_left_out(ctx, hold.facts.is_jit, "", None);
            Ok(is_wanted.then_some(hold.wire))
        }),
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
        view: &view_of::<Posted, _>(|ctx, transaction| {
            if !is_batched_as_asked(ctx, &transaction)? {
                return Ok(None);
            }
            let primary = transaction.data.lines.iter().find(|line| line.is_primary);
            let sign = primary.map(|line| &line.dc_sign);
            let is_sweep = transaction.facts.is_jit;
            if is_left_out(ctx, is_sweep, transaction.subtype.as_str(), sign) {
                return Ok(None);
            }
            // The first day is not part of the period, the last one is.
            let day = transaction.posted_date.date_naive().to_string();
            let fits = after.as_deref().is_none_or(|after| day.as_str() > after);
            fits.then(|| disputes::shown(ctx, transaction)).transpose()
        }),
    };
    if is_disputed {
        return list.reply_one_by_one::<types::PostedTransaction>(ctx, true);
    }
    list.reply_of::<types::PostedTransaction>(ctx, true)
}

/// Whether the query wants none of these.
fn is_left_out(ctx: &Ctx<'_>, is_sweep: bool, subtype: &str, sign: Option<&DcSign>) -> bool {
    let asked = |name: &str| ctx.request.query.get(name);
    let is_cashback = json!(subtype.contains("cashback"));
    is_sweep && asked("exclude_jit_transactions") == Some(&Value::Bool(true))
        || asked("cashback").is_some_and(|wanted| *wanted != is_cashback)
        || asked("dc_sign").is_some_and(|asked| sign.is_none_or(|sign| asked != sign.as_str()))
        // Cards pay as themselves.
        || asked("digital_wallet_token_id").is_some()
}

/// Whether a transaction is in a batch, or in one of these, as the query wants it.
fn is_batched_as_asked(ctx: &Ctx<'_>, transaction: &Record<Posted>) -> Result<bool, ApiError> {
    let asked = |name: &str| ctx.request.query.get(name);
    let (is_batched, ids) = (asked("is_batched"), asked("batch_ids"));
    if is_batched.is_none() && ids.is_none() {
        return Ok(true);
    }
    let batch = batches::of_transaction(ctx, transaction.uuid)?;
    if let Some(ids) = ids {
        return Ok(batch.is_some_and(|batch| texts(ids).contains(&batch.id.to_string().as_str())));
    }
    Ok(is_batched == Some(&Value::Bool(batch.is_some())))
}

fn get_pending(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Hold>("id")?.wire)
}

fn get_posted(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &disputes::shown(ctx, ctx.find_in_url("id")?)?)
}
