//! Disclosures: what was shown to whom, in which version. Recorded once, never changed.

use synctera_api::v2::types;

use crate::domain::disclosures::{DISCLOSURE, Disclosure, errors_of, record};
use crate::domain::listing::{By, List, as_stored};
use crate::model::{Ctx, Outcome, Reply, Served, one_of};

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_disclosures", list),
    Served::new("create_disclosure", create).ruled(|ctx| {
        let mut errors = one_of(&ctx.request.body, &["person_id", "business_id"]);
        errors.merge(errors_of(&ctx.request.body));
        Ok(errors)
    }),
    Served::on("get_disclosure", &[("disclosure_id", &DISCLOSURE)], get),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &DISCLOSURE,
        items: "disclosures",
        filters: &[
            ("id", By::Key("id")),
            ("person_id", By::Key("person")),
            ("business_id", By::Key("business")),
            ("acknowledging_person_id", By::Key("acknowledging")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::DisclosureList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let disclosure: types::NewDisclosure = ctx.body()?;
    Reply::json(201, &record(ctx, &disclosure)?.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Disclosure>("disclosure_id")?.wire)
}
