//! What the simulator of the network answers; the document leaves it open.

use serde_json::{Map, Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::card_simulations::attempt::Decline;
use crate::model::{ApiError, Ctx, Outcome, Reply, text};

/// A message that was served.
pub(super) fn approved(message: &Value, state: &str, asked: i64) -> Outcome {
    let response = json!({ "code": "0000", "memo": "approved" });
    created(message, state, asked, response)
}

/// A message that was turned away.
pub(super) fn declined(ctx: &Ctx<'_>, message: &Value, asked: i64, decline: &Decline) -> Outcome {
    if !ctx.settings.card_declines_are_answers {
        let code = ErrorCode::from(decline.reason.as_str());
        return Err(ApiError::rule(code, decline.detail.clone()));
    }
    let response = json!({ "code": "1000", "memo": decline.reason });
    created(message, "DECLINED", asked, response)
}

fn created(message: &Value, state: &str, asked: i64, response: Value) -> Outcome {
    let mut transaction = json!({
        "token": message["token"], "type": text(message, "kind"), "state": state,
        "card_token": message["card_id"], "request_amount": asked, "amount": message["amount"],
        "currency_code": message["currency"], "created_time": message["time"], "response": response,
    });
    if let Some(original) = message.get("original") {
        transaction["preceding_related_transaction_token"] = original.clone();
    }
    if let Some(available) = message.get("available_balance") {
        transaction["gpa"] = json!({ "available_balance": available });
    }
    Reply::created::<Map<String, Value>>(json!({ "transaction": transaction }))
}
