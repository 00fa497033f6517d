//! The number of a card, for the eyes of who agreed upon a key with the platform.
//!
//! Numbers are not kept: one is made from the card each time, the same for a card that replaces
//! another under its number.

use synctera_api::v2::types;

use crate::domain::cards;
use crate::domain::cards::{CARD, plain, revealed};
use crate::model::{ApiError, Ctx, Outcome, Reply, text};

pub(super) fn reveal(ctx: &Ctx<'_>) -> Outcome {
    let card = ctx.url_resource(&CARD, "card_id")?;
    let status = text(&card, "card_status");
    if matches!(status, "TERMINATED" | "REJECTED") {
        return Err(ApiError::status(format!("the card is {status}"), cards::next(status)));
    }
    Reply::ok::<types::CardRevealResponse>(revealed(ctx, &plain(&card, text(&card, "number_key")))?)
}
