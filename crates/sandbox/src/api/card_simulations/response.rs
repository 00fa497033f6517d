//! What the simulator of the network answers; the document leaves it open.

use serde_json::{Map, Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::card_simulations::attempt::Decline;
use crate::api::card_simulations::record::MessageRecord;
use crate::model::{ApiError, Ctx, Outcome, Reply, timestamp};

/// What became of a message, as the network calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Cleared,
    Completion,
    Declined,
    Pending,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cleared => "CLEARED",
            Self::Completion => "COMPLETION",
            Self::Declined => "DECLINED",
            Self::Pending => "PENDING",
        }
    }
}

/// A message that was served.
pub(super) fn approved(message: &MessageRecord, state: State, asked: i64) -> Outcome {
    created(transaction(message, state, asked, approval()))
}

/// A balance that was asked for, in minor units.
pub(super) fn balance(message: &MessageRecord, available: i64) -> Outcome {
    let mut transaction = transaction(message, State::Completion, 0, approval());
    transaction.insert("gpa".to_owned(), json!({ "available_balance": available }));
    created(transaction)
}

/// A message that was turned away.
pub(super) fn declined(
    ctx: &Ctx<'_>,
    message: &MessageRecord,
    asked: i64,
    decline: &Decline,
) -> Outcome {
    if !ctx.settings.card_declines_are_answers {
        let code = ErrorCode::from(decline.reason.as_str());
        return Err(ApiError::rule(code, decline.detail.clone()));
    }
    let response = json!({ "code": "1000", "memo": decline.reason });
    created(transaction(message, State::Declined, asked, response))
}

fn approval() -> Value {
    json!({ "code": "0000", "memo": "approved" })
}

fn transaction(
    message: &MessageRecord,
    state: State,
    asked: i64,
    response: Value,
) -> Map<String, Value> {
    let members = [
        ("token", json!(message.token)),
        ("type", json!(message.kind)),
        ("state", json!(state.as_str())),
        ("card_token", json!(message.card_id)),
        ("request_amount", json!(asked)),
        ("amount", json!(message.amount)),
        ("currency_code", json!(message.currency)),
        ("created_time", json!(timestamp(message.time))),
        ("response", response),
    ];
    let original = message.original.map(|id| ("preceding_related_transaction_token", json!(id)));
    let members = members.into_iter().chain(original);
    members.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn created(transaction: Map<String, Value>) -> Outcome {
    Reply::json(201, &json!({ "transaction": transaction }))
}
