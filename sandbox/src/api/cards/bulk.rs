//! Bulk orders: physical cards that are made one by one and leave together.

use chrono::{Duration, NaiveTime};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::cards::pending;
use crate::domain::cards::{CARD, LEAVE, PRODUCT};
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, text};
use crate::spec::FieldErrors;

pub(crate) const CONFIG: Kind =
    Kind { name: "bulk order configuration", id: "id", keys: &[("product", "/card_product_id")] };

/// This list answers 201, by the document.
pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let (items, next) = List {
        kind: &CONFIG,
        items: "bulk_order_configs",
        filters: &[("card_product_id", By::Key("product"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .page(ctx)?;
    let mut body = json!({ "bulk_order_configs": items });
    if let Some(next) = next {
        body["next_page_token"] = json!(next);
    }
    Reply::created::<types::BulkIssuanceListResponse>(body)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut config = ctx.request.body.clone();
    let (code, field) = (ErrorCode::BadRequestBody, "card_product_id");
    let product = ctx.referred(&PRODUCT, text(&config, field), code, field)?;
    if product["bulk_shipping_enabled"] != true {
        return Err(FieldErrors::invalid(field, "is not shipped in bulk").into());
    }
    config["id"] = json!(ctx.new_id()?);
    config["tenant"] = json!(ctx.tenant);
    config["creation_time"] = json!(ctx.now_text());
    ctx.insert(&CONFIG, &config)?;
    Reply::created::<types::BulkIssuanceResponse>(config)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::BulkIssuanceResponse>(ctx.url_resource(&CONFIG, "bulk_order_config_id")?)
}

/// Lets a manual order leave now.
pub(super) fn fulfill(ctx: &Ctx<'_>) -> Outcome {
    let config = ctx.url_resource(&CONFIG, "bulk_order_config_id")?;
    if config["bulk_issuance_policy"] != "MANUAL" {
        let detail = "an AUTO order leaves by itself, every day";
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    }
    leave(ctx, text(&config, "id"))?;
    Reply::empty(202)
}

/// The order that a card asks to go with; whether it has to wait for one.
pub(super) fn check(ctx: &Ctx<'_>, details: &Value) -> Result<bool, ApiError> {
    let Some(id) = details["bulk_order_config_id"].as_str() else {
        return Ok(false);
    };
    let field = "card_details.bulk_order_config_id";
    let config = ctx.referred(&CONFIG, id, ErrorCode::BadRequestBody, field)?;
    if config["card_product_id"] != details["card_product_id"] {
        return Err(FieldErrors::invalid(field, "is for another card product").into());
    }
    if config["bulk_issuance_policy"] != "MANUAL" {
        let at = NaiveTime::from_hms_opt(ctx.settings.bulk_order_hour, 0, 0).unwrap_or_default();
        let today = ctx.now.date_naive().and_time(at).and_utc();
        let due = if today > ctx.now { today } else { today + Duration::days(1) };
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), LEAVE, id)?;
    }
    Ok(true)
}

/// Sends off what waits for an order.
pub(crate) fn leave(ctx: &Ctx<'_>, config: &str) -> Result<(), ApiError> {
    let order = ctx.new_id()?;
    for mut card in ctx.all_with(&CARD, "bulk_order_config", config)? {
        if card["pending_reasons"]["is_waiting_for_bulk_shipment"] != true {
            continue;
        }
        card["fulfillment_details"] = json!({ "bulk_order_id": order });
        pending::is_over(&mut card, "is_waiting_for_bulk_shipment");
        card["last_updated_time"] = json!(ctx.now_text());
        ctx.update(&CARD, &card)?;
    }
    Ok(())
}
