//! PINs of cards.

use sha2::{Digest, Sha256};
use synctera_api::runtime::CardId;
use synctera_api::v2::types::{CardStatus, CardStatusReasonCode};

use crate::domain::cards::card::{Card, Pin};
use crate::model::{ApiError, Ctx};

impl Pin {
    /// The PIN that was chosen for a card.
    pub(crate) fn new(card: CardId, pin: &str) -> Self {
        Self { salt: card, digest: digest(card, pin) }
    }

    fn is(&self, pin: &str) -> bool {
        self.digest == digest(self.salt, pin)
    }
}

/// Whether this is the card's PIN. Too many wrong ones in a row suspend the card.
pub(crate) fn try_pin(ctx: &Ctx<'_>, id: CardId, pin: &str) -> Result<bool, ApiError> {
    let Some(mut card) = ctx.find::<Card>(id)? else {
        return Ok(false);
    };
    let is_right = card.facts.pin.as_ref().is_some_and(|own| own.is(pin));
    let failures = card.facts.pin_failures;
    if is_right && failures == 0 {
        return Ok(true);
    }
    let failures = if is_right { 0 } else { failures.saturating_add(1) };
    card.facts.pin_failures = failures;
    if failures >= ctx.settings.card_pin_tries && card.card_status == CardStatus::Active {
        card.card_status = CardStatus::Suspended;
        card.status_reason = CardStatusReasonCode::Pin;
        card.last_updated_time = ctx.now;
    }
    ctx.save(&card)?;
    Ok(is_right)
}

fn digest(card: CardId, pin: &str) -> String {
    hex::encode(Sha256::new_with_prefix(card.to_string()).chain_update(pin).finalize())
}
