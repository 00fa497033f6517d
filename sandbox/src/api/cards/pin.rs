//! PINs: set by the integrator, tried by the network. Only their digest is kept.

use serde_json::{Value, json};

use crate::domain::cards::{CARD, digest, next};
use crate::model::{ApiError, Ctx, Outcome, Reply, text};
use crate::spec::FieldErrors;

pub(super) fn set(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.url_resource(&CARD, "card_id")?;
    let pin = text(&ctx.request.body, "pin");
    if !is_pin(pin) {
        return Err(FieldErrors::invalid("pin", "must be four digits").into());
    }
    store(ctx, &mut card, pin)?;
    Reply::empty(204)
}

/// Whether something can be a PIN.
pub(super) fn is_pin(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Gives a card its PIN; what waited for that goes on.
pub(super) fn store(ctx: &Ctx<'_>, card: &mut Value, pin: &str) -> Result<(), ApiError> {
    let status = text(card, "card_status").to_owned();
    if matches!(status.as_str(), "TERMINATED" | "REJECTED") {
        let detail = format!("a card that is {status} takes no PIN");
        return Err(ApiError::status(detail, next(&status)));
    }
    card["pin_salt"] = card["id"].clone();
    card["pin_digest"] = json!(digest(text(card, "id"), pin));
    card["pin_failures"] = json!(0);
    card["is_pin_set"] = json!(true);
    card["timestamp_pin_set"] = json!(ctx.now_text());
    card["last_updated_time"] = json!(ctx.now_text());
    super::pending::is_over(card, "is_waiting_for_pin");
    ctx.update(&CARD, card)
}

/// A card takes over the PIN of the one that it replaces.
pub(super) fn inherit(card: &mut Value, old: &Value) {
    for property in ["pin_salt", "pin_digest", "is_pin_set", "timestamp_pin_set"] {
        if let Some(value) = old.get(property) {
            card[property] = value.clone();
        }
    }
}
