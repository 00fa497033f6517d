//! The way of a physical card to its customer.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{CardFulfillmentSimulation, CardFulfillmentStatus, Form};

use crate::domain::cards::Card;
use crate::model::{ApiError, Ctx, Outcome, Reply};

/// Moves a physical card along its way to the customer.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.find_in_url::<Card>("card_id")?;
    if card.form != Form::Physical {
        return Err(ApiError::rule(ErrorCode::UnableToTransact, "only a physical card is shipped"));
    }
    let asked: CardFulfillmentSimulation = ctx.body()?;
    if asked.card_fulfillment_status == CardFulfillmentStatus::Shipped {
        let method = card.shipping.as_ref().and_then(|shipping| shipping.method.as_ref());
        let method = method.map(|method| method.as_str().to_owned());
        let details = card.fulfillment_details.get_or_insert_default();
        details.ship_date = Some(ctx.today());
        details.shipping_method = method;
    }
    card.card_fulfillment_status = Some(asked.card_fulfillment_status.clone());
    card.last_updated_time = ctx.now;
    ctx.save(&card)?;
    Reply::json(200, &asked)
}
