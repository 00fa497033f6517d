//! What a physical card may have to wait for before it is made: a PIN, an image, a bulk order.

use serde_json::{Value, json};

/// Ends one of the reasons to wait. When it was the last, the card is on its way.
pub(super) fn is_over(card: &mut Value, reason: &str) {
    if card["card_status"] != "PENDING" {
        return;
    }
    let Some(reasons) = card["pending_reasons"].as_object_mut() else {
        return;
    };
    reasons.remove(reason);
    if reasons.values().all(|waits| *waits != true) {
        card["card_status"] = json!("UNACTIVATED");
        card["card_fulfillment_status"] = json!("ORDERED");
        if let Some(members) = card.as_object_mut() {
            members.remove("pending_reasons");
        }
    }
}
