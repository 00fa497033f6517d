//! Persons: create, read, change. Identity numbers go in whole and come out as their last four.

pub(crate) mod personal_ids;

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::v2::types;

use super::{addresses, notes};
use crate::domain::listing::{By, List};
use crate::domain::parties;
use crate::domain::parties::Party;
use crate::model::{Ctx, Kind, Outcome, Refusal, Reply, Served, patch, text, without};
use crate::spec::Faults;

pub(crate) const PERSON: Kind = Kind {
    name: "person",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("verification_status", "/verification_status"),
        ("dob", "/dob"),
    ],
};

pub(crate) const SERVED: &[Served] = &[
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
                && parties::is_of_class(ctx, &person);
            Ok(fits.then_some(person))
        },
    }
    .reply::<types::PersonList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = add(ctx, ctx.body.clone())?;
    Reply::created::<types::Person>(view(ctx, person)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Person>(view(ctx, ctx.url_resource(&PERSON, "person_id")?)?)
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "person_id")?;
    let person = change(ctx, person, ctx.body.clone())?;
    Reply::ok::<types::Person>(view(ctx, person)?)
}

/// Stores a new person.
pub(crate) fn add(ctx: &Ctx<'_>, mut person: Value) -> Result<Value, Refusal> {
    check(ctx, &person)?;
    if person["ban_status"] == "BANNED" {
        return Err(Refusal::status("only the platform bans", &["ALLOWED", "SUSPENDED"]));
    }
    let note = text(&person, "note").to_owned();
    let is_suspended = person["ban_status"] == "SUSPENDED";
    if is_suspended && note.is_empty() {
        return Err(Faults::missing("note").into());
    }
    let personal_ids = person["personal_ids"].clone();
    without(&mut person, &["note", "personal_ids"]);
    let id = ctx.new_id()?.to_string();
    person["id"] = json!(id);
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
    take_addresses(ctx, &id, &mut person, true)?;
    ctx.insert(&PERSON, &person)?;
    personal_ids::add_all(ctx, &id, &personal_ids)?;
    if is_suspended {
        notes::write(ctx, "CUSTOMER", &id, "CUSTOMER_SUSPENDED", &note)?;
    }
    Ok(person)
}

/// Changes a person.
pub(crate) fn change(
    ctx: &Ctx<'_>,
    mut person: Value,
    mut changes: Value,
) -> Result<Value, Refusal> {
    check(ctx, &changes)?;
    let id = text(&person, "id").to_owned();
    if let Some(wanted) = changes.get("ban_status").and_then(Value::as_str) {
        let note = text(&changes, "note");
        check_ban(text(&person, "ban_status"), wanted, note)?;
        if wanted == "SUSPENDED" && person["ban_status"] != "SUSPENDED" {
            notes::write(ctx, "CUSTOMER", &id, "CUSTOMER_SUSPENDED", note)?;
        }
    }
    without(&mut changes, &["note"]);
    let has_either = [&changes, &person].iter().any(|it| it.get("shipping_address").is_some());
    if !has_either && changes.get("legal_address").is_some() {
        changes["shipping_address"] = changes["legal_address"].clone();
    }
    take_addresses(ctx, &id, &mut changes, false)?;
    patch(&mut person, &changes);
    person["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&PERSON, &person)?;
    Ok(person)
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

/// Makes resources of the addresses inside of a person, or of changes to one.
fn take_addresses(ctx: &Ctx<'_>, id: &str, body: &mut Value, is_new: bool) -> Result<(), Refusal> {
    let take = if is_new { addresses::record } else { addresses::replace };
    for (name, address_type) in [("legal_address", "LEGAL"), ("shipping_address", "SHIPPING")] {
        if let Some(address) = body.get_mut(name) {
            take(ctx, Party::Person, id, address, address_type)?;
        }
    }
    Ok(())
}

/// How a person is shown: numbers masked, and what follows from other resources.
pub(crate) fn view(ctx: &Ctx<'_>, mut person: Value) -> Result<Value, Refusal> {
    parties::mask(&mut person, "ssn");
    let id = text(&person, "id").to_owned();
    let personal_ids = personal_ids::of(ctx, &id)?;
    if !personal_ids.is_empty() {
        person["personal_ids"] = json!(personal_ids);
    }
    person["has_accounts"] = json!(parties::has_accounts(ctx, &id)?);
    person["classifications"] = json!(parties::classifications(ctx, &person)?);
    Ok(person)
}
