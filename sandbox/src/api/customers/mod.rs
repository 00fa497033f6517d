//! Customers: persons, under the older interface's names.

pub(crate) mod disclosures;
pub(crate) mod employment;
pub(crate) mod prefill;
pub(crate) mod risk_ratings;
pub(crate) mod verifications;

use serde_json::{Value, json};
use synctera_api::v0::types;

use crate::domain::customers::ON_CUSTOMER;
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::PERSON;
use crate::domain::persons;
use crate::model::{ApiError, Ctx, Outcome, Reply, Served, text, without};
use crate::spec::FieldErrors;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_customers", list),
    Served::new("create_customer", create).ruled(persons::errors_of_new),
    Served::on("get_customer", ON_CUSTOMER, get),
    Served::on("update_customer", ON_CUSTOMER, update).ruled(persons::errors_of_changes),
    Served::on("replace_customer", ON_CUSTOMER, replace).ruled(persons::errors_of_changes),
];

/// What a replacement cannot leave out, because it never came from outside.
const KEPT: [&str; 9] = [
    "id",
    "tenant",
    "creation_time",
    "verification_status",
    "verification_last_run",
    "customer_active",
    "is_customer",
    "is_user",
    "ban_status",
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
        view: &|ctx, person| {
            let customer = view(ctx, person)?;
            let fits = last_four.as_deref().is_none_or(|digits| text(&customer, "ssn") == digits)
                && has_accounts.is_none_or(|has| customer["has_accounts"] == has);
            Ok(fits.then_some(customer))
        },
    }
    .reply::<types::CustomerList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut person = written(&ctx.request.body)?;
    person["is_customer"] = json!(true);
    let person = persons::add(ctx, person)?;
    Reply::created::<types::Customer>(view(ctx, person)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Customer>(view(ctx, ctx.url_resource(&PERSON, "customer_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?;
    let person = persons::change(ctx, person, written(&ctx.request.body)?)?;
    Reply::ok::<types::Customer>(view(ctx, person)?)
}

fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut person = ctx.url_resource(&PERSON, "customer_id")?;
    let wanted = persons::with_known_ssn(&person, written(&ctx.request.body)?);
    if let Some(map) = person.as_object_mut() {
        map.retain(|name, _| KEPT.contains(&name.as_str()));
    }
    let person = persons::change(ctx, person, wanted)?;
    Reply::ok::<types::Customer>(view(ctx, person)?)
}

/// What was sent, as a person has it.
fn written(body: &Value) -> Result<Value, ApiError> {
    if body.get("related_customers").is_some() {
        let reason = "is not taken any more; create relationships instead";
        return Err(FieldErrors::invalid("related_customers", reason).into());
    }
    let mut person = body.clone();
    // Only a verification sets it.
    without(&mut person, &["kyc_status"]);
    Ok(person)
}

/// A person as a customer.
fn view(ctx: &Ctx<'_>, person: Value) -> Result<Value, ApiError> {
    let mut customer = persons::view(ctx, person)?;
    customer["kyc_status"] = customer["verification_status"].clone();
    customer["kyc_exempt"] = json!(false);
    if let Some(moment) = customer.get("verification_last_run").cloned() {
        customer["kyc_last_run"] = moment;
    }
    let addresses: Vec<Value> = ["legal_address", "shipping_address"]
        .into_iter()
        .filter_map(|name| customer.get(name).cloned())
        .collect();
    customer["addresses"] = json!(addresses);
    Ok(customer)
}
