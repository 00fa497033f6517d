//! Disclosures of a customer, with the older name of their moment.

use serde_json::{Value, json};
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, of_customer};
use crate::domain::disclosures;
use crate::domain::disclosures::DISCLOSURE;
use crate::domain::listing::List;
use crate::model::{Ctx, Outcome, Reply, Served};

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
        view: &|_, disclosure| Ok(Some(view(disclosure))),
    }
    .reply::<types::CustomerDisclosureList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut disclosure = ctx.request.body.clone();
    disclosure["person_id"] = json!(ctx.parameter("customer_id"));
    disclosure["disclosure_date"] = disclosure["timestamp"].clone();
    // The only person there is here to acknowledge something.
    disclosure["acknowledging_person_id"] = disclosure["person_id"].clone();
    Reply::created::<types::CustomerDisclosure>(view(disclosures::record(ctx, disclosure)?))
}

fn view(mut disclosure: Value) -> Value {
    disclosure["timestamp"] = disclosure["disclosure_date"].clone();
    disclosure
}
