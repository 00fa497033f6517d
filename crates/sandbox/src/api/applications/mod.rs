//! Applications for accounts: submitted, decided on, and accepted by the customer or not.
//!
//! One of type `CREDIT` is a record of what the integrator decides. One for a credit card or a line of
//! credit is worked on elsewhere, and its decision recorded by a change, or made by an operator; one
//! for a restricted account is decided by an operator when the platform reviews it. The last three
//! open their account on approval ([`application_decisions`](crate::domain::application_decisions)).

mod create;
mod credit;
mod restricted;
mod update;

use synctera_api::v2::types;

use crate::domain::applications::{APPLICATION, Application};
use crate::domain::listing::{By, List, as_stored};
use crate::model::{Ctx, Kind, Outcome, Reply, Served};

pub(crate) use update::{of_changes, update};

pub(crate) const ON_ONE: &[(&str, &Kind)] = &[("application_id", &APPLICATION)];
/// Changing one opens accounts, and is put together in the registry.
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_applications", list),
    Served::new("create_application", create::create).ruled(create::of_new_application),
    Served::on("get_application", ON_ONE, get),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &APPLICATION,
        items: "applications",
        filters: &[
            ("status", By::Key("status")),
            ("type", By::Key("type")),
            ("customer_id", By::Key("customer")),
            ("business_id", By::Key("business")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::ApplicationList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Application>("application_id")?.wire)
}
