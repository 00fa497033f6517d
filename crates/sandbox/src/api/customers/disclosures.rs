//! Disclosures of a customer, with the older name of their moment.

use serde_json::json;
use synctera_api::v0::types;
use synctera_api::v2::types::NewDisclosure;

use crate::domain::customers::{ON_CUSTOMER, of_customer};
use crate::domain::disclosures;
use crate::domain::disclosures::{DISCLOSURE, Disclosure};
use crate::domain::listing::{List, view_of};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, Served, complete};

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
        view: &view_of::<Disclosure, _>(|_, disclosure| view(disclosure).map(Some)),
    }
    .reply::<types::CustomerDisclosureList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: types::NewCustomerDisclosure = ctx.body()?;
    let person = ctx.parameter("customer_id").parse().ok();
    let disclosure = NewDisclosure {
        person_id: person,
        // The only person there is here to acknowledge something.
        acknowledging_person_id: person,
        ..NewDisclosure::new(
            body.timestamp,
            body.event_type.as_str().into(),
            body.type_.as_str().into(),
            body.version,
        )
    };
    Reply::json(201, &view(disclosures::record(ctx, &disclosure)?)?)
}

fn view(disclosure: Record<Disclosure>) -> Result<types::CustomerDisclosure, ApiError> {
    complete(&disclosure.wire, json!({ "timestamp": disclosure.disclosure_date }))
}
