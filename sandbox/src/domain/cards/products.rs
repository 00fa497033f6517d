//! Card products.

use serde_json::Value;

use crate::model::{ApiError, Ctx, Kind, text};

pub(crate) const PRODUCT: Kind =
    Kind { name: "card product", id: "id", keys: &[("form", "/form"), ("brand", "/card_brand")] };

/// Whether a card can be used abroad, by its product; it cannot unless that says so.
pub(crate) fn crosses_borders(ctx: &Ctx<'_>, card: &Value) -> Result<bool, ApiError> {
    let product = ctx.get(&PRODUCT, text(card, "card_product_id"))?;
    Ok(product.is_some_and(|product| product["cross_border_enabled"] == true))
}
