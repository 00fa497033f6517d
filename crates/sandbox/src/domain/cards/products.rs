//! Card products.

use synctera_api::v2::types::CardProduct as Wire;

use crate::domain::cards::CardRecord;
use crate::model::{ApiError, Ctx, Kind, Resource};

pub(crate) const PRODUCT: Kind =
    Kind { name: "card product", id: "id", keys: &[("form", "/form"), ("brand", "/card_brand")] };

/// What cards are issued of.
pub(crate) enum CardProduct {}

impl Resource for CardProduct {
    const KIND: &'static Kind = &PRODUCT;
    type Wire = Wire;
    type Facts = ();
}

/// Whether a card can be used abroad, by its product; it cannot unless that says so.
pub(crate) fn crosses_borders(ctx: &Ctx<'_>, card: &CardRecord) -> Result<bool, ApiError> {
    let product = ctx.find::<CardProduct>(card.card_product_id)?;
    Ok(product.is_some_and(|product| product.cross_border_enabled == Some(true)))
}
