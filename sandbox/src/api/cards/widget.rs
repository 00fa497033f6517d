//! The page behind a widget's address: what the cardholder types goes past the integrator.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::cards::tokens::TICKET;
use crate::api::cards::{pin, status};
use crate::domain::cards::CARD;
use crate::model::{ApiError, Ctx, text};

/// The page of a ticket, after what was typed took effect; `None` when the ticket is not of this
/// workspace.
pub(crate) fn page(
    ctx: &Ctx<'_>,
    token: &str,
    typed: Option<&BTreeMap<String, String>>,
) -> Result<Option<String>, ApiError> {
    let Some(mut ticket) = ctx.get(&TICKET, token)? else {
        return Ok(None);
    };
    if ticket["is_used"] == true || text(&ticket, "expires_at") <= ctx.now_text().as_str() {
        return Ok(Some(html("This page has expired", "")));
    }
    let (title, field) = match text(&ticket, "kind") {
        "SET_PIN" => ("Choose a PIN", "pin"),
        "ACTIVATE" => ("Activate your card", "activation_code"),
        _ => return Ok(None),
    };
    let Some(value) = typed.and_then(|typed| typed.get(field)) else {
        return Ok(Some(html(title, &form(field))));
    };
    let done = match field {
        "pin" => set_pin(ctx, &ticket, value)?,
        _ => status::activate_with(ctx, value, text(&ticket, "customer_id")).is_ok(),
    };
    if !done {
        return Ok(Some(html("That did not work", &form(field))));
    }
    ticket["is_used"] = json!(true);
    ctx.update(&TICKET, &ticket)?;
    Ok(Some(html("Done", "")))
}

fn set_pin(ctx: &Ctx<'_>, ticket: &Value, value: &str) -> Result<bool, ApiError> {
    let Some(mut card) = ctx.get(&CARD, text(ticket, "card_id"))? else {
        return Ok(false);
    };
    Ok(pin::is_pin(value) && pin::store(ctx, &mut card, value).is_ok())
}

fn form(field: &str) -> String {
    let kind = if field == "pin" { "password" } else { "text" };
    let input = format!(r#"<input name="{field}" type="{kind}" inputmode="numeric" required>"#);
    format!(r#"<form method="post">{input}<button>Send</button></form>"#)
}

fn html(title: &str, rest: &str) -> String {
    let head = format!(r#"<meta charset="utf-8"><title>{title}</title>"#);
    format!(r#"<!doctype html><html lang="en">{head}<h1>{title}</h1>{rest}</html>"#)
}
