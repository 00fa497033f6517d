//! Persons, as they are stored and changed.

use chrono::NaiveDate;
use serde_json::json;
use synctera_api::runtime::{Patch, PersonId, Sensitive};
use synctera_api::v2::types;
use synctera_api::v2::types::{
    AddressType, BanStatus, NewPerson, NoteRelatedResourceType, NoteType, PersonPatch,
    VerificationStatus,
};

use crate::domain::parties::{PartyId, Person};
use crate::domain::{addresses, bans, classifications, notes, parties, personal_ids};
use crate::model::{ApiError, Ctx, Record, complete, convert, last_four, merge, text};
use crate::spec::FieldErrors;

/// Nobody older than this is on file.
pub(crate) const FIRST_BIRTH: NaiveDate =
    NaiveDate::from_ymd_opt(1900, 1, 1).expect("a valid date");

/// Stores a new person.
pub(crate) fn add(ctx: &Ctx<'_>, new: &NewPerson) -> Result<Record<Person>, ApiError> {
    let dob = new.dob.as_ref().map(|dob| *dob.expose());
    errors_in(ctx, dob, new.ssn.as_ref().map(exposed)).refused()?;
    let ban_status = new.ban_status.clone().unwrap_or(BanStatus::Allowed);
    if ban_status == BanStatus::Banned {
        return Err(ApiError::status("only the platform bans", &["ALLOWED", "SUSPENDED"]));
    }
    let note = new.note.as_deref().unwrap_or_default();
    let is_suspended = ban_status == BanStatus::Suspended;
    if is_suspended && note.is_empty() {
        return Err(FieldErrors::missing("note").into());
    }
    let id = PersonId::from(ctx.new_id()?);
    let shipping = new.shipping_address.as_ref().or(new.legal_address.as_ref());
    let inline = |sent: Option<&types::MailingAddressInput>, address_type| {
        sent.map(|sent| addresses::record(ctx, PartyId::Person(id), sent, address_type)).transpose()
    };
    let legal = inline(new.legal_address.as_ref(), AddressType::Legal)?;
    let shipping = inline(shipping, AddressType::Shipping)?;
    let rest = json!({
        "id": id, "tenant": ctx.tenant, "creation_time": ctx.now, "last_updated_time": ctx.now,
        "verification_status": VerificationStatus::Unverified, "is_user": false,
        "ban_status": ban_status,
        // They are resources of their own.
        "personal_ids": [],
    });
    let mut person = Record::<Person>::new(complete(new, rest)?, ());
    (person.legal_address, person.shipping_address) = (legal, shipping);
    personal_ids::add_all(ctx, id, &new.personal_ids)?;
    if bans::covers(ctx, &person)? {
        person.ban_status = BanStatus::Banned;
    }
    ctx.add(&person)?;
    if is_suspended {
        note_suspension(ctx, id, note)?;
    }
    Ok(person)
}

fn note_suspension(ctx: &Ctx<'_>, id: PersonId, note: &str) -> Result<(), ApiError> {
    let about = (NoteRelatedResourceType::Customer, &*id.to_string());
    notes::write(ctx, about, NoteType::CustomerSuspended, note)
}

/// Changes a person.
pub(crate) fn change(
    ctx: &Ctx<'_>,
    mut person: Record<Person>,
    changes: &PersonPatch,
) -> Result<Record<Person>, ApiError> {
    let mut changes = changes.clone();
    complete_ssn(&person, &mut changes);
    let dob = changes.dob.value().map(|dob| *dob.expose());
    errors_in(ctx, dob, changes.ssn.value().map(exposed)).refused()?;
    if let Patch::Set(wanted) = &changes.ban_status {
        let note = changes.note.value().map_or("", String::as_str);
        check_ban(&person.ban_status, wanted, note)?;
        if *wanted == BanStatus::Suspended && person.ban_status != BanStatus::Suspended {
            note_suspension(ctx, person.id, note)?;
        }
    }
    let legal = changes.legal_address.value();
    let shipping = changes.shipping_address.value();
    // The first legal address is where things are sent to, too.
    let shipping = shipping.or(legal.filter(|_| person.shipping_address.is_none()));
    merge(&mut person.wire, &changes)?;
    let party = PartyId::Person(person.id);
    if let Some(sent) = legal {
        person.legal_address = Some(addresses::replace(ctx, party, sent, AddressType::Legal)?);
    }
    if let Some(sent) = shipping {
        person.shipping_address =
            Some(addresses::replace(ctx, party, sent, AddressType::Shipping)?);
    }
    // Who is another one by now may be one who is banned.
    if bans::covers(ctx, &person)? {
        person.ban_status = BanStatus::Banned;
    }
    person.last_updated_time = ctx.now;
    ctx.save(&person)?;
    Ok(person)
}

