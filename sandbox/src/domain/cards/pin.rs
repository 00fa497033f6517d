//! PINs of cards.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::domain::cards::CARD;
use crate::model::{ApiError, Ctx, text};

/// Whether this is the card's PIN. Too many wrong ones in a row suspend the card.
pub(crate) fn try_pin(ctx: &Ctx<'_>, id: &str, pin: &str) -> Result<bool, ApiError> {
    let Some(mut card) = ctx.get(&CARD, id)? else {
        return Ok(false);
    };
    let is_right = card["pin_digest"] == digest(text(&card, "pin_salt"), pin);
    let failures = card["pin_failures"].as_u64().unwrap_or_default();
    if is_right && failures == 0 {
        return Ok(true);
    }
    let failures = if is_right { 0 } else { failures + 1 };
    card["pin_failures"] = json!(failures);
    if failures >= ctx.settings.card_pin_tries.into() && card["card_status"] == "ACTIVE" {
        card["card_status"] = json!("SUSPENDED");
        card["status_reason"] = json!("PIN");
        card["last_updated_time"] = json!(ctx.now_text());
    }
    ctx.update(&CARD, &card)?;
    Ok(is_right)
}

pub(crate) fn digest(card: &str, pin: &str) -> String {
    hex::encode(Sha256::new_with_prefix(card).chain_update(pin).finalize())
}
