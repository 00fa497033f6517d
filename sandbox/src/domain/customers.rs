//! Customers in the URLs of the older interface: a customer is a person.

use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use crate::domain::parties::PERSON;
use crate::model::{ApiError, Ctx, Kind, text};
use crate::store::Filter;

pub(crate) const ON_CUSTOMER: &[(&str, &Kind)] = &[("customer_id", &PERSON)];

/// Narrows a list to the customer that the URL names, under this key.
pub(crate) fn of_customer(ctx: &Ctx<'_>, key: &str) -> Vec<Filter> {
    vec![Filter { name: key.to_owned(), values: vec![ctx.parameter("customer_id").to_owned()] }]
}

/// The resource that the URL names, which must be the customer's; `owner` is the property that
/// says whose it is.
pub(crate) fn theirs(
    ctx: &Ctx<'_>,
    kind: &'static Kind,
    parameter: &'static str,
    owner: &str,
) -> Result<Value, ApiError> {
    let found = ctx.url_resource(kind, parameter)?;
    if text(&found, owner) == ctx.parameter("customer_id") {
        return Ok(found);
    }
    let detail = format!("the customer has no {} {}", kind.name, ctx.parameter(parameter));
    Err(ApiError::rule(ErrorCode::ResourceNotFound, detail))
}
