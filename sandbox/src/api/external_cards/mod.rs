//! Cards issued elsewhere, and money to and from them.
//!
//! The vendor's page in a browser turns a card number into a token; here any token will do, once.
//! How it begins steers what the card behind it does: `expired` is refused; `mismatch` fails its
//! verification, as a name does that is not the customer's; `pull-only` and `push-only` take one
//! direction; transfers of `declined`, `fraud`, `pending`, `unknown` and `lost` cards do as
//! [`transfers`] says, and 3-D Secure of `challenge`, `unenrolled` and `failed` cards as
//! [`three_ds`] says. Numbers of cards are not kept.

mod card;
mod three_ds;
pub(crate) mod transfers;
mod wallets;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::external_cards::card::{TOKEN, digits_of, print_of};
use crate::domain::cards::{CardFace, is_card_number};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::{cards, external_cards, parties};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, last_four, text};
use crate::spec::FieldErrors;

pub(crate) use card::CARD;
pub(crate) use transfers::{SETTLE, settle};

const ON_ONE: &[(&str, &Kind)] = &[("external_card_id", &CARD)];
const ON_TRANSFER: &[(&str, &Kind)] = &[("transfer_id", &external_cards::TRANSFER)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_external_cards", list),
    Served::new("create_external_card", create).ruled(of_new_card),
    Served::new("create_external_card_from_token", create_from_token),
    Served::on("get_external_card", ON_ONE, get),
    Served::on("update_external_card", ON_ONE, update),
    Served::on("delete_external_card", ON_ONE, delete),
    Served::on("reveal_external_card_details", ON_ONE, reveal),
    Served::new("get_external_card_widget_token", widget_token),
    Served::new("list_external_card_transfers", transfers::list),
    Served::new("create_external_card_transfer", transfers::create),
    Served::new("create_apple_pay_external_card_transfer", wallets::apple),
    Served::new("create_google_pay_external_card_transfer", wallets::google),
    Served::on("get_external_card_transfer", ON_TRANSFER, transfers::get),
    Served::on("create_external_card_transfer_reversal", ON_TRANSFER, transfers::reverse),
    Served::new("initialize3_ds", three_ds::initialize),
    Served::new("lookup3_ds", three_ds::lookup),
    Served::new("authenticate3_ds", three_ds::authenticate),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    // Deleted cards are shown to who asks for them.
    let asks_deleted =
        ctx.request.query.get("status").is_some_and(|asked| asked.to_string().contains("DELETED"))
            || ctx.request.query.contains_key("id");
    List {
        kind: &CARD,
        items: "external_cards",
        filters: &[
            ("id", By::Key("id")),
            ("customer_id", By::Key("customer")),
            ("business_id", By::Key("business")),
            ("last_four", By::Key("last_four")),
            ("name", By::Key("name")),
            ("name_like", By::Elsewhere),
            ("payment_account_reference", By::Key("reference")),
            ("status", By::Key("status")),
            ("status_neq", By::Elsewhere),
            ("tenant", By::Key("tenant")),
            ("from_creation_time", By::From("/creation_time")),
            ("to_creation_time", By::To("/creation_time")),
            ("from_last_updated_time", By::From("/last_updated_time")),
            ("to_last_updated_time", By::To("/last_updated_time")),
            ("from_deletion_time", By::From("/deletion_time")),
            ("to_deletion_time", By::To("/deletion_time")),
        ],
        always: Vec::new(),
        view: &|ctx, card| {
            let is_unwanted = ctx.request.query.get("status_neq") == Some(&card["status"]);
            let is_hidden = card["status"] == "DELETED" && !asks_deleted;
            // The one such filter that minds its case.
            let like =
                ctx.request.query.get("name_like").and_then(Value::as_str).unwrap_or_default();
            let is_other = !text(&card, "name").contains(like);
            if is_unwanted || is_hidden || is_other { Ok(None) } else { as_stored(ctx, card) }
        },
    }
    .reply::<types::ExternalCardList>(ctx)
}

fn create_from_token(ctx: &Ctx<'_>) -> Outcome {
    let token = text(&ctx.request.body, "token");
    if token.is_empty() || token.starts_with("expired") {
        return Err(FieldErrors::invalid("token", "is not valid any more").into());
    }
    let print = print_of(token);
    if ctx.get(&TOKEN, &print)?.is_some() {
        return Err(FieldErrors::invalid("token", "was used before").into());
    }
    ctx.insert(&TOKEN, &json!({ "print": print }))?;
    let numbers = digits_of(&print);
    let (bin, last) = numbers.split_at(6);
    let year = ctx.now.format("%y").to_string().parse::<u32>().unwrap_or_default() + 3;
    let details = json!({
        "bin": bin, "last_four": last, "expiration_month": "12",
        "expiration_year": format!("{:02}", year % 100),
        // Not shown: what its number is made from, and what it does.
        "number_key": print, "steering": token.split('-').next(),
        "directions": token.split_once("-only").map(|(direction, _)| direction),
    });
    store(ctx, details)
}

/// What is wrong with the body of a new card.
fn of_new_card(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = FieldErrors::default();
    if !is_card_number(text(&ctx.request.body, "pan")) {
        errors.merge(FieldErrors::invalid("pan", "is no card number"));
    }
    let now = ctx.now.format("%y%m").to_string();
    let expires = format!(
        "{}{}",
        text(&ctx.request.body, "expiration_year"),
        text(&ctx.request.body, "expiration_month")
    );
    if expires < now {
        errors.merge(FieldErrors::invalid("expiration_year", "the card has expired"));
    }
    Ok(errors)
}

