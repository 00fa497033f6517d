//! PINs: set by the integrator, tried by the network. Only their digest is kept.

use synctera_api::v2::types::SetPinRequest;

use crate::api::cards::pending::{PendingReason, is_over};
use crate::domain::cards::{Card, Pin, next};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply};
use crate::spec::FieldErrors;

pub(super) fn set(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.find_in_url::<Card>("card_id")?;
    let pin = ctx.body::<SetPinRequest>()?.pin;
    if !is_pin(pin.expose()) {
        return Err(FieldErrors::invalid("pin", "must be four digits").into());
    }
    store(ctx, &mut card, pin.expose())?;
    Reply::empty(204)
}

/// Whether something can be a PIN.
pub(super) fn is_pin(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Gives a card its PIN; what waited for that goes on.
pub(super) fn store(ctx: &Ctx<'_>, card: &mut Record<Card>, pin: &str) -> Result<(), ApiError> {
    if card.has_ended() {
        let detail = format!("a card that is {} takes no PIN", card.card_status);
        return Err(ApiError::no_transition(detail, next(&card.card_status)));
    }
    card.facts.pin = Some(Pin::new(card.id, pin));
    card.facts.pin_failures = 0;
    card.is_pin_set = true;
    card.timestamp_pin_set = Some(ctx.now);
    card.last_updated_time = ctx.now;
    is_over(card, PendingReason::Pin);
    ctx.save(card)
}

/// A card takes over the PIN of the one that it replaces.
pub(super) fn inherit(card: &mut Record<Card>, old: &Record<Card>) {
    card.facts.pin = old.facts.pin.clone();
    card.is_pin_set = old.is_pin_set;
    card.timestamp_pin_set = old.timestamp_pin_set;
}
