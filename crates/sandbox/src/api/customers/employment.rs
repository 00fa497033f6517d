//! Where a customer works, and worked.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::CustomerId;
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, customer_id, find_theirs, of_customer};
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::PERSON;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served, complete, text};
use crate::spec::FieldErrors;

const EMPLOYMENT: Kind =
    Kind { name: "employment", id: "id", keys: &[("customer", "/_facts/customer_id")] };

/// An employment of a customer.
enum Employment {}

impl Resource for Employment {
    const KIND: &'static Kind = &EMPLOYMENT;
    type Wire = types::Employment;
    type Facts = Facts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    /// Whose it is; clients know that from the URL.
    customer_id: Option<CustomerId>,
}

const ON_ONE: &[(&str, &Kind)] = &[("customer_id", &PERSON), ("employment_id", &EMPLOYMENT)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("list_customer_employment", ON_CUSTOMER, list),
    Served::on("create_customer_employment", ON_CUSTOMER, create)
        .ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("get_customer_employment", ON_ONE, get),
    Served::on("replace_customer_employment", ON_ONE, replace)
        .ruled(|ctx| Ok(errors_of(&ctx.request.body))),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history =
        ctx.request.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
    List {
        kind: &EMPLOYMENT,
        items: "employment",
        filters: &[("include_history", By::Elsewhere)],
        always: of_customer(ctx, "customer"),
        view: &view_of::<Employment, _>(|ctx, employment| {
            let ended = employment.employment_to.is_some_and(|end| end <= ctx.now);
            Ok((with_history || !ended).then_some(employment.wire))
        }),
    }
    .reply::<types::EmploymentList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new: types::EmploymentInput = ctx.body()?;
    let wire = complete(&new, json!({ "id": ctx.new_id()? }))?;
    let employment = Record::<Employment>::new(wire, Facts { customer_id: customer_id(ctx) });
    ctx.add(&employment)?;
    Reply::json(201, &employment.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &find(ctx)?.wire)
}

fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut employment = find(ctx)?;
    let new: types::EmploymentInput = ctx.body()?;
    employment.wire = complete(&new, json!({ "id": employment.id }))?;
    ctx.save(&employment)?;
    Reply::json(200, &employment.wire)
}

fn find(ctx: &Ctx<'_>) -> Result<Record<Employment>, ApiError> {
    find_theirs::<Employment>(ctx, "employment_id", |employment| employment.facts.customer_id)
}

/// What is wrong with a body.
fn errors_of(body: &Value) -> FieldErrors {
    let (from, to) = (moment(body, "employment_from"), moment(body, "employment_to"));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return FieldErrors::invalid("employment_to", "must not be before employment_from");
    }
    FieldErrors::default()
}

fn moment(body: &Value, property: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text(body, property)).ok()
}
