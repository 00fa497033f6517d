//! Persons: create, read, change. Identity numbers go in whole and come out as their last four.

pub(crate) mod personal_ids;

use serde_json::Value;
use synctera_api::v2::types;

use crate::domain::classifications;
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{PERSON, Person};
use crate::domain::persons::{add, change, errors_of_changes, errors_of_new, view};
use crate::model::{Ctx, Outcome, Reply, Served};

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
        view: &view_of::<Person, _>(|ctx, person| {
            let person = view(ctx, person)?;
            let ssn = person.ssn.as_ref().map_or("", |ssn| ssn.expose());
            let fits = last_four.as_deref().is_none_or(|digits| ssn == digits)
                && has_accounts.is_none_or(|has| person.has_accounts == Some(has))
                && classifications::is_asked_for(ctx, &person.classifications);
            Ok(fits.then_some(person))
        }),
    }
    .reply::<types::PersonList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = add(ctx, &ctx.body()?)?;
    Reply::json(201, &view(ctx, person)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx, ctx.find_in_url("person_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let person = change(ctx, ctx.find_in_url("person_id")?, &ctx.body()?)?;
    Reply::json(200, &view(ctx, person)?)
}
