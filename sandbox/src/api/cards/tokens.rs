//! Short-lived tokens and addresses of widgets, with which a cardholder handles what the
//! integrator must not see.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::cards::{CARD, next};
use crate::domain::{accounts, parties};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, Outcome, Problem, Reply, text, timestamp};
use crate::spec::FieldErrors;

/// What a token opens.
pub(super) const TICKET: Kind = Kind { name: "widget ticket", id: "id", keys: &[] };

/// How long a token is good.
const VALID_MINUTES: i64 = 5;

/// A token for the processor's own scripts.
pub(super) fn client_token(ctx: &Ctx<'_>) -> Outcome {
    let card = usable(ctx)?;
    let token = ticket(ctx, "CLIENT", card["customer_id"].clone(), Some(&card))?;
    Reply::created::<types::ClientToken>(json!({ "client_token": token }))
}

/// A token for one widget about one card.
pub(super) fn widget_token(ctx: &Ctx<'_>) -> Outcome {
    let card = usable(ctx)?;
    let kind = ctx.request.query.get("widget_type").and_then(Value::as_str).unwrap_or_default();
    let is_set = card["is_pin_set"] == true;
    let status = text(&card, "card_status");
    match kind {
        "GET_PIN" if !is_set => {
            return Err(ApiError::rule(ErrorCode::UnableToTransact, "the card has no PIN yet"));
        }
        "ACTIVATE" if status != "UNACTIVATED" => {
            let detail = format!("a card that is {status} cannot be activated");
            return Err(ApiError::status(detail, next(status)));
        }
        _ => {}
    }
    let token = ticket(ctx, kind, card["customer_id"].clone(), Some(&card))?;
    Reply::ok::<types::WidgetToken>(json!({ "tenant": ctx.tenant, "widget_token": token }))
}

/// The address of a page on which a cardholder activates a card or sets its PIN.
pub(super) fn widget_url(ctx: &Ctx<'_>) -> Outcome {
    let asked =
        |name: &str| ctx.request.query.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_pin = asked("widget_type") == "SET_PIN";
    if is_pin && asked("card_id").is_empty() {
        return Err(bad_query(FieldErrors::missing("card_id")));
    }
    let account = ctx.get(&ACCOUNT, asked("account_id"))?.ok_or_else(|| not_found("account_id"))?;
    let customer = asked("customer_id");
    if !accounts::is_related(&account, customer)
        || parties::customer(ctx, customer, "customer_id").is_err()
    {
        return Err(not_found("customer_id"));
    }
    let card = match asked("card_id") {
        "" => None,
        id => {
            let card = ctx.get(&CARD, id)?.ok_or_else(|| not_found("card_id"))?;
            if card["account_id"] != account["id"] {
                return Err(not_found("card_id"));
            }
            Some(card)
        }
    };
    let kind = if is_pin { "SET_PIN" } else { "ACTIVATE" };
    let token = ticket(ctx, kind, json!(customer), card.as_ref())?;
    let url = format!("http://{}/widgets/cards/{token}", ctx.request.host);
    Reply::ok::<types::CardWidgetUrlResponse>(json!({ "url": url }))
}

/// The query names something that is not there.
fn not_found(parameter: &str) -> ApiError {
    bad_query(FieldErrors::invalid(parameter, "does not exist, or does not go with the account"))
}

fn bad_query(errors: FieldErrors) -> ApiError {
    let mut problem =
        Problem::new(ErrorCode::BadQueryParameter, "the query breaks the rules of its parameters");
    problem.errors = errors;
    problem.into()
}

/// The card of the URL, unless it has ended.
fn usable(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    let card = ctx.url_resource(&CARD, "card_id")?;
    match text(&card, "card_status") {
        status @ ("TERMINATED" | "REJECTED") => {
            Err(ApiError::status(format!("the card is {status}"), next(status)))
        }
        _ => Ok(card),
    }
}

/// A token for the processor's own pages, for all of a customer's cards; and when it ends.
pub(crate) fn single_use_token(
    ctx: &Ctx<'_>,
    customer: &str,
) -> Result<(String, DateTime<Utc>), ApiError> {
    let token = ticket(ctx, "SINGLE_USE", json!(customer), None)?;
    Ok((token, ctx.now + Duration::minutes(VALID_MINUTES)))
}

fn ticket(
    ctx: &Ctx<'_>,
    kind: &str,
    customer: Value,
    card: Option<&Value>,
) -> Result<String, ApiError> {
    let token = ctx.new_id()?.to_string();
    let ticket = json!({
        "id": token, "kind": kind, "customer_id": customer, "card_id": card.map(|card| &card["id"]),
        "expires_at": timestamp(ctx.now + Duration::minutes(VALID_MINUTES)), "is_used": false,
    });
    ctx.insert(&TICKET, &ticket)?;
    Ok(token)
}
