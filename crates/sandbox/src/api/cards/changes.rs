//! The history of a card: each change of its status, its PIN and its way to the customer.
//!
//! No handler writes it. What a request or a job did to a card is compared with how it was before.

use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::CardId;
use synctera_api::v0::types::{
    CardChange as Wire, CardChangeState as State, ChangeChannel, ChangeType,
};
use synctera_api::v2::types::CardStatusReasonCode;

use crate::domain::cards::{CARD, Card, CardRecord};
use crate::model::{ApiError, Change, Ctx, Kind, Record, Resource, build};

pub(crate) const CHANGE: Kind =
    Kind { name: "card change", id: "id", keys: &[("card", "/_facts/card_id")] };

/// A change of a card.
pub(crate) enum CardChange {}

impl Resource for CardChange {
    const KIND: &'static Kind = &CHANGE;
    type Wire = Wire;
    type Facts = ChangeFacts;
}

/// What only the sandbox keeps of a change.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ChangeFacts {
    /// The card that changed: changes are listed by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    card_id: Option<CardId>,
}

/// Reasons that only the platform gives.
const OWN_REASONS: [CardStatusReasonCode; 3] =
    [CardStatusReasonCode::Pin, CardStatusReasonCode::Prc, CardStatusReasonCode::Iss];

/// Takes down how the cards that were touched have changed.
pub(crate) fn record(ctx: &Ctx<'_>, touched: &[Change]) -> Result<(), ApiError> {
    for change in touched.iter().filter(|change| change.kind == CARD.name) {
        if let Some(card) = ctx.find::<Card>(&change.id)? {
            let before = change.before.as_ref().map(Record::<Card>::of).transpose()?;
            compare(ctx, before.as_deref(), &card)?;
        }
    }
    Ok(())
}

fn compare(ctx: &Ctx<'_>, before: Option<&CardRecord>, card: &CardRecord) -> Result<(), ApiError> {
    if before.is_none_or(|before| before.card_status != card.card_status) {
        let is_own = !ctx.is_asked || OWN_REASONS.contains(&card.status_reason);
        let change = NewChange {
            change_type: ChangeType::Status,
            state: card.card_status.as_str().into(),
            is_own,
            reason: Some(&card.status_reason),
            memo: card.memo.as_deref(),
        };
        change.store(ctx, card)?;
    }
    if before.and_then(|before| before.timestamp_pin_set) != card.timestamp_pin_set {
        let was_set = before.is_some_and(|before| before.is_pin_set);
        let state = if was_set { State::Changed } else { State::Set };
        NewChange::new(ctx, ChangeType::Pin, state).store(ctx, card)?;
    }
    let fulfillment = card.card_fulfillment_status.as_ref();
    if let Some(fulfillment) = fulfillment
        && before.and_then(|before| before.card_fulfillment_status.as_ref()) != Some(fulfillment)
    {
        let state = fulfillment.as_str().into();
        NewChange::new(ctx, ChangeType::Fulfillment, state).store(ctx, card)?;
    }
    Ok(())
}

struct NewChange<'a> {
    change_type: ChangeType,
    state: State,
    /// Whether the platform made it by itself.
    is_own: bool,
    reason: Option<&'a CardStatusReasonCode>,
    memo: Option<&'a str>,
}

impl NewChange<'_> {
    fn new(ctx: &Ctx<'_>, change_type: ChangeType, state: State) -> Self {
        Self { change_type, state, is_own: !ctx.is_asked, reason: None, memo: None }
    }

    fn store(self, ctx: &Ctx<'_>, card: &CardRecord) -> Result<(), ApiError> {
        let channel = if self.is_own { ChangeChannel::System } else { ChangeChannel::Api };
        let change = build(json!({
            "id": ctx.new_side_id()?, "change_type": self.change_type, "state": self.state,
            "channel": channel, "updated_by": channel, "updated_at": ctx.now,
            "reason": self.reason, "memo": self.memo,
        }))?;
        let facts = ChangeFacts { card_id: Some(card.id) };
        ctx.add(&Record::<CardChange>::new(change, facts))
    }
}
