//! The way of a physical card to its customer.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::cards::CARD;
use crate::model::{ApiError, Ctx, Outcome, Reply};

/// Moves a physical card along its way to the customer.
pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.url_resource(&CARD, "card_id")?;
    if card["form"] != "PHYSICAL" {
        return Err(ApiError::rule(ErrorCode::UnableToTransact, "only a physical card is shipped"));
    }
    card["card_fulfillment_status"] = ctx.request.body["card_fulfillment_status"].clone();
    if card["card_fulfillment_status"] == "SHIPPED" {
        let method = card["shipping"]["method"].clone();
        if !card["fulfillment_details"].is_object() {
            card["fulfillment_details"] = json!({});
        }
        card["fulfillment_details"]["ship_date"] = json!(ctx.today().to_string());
        card["fulfillment_details"]["shipping_method"] = method;
    }
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    Reply::ok::<types::CardFulfillmentSimulation>(ctx.request.body.clone())
}
