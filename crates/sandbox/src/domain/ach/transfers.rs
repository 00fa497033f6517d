//! ACH transfers, as they are stored.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{self, AchRequestHoldData, OutgoingAchStatus};
use uuid::Uuid;

use crate::model::{Kind, Record, Resource};

pub(crate) const INCOMING: Kind = Kind {
    name: "incoming ACH transfer",
    id: "id",
    keys: &[("account", "/account_id"), ("status", "/status")],
};

/// A transfer that another bank sent.
pub(crate) enum IncomingAch {}

impl Resource for IncomingAch {
    const KIND: &'static Kind = &INCOMING;
    type Wire = types::IncomingAch;
    type Facts = ();
}

pub(crate) const ACH: Kind = Kind {
    name: "ACH transfer",
    id: "id",
    keys: &[
        ("incoming", "/incoming_ach_id"),
        ("external", "/account_id"),
        ("source", "/source_account_id"),
    ],
};

/// A transfer that started here.
pub(crate) enum OutgoingAch {}

impl Resource for OutgoingAch {
    const KIND: &'static Kind = &ACH;
    type Wire = types::OutgoingAch;
    type Facts = OutgoingAchFacts;
}

/// What clients do not read of a transfer, and its next steps need.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OutgoingAchFacts {
    /// Whether it brings money in; else it sends money out.
    pub(crate) is_pull: bool,
    /// Whether it pays out what is left on an account in closing.
    pub(crate) is_closing_payout: bool,
    /// The customer whom the request named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_id: Option<Uuid>,
    /// What the request asks to hold back of a pull; it is held when the transfer is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked_hold: Option<AchRequestHoldData>,
    /// When the money of a pull is to be free, as asked before the transfer was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked_availability: Option<DateTime<Utc>>,
    /// The data of the request, which the posting shows.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) external_data: Map<String, Value>,
    /// The key of the request, which the posting of a pull carries: it has no hold that does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_key: Option<String>,
    /// The transaction that it was posted as, which a return takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) posted_id: Option<TransactionId>,
    /// The hold on what a pull brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hold_id: Option<TransactionId>,
}

/// How a transfer that was sent, and has not come back, moves the account at the other bank: what
/// leaves it, and on which day.
pub(crate) fn as_seen_there(transfer: &Record<OutgoingAch>) -> Option<(i64, NaiveDate)> {
    if transfer.status != OutgoingAchStatus::Complete || transfer.incoming_ach_id.is_some() {
        return None;
    }
    let amount = if transfer.facts.is_pull { transfer.amount } else { -transfer.amount };
    Some((amount, transfer.effective_date))
}
