//! Gateways: URLs of the integrator that are asked about authorizations, and about 3-D Secure.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::cards::{GATEWAY, PRODUCT};
use crate::domain::listing::{By, List, as_stored};
use crate::model::outgoing_client::{check_custom_headers, check_url};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, patch, texts};

pub(crate) const THREE_DS: Kind = Kind {
    name: "3-D Secure decision gateway",
    id: "id",
    keys: &[("product", "/card_products"), ("is_active", "/is_active")],
};

/// Lists of gateways answer 201, by the document.
fn list_of(ctx: &Ctx<'_>, kind: &'static Kind) -> Result<Value, ApiError> {
    let (items, next) = List {
        kind,
        items: "gateways",
        filters: &[("card_product_id", By::Key("product")), ("is_active", By::Key("is_active"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .page(ctx)?;
    let mut body = json!({ "gateways": items });
    if let Some(next) = next {
        body["next_page_token"] = json!(next);
    }
    Ok(body)
}

fn create_of(ctx: &Ctx<'_>, kind: &'static Kind) -> Result<Value, ApiError> {
    let mut gateway = ctx.request.body.clone();
    check(ctx, &gateway)?;
    gateway["id"] = json!(ctx.new_id()?);
    gateway["tenant"] = json!(ctx.tenant);
    gateway["creation_time"] = json!(ctx.now_text());
    gateway["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(kind, &gateway)?;
    Ok(gateway)
}

/// Changes a gateway; its headers and its products are replaced as a whole.
fn update_of(
    ctx: &Ctx<'_>,
    kind: &'static Kind,
    parameter: &'static str,
) -> Result<Value, ApiError> {
    let mut gateway = ctx.url_resource(kind, parameter)?;
    check(ctx, &ctx.request.body)?;
    patch(&mut gateway, &ctx.request.body);
    gateway["last_updated_time"] = json!(ctx.now_text());
    ctx.update(kind, &gateway)?;
    Ok(gateway)
}

/// Refuses what cannot be asked, in the body of a gateway or of a change of one.
fn check(ctx: &Ctx<'_>, gateway: &Value) -> Result<(), ApiError> {
    let mut errors = check_custom_headers(gateway);
    for field in ["url", "decision_url"] {
        if let Some(url) = gateway[field].as_str() {
            errors.merge(check_url(field, url));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    for id in texts(&gateway["card_products"]) {
        ctx.referred(&PRODUCT, id, ErrorCode::BadRequestBody, "card_products")?;
    }
    Ok(())
}

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    Reply::created::<types::CardGatewayList>(list_of(ctx, &GATEWAY)?)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    Reply::created::<types::CardGateway>(create_of(ctx, &GATEWAY)?)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::CardGateway>(ctx.url_resource(&GATEWAY, "gateway_id")?)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::CardGateway>(update_of(ctx, &GATEWAY, "gateway_id")?)
}

pub(super) fn list_three_ds(ctx: &Ctx<'_>) -> Outcome {
    Reply::created::<types::ThreeDsDecisionGatewayList>(list_of(ctx, &THREE_DS)?)
}

pub(super) fn create_three_ds(ctx: &Ctx<'_>) -> Outcome {
    Reply::created::<types::ThreeDsDecisionGateway>(create_of(ctx, &THREE_DS)?)
}

pub(super) fn get_three_ds(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::ThreeDsDecisionGateway>(ctx.url_resource(&THREE_DS, "id")?)
}

pub(super) fn update_three_ds(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::ThreeDsDecisionGateway>(update_of(ctx, &THREE_DS, "id")?)
}
