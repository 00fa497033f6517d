//! What persons and businesses have in common: one record that can be a customer.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::api::accounts;
use crate::api::accounts::ACCOUNT;
use crate::api::businesses::BUSINESS;
use crate::api::persons::PERSON;
use crate::model::{Ctx, Kind, Refusal, last_four, text};

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
pub(crate) fn named(ctx: &Ctx<'_>, body: &Value) -> Result<Option<(Party, Value)>, Refusal> {
    for (field, party) in [
        ("person_id", Party::Person),
        ("customer_id", Party::Person),
        ("business_id", Party::Business),
    ] {
        let id = text(body, field);
        if !id.is_empty() {
            return Ok(Some((party, ctx.referred(party.kind(), id, party.not_found(), field)?)));
        }
    }
    Ok(None)
}

/// The party with an id, person or business: `customer_id` may name either where money moves.
pub(crate) fn customer(ctx: &Ctx<'_>, id: &str, field: &str) -> Result<(Party, Value), Refusal> {
    if let Some(business) = ctx.get(&BUSINESS, id)? {
        return Ok((Party::Business, business));
    }
    let person = ctx.referred(&PERSON, id, ErrorCode::CustomerNotFound, field)?;
    Ok((Party::Person, person))
}

/// What a party is to the bank, by what is on file.
pub(crate) fn classifications(ctx: &Ctx<'_>, body: &Value) -> Result<Vec<&'static str>, Refusal> {
    let mut classes = Vec::new();
    let is_customer = body["is_customer"] == true;
    if is_customer && body.get("customer_active").is_none() {
        classes.push("PROSPECT");
    } else if is_customer {
        let is_gone = matches!(
            text(body, "status"),
            "INACTIVE" | "DORMANT" | "DECEASED" | "ESCHEAT" | "DENIED" | "CANCELLED" | "DISSOLVED"
        );
        classes.push(if is_gone { "INACTIVE_BANK_CUSTOMER" } else { "BANK_CUSTOMER" });
    }
    if accounts::is_authorized_user(ctx, text(body, "id"))? {
        classes.push("AUTHORIZED_USER");
    }
    Ok(classes)
}

/// Whether a party is of one of the classes that a list asks for.
pub(crate) fn is_of_class(ctx: &Ctx<'_>, shown: &Value) -> bool {
    let wanted = ctx.query.get("classifications").map_or(Vec::new(), crate::model::texts);
    let classes = crate::model::texts(&shown["classifications"]);
    wanted.is_empty() || wanted.iter().any(|class| classes.contains(class))
}

/// Whether a party holds or uses an account.
pub(crate) fn has_accounts(ctx: &Ctx<'_>, id: &str) -> Result<bool, Refusal> {
    let filter = crate::store::Filter { name: "party".to_owned(), values: vec![id.to_owned()] };
    Ok(!ctx.tx.scan(ctx.tenant, ACCOUNT.name, &[filter], 0, 1)?.is_empty())
}

/// Masks a property to its last four characters.
pub(crate) fn mask(body: &mut Value, property: &str) {
    if let Some(value) = body.get(property).and_then(Value::as_str) {
        body[property] = json!(last_four(value));
    }
}
