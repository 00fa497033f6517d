//! Bulk orders: physical cards that are made one by one and leave together.

use chrono::{Duration, NaiveTime};
use serde_json::json;
use synctera_api::runtime::{BulkOrderId, ErrorCode};
use synctera_api::v2::types::{self, BulkIssuancePolicy, FulfillmentDetails};

use crate::api::cards::pending::{PendingReason, is_over};
use crate::api::cards::request::NewCardDetails;
use crate::domain::cards::{Card, CardProduct, LEAVE};
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, build, complete};
use crate::spec::FieldErrors;

pub(crate) const CONFIG: Kind =
    Kind { name: "bulk order configuration", id: "id", keys: &[("product", "/card_product_id")] };

/// How cards of a product leave together.
pub(crate) enum BulkOrderConfig {}

impl Resource for BulkOrderConfig {
    const KIND: &'static Kind = &CONFIG;
    type Wire = types::BulkIssuanceResponse;
    type Facts = ();
}

/// This list answers 201, by the document.
pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let list = List {
        kind: &CONFIG,
        items: "bulk_order_configs",
        filters: &[("card_product_id", By::Key("product"))],
        always: Vec::new(),
        view: &as_stored,
    };
    Reply::json(201, &list.typed::<types::BulkIssuanceListResponse>(ctx)?)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::BulkIssuanceRequest = ctx.body()?;
    let (code, field) = (ErrorCode::BadRequestBody, "card_product_id");
    let product = ctx.find_named::<CardProduct>(asked.card_product_id, code, field)?;
    if !product.bulk_shipping_enabled {
        return Err(FieldErrors::invalid(field, "is not shipped in bulk").into());
    }
    let rest = json!({ "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now });
    let config = Record::<BulkOrderConfig>::new(complete(&asked, rest)?, ());
    ctx.add(&config)?;
    Reply::json(201, &config.wire)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<BulkOrderConfig>("bulk_order_config_id")?.wire)
}

/// Lets a manual order leave now.
pub(super) fn fulfill(ctx: &Ctx<'_>) -> Outcome {
    let config = ctx.find_in_url::<BulkOrderConfig>("bulk_order_config_id")?;
    if config.bulk_issuance_policy != BulkIssuancePolicy::Manual {
        let detail = "an AUTO order leaves by itself, every day";
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    }
    leave(ctx, &config.id.to_string())?;
    Reply::empty(202)
}

/// The order that a card asks to go with; whether it has to wait for one.
pub(super) fn check(ctx: &Ctx<'_>, asked: &NewCardDetails) -> Result<bool, ApiError> {
    let Some(id) = asked.bulk_order_config_id else {
        return Ok(false);
    };
    let field = "card_details.bulk_order_config_id";
    let config = ctx.find_named::<BulkOrderConfig>(id, ErrorCode::BadRequestBody, field)?;
    if config.card_product_id != asked.card_product_id {
        return Err(FieldErrors::invalid(field, "is for another card product").into());
    }
    if config.bulk_issuance_policy != BulkIssuancePolicy::Manual {
        let at = NaiveTime::from_hms_opt(ctx.settings.bulk_order_hour, 0, 0).unwrap_or_default();
        let today = ctx.now.date_naive().and_time(at).and_utc();
        let due = if today > ctx.now { today } else { today + Duration::days(1) };
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), LEAVE, &id.to_string())?;
    }
    Ok(true)
}

/// Sends off what waits for an order.
pub(crate) fn leave(ctx: &Ctx<'_>, config: &str) -> Result<(), ApiError> {
    let order = BulkOrderId::from(ctx.new_id()?);
    for mut card in ctx.find_all::<Card>("bulk_order_config", config)? {
        let reasons = card.pending_reasons.as_ref();
        if reasons.and_then(|reasons| reasons.is_waiting_for_bulk_shipment) != Some(true) {
            continue;
        }
        let details: FulfillmentDetails = build(json!({ "bulk_order_id": order }))?;
        card.fulfillment_details = Some(details);
        is_over(&mut card, PendingReason::BulkShipment);
        card.last_updated_time = ctx.now;
        ctx.save(&card)?;
    }
    Ok(())
}
