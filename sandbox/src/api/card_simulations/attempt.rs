//! An attempt to pay by card, and why it is declined.

use serde_json::{Value, json};

use crate::domain::side::Side;
use crate::model::text;

/// A card transaction as it reaches the platform.
pub(crate) struct Attempt {
    /// The ledger's id of it.
    pub(crate) id: String,
    pub(crate) card: Value,
    pub(crate) account: Value,
    /// What it is, as in `pos_purchase`.
    pub(crate) sub_type: &'static str,
    /// In minor units of the account's currency.
    pub(crate) amount: i64,
    pub(crate) side: Side,
    pub(crate) merchant: Value,
}

/// What came of it.
pub(crate) enum Verdict {
    /// This much is approved: what was asked for, or a part of it.
    Approved(i64),
    Declined(Decline),
}

/// Why not.
pub(crate) struct Decline {
    /// The platform's name of the reason.
    pub(crate) reason: String,
    pub(crate) detail: String,
    /// The network turned it away before the platform was asked.
    pub(crate) is_by_network: bool,
}

impl Decline {
    pub(crate) fn new(reason: &str, detail: impl Into<String>) -> Self {
        Self { reason: reason.to_owned(), detail: detail.into(), is_by_network: false }
    }

    pub(crate) fn by_network(detail: impl Into<String>) -> Self {
        Self { is_by_network: true, ..Self::new("NETWORK_DECLINED", detail) }
    }
}

/// Who was paid, with what the rules look at in one spelling.
pub(crate) fn merchant(body: &Value) -> Value {
    let acceptor = &body["card_acceptor"];
    let mut merchant = json!({ "mid": body["mid"], "name": text(acceptor, "name") });
    for (property, from) in [("mcc", "mcc"), ("city", "city"), ("state", "state")] {
        if let Some(value) = acceptor[from].as_str() {
            merchant[property] = json!(value);
        }
    }
    let country = match text(acceptor, "country").to_ascii_uppercase().as_str() {
        "USA" | "840" | "UNITED STATES" => "US".to_owned(),
        country => country.to_owned(),
    };
    if !country.is_empty() {
        merchant["country"] = json!(country);
    }
    merchant
}
