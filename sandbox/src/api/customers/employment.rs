//! Where a customer works, and worked.

use serde_json::{Value, json};
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, of_customer, theirs};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::PERSON;
use crate::model::{Ctx, Kind, Outcome, Reply, Served, text};
use crate::spec::FieldErrors;

const EMPLOYMENT: Kind =
    Kind { name: "employment", id: "id", keys: &[("customer", "/customer_id")] };

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
        view: &|ctx, employment| {
            let ended = moment(&employment, "employment_to").is_some_and(|end| end <= ctx.now);
            Ok((with_history || !ended).then_some(employment))
        },
    }
    .reply::<types::EmploymentList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut employment = ctx.request.body.clone();
    employment["id"] = json!(ctx.new_id()?);
    employment["customer_id"] = json!(ctx.parameter("customer_id"));
    ctx.insert(&EMPLOYMENT, &employment)?;
    Reply::created::<types::Employment>(employment)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Employment>(theirs(ctx, &EMPLOYMENT, "employment_id", "customer_id")?)
}

fn replace(ctx: &Ctx<'_>) -> Outcome {
    let known = theirs(ctx, &EMPLOYMENT, "employment_id", "customer_id")?;
    let mut employment = ctx.request.body.clone();
    for property in ["id", "customer_id"] {
        employment[property] = known[property].clone();
    }
    ctx.update(&EMPLOYMENT, &employment)?;
    Reply::ok::<types::Employment>(employment)
}

fn errors_of(employment: &Value) -> FieldErrors {
    let (from, to) = (moment(employment, "employment_from"), moment(employment, "employment_to"));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return FieldErrors::invalid("employment_to", "must not be before employment_from");
    }
    FieldErrors::default()
}

fn moment(employment: &Value, property: &str) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    chrono::DateTime::parse_from_rfc3339(text(employment, property)).ok()
}
