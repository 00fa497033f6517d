//! Card gateways: an integrator's servers that decide authorizations.

use serde_json::Value;

use crate::model::{ApiError, Ctx, Kind};

pub(crate) const GATEWAY: Kind = Kind {
    name: "card gateway",
    id: "id",
    keys: &[("product", "/card_products"), ("is_active", "/is_active")],
};

/// The gateway that is asked about the cards of a product.
pub(crate) fn of_product(ctx: &Ctx<'_>, product: &str) -> Result<Option<Value>, ApiError> {
    let gateways = ctx.all_with(&GATEWAY, "product", product)?;
    Ok(gateways.into_iter().find(|gateway| gateway["is_active"] == true))
}
