//! The number of a card, for the eyes of who agreed upon a key with the platform.
//!
//! Numbers are not kept: one is made from the card each time, the same for a card that replaces
//! another under its number.

use serde_json::json;
use synctera_api::v2::types::CardRevealResponse;

use crate::domain::cards::{Card, CardFace, next, plain, revealed};
use crate::model::{ApiError, Ctx, Outcome, Reply, build};

pub(super) fn reveal(ctx: &Ctx<'_>) -> Outcome {
    let card = ctx.find_in_url::<Card>("card_id")?;
    if card.has_ended() {
        let detail = format!("the card is {}", card.card_status);
        return Err(ApiError::no_transition(detail, next(&card.card_status)));
    }
    let key = card.facts.number_key.clone();
    let ciphertext = revealed(ctx, &plain(&CardFace::from(&*card), &key))?;
    Reply::json(200, &build::<CardRevealResponse>(json!({ "ciphertext": ciphertext }))?)
}
