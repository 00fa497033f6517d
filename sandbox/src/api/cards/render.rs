//! How a card is shown.

use serde_json::{Value, json};

/// How a card is shown: its details inside, and nothing of its number but the end.
pub(crate) fn view(card: Value) -> Value {
    json!({ "type": card["type"], "tenant": card["tenant"], "card_details": card })
}
