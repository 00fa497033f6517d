//! How a card is shown.

use serde_json::json;
use synctera_api::v2::types;

use crate::domain::cards::Card;
use crate::model::{ApiError, Record, build};

/// A card as clients see it: its details inside, and nothing of its number but the end.
pub(crate) fn view(card: &Record<Card>) -> Result<types::Card, ApiError> {
    build(json!({ "type": card.card_type, "tenant": card.tenant, "card_details": card.wire }))
}
