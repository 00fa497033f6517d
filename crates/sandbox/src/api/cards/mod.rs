//! Cards: issued on an account to a verified customer, activated, suspended, replaced, ended.

pub(crate) mod bulk;
pub(crate) mod card_changes;
mod changes;
pub(crate) mod gateways;
mod images;
mod issue;
mod pending;
mod pin;
mod products;
mod render;
mod request;
mod reveal;
pub(crate) mod single_use_tokens;
mod status;
mod tokens;
mod widget;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, Form, GetCardBarcodesResponse};

use crate::domain::cards;
use crate::domain::cards::{CARD, Card};
use crate::domain::listing::{By, List, view_of};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, build};

pub(crate) use bulk::leave;
pub(crate) use render::view;

pub(crate) use changes::{CHANGE, record as record_changes};

pub(crate) use images::{IMAGE, PRINT, print};

pub(crate) use products::seed as seed_products;

pub(crate) use tokens::single_use_token;

pub(crate) use widget::page as widget_page;

const ON_ONE: &[(&str, &Kind)] = &[("card_id", &CARD)];
const ON_IMAGE: &[(&str, &Kind)] = &[("card_image_id", &images::IMAGE)];
const ON_GATEWAY: &[(&str, &Kind)] = &[("gateway_id", &cards::GATEWAY)];
const ON_THREE_DS: &[(&str, &Kind)] = &[("id", &cards::three_ds::THREE_DS_GATEWAY)];
const ON_BULK: &[(&str, &Kind)] = &[("bulk_order_config_id", &bulk::CONFIG)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_cards", list),
    Served::new("issue_card", issue::issue),
    Served::on("get_card", ON_ONE, get),
    Served::on("update_card", ON_ONE, status::update),
    Served::on("get_card_barcodes", ON_ONE, barcodes),
    Served::new("activate_card", status::activate),
    Served::on("reveal_card_details", ON_ONE, reveal::reveal),
    Served::on("set_card_pin", ON_ONE, pin::set),
    Served::on("create_card_client_token", ON_ONE, tokens::client_token),
    Served::on("get_card_widget_token", ON_ONE, tokens::widget_token),
    Served::new("get_card_widget_url", tokens::widget_url),
    Served::new("list_card_products", products::list),
    Served::new("list_card_image_details", images::list),
    Served::new("create_card_image", images::create),
    Served::on("get_card_image_details", ON_IMAGE, images::get),
    Served::on("update_card_image_details", ON_IMAGE, images::review)
        .ruled(|ctx| Ok(images::errors_of_review(&ctx.request.body))),
    Served::on("get_card_image_data", ON_IMAGE, images::data),
    Served::on("upload_card_image_data", ON_IMAGE, images::upload),
    Served::new("list_card_gateways", gateways::list),
    Served::new("create_card_gateway", gateways::create),
    Served::on("get_card_gateway", ON_GATEWAY, gateways::get),
    Served::on("update_card_gateway", ON_GATEWAY, gateways::update),
    Served::new("list_three_ds_decision_gateways", gateways::list_three_ds),
    Served::new("create_three_ds_decision_gateway", gateways::create_three_ds),
    Served::on("get_three_ds_decision_gateway", ON_THREE_DS, gateways::get_three_ds),
    Served::on("update_three_ds_decision_gateway", ON_THREE_DS, gateways::update_three_ds),
    Served::new("list_bulk_order_configs", bulk::list),
    Served::new("create_bulk_order_config", bulk::create),
    Served::on("get_bulk_order_config", ON_BULK, bulk::get),
    Served::on("fulfill_bulk_order_config", ON_BULK, bulk::fulfill),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &CARD,
        items: "cards",
        filters: &[
            ("account_id", By::Key("account")),
            ("customer_id", By::Key("customer")),
            ("card_product_id", By::Key("product")),
            ("card_status", By::Key("status")),
            ("card_brand", By::Key("brand")),
            ("form", By::Key("form")),
            ("last_four", By::Key("last_four")),
            ("barcode", By::Key("barcode")),
            ("emboss_name", By::Wildcard(&["/emboss_name/line_1"])),
            ("expires_before", By::To("/expiration_date")),
            ("expiration_date", By::Key("expiration")),
            ("bulk_order_config_id", By::Key("bulk_order_config")),
            ("bulk_order_id", By::Key("bulk_order")),
            ("bin_prefix", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Card, _>(|ctx, card| {
            let prefix = ctx.request.query.get("bin_prefix").and_then(Value::as_str);
            let is_wanted = card.bin.starts_with(prefix.unwrap_or_default());
            is_wanted.then(|| view(&card)).transpose()
        }),
    }
    .reply::<types::CardList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(&ctx.find_in_url::<Card>("card_id")?)?)
}

/// What is printed on the card's carrier; only a sandbox tells.
fn barcodes(ctx: &Ctx<'_>) -> Outcome {
    let card = ctx.find_in_url::<Card>("card_id")?;
    if card.form != Form::Physical {
        let detail = "a virtual card has no barcode";
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    let barcodes: GetCardBarcodesResponse =
        build(json!({ "barcode": card.facts.activation_code }))?;
    Reply::json(200, &barcodes)
}
