//! Cards: issued on an account to a verified customer, activated, suspended, replaced, ended.

mod issue;
mod products;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use super::listing::{By, List};
use super::{Kind, Served};
use crate::engine::{Ctx, Outcome, Problem, Refusal, Reply, patch, text, without};
use crate::spec::Faults;

pub(super) use products::seed as seed_products;

/// Cards, stored flat: the members of `card_details`, and the type.
pub(super) const CARD: Kind = Kind {
    name: "card",
    id: "id",
    keys: &[
        ("id", "/id"),
        ("account", "/account_id"),
        ("customer", "/customer_id"),
        ("product", "/card_product_id"),
        ("status", "/card_status"),
        ("form", "/form"),
        ("brand", "/card_brand"),
        ("last_four", "/last_four"),
        ("barcode", "/barcode"),
        ("code", "/activation_code"),
    ],
};

const ON_ONE: &[(&str, &Kind)] = &[("card_id", &CARD)];

pub(super) const SERVED: &[Served] = &[
    Served::new("list_cards", list),
    Served::new("issue_card", issue::issue),
    Served::on("get_card", ON_ONE, get),
    Served::on("update_card", ON_ONE, update),
    Served::on("get_card_barcodes", ON_ONE, barcodes),
    Served::new("activate_card", activate),
    Served::new("list_card_products", products::list),
    Served::on("simulate_card_fulfillment", ON_ONE, fulfil),
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
            ("expires_before", By::To("/expiration_time")),
        ],
        always: Vec::new(),
        view: &|_, card| Ok(Some(view(card))),
    }
    .reply::<types::CardList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Card>(view(ctx.url_resource(&CARD, "card_id")?))
}

/// What an integrator can make of a status. The end is the end.
fn next(status: &str) -> &'static [&'static str] {
    match status {
        "ACTIVE" => &["SUSPENDED", "TERMINATED"],
        "SUSPENDED" => &["ACTIVE", "TERMINATED"],
        "UNACTIVATED" | "PENDING" => &["SUSPENDED", "TERMINATED"],
        _ => &[],
    }
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.url_resource(&CARD, "card_id")?;
    let mut changes = ctx.body.clone();
    if let Some(wanted) = changes.get("card_status").and_then(Value::as_str) {
        let current = text(&card, "card_status");
        if wanted != current && !next(current).contains(&wanted) {
            let detail = format!("a card cannot go from {current} to {wanted}");
            return Err(Refusal::status(detail, next(current)));
        }
        if card["is_activated"] != true && wanted == "ACTIVE" {
            return Err(Refusal::status("a card becomes active by its activation", next(current)));
        }
    }
    if let Some(customer) = changes.get("customer_id").cloned() {
        if card.get("customer_id").is_some() {
            return Err(Faults::immutable("customer_id").into());
        }
        let account = super::accounts::referred(ctx, text(&card, "account_id"), "account_id")?;
        let customer = customer.as_str().unwrap_or_default();
        super::rules::check_customer(ctx, &account, customer, "customer_id")?;
    }
    if let Some(reason) = changes.get("reason").cloned() {
        card["status_reason"] = reason;
    }
    without(&mut changes, &["reason"]);
    patch(&mut card, &changes);
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    Reply::ok::<types::Card>(view(card))
}

/// What is printed on the card's carrier; only a sandbox tells.
fn barcodes(ctx: &Ctx<'_>) -> Outcome {
    let card = ctx.url_resource(&CARD, "card_id")?;
    if card["form"] != "PHYSICAL" {
        let detail = "a virtual card has no barcode";
        return Err(Refusal::rule(ErrorCode::UnableToTransact, detail));
    }
    Reply::ok::<types::GetCardBarcodesResponse>(json!({ "barcode": card["activation_code"] }))
}

/// Makes a physical card usable; one that it replaces ends now.
fn activate(ctx: &Ctx<'_>) -> Outcome {
    let code = text(&ctx.body, "activation_code");
    let customer = text(&ctx.body, "customer_id");
    let found = ctx.all_with(&CARD, "code", code)?;
    let Some(mut card) = found.into_iter().find(|card| text(card, "customer_id") == customer)
    else {
        let mut problem =
            Problem::new(ErrorCode::BadRequestBody, "the body breaks the rules of its fields");
        problem.faults = Faults::invalid("activation_code", "is that of no card of the customer");
        return Err(problem.into());
    };
    let status = text(&card, "card_status");
    if status != "UNACTIVATED" {
        let detail = format!("a card that is {status} cannot be activated");
        return Err(Refusal::status(detail, next(status)));
    }
    card["card_status"] = json!("ACTIVE");
    card["status_reason"] = json!("NEW");
    card["is_activated"] = json!(true);
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    if let Some(mut old) = ctx.get(&CARD, text(&card, "reissued_from_id"))?
        && old["card_status"] != "TERMINATED"
    {
        issue::terminate(ctx, &mut old, "EXP")?;
    }
    Reply::ok::<types::Card>(view(card))
}

/// Moves a physical card along its way to the customer.
fn fulfil(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.url_resource(&CARD, "card_id")?;
    if card["form"] != "PHYSICAL" {
        return Err(Refusal::rule(ErrorCode::UnableToTransact, "only a physical card is shipped"));
    }
    card["card_fulfillment_status"] = ctx.body["card_fulfillment_status"].clone();
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    Reply::ok::<types::CardFulfillmentSimulation>(ctx.body.clone())
}

/// Ends the cards of an account that is closed; how many there were.
pub(super) fn end_all(ctx: &Ctx<'_>, account: &str) -> Result<usize, Refusal> {
    let mut ended = 0;
    for mut card in ctx.all_with(&CARD, "account", account)? {
        if card["card_status"] != "TERMINATED" {
            issue::terminate(ctx, &mut card, "CLO")?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// How a card is shown: its details inside, and nothing of its number but the end.
pub(super) fn view(card: Value) -> Value {
    json!({ "type": card["type"], "tenant": card["tenant"], "card_details": card })
}
