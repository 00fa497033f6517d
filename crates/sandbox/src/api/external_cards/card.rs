//! Cards of other banks, as they are stored.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use synctera_api::runtime::BusinessId;
use synctera_api::v2::types;

use crate::domain::external_cards::Steering;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const CARD: Kind = Kind {
    name: "external card",
    id: "id",
    keys: &[
        ("customer", "/customer_id"),
        ("business", "/_facts/business_id"),
        ("last_four", "/last_four"),
        ("name", "/name"),
        ("reference", "/payment_account_reference"),
        ("status", "/status"),
        ("tenant", "/tenant"),
    ],
};

/// A card of another bank.
pub(crate) enum ExternalCard {}

impl Resource for ExternalCard {
    const KIND: &'static Kind = &CARD;
    type Wire = types::ExternalCard;
    type Facts = ExternalCardFacts;
}

/// What is kept of a card and not shown.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ExternalCardFacts {
    /// The business that it was registered for; lists are filtered by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) business_id: Option<BusinessId>,
    /// What the number of a card that a token stood for is made from, when it is revealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number_key: Option<String>,
    /// How it steers transfers and 3-D Secure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steering: Option<Steering>,
}

/// A token that was used.
enum UsedToken {}

impl Resource for UsedToken {
    const KIND: &'static Kind = &Kind { name: "external card token", id: "print", keys: &[] };
    type Wire = TokenPrint;
    type Facts = ();
}

/// The digest of a token.
#[derive(Clone, Serialize, Deserialize)]
struct TokenPrint {
    print: String,
}

/// Uses a token up, by its digest; whether it was not used before.
pub(crate) fn use_up(ctx: &Ctx<'_>, print: &str) -> Result<bool, ApiError> {
    if ctx.find::<UsedToken>(print)?.is_some() {
        return Ok(false);
    }
    ctx.add(&Record::<UsedToken>::new(TokenPrint { print: print.to_owned() }, ()))?;
    Ok(true)
}

/// Ten digits that a token stands for.
pub(crate) fn digits_of(print: &str) -> String {
    print.bytes().map(|byte| char::from(b'0' + byte % 10)).take(10).collect()
}

pub(crate) fn print_of(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
