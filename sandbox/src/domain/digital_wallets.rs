//! Tokens of cards in digital wallets.

use serde_json::{Value, json};

use crate::model::{ApiError, Ctx, Kind, text};

pub(crate) const TOKEN: Kind = Kind {
    name: "digital wallet token",
    id: "id",
    keys: &[("card", "/card_id"), ("state", "/state")],
};

pub(crate) fn set_state(ctx: &Ctx<'_>, token: &mut Value, state: &str) -> Result<(), ApiError> {
    token["state"] = json!(state);
    token["last_updated_time"] = json!(ctx.now_text());
    if state == "TERMINATED" {
        token["removed_from_wallet_time"] = json!(ctx.now_text());
    }
    ctx.update(&TOKEN, token)
}

/// Ends the tokens of a card that ends, or hands them to the card that takes its place.
pub(crate) fn leave(ctx: &Ctx<'_>, card: &Value, heir: Option<&Value>) -> Result<(), ApiError> {
    for mut token in ctx.all_with(&TOKEN, "card", text(card, "id"))? {
        match heir {
            Some(heir) => {
                token["card_id"] = heir["id"].clone();
                token["last_updated_time"] = json!(ctx.now_text());
                ctx.update(&TOKEN, &token)?;
            }
            None if matches!(text(&token, "state"), "ACTIVE" | "SUSPENDED" | "REQUESTED") => {
                set_state(ctx, &mut token, "TERMINATED")?;
            }
            None => {}
        }
    }
    Ok(())
}
