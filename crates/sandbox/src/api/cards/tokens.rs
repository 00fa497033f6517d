//! Short-lived tokens and addresses of widgets, with which a cardholder handles what the
//! integrator must not see.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::{CardId, CustomerId, ErrorCode};
use synctera_api::v2::types::{
    CardWidgetType, CardWidgetUrlResponse, ClientToken, WidgetToken, WidgetType,
};
use uuid::Uuid;

use crate::api::cards::status::check_unactivated;
use crate::domain::cards::{Card, next};
use crate::domain::{accounts, parties};
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Kind, Outcome, Problem, Record, Reply, Resource, build};
use crate::spec::FieldErrors;

/// A token, and what it opens.
pub(super) enum Ticket {}

impl Resource for Ticket {
    const KIND: &'static Kind = &Kind { name: "widget ticket", id: "id", keys: &[] };
    type Wire = TicketRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct TicketRecord {
    /// The token itself.
    id: Uuid,
    pub(super) opens: Opens,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_id: Option<CustomerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) card_id: Option<CardId>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) is_used: bool,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Opens {
    /// The processor's own scripts.
    Client,
    /// The processor's own pages, about all cards of a customer.
    SingleUse,
    /// The processor's widget that shows the number or the PIN of a card.
    Display,
    /// A page that activates a card.
    Activation,
    /// A page that sets a PIN.
    SetPin,
}

/// How long a token is good.
const VALID_MINUTES: i64 = 5;

/// A token for the processor's own scripts.
pub(super) fn client_token(ctx: &Ctx<'_>) -> Outcome {
    let card = usable(ctx)?;
    let token = ticket(ctx, Opens::Client, card.customer_id, Some(card.id))?;
    Reply::json(201, &build::<ClientToken>(json!({ "client_token": token }))?)
}

/// A token for one widget about one card.
pub(super) fn widget_token(ctx: &Ctx<'_>) -> Outcome {
    let card = usable(ctx)?;
    let opens = match CardWidgetType::from(query(ctx, "widget_type")) {
        CardWidgetType::GetPin if !card.is_pin_set => {
            return Err(ApiError::rule(ErrorCode::UnableToTransact, "the card has no PIN yet"));
        }
        CardWidgetType::Activate => {
            check_unactivated(&card)?;
            Opens::Activation
        }
        CardWidgetType::SetPin => Opens::SetPin,
        _ => Opens::Display,
    };
    let token = ticket(ctx, opens, card.customer_id, Some(card.id))?;
    let token: WidgetToken = build(json!({ "tenant": ctx.tenant, "widget_token": token }))?;
    Reply::json(200, &token)
}

/// The address of a page on which a cardholder activates a card or sets its PIN.
pub(super) fn widget_url(ctx: &Ctx<'_>) -> Outcome {
    let is_pin = WidgetType::from(query(ctx, "widget_type")) == WidgetType::SetPin;
    let card_id = query(ctx, "card_id");
    if is_pin && card_id.is_empty() {
        return Err(bad_query(FieldErrors::missing("card_id")));
    }
    let account_id = query(ctx, "account_id");
    let account = ctx.find::<Account>(account_id)?.ok_or_else(|| not_found("account_id"))?;
    let customer = query(ctx, "customer_id");
    if !accounts::is_related(&account, customer)
        || parties::find(ctx, customer, "customer_id").is_err()
    {
        return Err(not_found("customer_id"));
    }
    let card = match card_id {
        "" => None,
        id => {
            let card = ctx.find::<Card>(id)?.ok_or_else(|| not_found("card_id"))?;
            if card.account_id.to_string() != account_id {
                return Err(not_found("card_id"));
            }
            Some(card.id)
        }
    };
    let customer = customer.parse().map_err(|_| not_found("customer_id"))?;
    let opens = if is_pin { Opens::SetPin } else { Opens::Activation };
    let token = ticket(ctx, opens, Some(customer), card)?;
    let url = format!("http://{}/widgets/cards/{token}", ctx.request.base);
    Reply::json(200, &build::<CardWidgetUrlResponse>(json!({ "url": url }))?)
}

/// A parameter of the query; empty where it is not given.
fn query<'a>(ctx: &'a Ctx<'_>, name: &str) -> &'a str {
    ctx.request.query.get(name).and_then(Value::as_str).unwrap_or_default()
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
fn usable(ctx: &Ctx<'_>) -> Result<Record<Card>, ApiError> {
    let card = ctx.find_in_url::<Card>("card_id")?;
    if card.has_ended() {
        let detail = format!("the card is {}", card.card_status);
        return Err(ApiError::no_transition(detail, next(&card.card_status)));
    }
    Ok(card)
}

/// A token for the processor's own pages, for all of a customer's cards; and when it ends.
pub(crate) fn single_use_token(
    ctx: &Ctx<'_>,
    customer: CustomerId,
) -> Result<(Uuid, DateTime<Utc>), ApiError> {
    let token = ticket(ctx, Opens::SingleUse, Some(customer), None)?;
    Ok((token, ctx.now + Duration::minutes(VALID_MINUTES)))
}

fn ticket(
    ctx: &Ctx<'_>,
    opens: Opens,
    customer_id: Option<CustomerId>,
    card_id: Option<CardId>,
) -> Result<Uuid, ApiError> {
    let id = ctx.new_id()?;
    let expires_at = ctx.now + Duration::minutes(VALID_MINUTES);
    let ticket = TicketRecord { id, opens, customer_id, card_id, expires_at, is_used: false };
    ctx.add(&Record::<Ticket>::new(ticket, ()))?;
    Ok(id)
}
