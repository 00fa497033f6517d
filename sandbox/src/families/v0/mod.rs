//! The older interface: what only it has, on the same records. A customer is a person.

mod card_changes;
mod customers;
mod disclosures;
mod employment;
mod licenses;
mod prefill;
mod risk_ratings;
mod single_use_tokens;
mod stop_payments;
mod verifications;
mod watchlists;
mod wipe;

use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use super::persons::PERSON;
use super::{Kind, Served};
use crate::engine::{Ctx, Refusal, text};
use crate::store::Filter;

pub(super) use watchlists::{RENEW, renew, subscription_of as watchlist_subscription};

/// Every family's operations.
pub(super) const SERVED: [&[Served]; 13] = [
    card_changes::SERVED,
    customers::SERVED,
    disclosures::SERVED,
    employment::SERVED,
    licenses::SERVED,
    prefill::SERVED,
    super::reconciliations::SERVED,
    risk_ratings::SERVED,
    single_use_tokens::SERVED,
    stop_payments::SERVED,
    verifications::SERVED,
    watchlists::SERVED,
    wipe::SERVED,
];

const ON_CUSTOMER: &[(&str, &Kind)] = &[("customer_id", &PERSON)];

/// Narrows a list to the customer that the URL names, under this key.
fn of_customer(ctx: &Ctx<'_>, key: &str) -> Vec<Filter> {
    vec![Filter { name: key.to_owned(), values: vec![ctx.parameter("customer_id").to_owned()] }]
}

/// The resource that the URL names, which must be the customer's; `owner` is the property that
/// says whose it is.
fn theirs(
    ctx: &Ctx<'_>,
    kind: &'static Kind,
    parameter: &'static str,
    owner: &str,
) -> Result<Value, Refusal> {
    let found = ctx.url_resource(kind, parameter)?;
    if text(&found, owner) == ctx.parameter("customer_id") {
        return Ok(found);
    }
    let detail = format!("the customer has no {} {}", kind.name, ctx.parameter(parameter));
    Err(Refusal::rule(ErrorCode::ResourceNotFound, detail))
}
