//! What follows an authorization: the merchant collects, gives back, or lets go.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{ClearingSimulation, Level2And3Simulation, ReversalSimulation};

use crate::api::card_simulations::attempt::REFUND;
use crate::api::card_simulations::authorization::{SETTLEMENT, held, keep};
use crate::api::card_simulations::record::{Message, MessageKind, MessageRecord, Posting};
use crate::api::card_simulations::response::State;
use crate::api::card_simulations::{record, response};
use crate::ledger::{Ended, Posted, Resized, Sign};
use crate::model::{ApiError, Ctx, Outcome, Record, without};

/// Collects what was authorized: all of it, a part, or more. It cannot be refused, neither for a
/// frozen account nor for want of money.
pub(super) fn clear(ctx: &Ctx<'_>) -> Outcome {
    let asked: ClearingSimulation = ctx.body()?;
    let mut original = record::original(ctx, asked.original_transaction_id)?;
    let amount = asked.amount;
    record::check_amount(amount)?;
    if asked.is_refund == Some(true) {
        return refund(ctx, original, amount);
    }
    let is_forced = asked.force_post == Some(true);
    let hold = held(ctx, &original)?;
    if hold.is_none() && !is_forced {
        let reason = "holds no money any more; only a forced clearing can follow";
        return Err(record::cannot_follow(reason));
    }
    if let Some((id, kept)) = hold {
        if amount < kept {
            Resized::PartlyCleared.to(ctx, id, kept - amount)?;
        } else {
            Ended::Cleared.end(ctx, id)?;
        }
    }
    let posting = Posting {
        settlement: SETTLEMENT,
        sign: Sign::Debit,
        sub_type: original.sub_type.as_str(),
        amount,
        hold_id: hold.map(|(id, _)| id),
        is_forced,
    };
    let posted = posting.post(ctx, &original)?;
    original.posted = original.posted.saturating_add(amount);
    ctx.save(&original)?;
    let mut message = record::follow(ctx, &original, MessageKind::Clearing, amount)?;
    message.transaction_id = Some(posted);
    ctx.save(&message)?;
    response::approved(&message, State::Completion, amount)
}

/// Tells of a clearing what the merchant knows beyond the amount: taxes, fuel, goods. It stays with
/// the posted transaction.
pub(super) fn enhance(ctx: &Ctx<'_>) -> Outcome {
    let (code, field) = (ErrorCode::BadRequestBody, "original_transaction_id");
    let asked: Level2And3Simulation = ctx.body()?;
    let message = ctx.find_named::<Message>(asked.original_transaction_id, code, field)?;
    let posted = message.transaction_id.map(|id| ctx.find::<Posted>(id));
    let Some(mut posted) = posted.transpose()?.flatten() else {
        return Err(record::cannot_follow("must name a clearing"));
    };
    // As it was sent: what a merchant tells is free in form.
    let mut data = ctx.request.body.clone();
    without(&mut data, &[field]);
    posted.data.user_data.insert("enhanced_data".to_owned(), data);
    posted.updated = ctx.now;
    ctx.save(&posted)?;
    response::approved(&message, State::Completion, message.amount)
}

fn refund(ctx: &Ctx<'_>, mut original: Record<Message>, amount: i64) -> Outcome {
    credit(ctx, &original, REFUND, amount)?;
    original.returned = original.returned.saturating_add(amount);
    ctx.save(&original)?;
    let message = record::follow(ctx, &original, MessageKind::Refund, amount)?;
    response::approved(&message, State::Completion, amount)
}

fn credit(
    ctx: &Ctx<'_>,
    original: &MessageRecord,
    sub_type: &str,
    amount: i64,
) -> Result<(), ApiError> {
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
    let asked: ReversalSimulation = ctx.body()?;
    let mut original = record::original(ctx, asked.original_transaction_id)?;
    let amount = asked.amount;
    record::check_amount(amount)?;
    if let Some((hold, kept)) = held(ctx, &original)? {
        keep(ctx, hold, kept, kept.saturating_sub(amount))?;
    } else {
        if amount > original.posted - original.returned {
            return Err(record::cannot_follow("has not that much left to reverse"));
        }
        credit(ctx, &original, &original.sub_type.reversal(), amount)?;
        original.returned = original.returned.saturating_add(amount);
        ctx.save(&original)?;
    }
    let message = record::follow(ctx, &original, MessageKind::Reversal, amount)?;
    response::approved(&message, State::Cleared, amount)
}
