//! Card gateways: an integrator's servers that decide authorizations.

use synctera_api::runtime::CardProductId;
use synctera_api::v2::types::CardGateway as Wire;

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const GATEWAY: Kind = Kind {
    name: "card gateway",
    id: "id",
    keys: &[("product", "/card_products"), ("is_active", "/is_active")],
};

/// A server that is asked about authorizations.
pub(crate) enum CardGateway {}

impl Resource for CardGateway {
    const KIND: &'static Kind = &GATEWAY;
    type Wire = Wire;
    type Facts = ();
}

/// The gateway that is asked about the cards of a product.
pub(crate) fn of_product(
    ctx: &Ctx<'_>,
    product: CardProductId,
) -> Result<Option<Record<CardGateway>>, ApiError> {
    let gateways = ctx.find_all::<CardGateway>("product", product)?;
    Ok(gateways.into_iter().find(|gateway| gateway.is_active))
}