/// A card by its number, which is looked at and forgotten.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let pan = text(&ctx.request.body, "pan");
    let details = json!({
        "bin": &pan[..6], "last_four": last_four(pan),
        "expiration_month": ctx.request.body["expiration_month"],
        "expiration_year": ctx.request.body["expiration_year"],
    });
    store(ctx, details)
}

/// Verifies a card against its customer, and keeps it.
fn store(ctx: &Ctx<'_>, details: Value) -> Outcome {
    let body = &ctx.request.body;
    let (_, customer) = parties::customer(ctx, text(body, "customer_id"), "customer_id")?;
    if !text(body, "business_id").is_empty() {
        let code = ErrorCode::BusinessNotFound;
        ctx.referred(&parties::BUSINESS, text(body, "business_id"), code, "business_id")?;
    }
    let is_theirs = is_name_of(&customer, text(body, "name"));
    let is_verified = is_theirs && details["steering"] != "mismatch";
    let only = text(&details, "directions").to_owned();
    let result = |fine: bool, bad: &'static str| if fine { "VERIFIED" } else { bad };
    let side = json!({
        "country": "US", "currency": "USD", "network": "Visa", "product_type": "DEBIT",
        "regulated": true,
    });
    let mut push = side.clone();
    push["funds_availability"] = json!("NOW");
    let id = ctx.new_id()?;
    let mut card = json!({
        "id": id, "tenant": ctx.tenant, "status": "ACTIVE", "currency": "USD",
        "customer_id": body["customer_id"], "name": body["name"], "issuer": "Sandbox Community Bank",
        "payment_account_reference": format!("V{:0>28}", ctx.tx.next("external cards")?),
        "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
        "verifications": {
            "state": if is_verified { "SUCCEEDED" } else { "FAILED" },
            "name_verification_result": result(is_theirs, "NAME_MISMATCH"),
            "address_verification_result": result(is_verified || !is_theirs, "ADDRESS_MISMATCH"),
            "cvv2_result": "VERIFIED",
            "pull_enabled": is_verified && only != "push",
            "push_enabled": is_verified && only != "pull",
            "pull_details": side, "push_details": push,
        },
    });
    if let Some(business) = body.get("business_id") {
        card["business_id"] = business.clone();
    }
    crate::model::patch(&mut card, &details);
    ctx.insert(&CARD, &card)?;
    Reply::created::<types::ExternalCard>(card)
}

/// Both names in any order and case; of a business, its name.
fn is_name_of(customer: &Value, name: &str) -> bool {
    let name = name.to_lowercase();
    let is_in = |part: &str| !part.is_empty() && name.contains(&part.to_lowercase());
    is_in(text(customer, "entity_name"))
        || (is_in(text(customer, "first_name")) && is_in(text(customer, "last_name")))
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::ExternalCard>(ctx.url_resource(&CARD, "external_card_id")?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut card = changeable(ctx)?;
    card["status"] = ctx.request.body["status"].clone();
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    Reply::ok::<types::ExternalCard>(card)
}

fn changeable(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    let card = ctx.url_resource(&CARD, "external_card_id")?;
    if card["status"] == "DELETED" {
        return Err(ApiError::status("a deleted card stays as it is", &[]));
    }
    Ok(card)
}

/// A deleted card can still be read.
fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut card = changeable(ctx)?;
    card["status"] = json!("DELETED");
    card["deletion_time"] = json!(ctx.now_text());
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    Reply::ok::<types::DeleteResponse>(json!({ "id": card["id"], "resource": "EXTERNAL_CARD" }))
}

/// The number of a card that a token stood for. One that came as a number was looked at and
/// forgotten.
fn reveal(ctx: &Ctx<'_>) -> Outcome {
    let card = changeable(ctx)?;
    let Some(key) = card["number_key"].as_str() else {
        let detail = "the number of this card was not kept";
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    };
    // border:
    let face = CardFace {
        bin: text(&card, "bin"),
        last_four: text(&card, "last_four"),
        expiration_month: text(&card, "expiration_month"),
        expiration_year: text(&card, "expiration_year"),
    };
    let ciphertext = cards::revealed(ctx, &cards::plain(&face, key))?;
    Reply::ok::<types::ExternalCardRevealResponse>(json!({ "ciphertext": ciphertext }))
}

/// What a page needs to show the vendor's form, for a customer; or, for a known card, for its holder.
fn widget_token(ctx: &Ctx<'_>) -> Outcome {
    let is_reveal = ctx.request.query.get("widget_type") == Some(&json!("REVEAL"));
    let needed = if is_reveal { "external_card_id" } else { "customer_id" };
    if !ctx.request.query.contains_key(needed) {
        let mut problem = crate::model::Problem::new(
            ErrorCode::BadQueryParameter,
            "the query breaks the rules of its parameters",
        );
        problem.errors = FieldErrors::missing(needed);
        return Err(problem.into());
    }
    let token = format!("widget-sandbox-{}", ctx.new_id()?);
    Reply::ok::<types::WidgetToken>(json!({ "tenant": ctx.tenant, "widget_token": token }))
}
