//! Authorizations: a merchant asks whether a card is good for an amount, which is then held.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{
    AuthorizationAdviceSimulation, PendingTransactionDataStatus as HoldStatus, TransactionType,
};

use crate::api::card_simulations::attempt::{Attempt, Decline, SubType, Verdict};
use crate::api::card_simulations::record::{Message, MessageKind, MessageRecord};
use crate::api::card_simulations::response::State;
use crate::api::card_simulations::{record, response};
use crate::domain::side::Side;
use crate::ledger;
use crate::ledger::{Ended, Hold, NewHold, Resized, Sign};
use crate::model::{ApiError, Ctx, Outcome, Record};
use crate::spec::FieldErrors;

/// The job that releases the hold of an authorization that was not cleared.
pub(crate) const EXPIRE: &str = "card_authorization.expire";

/// Where the money of the network's settlement comes from and goes to.
pub(super) const SETTLEMENT: &str = "CARD_SETTLEMENT";

/// What is wrong with the amount of an authorization.
pub(super) fn errors_of(body: &Value) -> FieldErrors {
    match body.get("amount").and_then(Value::as_i64) {
        Some(amount) if amount < 0 => FieldErrors::invalid("amount", "must not be less than 0"),
        _ => FieldErrors::default(),
    }
}

pub(super) fn authorize(ctx: &Ctx<'_>) -> Outcome {
    // For nothing a merchant only asks whether the card is good.
    let attempt = Attempt::new(ctx, ctx.body()?, SubType::PosPurchase, Side::Debited)?;
    let kind = MessageKind::Authorization;
    match attempt.judge(ctx)? {
        Verdict::Declined(decline) => turn_away(ctx, &attempt, kind, &decline),
        Verdict::Approved(0) => {
            let message = record::store(ctx, &attempt, kind, 0)?;
            response::approved(&message, State::Pending, 0)
        }
        Verdict::Approved(approved) => {
            let (message, _) = hold(ctx, &attempt, kind, approved)?;
            response::approved(&message, State::Pending, attempt.amount)
        }
    }
}

/// Notes a decline where the platform shows it, and answers it.
pub(super) fn turn_away(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    kind: MessageKind,
    decline: &Decline,
) -> Outcome {
    let message = record::store(ctx, attempt, kind, 0)?;
    let (account, settlement) = record::accounts(ctx, &message, SETTLEMENT)?;
    let mut user_data = record::user_data(&message)?;
    if decline.is_by_network {
        let details = json!({ "reason": decline.detail });
        user_data.insert("network_decline_details".to_owned(), details);
    }
    new_hold(ctx, attempt, &account, &settlement, attempt.amount).decline_with(
        ctx,
        &decline.reason,
        |declined| {
            declined.facts.card = Some(record::card_use(&message));
            declined.data.user_data = user_data;
        },
    )?;
    response::declined(ctx, &message, attempt.amount, decline)
}

/// Sets approved money aside, until it is cleared or its time runs out: the message, and the hold.
pub(super) fn hold(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    kind: MessageKind,
    approved: i64,
) -> Result<(Record<Message>, TransactionId), ApiError> {
    let mut message = record::store(ctx, attempt, kind, approved)?;
    let (account, settlement) = record::accounts(ctx, &message, SETTLEMENT)?;
    let hold = new_hold(ctx, attempt, &account, &settlement, approved);
    let expires_at = hold.expires_at;
    let user_data = record::user_data(&message)?;
    let hold = hold.open_with(ctx, |hold| {
        hold.facts.card = Some(record::card_use(&message));
        hold.data.user_data = user_data;
        hold.data.req_amount = attempt.amount;
        hold.data.was_partial = approved < attempt.amount;
    })?;
    let id = hold.uuid;
    message.hold_id = Some(id);
    ctx.save(&message)?;
    ctx.tx.schedule(ctx.tenant, expires_at.timestamp_millis(), EXPIRE, &id.to_string())?;
    Ok((message, id))
}

fn new_hold<'a>(
    ctx: &Ctx<'_>,
    attempt: &'a Attempt,
    account: &'a ledger::LedgerAccount,
    settlement: &'a ledger::LedgerAccount,
    amount: i64,
) -> NewHold<'a> {
    NewHold {
        kind: TransactionType::Card,
        subtype: attempt.sub_type.as_str().into(),
        account,
        offset: settlement,
        sign: if attempt.side == Side::Debited { Sign::Debit } else { Sign::Credit },
        amount,
        memo: &attempt.merchant.name,
        reference_id: None,
        external_data: json!({}),
        expires_at: ctx.now + Duration::days(ctx.settings.card_hold_days.into()),
        transaction_id: None,
        id: Some(attempt.id),
    }
}

/// The hold of an authorization and the money that it still keeps; `None` when it keeps nothing.
pub(super) fn held(
    ctx: &Ctx<'_>,
    message: &MessageRecord,
) -> Result<Option<(TransactionId, i64)>, ApiError> {
    let Some(id) = message.hold_id else {
        return Ok(None);
    };
    let hold = open_hold(ctx, id)?;
    Ok(hold.map(|hold| (id, hold.data.amount)))
}

/// A hold, unless it has ended.
fn open_hold(ctx: &Ctx<'_>, id: impl ToString) -> Result<Option<Record<Hold>>, ApiError> {
    let is_open = |hold: &Record<Hold>| {
        matches!(hold.data.status, HoldStatus::Pending | HoldStatus::Partcleared)
    };
    Ok(ctx.find::<Hold>(id)?.filter(is_open))
}

/// Changes what an open hold keeps; nothing left lets it go.
pub(super) fn keep(
    ctx: &Ctx<'_>,
    hold: TransactionId,
    before: i64,
    after: i64,
) -> Result<(), ApiError> {
    let id = hold.to_string();
    match after {
        ..=0 => Ended::Released.end(ctx, &id).map(drop),
        after if after > before => Resized::Increased.to(ctx, &id, after).map(drop),
        after if after < before => Resized::Decreased.to(ctx, &id, after).map(drop),
        _ => Ok(()),
    }
}

/// The merchant says what the amount really is. That cannot be refused.
pub(super) fn advise(ctx: &Ctx<'_>) -> Outcome {
    let asked: AuthorizationAdviceSimulation = ctx.body()?;
    let original = record::original(ctx, asked.original_transaction_id)?;
    record::check_amount(asked.amount)?;
    let Some((hold, before)) = held(ctx, &original)? else {
        return Err(record::cannot_follow("holds no money that an advice could change"));
    };
    let is_total = ctx.settings.card_advice_is_new_total;
    let after = if is_total { asked.amount } else { before - asked.amount };
    keep(ctx, hold, before, after)?;
    let kind = MessageKind::AuthorizationAdvice;
    let message = record::follow(ctx, &original, kind, after.max(0))?;
    response::approved(&message, State::Pending, asked.amount)
}

/// Gives free what was held for too long.
pub(crate) fn expire(ctx: &Ctx<'_>, hold: &str) -> Result<(), ApiError> {
    match open_hold(ctx, hold)? {
        Some(_) => Ended::Expired.end(ctx, hold).map(drop),
        None => Ok(()),
    }
}
