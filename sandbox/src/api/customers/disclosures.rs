//! Disclosures of a customer, with the older name of their moment.

use serde_json::json;
use synctera_api::v0::types;
use synctera_api::v2::types::{Disclosure, NewDisclosure};

use crate::domain::customers::{ON_CUSTOMER, of_customer};
use crate::domain::disclosures;
use crate::domain::disclosures::DISCLOSURE;
use crate::domain::listing::List;
use crate::model::{ApiError, Ctx, Outcome, Reply, Served, build, complete};

pub(crate) const SERVED: &[Served] = &[
    Served::on("list_customer_disclosures", ON_CUSTOMER, list),
    Served::on("create_customer_disclosure", ON_CUSTOMER, create),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &DISCLOSURE,
        items: "disclosures",
        filters: &[],
        always: of_customer(ctx, "person"),
        view: &|_, disclosure| Ok(Some(json!(view(build(disclosure)?)?))), // border:
    }
    .reply::<types::CustomerDisclosureList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewCustomerDisclosure = ctx.body()?;
    let person = ctx.parameter("customer_id");
    let rest = json!({
        "person_id": person, "disclosure_date": body.timestamp,
        // The only person there is here to acknowledge something.
        "acknowledging_person_id": person,
    });
    let new: NewDisclosure = complete(&body, rest)?;
    let disclosure = build(disclosures::record(ctx, json!(new))?)?; // border:
    Reply::json(201, &view(disclosure)?)
}

fn view(disclosure: Disclosure) -> Result<types::CustomerDisclosure, ApiError> {
    complete(&disclosure, json!({ "timestamp": disclosure.disclosure_date }))
}