/// What is wrong with the body of a new person.
pub(crate) fn errors_of_new(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let body = &ctx.request.body;
    let mut errors = errors_in(ctx, text(body, "dob").parse().ok(), Some(text(body, "ssn")));
    errors.merge(personal_ids::errors_of_all(body.get("personal_ids")));
    if text(body, "ban_status") == BanStatus::Suspended.as_str() && text(body, "note").is_empty() {
        errors.merge(FieldErrors::missing("note"));
    }
    Ok(errors)
}

/// What is wrong with changes to a person.
pub(crate) fn errors_of_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let body = &ctx.request.body;
    // Customers are persons, too.
    let id = ["person_id", "customer_id"].map(|name| ctx.parameter(name)).concat();
    let person = ctx.find::<Person>(id)?;
    let known = person.as_ref().and_then(|person| person.ssn.as_ref());
    let ssn = whole_ssn(known, text(body, "ssn"));
    Ok(errors_in(ctx, text(body, "dob").parse().ok(), Some(ssn)))
}

/// Changes with the whole number, where only the part that is shown was sent back.
pub(crate) fn complete_ssn(person: &types::Person, changes: &mut PersonPatch) {
    if let Patch::Set(sent) = &changes.ssn {
        changes.ssn = Patch::Set(whole_ssn(person.ssn.as_ref(), sent.expose()).into());
    }
}

fn exposed(value: &Sensitive<String>) -> &str {
    value.expose()
}

/// The whole number, where only the part that is shown was sent back.
fn whole_ssn<'a>(known: Option<&'a Sensitive<String>>, sent: &'a str) -> &'a str {
    match known.map(exposed) {
        Some(known) if !known.is_empty() && last_four(known) == sent => known,
        _ => sent,
    }
}

/// What is wrong with fields that the document says less about.
fn errors_in(ctx: &Ctx<'_>, dob: Option<NaiveDate>, ssn: Option<&str>) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if dob.is_some_and(|dob| !(FIRST_BIRTH..ctx.today()).contains(&dob)) {
        errors.merge(FieldErrors::invalid("dob", "must be from 1900-01-01 on and before today"));
    }
    if ssn.is_some_and(|ssn| !ssn.is_empty() && !is_ssn(ssn)) {
        errors.merge(FieldErrors::invalid("ssn", "must be written as 123-45-6789"));
    }
    errors
}

fn is_ssn(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [3, 2, 4] && parts.concat().bytes().all(|byte| byte.is_ascii_digit())
}

/// The integrator suspends and allows, with a note; banning is the platform's.
fn check_ban(current: &BanStatus, wanted: &BanStatus, note: &str) -> Result<(), ApiError> {
    if current == wanted {
        return Ok(());
    }
    if *current == BanStatus::Banned || *wanted == BanStatus::Banned {
        let valid = [current.as_str()];
        return Err(ApiError::status("only the platform bans and lifts a ban", &valid));
    }
    if note.is_empty() {
        return Err(FieldErrors::missing("note").into());
    }
    Ok(())
}

/// How a person is shown: numbers masked, and what follows from other resources.
pub(crate) fn view(ctx: &Ctx<'_>, person: Record<Person>) -> Result<types::Person, ApiError> {
    let mut shown = person.wire;
    shown.ssn = shown.ssn.as_ref().map(|ssn| last_four(ssn.expose()).into());
    let personal_ids = personal_ids::of(ctx, shown.id)?.into_iter().map(personal_ids::masked);
    shown.personal_ids = personal_ids.map(|entry| convert(&entry)).collect::<Result<_, _>>()?;
    shown.has_accounts = Some(parties::has_accounts(ctx, shown.id)?);
    shown.classifications = classifications::of_person(ctx, &shown)?;
    Ok(shown)
}
