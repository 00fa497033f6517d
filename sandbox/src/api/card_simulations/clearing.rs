//! What follows an authorization: the merchant collects, gives back, or lets go.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::card_simulations::authorization::{SETTLEMENT, held, keep};
use crate::api::card_simulations::record::{MESSAGE, Posting};
use crate::api::card_simulations::{record, response};
use crate::ledger::{Ended, POSTED, Resized, Sign};
use crate::model::{ApiError, Ctx, Outcome, text, without};

/// Collects what was authorized: all of it, a part, or more. It cannot be refused, neither for a
/// frozen account nor for want of money.
pub(super) fn clear(ctx: &Ctx<'_>) -> Outcome {
    let original = record::original(ctx)?;
    let amount = record::amount(ctx)?;
    if ctx.request.body["is_refund"] == true {
        return refund(ctx, original, amount);
    }
    let is_forced = ctx.request.body["force_post"] == true;
    let hold = held(ctx, &original)?;
    if hold.is_none() && !is_forced {
        let reason = "holds no money any more; only a forced clearing can follow";
        return Err(record::cannot_follow(reason));
    }
    if let Some((id, kept)) = &hold {
        if amount < *kept {
            Resized::PartlyCleared.to(ctx, id, kept - amount)?;
        } else {
            Ended::Cleared.end(ctx, id)?;
        }
    }
    let posting = Posting {
        settlement: SETTLEMENT,
        sign: Sign::Debit,
        sub_type: text(&original, "sub_type"),
        amount,
        hold_id: hold.as_ref().map(|(id, _)| id.as_str()),
        is_forced,
    };
    let posted = posting.post(ctx, &original)?;
    count(ctx, original.clone(), "posted", amount)?;
    let mut message = record::follow(ctx, &original, "authorization.clearing", amount)?;
    message["transaction_id"] = json!(posted.uuid);
    ctx.update(&MESSAGE, &message)?;
    response::approved(&message, "COMPLETION", amount)
}

/// Tells of a clearing what the merchant knows beyond the amount: taxes, fuel, goods. It stays with
/// the posted transaction.
pub(super) fn enhance(ctx: &Ctx<'_>) -> Outcome {
    let (code, field) = (ErrorCode::BadRequestBody, "original_transaction_id");
    let message = ctx.referred(&MESSAGE, text(&ctx.request.body, field), code, field)?;
    let Some(mut posted) = ctx.get(&POSTED, text(&message, "transaction_id"))? else {
        return Err(record::cannot_follow("must name a clearing"));
    };
    let mut data = ctx.request.body.clone();
    without(&mut data, &[field]);
    posted["data"]["user_data"]["enhanced_data"] = data;
    posted["updated"] = json!(ctx.now_text());
    ctx.update(&POSTED, &posted)?;
    let amount = message["amount"].as_i64().unwrap_or_default();
    response::approved(&message, "COMPLETION", amount)
}

/// Adds to what is known of the first message.
fn count(ctx: &Ctx<'_>, mut original: Value, what: &str, amount: i64) -> Result<(), ApiError> {
    let before = original[what].as_i64().unwrap_or_default();
    original[what] = json!(before.saturating_add(amount));
    ctx.update(&MESSAGE, &original)
}

fn refund(ctx: &Ctx<'_>, original: Value, amount: i64) -> Outcome {
    credit(ctx, &original, "pos_refund", amount)?;
    count(ctx, original.clone(), "returned", amount)?;
    let message = record::follow(ctx, &original, "refund", amount)?;
    response::approved(&message, "COMPLETION", amount)
}

fn credit(ctx: &Ctx<'_>, original: &Value, sub_type: &str, amount: i64) -> Result<(), ApiError> {
    let posting = Posting {
        settlement: SETTLEMENT,
        sign: Sign::Credit,
        sub_type,
        amount,
        hold_id: None,
        is_forced: false,
    };
    posting.post(ctx, original).map(drop)
}

/// Takes an amount back: out of the hold while there is one, else out of what was posted.
pub(super) fn reverse(ctx: &Ctx<'_>) -> Outcome {
    let original = record::original(ctx)?;
    let amount = record::amount(ctx)?;
    if let Some((hold, kept)) = held(ctx, &original)? {
        keep(ctx, &hold, kept, kept.saturating_sub(amount))?;
    } else {
        let count_of = |what: &str| original[what].as_i64().unwrap_or_default();
        if amount > count_of("posted") - count_of("returned") {
            return Err(record::cannot_follow("has not that much left to reverse"));
        }
        let sub_type = format!("{}_reversal", text(&original, "sub_type"));
        credit(ctx, &original, &sub_type, amount)?;
        count(ctx, original.clone(), "returned", amount)?;
    }
    let message = record::follow(ctx, &original, "authorization.reversal", amount)?;
    response::approved(&message, "CLEARED", amount)
}
