//! Authorizations: a merchant asks whether a card is good for an amount, which is then held.

use chrono::Duration;
use serde_json::{Value, json};

use crate::api::card_simulations::attempt::{Attempt, Decline, Verdict};
use crate::api::card_simulations::record::{MESSAGE, RAIL};
use crate::api::card_simulations::{record, response};
use crate::domain::side::Side;
use crate::ledger;
use crate::ledger::{Ended, HOLD, NewHold, Resized, Sign};
use crate::model::{ApiError, Ctx, Outcome, text};
use crate::spec::FieldErrors;

/// The job that releases the hold of an authorization that was not cleared.
pub(crate) const EXPIRE: &str = "card_authorization.expire";

/// Where the money of the network's settlement comes from and goes to.
pub(super) const SETTLEMENT: &str = "CARD_SETTLEMENT";

/// What is wrong with the amount of an authorization.
pub(super) fn errors_of(body: &Value) -> FieldErrors {
    if body["amount"].as_i64().is_some_and(|amount| amount < 0) {
        return FieldErrors::invalid("amount", "must not be less than 0");
    }
    FieldErrors::default()
}

pub(super) fn authorize(ctx: &Ctx<'_>) -> Outcome {
    // For nothing a merchant only asks whether the card is good.
    let amount = ctx.request.body["amount"].as_i64().unwrap_or_default();
    let attempt = Attempt::read(ctx, "pos_purchase", Side::Debited, amount)?;
    match attempt.judge(ctx)? {
        Verdict::Declined(decline) => turn_away(ctx, &attempt, "authorization", &decline),
        Verdict::Approved(0) => {
            let message = record::store(ctx, &attempt, "authorization", "PENDING", 0)?;
            response::approved(&message, "PENDING", 0)
        }
        Verdict::Approved(approved) => {
            let message = hold(ctx, &attempt, "authorization", approved)?;
            response::approved(&message, "PENDING", amount)
        }
    }
}

/// Notes a decline where the platform shows it, and answers it.
pub(super) fn turn_away(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    kind: &str,
    decline: &Decline,
) -> Outcome {
    let message = record::store(ctx, attempt, kind, "DECLINED", 0)?;
    let (account, settlement) = record::accounts(ctx, &message, SETTLEMENT)?;
    new_hold(ctx, attempt, &account, &settlement, attempt.amount).decline_with(
        ctx,
        &decline.reason,
        |declined| {
            record::annotate(declined, &message);
            if decline.is_by_network {
                declined["data"]["user_data"]["network_decline_details"] =
                    json!({ "reason": decline.detail });
            }
        },
    )?;
    response::declined(ctx, &message, attempt.amount, decline)
}

/// Sets approved money aside, until it is cleared or its time runs out.
pub(super) fn hold(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    kind: &str,
    approved: i64,
) -> Result<Value, ApiError> {
    let mut message = record::store(ctx, attempt, kind, "PENDING", approved)?;
    let (account, settlement) = record::accounts(ctx, &message, SETTLEMENT)?;
    let hold = new_hold(ctx, attempt, &account, &settlement, approved);
    let expires_at = hold.expires_at;
    let hold = hold.open_with(ctx, |hold| {
        record::annotate(hold, &message);
        hold["data"]["req_amount"] = json!(attempt.amount);
        hold["data"]["was_partial"] = json!(approved < attempt.amount);
    })?;
    message["hold_id"] = json!(hold.uuid);
    ctx.update(&MESSAGE, &message)?;
    ctx.tx.schedule(ctx.tenant, expires_at.timestamp_millis(), EXPIRE, text(&hold, "uuid"))?;
    Ok(message)
}

fn new_hold<'a>(
    ctx: &Ctx<'_>,
    attempt: &'a Attempt,
    account: &'a ledger::LedgerAccount,
    settlement: &'a ledger::LedgerAccount,
    amount: i64,
) -> NewHold<'a> {
    NewHold {
        kind: RAIL.into(),
        subtype: attempt.sub_type.into(),
        account,
        offset: settlement,
        sign: if attempt.side == Side::Debited { Sign::Debit } else { Sign::Credit },
        amount,
        memo: text(&attempt.merchant, "name"),
        reference_id: None,
        external_data: json!({}),
        expires_at: ctx.now + Duration::days(ctx.settings.card_hold_days.into()),
        transaction_id: None,
        id: Some(&attempt.id),
    }
}

/// The money that an authorization still holds; `None` when it holds nothing any more.
pub(super) fn held(ctx: &Ctx<'_>, message: &Value) -> Result<Option<(String, i64)>, ApiError> {
    let Some(hold) = ctx.get(&HOLD, text(message, "hold_id"))? else {
        return Ok(None);
    };
    let data = &hold["data"];
    let is_open = matches!(text(data, "status"), "PENDING" | "PARTCLEARED");
    let amount = data["amount"].as_i64().unwrap_or_default();
    Ok(is_open.then(|| (text(&hold, "uuid").to_owned(), amount)))
}

/// Changes what an open hold keeps; nothing left lets it go.
pub(super) fn keep(ctx: &Ctx<'_>, id: &str, before: i64, after: i64) -> Result<(), ApiError> {
    match after {
        ..=0 => Ended::Released.end(ctx, id).map(drop),
        after if after > before => Resized::Increased.to(ctx, id, after).map(drop),
        after if after < before => Resized::Decreased.to(ctx, id, after).map(drop),
        _ => Ok(()),
    }
}

/// The merchant says what the amount really is. That cannot be refused.
pub(super) fn advise(ctx: &Ctx<'_>) -> Outcome {
    let original = record::original(ctx)?;
    let amount = record::amount(ctx)?;
    let Some((hold, before)) = held(ctx, &original)? else {
        return Err(record::cannot_follow("holds no money that an advice could change"));
    };
    let after = if ctx.settings.card_advice_is_new_total { amount } else { before - amount };
    keep(ctx, &hold, before, after)?;
    let message = record::follow(ctx, &original, "authorization.advice", after.max(0))?;
    response::approved(&message, "PENDING", amount)
}

/// Gives free what was held for too long.
pub(crate) fn expire(ctx: &Ctx<'_>, hold: &str) -> Result<(), ApiError> {
    let found = ctx.get(&HOLD, hold)?;
    let status = found.as_ref().map(|hold| text(&hold["data"], "status"));
    match status {
        Some("PENDING" | "PARTCLEARED") => Ended::Expired.end(ctx, hold).map(drop),
        _ => Ok(()),
    }
}
