//! Prefill: the whole social security number from its last four digits and the phone number.
//!
//! No vendor is asked: the number is made up from the last four digits, and `0000` finds no person.

use serde_json::json;
use synctera_api::runtime::Sensitive;
use synctera_api::v0::types;
use synctera_api::v2::types::{PersonPatch, SsnSource};

use crate::domain::customers::ON_CUSTOMER;
use crate::domain::parties::{PERSON, Person};
use crate::domain::persons;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, build, last_four};
use crate::spec::FieldErrors;

const ON_PERSON: &[(&str, &Kind)] = &[("person_id", &PERSON)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("prefill_customer", ON_CUSTOMER, |ctx| {
        prefill(ctx, ctx.find_in_url("customer_id")?)
    }),
    Served::on("prefill_person", ON_PERSON, |ctx| prefill(ctx, ctx.find_in_url("person_id")?)),
];

fn prefill(ctx: &Ctx<'_>, person: Record<Person>) -> Outcome {
    let body: types::NewPrefill = ctx.body()?;
    let asked = body.ssn_last4.as_ref().map_or("", |digits| digits.expose());
    if asked.len() != 4 || !asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldErrors::invalid("ssn_last4", "must be four digits").into());
    }
    let is_found =
        asked != "0000" && person.phone_number.as_ref().is_some_and(|number| !number.is_empty());
    let known = person.ssn.as_ref().map(|ssn| last_four(ssn.expose()));
    if is_found && known.as_deref() != Some(asked) {
        fill(ctx, person, asked)?;
    }
    let answer = json!({ "ssn_last4": asked, "ssn_filled": is_found });
    Reply::json(200, &build::<types::Prefill>(answer)?)
}

fn fill(ctx: &Ctx<'_>, mut person: Record<Person>, asked: &str) -> Result<(), ApiError> {
    let (area, group) = (100 + ctx.new_number(500)?, 10 + ctx.new_number(90)?);
    person.ssn_source = Some(SsnSource::Prefill);
    let ssn = Sensitive::from(format!("{area}-{group}-{asked}"));
    let changes = PersonPatch { ssn: ssn.into(), ..PersonPatch::default() };
    persons::change(ctx, person, &changes).map(drop)
}
