//! What persons and businesses have in common: one record that can be a customer.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, last_four, text};

pub(crate) const BUSINESS: Kind = Kind {
    name: "business",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("is_customer", "/is_customer"),
        ("verification_status", "/verification_status"),
    ],
};

pub(crate) const PERSON: Kind = Kind {
    name: "person",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("verification_status", "/verification_status"),
        ("dob", "/dob"),
    ],
};

/// A person or a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    Person,
    Business,
}

impl Party {
    pub(crate) fn kind(self) -> &'static Kind {
        match self {
            Self::Person => &PERSON,
            Self::Business => &BUSINESS,
        }
    }

    /// The property that names such a party.
    pub(crate) fn property(self) -> &'static str {
        match self {
            Self::Person => "person_id",
            Self::Business => "business_id",
        }
    }

    pub(crate) fn not_found(self) -> ErrorCode {
        match self {
            Self::Person => ErrorCode::CustomerNotFound,
            Self::Business => ErrorCode::BusinessNotFound,
        }
    }

    pub(crate) fn not_verified(self) -> ErrorCode {
        match self {
            Self::Person => ErrorCode::CustomerNotVerified,
            Self::Business => ErrorCode::BusinessNotVerified,
        }
    }
}

/// The party that a body names, by `person_id` (or `customer_id`) or `business_id`.
pub(crate) fn named(ctx: &Ctx<'_>, body: &Value) -> Result<Option<(Party, Value)>, ApiError> {
    named_in(ctx, body, "")
}

/// The same of a part of a body, which stands at this place: `applicants[0].`.
pub(crate) fn named_in(
    ctx: &Ctx<'_>,
    body: &Value,
    place: &str,
) -> Result<Option<(Party, Value)>, ApiError> {
    for (field, party) in [
        ("person_id", Party::Person),
        ("customer_id", Party::Person),
        ("business_id", Party::Business),
    ] {
        let id = text(body, field);
        if !id.is_empty() {
            let field = format!("{place}{field}");
            let found = ctx.referred(party.kind(), id, party.not_found(), &field)?;
            return Ok(Some((party, found)));
        }
    }
    Ok(None)
}

/// The party with an id, person or business: `customer_id` may name either where money moves.
pub(crate) fn customer(ctx: &Ctx<'_>, id: &str, field: &str) -> Result<(Party, Value), ApiError> {
    if let Some(business) = ctx.get(&BUSINESS, id)? {
        return Ok((Party::Business, business));
    }
    let person = ctx.referred(&PERSON, id, ErrorCode::CustomerNotFound, field)?;
    Ok((Party::Person, person))
}

/// Whether a party holds or uses an account.
pub(crate) fn has_accounts(ctx: &Ctx<'_>, id: &str) -> Result<bool, ApiError> {
    let filter = crate::store::Filter { name: "party".to_owned(), values: vec![id.to_owned()] };
    Ok(!ctx.tx.scan(ctx.tenant, ACCOUNT.name, &[filter], 0, 1)?.is_empty())
}

/// Masks a property to its last four characters.
pub(crate) fn mask(body: &mut Value, property: &str) {
    if let Some(value) = body.get(property).and_then(Value::as_str) {
        body[property] = json!(last_four(value));
    }
}
