//! The integrator's own word on an authorization, where its card product has a gateway.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::card_simulations::attempt::{Attempt, Decline};
use crate::domain::cards;
use crate::domain::side::Side;
use crate::ledger;
use crate::model::outgoing_client::custom_headers;
use crate::model::{ApiError, Ctx, ExternalCall, ExternalReply};

/// What the gateway declines. It approves by 200 alone; with stand-in, silence is consent.
pub(super) fn decline(
    ctx: &Ctx<'_>,
    attempt: &Attempt,
    approved: i64,
) -> Result<Option<Decline>, ApiError> {
    let Some(gateway) = cards::of_product(ctx, attempt.card.card_product_id)? else {
        return Ok(None);
    };
    let is_stood_in = gateway.standin.as_ref().and_then(|standin| standin.enabled) == Some(true);
    let call = ExternalCall {
        subject: attempt.id.as_uuid(),
        url: gateway.wire.url,
        headers: custom_headers(&gateway.wire.custom_headers),
        body: question(ctx, attempt, approved)?,
        wait: Duration::from_millis(ctx.settings.card_gateway_wait_ms.into()),
    };
    Ok(match ctx.call_external(call)? {
        ExternalReply::Response { status: 200, .. } => None,
        ExternalReply::Response { status, .. } => {
            let detail = format!("the gateway answered {status}");
            Some(Decline::new("GATEWAY_DECLINED", detail))
        }
        ExternalReply::NoReply if is_stood_in => None,
        ExternalReply::NoReply => {
            Some(Decline::new("GATEWAY_ERROR", "the gateway did not answer whole and in time"))
        }
    })
}

fn question(ctx: &Ctx<'_>, attempt: &Attempt, approved: i64) -> Result<Value, ApiError> {
    let (card, merchant) = (&attempt.card, &attempt.merchant);
    let known = |text: &Option<String>| text.clone().unwrap_or_default();
    let balances = ledger::balances(ctx, card.account_id)?;
    Ok(json!({
        "id": attempt.id, "transaction_id": attempt.id, "type": "authorization",
        "customer_id": card.customer_id, "account_id": card.account_id,
        "card_id": card.id, "card_format": card.form, "last_four": card.last_four,
        "dc_sign": if attempt.side == Side::Debited { "debit" } else { "credit" },
        "user_transaction_time": ctx.now_text(), "settlement_date": ctx.now_text(),
        "amount": {
            "amount": attempt.amount, "approved_amount": approved,
            "total_pending_amount": approved, "currency": attempt.currency,
            "currency_conversion": {},
        },
        "balance": { "available_balance": balances.available },
        "merchant": {
            "mid": merchant.mid, "mcc": known(&merchant.mcc), "name": merchant.name,
            "city": known(&merchant.city), "state": known(&merchant.state), "postal_code": "",
            "country_code": known(&merchant.country), "sub_merchant_id": "",
            "payment_facilitator_id": "",
        },
        "user": { "metadata": {} }, "network_fraud": {}, "subnetwork": "",
        "bin": { "id": card.card_product_id, "country_code": "US" },
        "processor": "MARQETA", "processor_data": {},
    }))
}
