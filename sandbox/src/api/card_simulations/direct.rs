//! Messages that need no clearing: they are decided and posted at once.

use serde_json::json;

use crate::api::card_simulations::attempt::{Attempt, Verdict};
use crate::api::card_simulations::authorization::{SETTLEMENT, hold, turn_away};
use crate::api::card_simulations::record::{MESSAGE, Posting};
use crate::api::card_simulations::{record, response};
use crate::domain::side::Side;
use crate::ledger;
use crate::ledger::{Ended, Sign};
use crate::model::{Ctx, Outcome, text};

/// Where the money of card credits comes from.
const CREDIT_SETTLEMENT: &str = "CARD_OCT_SETTLEMENT";

/// A purchase with a PIN, perhaps with cash back.
pub(super) fn pay(ctx: &Ctx<'_>) -> Outcome {
    debit(ctx, "pos_purchase", "pindebit")
}

/// Cash from a machine.
pub(super) fn withdraw(ctx: &Ctx<'_>) -> Outcome {
    debit(ctx, "atm_withdrawal", "pindebit.atm.withdrawal")
}

fn debit(ctx: &Ctx<'_>, sub_type: &'static str, kind: &str) -> Outcome {
    let amount = record::amount(ctx)?;
    let attempt = Attempt::read(ctx, sub_type, Side::Debited, amount)?;
    let approved = match attempt.judge(ctx)? {
        Verdict::Declined(decline) => return turn_away(ctx, &attempt, kind, &decline),
        Verdict::Approved(approved) => approved,
    };
    let mut message = hold(ctx, &attempt, kind, approved)?;
    let hold_id = text(&message, "hold_id").to_owned();
    Ended::Cleared.end(ctx, &hold_id)?;
    Posting {
        settlement: SETTLEMENT,
        sign: Sign::Debit,
        sub_type: attempt.sub_type,
        amount: approved,
        hold_id: Some(&hold_id),
        is_forced: false,
    }
    .post(ctx, &message)?;
    message["posted"] = json!(approved);
    ctx.update(&MESSAGE, &message)?;
    response::approved(&message, "COMPLETION", amount)
}

/// The machine says what it really paid out: the difference is posted.
pub(super) fn advise(ctx: &Ctx<'_>) -> Outcome {
    let mut original = record::original(ctx)?;
    let amount = record::amount(ctx)?;
    let of = |what: &str| original[what].as_i64().unwrap_or_default();
    let posted = of("posted") - of("returned");
    if !text(&original, "kind").starts_with("pindebit") || posted == 0 {
        return Err(record::cannot_follow("is no financial transaction that was posted"));
    }
    let after = if ctx.settings.card_advice_is_new_total { amount } else { posted - amount };
    let after = after.max(0);
    let sub_type = text(&original, "sub_type").to_owned();
    let reversal = format!("{sub_type}_reversal");
    let posting = |sign, sub_type, amount| Posting {
        settlement: SETTLEMENT,
        sign,
        sub_type,
        amount,
        hold_id: None,
        is_forced: true,
    };
    if after > posted {
        posting(Sign::Debit, &sub_type, after - posted).post(ctx, &original)?;
        original["posted"] = json!(of("posted") + after - posted);
    } else if after < posted {
        posting(Sign::Credit, &reversal, posted - after).post(ctx, &original)?;
        original["returned"] = json!(of("returned") + posted - after);
    }
    ctx.update(&MESSAGE, &original)?;
    let message = record::follow(ctx, &original, "pindebit.advice", after)?;
    response::approved(&message, "COMPLETION", amount)
}

/// Asks for the balance; no money moves.
pub(super) fn inquire(ctx: &Ctx<'_>) -> Outcome {
    let attempt = Attempt::read(ctx, "balance_inquiry", Side::Debited, 0)?;
    let kind = "pindebit.balanceinquiry";
    if let Verdict::Declined(decline) = attempt.judge(ctx)? {
        return turn_away(ctx, &attempt, kind, &decline);
    }
    let mut message = record::store(ctx, &attempt, kind, "COMPLETION", 0)?;
    let balances = ledger::balances(ctx, text(&attempt.account, "id"))?;
    message["available_balance"] = json!(balances.available);
    response::approved(&message, "COMPLETION", 0)
}

/// Money that is sent to the card.
pub(super) fn credit(ctx: &Ctx<'_>) -> Outcome {
    let amount = record::amount(ctx)?;
    let attempt = Attempt::read(ctx, "credit", Side::Credited, amount)?;
    let kind = "original.credit.auth_plus_capture";
    if let Verdict::Declined(decline) = attempt.judge(ctx)? {
        return turn_away(ctx, &attempt, kind, &decline);
    }
    let message = record::store(ctx, &attempt, kind, "COMPLETION", amount)?;
    Posting {
        settlement: CREDIT_SETTLEMENT,
        sign: Sign::Credit,
        sub_type: attempt.sub_type,
        amount,
        hold_id: None,
        is_forced: false,
    }
    .post(ctx, &message)?;
    response::approved(&message, "COMPLETION", amount)
}
