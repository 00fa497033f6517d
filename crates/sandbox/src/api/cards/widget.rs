//! The page behind a widget's address: what the cardholder types goes past the integrator.

use std::collections::BTreeMap;

use crate::api::cards::tokens::{Opens, Ticket, TicketRecord};
use crate::api::cards::{pin, status};
use crate::domain::cards::Card;
use crate::model::{ApiError, Ctx};

/// The page of a ticket, after what was typed took effect; `None` when the ticket is not of this
/// workspace.
pub(crate) fn page(
    ctx: &Ctx<'_>,
    token: &str,
    typed: Option<&BTreeMap<String, String>>,
) -> Result<Option<String>, ApiError> {
    let Some(mut ticket) = ctx.find::<Ticket>(token)? else {
        return Ok(None);
    };
    if ticket.is_used || ticket.expires_at <= ctx.now {
        return Ok(Some(html("This page has expired", "")));
    }
    let (title, field) = match ticket.opens {
        Opens::SetPin => ("Choose a PIN", "pin"),
        Opens::Activation => ("Activate your card", "activation_code"),
        Opens::Client | Opens::SingleUse | Opens::Display => return Ok(None),
    };
    let Some(value) = typed.and_then(|typed| typed.get(field)) else {
        return Ok(Some(html(title, &form(field))));
    };
    let done = match ticket.opens {
        Opens::SetPin => set_pin(ctx, &ticket, value)?,
        _ => activate(ctx, &ticket, value),
    };
    if !done {
        return Ok(Some(html("That did not work", &form(field))));
    }
    ticket.is_used = true;
    ctx.save(&ticket)?;
    Ok(Some(html("Done", "")))
}

fn set_pin(ctx: &Ctx<'_>, ticket: &TicketRecord, value: &str) -> Result<bool, ApiError> {
    let card = ticket.card_id.map(|id| ctx.find::<Card>(id)).transpose()?.flatten();
    let Some(mut card) = card else {
        return Ok(false);
    };
    Ok(pin::is_pin(value) && pin::store(ctx, &mut card, value).is_ok())
}

fn activate(ctx: &Ctx<'_>, ticket: &TicketRecord, code: &str) -> bool {
    ticket.customer_id.is_some_and(|customer| status::activate_with(ctx, code, customer).is_ok())
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
