//! The history of a card: each change of its status, its PIN and its way to the customer.
//!
//! No handler writes it. What a request or a job did to a card is compared with how it was before.

use serde_json::{Value, json};

use crate::domain::cards::CARD;
use crate::model::{ApiError, Change, Ctx, Kind, text};

/// A change of a card.
pub(crate) const CHANGE: Kind =
    Kind { name: "card change", id: "id", keys: &[("card", "/card_id")] };

/// Reasons that only the platform gives.
const OWN_REASONS: [&str; 3] = ["PIN", "PRC", "ISS"];

/// Takes down how the cards that were touched have changed.
pub(crate) fn record(ctx: &Ctx<'_>, touched: &[Change]) -> Result<(), ApiError> {
    for change in touched.iter().filter(|change| change.kind == CARD.name) {
        if let Some(card) = ctx.get(&CARD, &change.id)? {
            compare(ctx, change.before.as_ref().unwrap_or(&Value::Null), &card)?;
        }
    }
    Ok(())
}

fn compare(ctx: &Ctx<'_>, before: &Value, card: &Value) -> Result<(), ApiError> {
    let reason = card.get("status_reason").filter(|reason| reason.is_string());
    if before["card_status"] != card["card_status"] {
        let is_own = !ctx.is_asked || OWN_REASONS.contains(&text(card, "status_reason"));
        let mut change = change("STATUS", &card["card_status"], is_own);
        if let Some(reason) = reason {
            change["reason"] = reason.clone();
        }
        if let Some(memo) = card.get("memo").filter(|memo| memo.is_string()) {
            change["memo"] = memo.clone();
        }
        store(ctx, card, change)?;
    }
    if before["timestamp_pin_set"] != card["timestamp_pin_set"] {
        let state = if before["is_pin_set"] == true { "CHANGED" } else { "SET" };
        store(ctx, card, change("PIN", &json!(state), !ctx.is_asked))?;
    }
    let fulfillment = &card["card_fulfillment_status"];
    if before["card_fulfillment_status"] != *fulfillment && fulfillment.is_string() {
        store(ctx, card, change("FULFILLMENT", fulfillment, !ctx.is_asked))?;
    }
    Ok(())
}

fn change(change_type: &str, state: &Value, is_own: bool) -> Value {
    let channel = if is_own { "SYSTEM" } else { "API" };
    json!({ "change_type": change_type, "state": state, "channel": channel, "updated_by": channel })
}

fn store(ctx: &Ctx<'_>, card: &Value, mut change: Value) -> Result<(), ApiError> {
    change["id"] = json!(ctx.new_side_id()?);
    change["card_id"] = card["id"].clone();
    change["updated_at"] = json!(ctx.now_text());
    ctx.insert(&CHANGE, &change)
}
