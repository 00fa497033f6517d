//! Gateways: URLs of the integrator that are asked about authorizations, and about 3-D Secure.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use synctera_api::runtime::{CardProductId, ErrorCode, Patch};
use synctera_api::v2::types;

use crate::domain::cards::three_ds::{THREE_DS_GATEWAY, ThreeDsDecisionGateway};
use crate::domain::cards::{CardGateway, CardProduct, GATEWAY};
use crate::domain::listing::{By, List, as_stored};
use crate::model::outgoing_client::{check_custom_headers, check_url};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, complete, merge};

/// Lists of gateways answer 201, by the document.
fn list_of<T: Serialize + DeserializeOwned>(ctx: &Ctx<'_>, kind: &'static Kind) -> Outcome {
    let list = List {
        kind,
        items: "gateways",
        filters: &[("card_product_id", By::Key("product")), ("is_active", By::Key("is_active"))],
        always: Vec::new(),
        view: &as_stored,
    };
    Reply::json(201, &list.typed::<T>(ctx)?)
}

fn create_of<R: Resource<Facts = ()>>(
    ctx: &Ctx<'_>,
    asked: &impl Serialize,
    products: &[CardProductId],
) -> Outcome {
    check_outgoing(ctx)?;
    check_products(ctx, products)?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "last_updated_time": ctx.now,
    });
    let gateway = Record::<R>::new(complete(asked, rest)?, ());
    ctx.add(&gateway)?;
    Reply::json(201, &gateway.wire)
}

/// Changes a gateway; its headers and its products are replaced as a whole.
fn update_of<R: Resource>(
    ctx: &Ctx<'_>,
    mut gateway: Record<R>,
    asked: &impl Serialize,
    products: &Patch<Vec<CardProductId>>,
) -> Outcome {
    check_outgoing(ctx)?;
    check_products(ctx, products.value().map_or(&[], Vec::as_slice))?;
    merge(&mut gateway.wire, asked)?;
    merge(&mut gateway.wire, &json!({ "last_updated_time": ctx.now }))?;
    ctx.save(&gateway)?;
    Reply::json(200, &gateway.wire)
}

/// Refuses what cannot be asked, in the body of a gateway or of a change of one.
fn check_outgoing(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    let mut errors = check_custom_headers(&ctx.request.body);
    for field in ["url", "decision_url"] {
        if let Some(url) = ctx.request.body.get(field).and_then(Value::as_str) {
            errors.merge(check_url(field, url));
        }
    }
    errors.refused()
}

fn check_products(ctx: &Ctx<'_>, products: &[CardProductId]) -> Result<(), ApiError> {
    for id in products {
        ctx.find_named::<CardProduct>(id, ErrorCode::BadRequestBody, "card_products")?;
    }
    Ok(())
}

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    list_of::<types::CardGatewayList>(ctx, &GATEWAY)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::NewCardGateway = ctx.body()?;
    create_of::<CardGateway>(ctx, &asked, &asked.card_products)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<CardGateway>("gateway_id")?.wire)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let gateway = ctx.find_in_url::<CardGateway>("gateway_id")?;
    let asked: types::CardGatewayPatch = ctx.body()?;
    update_of(ctx, gateway, &asked, &asked.card_products)
}

pub(super) fn list_three_ds(ctx: &Ctx<'_>) -> Outcome {
    list_of::<types::ThreeDsDecisionGatewayList>(ctx, &THREE_DS_GATEWAY)
}

pub(super) fn create_three_ds(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::NewThreeDsDecisionGateway = ctx.body()?;
    create_of::<ThreeDsDecisionGateway>(ctx, &asked, &asked.card_products)
}

pub(super) fn get_three_ds(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<ThreeDsDecisionGateway>("id")?.wire)
}

pub(super) fn update_three_ds(ctx: &Ctx<'_>) -> Outcome {
    let gateway = ctx.find_in_url::<ThreeDsDecisionGateway>("id")?;
    let asked: types::ThreeDsDecisionGatewayPatch = ctx.body()?;
    update_of(ctx, gateway, &asked, &asked.card_products)
}
