//! Prefill: the whole social security number from its last four digits and the phone number.
//!
//! No vendor is asked: the number is made up from the last four digits, and `0000` finds no person.

use serde_json::{Value, json};
use synctera_api::v0::types;

use crate::domain::customers::ON_CUSTOMER;
use crate::domain::parties::PERSON;
use crate::domain::persons;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, last_four, text};
use crate::spec::FieldErrors;

const ON_PERSON: &[(&str, &Kind)] = &[("person_id", &PERSON)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("prefill_customer", ON_CUSTOMER, |ctx| {
        prefill(ctx, ctx.url_resource(&PERSON, "customer_id")?)
    }),
    Served::on("prefill_person", ON_PERSON, |ctx| {
        prefill(ctx, ctx.url_resource(&PERSON, "person_id")?)
    }),
];

fn prefill(ctx: &Ctx<'_>, person: Value) -> Outcome {
    let asked = text(&ctx.request.body, "ssn_last4");
    if asked.len() != 4 || !asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldErrors::invalid("ssn_last4", "must be four digits").into());
    }
    let is_found = asked != "0000" && !text(&person, "phone_number").is_empty();
    if is_found && last_four(text(&person, "ssn")) != asked {
        fill(ctx, person, asked)?;
    }
    Reply::ok::<types::Prefill>(json!({ "ssn_last4": asked, "ssn_filled": is_found }))
}

fn fill(ctx: &Ctx<'_>, person: Value, asked: &str) -> Result<(), ApiError> {
    let (area, group) = (100 + ctx.new_number(500)?, 10 + ctx.new_number(90)?);
    let ssn = json!({ "ssn": format!("{area}-{group}-{asked}"), "ssn_source": "PREFILL" });
    persons::change(ctx, person, ssn).map(drop)
}
