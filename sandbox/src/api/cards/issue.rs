//! Issuing: on an account that takes cards, to a customer of it, within the platform's numbers.

use chrono::{Datelike, Months};
use serde_json::{Map, Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::cards::render::view;
use crate::api::cards::{bulk, images, products, status};
use crate::domain::accounts::credit;
use crate::domain::cards::{CARD, PRODUCT};
use crate::domain::side::Side;
use crate::domain::{accounts, parties, rules};
use crate::model::calendar::bank_time;
use crate::model::{ApiError, Ctx, Outcome, Reply, patch, text, timestamp};
use crate::spec::FieldErrors;

/// Active virtual cards that an account can have; it can have one physical card beside them.
const VIRTUAL_CARDS_MAX: usize = 9;

/// A card is good for three years.
const VALID_MONTHS: u32 = 36;

/// A range of numbers that no card network has assigned.
const BIN: &str = "999999";

/// What fits on a card.
const EMBOSS_MAX: usize = 21;

pub(super) fn issue(ctx: &Ctx<'_>) -> Outcome {
    let kind = text(&ctx.request.body, "type");
    let details = &ctx.request.body["card_details"];
    let code = ErrorCode::BadRequestBody;
    let field = "card_details.card_product_id";
    let product = ctx.referred(&PRODUCT, text(details, "card_product_id"), code, field)?;
    let form = text(details, "form");
    if product["card_type"] != kind {
        let reason = format!("no {kind} cards are issued of this product");
        return Err(FieldErrors::invalid(field, reason).into());
    }
    if product["form"] != form || !products::is_open(&product, &ctx.now_text()) {
        let reason = format!("no {form} cards are issued of this product");
        return Err(FieldErrors::invalid(field, reason).into());
    }
    let account = accounts::referred(ctx, text(details, "account_id"), "card_details.account_id")?;
    check_kind(kind, &account)?;
    let cardholder = check_parties(ctx, details, &account)?;
    rules::check_account(ctx, &account, Side::Credited)?;
    rules::check_rail(&account, "is_card_enabled")?;
    let replaced = replaced(ctx, details)?;
    check_numbers(ctx, details, replaced.is_some())?;
    let emboss_name = emboss_name(details, &cardholder)?;
    let waits = [
        ("is_waiting_for_image", images::check(ctx, details, &product)?),
        ("is_waiting_for_bulk_shipment", bulk::check(ctx, details)?),
        ("is_waiting_for_pin", product["pin_issuance_policy"] == "REQUIRED"),
    ];
    let waits: Map<String, Value> = waits
        .into_iter()
        .filter(|(_, waits)| *waits)
        .map(|(reason, _)| (reason.to_owned(), json!(true)))
        .collect();

    let is_virtual = form == "VIRTUAL";
    let id = ctx.new_id()?;
    let expires = ctx.today() + Months::new(VALID_MONTHS);
    let keeps_number = replaced.as_ref().is_some_and(|_| keeps_number(details));
    let last_four = match &replaced {
        Some(old) if keeps_number => text(old, "last_four").to_owned(),
        _ => format!("{:04}", ctx.new_number(10_000)?),
    };
    let number_key = match &replaced {
        Some(old) if keeps_number => old["number_key"].clone(),
        _ => json!(ctx.new_card_key()?),
    };
    let mut card = details.clone();
    let issued = json!({
        "id": id, "type": kind, "tenant": ctx.tenant, "card_brand": product["card_brand"],
        "bin": BIN, "last_four": last_four, "emboss_name": emboss_name,
        "expiration_month": format!("{:02}", expires.month()),
        "expiration_year": format!("{:04}", expires.year()),
        "expiration_time": timestamp(bank_time(expires, 23, 59)),
        "expiration_date": expires.to_string(),
        "card_status": if is_virtual { "ACTIVE" } else { "UNACTIVATED" },
        "status_reason": "NEW", "is_pin_set": false, "is_activated": is_virtual,
        // Not shown: what its number is made from.
        "number_key": number_key,
        "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
    });
    patch(&mut card, &issued);
    if !is_virtual {
        let code = format!("{:012}", ctx.new_number(1_000_000_000_000)?);
        card["barcode"] = json!(code);
        card["activation_code"] = json!(code);
        card["card_fulfillment_status"] = json!("ISSUED");
        card["physical_card_format"] = product["physical_card_format"].clone();
        if card["shipping"]["method"].is_null() {
            card["shipping"]["method"] = json!("LOCAL_MAIL");
        }
        if !waits.is_empty() {
            card["card_status"] = json!("PENDING");
            card["pending_reasons"] = json!(waits);
        }
    }
    if product["pin_issuance_policy"] == "RANDOM" {
        card["is_pin_set"] = json!(true);
        card["timestamp_pin_set"] = json!(ctx.now_text());
    }
    ctx.insert(&CARD, &card)?;
    if let Some(mut old) = replaced {
        old["reissued_to_id"] = json!(id);
        ctx.update(&CARD, &old)?;
        if !keeps_number {
            let reason = if details["reissue_reason"] == "STOLEN" { "STO" } else { "LOS" };
            status::give_way(ctx, &mut old, &mut card, reason)?;
            ctx.update(&CARD, &card)?;
        }
    }
    Reply::created::<types::Card>(view(card))
}

/// A credit card spends what an account may owe, the others what is there.
fn check_kind(kind: &str, account: &Value) -> Result<(), ApiError> {
    let fits = credit::is_credit(account) == (kind == "CREDIT");
    let fits = fits && (kind != "PREPAID" || account["account_type"] == "PREPAID");
    if !fits {
        let reason = format!("no {kind} cards are for {} accounts", text(account, "account_type"));
        return Err(FieldErrors::invalid("card_details.account_id", reason).into());
    }
    Ok(())
}

/// Who the card is for: a customer of the account; the party whose name goes on it.
fn check_parties(ctx: &Ctx<'_>, details: &Value, account: &Value) -> Result<Value, ApiError> {
    let (customer, business) = (text(details, "customer_id"), text(details, "business_id"));
    if customer.is_empty() && business.is_empty() {
        return Err(FieldErrors::missing("card_details.customer_id").into());
    }
    for (id, field) in
        [(customer, "card_details.customer_id"), (business, "card_details.business_id")]
    {
        if !id.is_empty() {
            rules::check_customer(ctx, account, id, field)?;
        }
    }
    let id = if customer.is_empty() { business } else { customer };
    parties::customer(ctx, id, "card_details.customer_id").map(|(_, body)| body)
}

/// The card that this one takes the place of.
fn replaced(ctx: &Ctx<'_>, details: &Value) -> Result<Option<Value>, ApiError> {
    let (id, reason) = (text(details, "reissued_from_id"), text(details, "reissue_reason"));
    match (id.is_empty(), reason.is_empty()) {
        (true, true) => return Ok(None),
        (false, true) => return Err(FieldErrors::missing("card_details.reissue_reason").into()),
        (true, false) => return Err(FieldErrors::missing("card_details.reissued_from_id").into()),
        (false, false) => {}
    }
    let field = "card_details.reissued_from_id";
    let old = ctx.referred(&CARD, id, ErrorCode::BadRequestBody, field)?;
    if old["account_id"] != details["account_id"] || old.get("reissued_to_id").is_some() {
        let reason = "must be a card of the account that was not replaced before";
        return Err(FieldErrors::invalid(field, reason).into());
    }
    Ok(Some(old))
}

/// A card that is lost or stolen gets a new number; any other keeps it.
fn keeps_number(details: &Value) -> bool {
    !matches!(text(details, "reissue_reason"), "LOST" | "STOLEN")
}

fn check_numbers(ctx: &Ctx<'_>, details: &Value, is_replacement: bool) -> Result<(), ApiError> {
    let form = text(details, "form");
    let others = ctx.all_with(&CARD, "account", text(details, "account_id"))?;
    let alive = others
        .iter()
        .filter(|card| text(card, "form") == form)
        .filter(|card| !matches!(text(card, "card_status"), "TERMINATED" | "REJECTED"))
        .count();
    let max = if form == "VIRTUAL" { VIRTUAL_CARDS_MAX } else { 1 };
    // A replacement stands beside the card that it replaces until it is activated.
    if alive >= max + usize::from(is_replacement) {
        let detail = format!("the account has its {max} {form} cards already");
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    Ok(())
}

/// The name on the card: as asked for, else the cardholder's, in the characters that can be printed.
fn emboss_name(details: &Value, cardholder: &Value) -> Result<Value, ApiError> {
    let is_printable = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ',' | '/' | '-' | '&' | '\'')
    };
    let asked = &details["emboss_name"];
    if !asked.is_null() {
        let line = text(asked, "line_1");
        if line.chars().count() > EMBOSS_MAX || !line.chars().all(is_printable) {
            let reason = format!("must be at most {EMBOSS_MAX} printable characters");
            return Err(FieldErrors::invalid("card_details.emboss_name.line_1", reason).into());
        }
        return Ok(asked.clone());
    }
    let name = match text(cardholder, "entity_name") {
        "" => format!("{} {}", text(cardholder, "first_name"), text(cardholder, "last_name")),
        name => name.to_owned(),
    };
    let line: String = name.trim().chars().filter(|c| is_printable(*c)).take(EMBOSS_MAX).collect();
    Ok(json!({ "line_1": line }))
}
