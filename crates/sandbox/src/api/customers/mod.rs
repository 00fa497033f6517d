//! Customers: persons, under the older interface's names.

pub(crate) mod disclosures;
pub(crate) mod employment;
pub(crate) mod prefill;
pub(crate) mod risk_ratings;
pub(crate) mod verifications;

use serde_json::{Value, json};
use synctera_api::v0::types;
use synctera_api::v2::types as v2;
use synctera_api::v2::types::PersonPatch;

use crate::domain::customers::ON_CUSTOMER;
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{PERSON, Person};
use crate::domain::persons;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, Served, build, complete, convert};
use crate::spec::FieldErrors;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_customers", list),
    Served::new("create_customer", create).ruled(persons::errors_of_new),
    Served::on("get_customer", ON_CUSTOMER, get),
    Served::on("update_customer", ON_CUSTOMER, update).ruled(persons::errors_of_changes),
    Served::on("replace_customer", ON_CUSTOMER, replace).ruled(persons::errors_of_changes),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let last_four = ctx.request.query.get("ssn_last_4").and_then(Value::as_str).map(str::to_owned);
    let has_accounts = ctx.request.query.get("has_accounts").and_then(Value::as_bool);
    List {
        kind: &PERSON,
        items: "customers",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("email", By::Wildcard(&["/email"])),
            ("phone_number", By::Wildcard(&["/phone_number"])),
            ("first_name", By::Wildcard(&["/first_name", "/chosen_name"])),
            ("last_name", By::Wildcard(&["/last_name"])),
            ("ssn_last_4", By::Elsewhere),
            ("has_accounts", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &view_of::<Person, _>(|ctx, person| {
            let customer = view(ctx, person)?;
            let ssn = customer.ssn.as_ref().map_or("", |ssn| ssn.expose());
            let fits = last_four.as_deref().is_none_or(|digits| ssn == digits)
                && has_accounts.is_none_or(|has| customer.has_accounts == Some(has));
            Ok(fits.then_some(customer))
        }),
    }
    .reply::<types::CustomerList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let new = complete(&input(ctx)?, json!({ "is_customer": true }))?;
    let person = persons::add(ctx, &new)?;
    Reply::json(201, &view(ctx, person)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx, ctx.find_in_url("customer_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.find_in_url("customer_id")?;
    let changes = convert(&ctx.body::<types::CustomerPatch>()?)?;
    Reply::json(200, &view(ctx, persons::change(ctx, person, &changes)?)?)
}

fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut person = ctx.find_in_url::<Person>("customer_id")?;
    let mut changes: PersonPatch = convert(&input(ctx)?)?;
    persons::complete_ssn(&person, &mut changes);
    person.wire = emptied(&person)?;
    Reply::json(200, &view(ctx, persons::change(ctx, person, &changes)?)?)
}

/// A person with what a replacement cannot leave out only, because it never came from outside.
fn emptied(person: &v2::Person) -> Result<v2::Person, ApiError> {
    build(json!({
        "id": person.id, "tenant": person.tenant, "creation_time": person.creation_time,
        "last_updated_time": person.last_updated_time, "status": person.status,
        "verification_status": person.verification_status,
        "verification_last_run": person.verification_last_run,
        "customer_active": person.customer_active, "is_customer": person.is_customer,
        "is_user": person.is_user, "ban_status": person.ban_status,
    }))
}

/// The body of a new customer, or of one that takes the place of another.
fn input(ctx: &Ctx<'_>) -> Result<types::CustomerInput, ApiError> {
    if ctx.request.body.get("related_customers").is_some() {
        let reason = "is not taken any more; create relationships instead";
        return Err(FieldErrors::invalid("related_customers", reason).into());
    }
    ctx.body()
}

/// A person as a customer.
fn view(ctx: &Ctx<'_>, person: Record<Person>) -> Result<types::Customer, ApiError> {
    let person = persons::view(ctx, person)?;
    let addresses: Vec<_> =
        [&person.legal_address, &person.shipping_address].into_iter().flatten().collect();
    let rest = json!({
        "kyc_status": person.verification_status, "kyc_exempt": false,
        "kyc_last_run": person.verification_last_run, "addresses": addresses,
    });
    complete(&person, rest)
}
