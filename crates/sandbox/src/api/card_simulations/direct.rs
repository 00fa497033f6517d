//! Messages that need no clearing: they are decided and posted at once.

use synctera_api::v2::types::AuthorizationAdviceSimulation;

use crate::api::card_simulations::attempt::{Attempt, Presented, SubType, Verdict};
use crate::api::card_simulations::authorization::{SETTLEMENT, hold, turn_away};
use crate::api::card_simulations::record::{MessageKind, Posting};
use crate::api::card_simulations::response::State;
use crate::api::card_simulations::{record, response};
use crate::domain::side::Side;
use crate::ledger;
use crate::ledger::{Ended, Sign};
use crate::model::{Ctx, Outcome};

/// Where the money of card credits comes from.
const CREDIT_SETTLEMENT: &str = "CARD_OCT_SETTLEMENT";

/// A purchase with a PIN, perhaps with cash back.
pub(super) fn pay(ctx: &Ctx<'_>) -> Outcome {
    debit(ctx, SubType::PosPurchase, MessageKind::Financial)
}

/// Cash from a machine.
pub(super) fn withdraw(ctx: &Ctx<'_>) -> Outcome {
    debit(ctx, SubType::AtmWithdrawal, MessageKind::Withdrawal)
}

fn debit(ctx: &Ctx<'_>, sub_type: SubType, kind: MessageKind) -> Outcome {
    let presented: Presented = ctx.body()?;
    record::check_amount(presented.amount)?;
    let attempt = Attempt::new(ctx, presented, sub_type, Side::Debited)?;
    let approved = match attempt.judge(ctx)? {
        Verdict::Declined(decline) => return turn_away(ctx, &attempt, kind, &decline),
        Verdict::Approved(approved) => approved,
    };
    let (mut message, hold) = hold(ctx, &attempt, kind, approved)?;
    Ended::Cleared.end(ctx, hold)?;
    Posting {
        settlement: SETTLEMENT,
        sign: Sign::Debit,
        sub_type: attempt.sub_type.as_str(),
        amount: approved,
        hold_id: Some(hold),
        is_forced: false,
    }
    .post(ctx, &message)?;
    message.posted = approved;
    ctx.save(&message)?;
    response::approved(&message, State::Completion, attempt.amount)
}

/// The machine says what it really paid out: the difference is posted.
pub(super) fn advise(ctx: &Ctx<'_>) -> Outcome {
    let asked: AuthorizationAdviceSimulation = ctx.body()?;
    let mut original = record::original(ctx, asked.original_transaction_id)?;
    record::check_amount(asked.amount)?;
    let posted = original.posted - original.returned;
    if !original.kind.is_financial() || posted == 0 {
        return Err(record::cannot_follow("is no financial transaction that was posted"));
    }
    let is_total = ctx.settings.card_advice_is_new_total;
    let after = if is_total { asked.amount } else { posted - asked.amount };
    let after = after.max(0);
    let sub_type = original.sub_type;
    let reversal = sub_type.reversal();
    let posting = |sign, sub_type, amount| Posting {
        settlement: SETTLEMENT,
        sign,
        sub_type,
        amount,
        hold_id: None,
        is_forced: true,
    };
    if after > posted {
        posting(Sign::Debit, sub_type.as_str(), after - posted).post(ctx, &original)?;
        original.posted += after - posted;
    } else if after < posted {
        posting(Sign::Credit, &reversal, posted - after).post(ctx, &original)?;
        original.returned += posted - after;
    }
    ctx.save(&original)?;
    let message = record::follow(ctx, &original, MessageKind::FinancialAdvice, after)?;
    response::approved(&message, State::Completion, asked.amount)
}

/// Asks for the balance; no money moves.
pub(super) fn inquire(ctx: &Ctx<'_>) -> Outcome {
    let attempt = Attempt::new(ctx, ctx.body()?, SubType::BalanceInquiry, Side::Debited)?;
    let kind = MessageKind::BalanceInquiry;
    if let Verdict::Declined(decline) = attempt.judge(ctx)? {
        return turn_away(ctx, &attempt, kind, &decline);
    }
    let message = record::store(ctx, &attempt, kind, 0)?;
    let balances = ledger::balances(ctx, message.account_id)?;
    response::balance(&message, balances.available)
}

/// Money that is sent to the card.
pub(super) fn credit(ctx: &Ctx<'_>) -> Outcome {
    let presented: Presented = ctx.body()?;
    record::check_amount(presented.amount)?;
    let attempt = Attempt::new(ctx, presented, SubType::Credit, Side::Credited)?;
    let kind = MessageKind::OriginalCredit;
    if let Verdict::Declined(decline) = attempt.judge(ctx)? {
        return turn_away(ctx, &attempt, kind, &decline);
    }
    let message = record::store(ctx, &attempt, kind, attempt.amount)?;
    Posting {
        settlement: CREDIT_SETTLEMENT,
        sign: Sign::Credit,
        sub_type: attempt.sub_type.as_str(),
        amount: attempt.amount,
        hold_id: None,
        is_forced: false,
    }
    .post(ctx, &message)?;
    response::approved(&message, State::Completion, attempt.amount)
}
