//! Ending cards.

use synctera_api::v2::types::{CardStatus, CardStatusReasonCode};

use crate::domain::cards::card::Card;
use crate::domain::digital_wallets;
use crate::model::{ApiError, Ctx, Record};

/// Ends the cards of an account that is closed; how many there were.
pub(crate) fn end_all(ctx: &Ctx<'_>, account: impl ToString) -> Result<usize, ApiError> {
    let mut ended = 0;
    for mut card in ctx.find_all::<Card>("account", account)? {
        if card.card_status != CardStatus::Terminated {
            digital_wallets::leave(ctx, card.id, None)?;
            end(ctx, &mut card, CardStatusReasonCode::Oth)?;
            ended += 1;
        }
    }
    Ok(ended)
}

pub(crate) fn end(
    ctx: &Ctx<'_>,
    card: &mut Record<Card>,
    reason: CardStatusReasonCode,
) -> Result<(), ApiError> {
    card.card_status = CardStatus::Terminated;
    card.status_reason = reason;
    card.last_updated_time = ctx.now;
    ctx.save(card)
}
