//! From issued to ended: what may become of a card, and its activation.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::api::cards::pin;
use crate::api::cards::render::view;
use crate::domain::cards::{CARD, end, next};
use crate::domain::{accounts, digital_wallets, rules};
use crate::model::{ApiError, Ctx, Outcome, Reply, patch, text, without};
use crate::spec::FieldErrors;

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut card = ctx.url_resource(&CARD, "card_id")?;
    let mut changes = ctx.request.body.clone();
    if let Some(wanted) = changes.get("card_status").and_then(Value::as_str) {
        let current = text(&card, "card_status");
        if wanted != current && !next(current).contains(&wanted) {
            let detail = format!("a card cannot go from {current} to {wanted}");
            return Err(ApiError::status(detail, next(current)));
        }
        if card["is_activated"] != true && wanted == "ACTIVE" {
            return Err(ApiError::status("a card becomes active by its activation", next(current)));
        }
    }
    if let Some(customer) = changes.get("customer_id").cloned() {
        if card.get("customer_id").is_some() {
            return Err(FieldErrors::immutable("customer_id").into());
        }
        let account = accounts::referred(ctx, text(&card, "account_id"), "account_id")?;
        let customer = customer.as_str().unwrap_or_default();
        rules::check_customer(ctx, &account, customer, "customer_id")?;
    }
    if let Some(reason) = changes.get("reason").cloned() {
        card["status_reason"] = reason;
    }
    without(&mut changes, &["reason"]);
    patch(&mut card, &changes);
    card["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&CARD, &card)?;
    if card["card_status"] == "TERMINATED" {
        digital_wallets::leave(ctx, &card, None)?;
    }
    Reply::ok::<types::Card>(view(card))
}

/// Makes a physical card usable; one that it replaces ends now.
pub(super) fn activate(ctx: &Ctx<'_>) -> Outcome {
    let code = text(&ctx.request.body, "activation_code");
    let card = activate_with(ctx, code, text(&ctx.request.body, "customer_id"))?;
    Reply::ok::<types::Card>(view(card))
}

/// Activates the card that a code and a customer belong to.
pub(super) fn activate_with(ctx: &Ctx<'_>, code: &str, customer: &str) -> Result<Value, ApiError> {
    let found = ctx.all_with(&CARD, "code", code)?;
    let Some(mut card) = found.into_iter().find(|card| text(card, "customer_id") == customer)
    else {
        return Err(
            FieldErrors::invalid("activation_code", "is that of no card of the customer").into()
        );
    };
    let status = text(&card, "card_status");
    if status != "UNACTIVATED" {
        let detail = format!("a card that is {status} cannot be activated");
        return Err(ApiError::status(detail, next(status)));
    }
    card["card_status"] = json!("ACTIVE");
    card["status_reason"] = json!("NEW");
    card["is_activated"] = json!(true);
    card["last_updated_time"] = json!(ctx.now_text());
    if let Some(mut old) = ctx.get(&CARD, text(&card, "reissued_from_id"))?
        && old["card_status"] != "TERMINATED"
    {
        give_way(ctx, &mut old, &mut card, "EXP")?;
    }
    ctx.update(&CARD, &card)?;
    Ok(card)
}

/// Ends a card that another one replaces, which takes over its PIN and its places in wallets. The
/// caller stores the new one.
pub(super) fn give_way(
    ctx: &Ctx<'_>,
    old: &mut Value,
    new: &mut Value,
    reason: &str,
) -> Result<(), ApiError> {
    if new["is_pin_set"] != true {
        pin::inherit(new, old);
    }
    digital_wallets::leave(ctx, old, Some(new))?;
    end(ctx, old, reason)
}
