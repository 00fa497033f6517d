//! Persons: create, read, change. Identity numbers go in whole and come out as their last four.

pub(crate) mod personal_ids;

use serde_json::Value;
use synctera_api::v2::types;

use crate::domain::classifications;
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::PERSON;
use crate::domain::persons::{add, change, errors_of_changes, errors_of_new, view};
use crate::model::{Ctx, Outcome, Reply, Served, text};

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_persons", list),
    Served::new("create_person", create).ruled(errors_of_new),
    Served::on("get_person", &[("person_id", &PERSON)], get),
    Served::on("update_person", &[("person_id", &PERSON)], update).ruled(errors_of_changes),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let last_four = ctx.request.query.get("ssn_last_4").and_then(Value::as_str).map(str::to_owned);
    let has_accounts = ctx.request.query.get("has_accounts").and_then(Value::as_bool);
    List {
        kind: &PERSON,
        items: "persons",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("ban_status", By::OneOf("/ban_status")),
            ("verification_status", By::Key("verification_status")),
            ("is_customer", By::Equals("/is_customer")),
            ("dob", By::Key("dob")),
            ("email", By::Wildcard(&["/email"])),
            ("phone_number", By::Wildcard(&["/phone_number"])),
            // A search for a first name finds the chosen one, too.
            ("first_name", By::Wildcard(&["/first_name", "/chosen_name"])),
            ("last_name", By::Wildcard(&["/last_name"])),
            ("ssn_last_4", By::Elsewhere),
            ("classifications", By::Elsewhere),
            ("has_accounts", By::Elsewhere),
            // Nobody here uses a console.
            ("include_console_users", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|ctx, person| {
            let person = view(ctx, person)?;
            let fits = last_four.as_deref().is_none_or(|digits| text(&person, "ssn") == digits)
                && has_accounts.is_none_or(|has| person["has_accounts"] == has)
                && classifications::is_of_class(ctx, &person);
            Ok(fits.then_some(person))
        },
    }
    .reply::<types::PersonList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = add(ctx, ctx.request.body.clone())?;
    Reply::created::<types::Person>(view(ctx, person)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Person>(view(ctx, ctx.url_resource(&PERSON, "person_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "person_id")?;
    let person = change(ctx, person, ctx.request.body.clone())?;
    Reply::ok::<types::Person>(view(ctx, person)?)
}
