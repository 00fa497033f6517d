//! Customers in the URLs of the older interface: a customer is a person.

use synctera_api::runtime::{CustomerId, ErrorCode};

use crate::domain::parties::PERSON;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};
use crate::store::Filter;

pub(crate) const ON_CUSTOMER: &[(&str, &Kind)] = &[("customer_id", &PERSON)];

/// Narrows a list to the customer that the URL names, under this key.
pub(crate) fn of_customer(ctx: &Ctx<'_>, key: &str) -> Vec<Filter> {
    vec![Filter { name: key.to_owned(), values: vec![ctx.parameter("customer_id").to_owned()] }]
}

/// The customer that the URL names.
pub(crate) fn customer_id(ctx: &Ctx<'_>) -> Option<CustomerId> {
    ctx.parameter("customer_id").parse().ok()
}

/// The resource that the URL names, which must be the customer's; `owner` says whose it is.
pub(crate) fn find_theirs<R: Resource>(
    ctx: &Ctx<'_>,
    parameter: &'static str,
    owner: impl Fn(&Record<R>) -> Option<CustomerId>,
) -> Result<Record<R>, ApiError> {
    let found = ctx.find_in_url::<R>(parameter)?;
    let owner = owner(&found);
    if owner.is_some() && owner == customer_id(ctx) {
        Ok(found)
    } else {
        Err(not_theirs(ctx, R::KIND, parameter))
    }
}

fn not_theirs(ctx: &Ctx<'_>, kind: &Kind, parameter: &str) -> ApiError {
    let detail = format!("the customer has no {} {}", kind.name, ctx.parameter(parameter));
    ApiError::rule(ErrorCode::ResourceNotFound, detail)
}
