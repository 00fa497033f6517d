//! Persons: create, read, change. Identity numbers go in whole and come out as their last four.

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::v2::types;

use super::listing::{By, List};
use super::{Kind, Served, parties};
use crate::engine::{Ctx, Outcome, Refusal, Reply, last_four, patch, text, without};
use crate::spec::Faults;

pub(super) const PERSON: Kind = Kind {
    name: "person",
    id: "id",
    keys: &[
        ("id", "/id"),
        ("status", "/status"),
        ("ban_status", "/ban_status"),
        ("verification_status", "/verification_status"),
        ("email", "/email"),
        ("phone_number", "/phone_number"),
        ("is_customer", "/is_customer"),
        ("dob", "/dob"),
    ],
};

pub(super) const SERVED: &[Served] = &[
    Served::new("list_persons", list),
    Served::new("create_person", create),
    Served::on("get_person", &[("person_id", &PERSON)], get),
    Served::on("update_person", &[("person_id", &PERSON)], update),
];

/// Nobody older than this is on file.
const FIRST_BIRTH: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a valid date");

fn list(ctx: &Ctx<'_>) -> Outcome {
    let last_four = ctx.query.get("ssn_last_4").and_then(Value::as_str).map(str::to_owned);
    let has_accounts = ctx.query.get("has_accounts").and_then(Value::as_bool);
    List {
        kind: &PERSON,
        items: "persons",
        filters: &[
            ("id", By::Key("id")),
            ("status", By::Key("status")),
            ("ban_status", By::Key("ban_status")),
            ("verification_status", By::Key("verification_status")),
            ("is_customer", By::Key("is_customer")),
            ("dob", By::Key("dob")),
            ("email", By::Wildcard(&["/email"])),
            ("phone_number", By::Wildcard(&["/phone_number"])),
            // A search for a first name finds the chosen one, too.
            ("first_name", By::Wildcard(&["/first_name", "/chosen_name"])),
            ("last_name", By::Wildcard(&["/last_name"])),
            ("ssn_last_4", By::Elsewhere),
            ("has_accounts", By::Elsewhere),
            // Nobody here uses a console.
            ("include_console_users", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|ctx, person| {
            let person = view(ctx, person)?;
            let fits = last_four.as_deref().is_none_or(|digits| text(&person, "ssn") == digits)
                && has_accounts.is_none_or(|has| person["has_accounts"] == has);
            Ok(fits.then_some(person))
        },
    }
    .reply::<types::PersonList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut person = ctx.body.clone();
    check(ctx, &person)?;
    if person["ban_status"] == "BANNED" {
        return Err(Refusal::status("only the platform bans", &["ALLOWED", "SUSPENDED"]));
    }
    if person["ban_status"] == "SUSPENDED" && text(&person, "note").is_empty() {
        return Err(Faults::missing("note").into());
    }
    without(&mut person, &["note"]);
    person["id"] = json!(ctx.new_id()?);
    person["tenant"] = json!(ctx.tenant);
    person["creation_time"] = json!(ctx.now_text());
    person["last_updated_time"] = json!(ctx.now_text());
    person["verification_status"] = json!("UNVERIFIED");
    person["is_user"] = json!(false);
    if person.get("ban_status").is_none() {
        person["ban_status"] = json!("ALLOWED");
    }
    if person.get("shipping_address").is_none() && person.get("legal_address").is_some() {
        person["shipping_address"] = person["legal_address"].clone();
    }
    complete_addresses(ctx, &mut person, &["legal_address", "shipping_address"])?;
    complete_personal_ids(ctx, &mut person)?;
    ctx.insert(&PERSON, &person)?;
    Reply::created::<types::Person>(view(ctx, person)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Person>(view(ctx, ctx.url_resource(&PERSON, "person_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut person = ctx.url_resource(&PERSON, "person_id")?;
    check(ctx, &ctx.body)?;
    let mut changes = ctx.body.clone();
    if let Some(wanted) = changes.get("ban_status").and_then(Value::as_str) {
        check_ban(text(&person, "ban_status"), wanted, text(&changes, "note"))?;
    }
    without(&mut changes, &["note"]);
    let sent: Vec<&str> = ["legal_address", "shipping_address"]
        .into_iter()
        .filter(|name| changes.get(*name).is_some())
        .collect();
    if sent == ["legal_address"] && person.get("shipping_address").is_none() {
        changes["shipping_address"] = changes["legal_address"].clone();
        complete_addresses(ctx, &mut changes, &["shipping_address"])?;
    }
    complete_addresses(ctx, &mut changes, &sent)?;
    patch(&mut person, &changes);
    person["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&PERSON, &person)?;
    Reply::ok::<types::Person>(view(ctx, person)?)
}

/// Rules of fields that the document does not state.
fn check(ctx: &Ctx<'_>, body: &Value) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    if let Ok(dob) = text(body, "dob").parse::<NaiveDate>()
        && !(FIRST_BIRTH..ctx.today()).contains(&dob)
    {
        faults.merge(Faults::invalid("dob", "must be from 1900-01-01 on and before today"));
    }
    let ssn = text(body, "ssn");
    if !ssn.is_empty() && !is_ssn(ssn) {
        faults.merge(Faults::invalid("ssn", "must be written as 123-45-6789"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

fn is_ssn(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [3, 2, 4] && parts.concat().bytes().all(|byte| byte.is_ascii_digit())
}

/// The integrator suspends and allows, with a note; banning is the platform's.
fn check_ban(current: &str, wanted: &str, note: &str) -> Result<(), Refusal> {
    if current == wanted {
        return Ok(());
    }
    if current == "BANNED" || wanted == "BANNED" {
        return Err(Refusal::status("only the platform bans and lifts a ban", &[current]));
    }
    if note.is_empty() {
        return Err(Faults::missing("note").into());
    }
    Ok(())
}

fn complete_addresses(ctx: &Ctx<'_>, body: &mut Value, names: &[&str]) -> Result<(), Refusal> {
    for name in names {
        if let Some(address) = body.get_mut(*name) {
            let address_type = if *name == "legal_address" { "LEGAL" } else { "SHIPPING" };
            parties::complete_address(ctx, address, address_type)?;
        }
    }
    Ok(())
}

fn complete_personal_ids(ctx: &Ctx<'_>, person: &mut Value) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let ids = person.get_mut("personal_ids").and_then(Value::as_array_mut);
    for (index, entry) in ids.into_iter().flatten().enumerate() {
        let implied = match text(entry, "id_type") {
            "SSN" | "ITIN" => Some("US"),
            "SIN" => Some("CA"),
            _ => None,
        };
        let given = text(entry, "country_code").to_owned();
        match (implied, given.as_str()) {
            (None, "") => {
                faults.merge(Faults::missing(&format!("personal_ids[{index}].country_code")))
            }
            (Some(country), "") => entry["country_code"] = json!(country),
            (Some(country), given) if given != country => faults.merge(Faults::invalid(
                &format!("personal_ids[{index}].country_code"),
                format!("is {country} for this type of id"),
            )),
            _ => {}
        }
        entry["id"] = json!(ctx.new_id()?);
        entry["system_provided"] = json!(false);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// How a person is shown: numbers masked, and what follows from other resources.
pub(super) fn view(ctx: &Ctx<'_>, mut person: Value) -> Result<Value, Refusal> {
    parties::mask(&mut person, "ssn");
    for entry in person.get_mut("personal_ids").and_then(Value::as_array_mut).into_iter().flatten()
    {
        entry["identifier"] = json!(last_four(text(entry, "identifier")));
    }
    person["has_accounts"] = json!(parties::has_accounts(ctx, text(&person, "id"))?);
    Ok(person)
}
