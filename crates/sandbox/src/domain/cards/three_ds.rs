//! 3-D Secure for cards of ours: a merchant asks whether the cardholder is who pays.
//!
//! No operation of the platform's API brings an authentication about: a shop does. The control API of
//! this sandbox does it instead. The decision is the active gateway's of the card's product, or else
//! follows the product's policy; with a one-time password, the cardholder answers it, rightly or not.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::{CardId, CardProductId, ErrorCode};
use synctera_api::v2::types::{
    ThreeDsDecision, ThreeDsDecisionGateway as GatewayWire, ThreeDsPolicy,
};
use uuid::Uuid;

use crate::domain::cards::{Card, CardProduct};
use crate::ledger::Account;
use crate::model::outgoing_client::custom_headers;
use crate::model::{ApiError, Ctx, ExternalCall, ExternalReply, Kind, Record, Resource};
use crate::spec::FieldErrors;

pub(crate) const THREE_DS_GATEWAY: Kind = Kind {
    name: "3-D Secure decision gateway",
    id: "id",
    keys: &[("product", "/card_products"), ("is_active", "/is_active")],
};

/// A server that decides what 3-D Secure asks.
pub(crate) enum ThreeDsDecisionGateway {}

impl Resource for ThreeDsDecisionGateway {
    const KIND: &'static Kind = &THREE_DS_GATEWAY;
    type Wire = GatewayWire;
    type Facts = ();
}

pub(crate) const THREE_DS_AUTHENTICATION: Kind =
    Kind { name: "cardholder authentication", id: "id", keys: &[("card", "/card_id")] };

/// That a merchant asked for the cardholder.
pub(crate) enum ThreeDsAuthentication {}

impl Resource for ThreeDsAuthentication {
    const KIND: &'static Kind = &THREE_DS_AUTHENTICATION;
    type Wire = ThreeDsAuthenticationRecord;
    type Facts = ();
}

/// What the events tell of an authentication. The document has no type for it: the names are those of
/// the question to a decision gateway, where that has them.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ThreeDsAuthenticationRecord {
    pub(crate) id: Uuid,
    tenant: String,
    card_id: CardId,
    card_product_id: CardProductId,
    acs_transaction_id: Uuid,
    transaction_amount: i64,
    currency_code: String,
    pub(crate) decision: ThreeDsDecision,
    pub(crate) status: ThreeDsStatus,
    creation_time: DateTime<Utc>,
}

/// What came of an authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ThreeDsStatus {
    Success,
    Failed,
}

/// Authenticates the cardholder for a payment, as a merchant's 3-D Secure does. `is_answered` says
/// whether the one-time password is entered rightly, if one is asked for.
pub(crate) fn authenticate(
    ctx: &Ctx<'_>,
    card: &str,
    amount: i64,
    is_answered: bool,
) -> Result<Record<ThreeDsAuthentication>, ApiError> {
    if amount < 0 {
        return Err(FieldErrors::invalid("amount", "must not be negative").into());
    }
    let card = ctx.find_named::<Card>(card, ErrorCode::BadRequestBody, "card_id")?;
    let account = ctx.find_related::<Account>(card.account_id)?;
    let currency_code = account.currency_code().to_owned();
    let acs_transaction_id = ctx.subject()?;
    let question = json!({
        "acs_transaction_id": acs_transaction_id, "card_id": card.id,
        "card_product_id": card.card_product_id, "transaction_amount": amount,
        "currency_code": currency_code, "device_channel": "BROWSER",
        "transaction_type": "PAYMENT",
        "merchant": { "id": "merchant-1", "name": "Sandbox Shop", "country_code": "840" },
    });
    let decision = match gateway_of(ctx, card.card_product_id)? {
        Some(gateway) => {
            let call = ExternalCall {
                subject: acs_transaction_id,
                url: gateway.wire.decision_url,
                headers: custom_headers(&gateway.wire.custom_headers),
                body: question,
                wait: Duration::from_millis(ctx.settings.card_gateway_wait_ms.into()),
            };
            decided(&ctx.call_external(call)?).unwrap_or(gateway.wire.fallback_decision)
        }
        None => by_policy(ctx, card.card_product_id)?,
    };
    let is_proven = decision == ThreeDsDecision::Exempt || is_answered;
    let authentication = ThreeDsAuthenticationRecord {
        id: ctx.new_id()?,
        tenant: ctx.tenant.to_owned(),
        card_id: card.id,
        card_product_id: card.card_product_id,
        acs_transaction_id,
        transaction_amount: amount,
        currency_code,
        decision,
        status: if is_proven { ThreeDsStatus::Success } else { ThreeDsStatus::Failed },
        creation_time: ctx.now,
    };
    let authentication = Record::new(authentication, ());
    ctx.add(&authentication)?;
    Ok(authentication)
}

/// The gateway that decides for the cards of a product.
fn gateway_of(
    ctx: &Ctx<'_>,
    product: CardProductId,
) -> Result<Option<Record<ThreeDsDecisionGateway>>, ApiError> {
    let gateways = ctx.find_all::<ThreeDsDecisionGateway>("product", product)?;
    Ok(gateways.into_iter().find(|gateway| gateway.is_active))
}

/// What a gateway answers with.
#[derive(Deserialize)]
struct Decided {
    decision: ThreeDsDecision,
}

/// What a gateway decides: with 200 and a decision that there is.
fn decided(reply: &ExternalReply) -> Option<ThreeDsDecision> {
    let ExternalReply::Response { status: 200, body } = reply else {
        return None;
    };
    let reply: Decided = serde_json::from_str(body).ok()?;
    matches!(reply.decision, ThreeDsDecision::Exempt | ThreeDsDecision::SmsOtp)
        .then_some(reply.decision)
}

/// What the product says. With DECISION_GATEWAY and none that is active, the cardholder is asked.
fn by_policy(ctx: &Ctx<'_>, product: CardProductId) -> Result<ThreeDsDecision, ApiError> {
    let product = ctx.find_related::<CardProduct>(product)?;
    Ok(match product.three_ds_policy {
        ThreeDsPolicy::Exempt => ThreeDsDecision::Exempt,
        _ => ThreeDsDecision::SmsOtp,
    })
}
