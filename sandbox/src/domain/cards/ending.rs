//! Ending cards.

use serde_json::{Value, json};

use crate::domain::cards::card::CARD;
use crate::domain::digital_wallets;
use crate::model::{ApiError, Ctx};

/// Ends the cards of an account that is closed; how many there were.
pub(crate) fn end_all(ctx: &Ctx<'_>, account: &str) -> Result<usize, ApiError> {
    let mut ended = 0;
    for mut card in ctx.all_with(&CARD, "account", account)? {
        if card["card_status"] != "TERMINATED" {
            digital_wallets::leave(ctx, &card, None)?;
            end(ctx, &mut card, "OTH")?;
            ended += 1;
        }
    }
    Ok(ended)
}

pub(crate) fn end(ctx: &Ctx<'_>, card: &mut Value, reason: &str) -> Result<(), ApiError> {
    card["card_status"] = json!("TERMINATED");
    card["status_reason"] = json!(reason);
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, card)
}
