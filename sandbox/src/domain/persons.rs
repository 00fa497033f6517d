//! Persons, as they are stored and changed.

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::v2::types::{NoteRelatedResourceType, NoteType};

use crate::domain::parties::{PERSON, Party};
use crate::domain::{addresses, classifications, notes, parties, personal_ids};
use crate::model::{ApiError, Ctx, last_four, patch, text, without};
use crate::spec::FieldErrors;

/// Nobody older than this is on file.
pub(crate) const FIRST_BIRTH: NaiveDate =
    NaiveDate::from_ymd_opt(1900, 1, 1).expect("a valid date");

/// Stores a new person.
pub(crate) fn add(ctx: &Ctx<'_>, mut person: Value) -> Result<Value, ApiError> {
    check(ctx, &person).refused()?;
    if person["ban_status"] == "BANNED" {
        return Err(ApiError::status("only the platform bans", &["ALLOWED", "SUSPENDED"]));
    }
    let note = text(&person, "note").to_owned();
    let is_suspended = person["ban_status"] == "SUSPENDED";
    if is_suspended && note.is_empty() {
        return Err(FieldErrors::missing("note").into());
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
        notes::write(
            ctx,
            (NoteRelatedResourceType::Customer, &id),
            NoteType::CustomerSuspended,
            &note,
        )?;
    }
    Ok(person)
}

/// Changes a person.
pub(crate) fn change(
    ctx: &Ctx<'_>,
    mut person: Value,
    mut changes: Value,
) -> Result<Value, ApiError> {
    changes = with_known_ssn(&person, changes);
    check(ctx, &changes).refused()?;
    let id = text(&person, "id").to_owned();
    if let Some(wanted) = changes.get("ban_status").and_then(Value::as_str) {
        let note = text(&changes, "note");
        check_ban(text(&person, "ban_status"), wanted, note)?;
        if wanted == "SUSPENDED" && person["ban_status"] != "SUSPENDED" {
            notes::write(
                ctx,
                (NoteRelatedResourceType::Customer, &id),
                NoteType::CustomerSuspended,
                note,
            )?;
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

/// What is wrong with the body of a new person.
pub(crate) fn errors_of_new(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let body = &ctx.request.body;
    let mut errors = check(ctx, body);
    errors.merge(personal_ids::errors_of_all(&body["personal_ids"]));
    if body["ban_status"] == "SUSPENDED" && text(body, "note").is_empty() {
        errors.merge(FieldErrors::missing("note"));
    }
    Ok(errors)
}

/// What is wrong with changes to a person.
pub(crate) fn errors_of_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    // Customers are persons, too.
    let id = ["person_id", "customer_id"].map(|name| ctx.parameter(name)).concat();
    let person = ctx.get(&PERSON, &id)?.unwrap_or_default();
    Ok(check(ctx, &with_known_ssn(&person, ctx.request.body.clone())))
}

/// A body with the whole number, where only the part that is shown was sent back.
pub(crate) fn with_known_ssn(person: &Value, mut body: Value) -> Value {
    let known = text(person, "ssn");
    if !known.is_empty() && text(&body, "ssn") == last_four(known) {
        body["ssn"] = json!(known);
    }
    body
}

/// Rules of fields that the document does not state.
pub(crate) fn check(ctx: &Ctx<'_>, body: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if let Ok(dob) = text(body, "dob").parse::<NaiveDate>()
        && !(FIRST_BIRTH..ctx.today()).contains(&dob)
    {
        errors.merge(FieldErrors::invalid("dob", "must be from 1900-01-01 on and before today"));
    }
    let ssn = text(body, "ssn");
    if !ssn.is_empty() && !is_ssn(ssn) {
        errors.merge(FieldErrors::invalid("ssn", "must be written as 123-45-6789"));
    }
    errors
}

pub(crate) fn is_ssn(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [3, 2, 4] && parts.concat().bytes().all(|byte| byte.is_ascii_digit())
}

/// The integrator suspends and allows, with a note; banning is the platform's.
pub(crate) fn check_ban(current: &str, wanted: &str, note: &str) -> Result<(), ApiError> {
    if current == wanted {
        return Ok(());
    }
    if current == "BANNED" || wanted == "BANNED" {
        return Err(ApiError::status("only the platform bans and lifts a ban", &[current]));
    }
    if note.is_empty() {
        return Err(FieldErrors::missing("note").into());
    }
    Ok(())
}

/// Makes resources of the addresses inside of a person, or of changes to one.
pub(crate) fn take_addresses(
    ctx: &Ctx<'_>,
    id: &str,
    body: &mut Value,
    is_new: bool,
) -> Result<(), ApiError> {
    let take = if is_new { addresses::record } else { addresses::replace };
    for (name, address_type) in [("legal_address", "LEGAL"), ("shipping_address", "SHIPPING")] {
        if let Some(address) = body.get_mut(name) {
            take(ctx, Party::Person, id, address, address_type)?;
        }
    }
    Ok(())
}

/// How a person is shown: numbers masked, and what follows from other resources.
pub(crate) fn view(ctx: &Ctx<'_>, mut person: Value) -> Result<Value, ApiError> {
    parties::mask(&mut person, "ssn");
    let id = text(&person, "id").to_owned();
    let personal_ids = personal_ids::of(ctx, &id)?;
    if !personal_ids.is_empty() {
        person["personal_ids"] = json!(personal_ids);
    }
    person["has_accounts"] = json!(parties::has_accounts(ctx, &id)?);
    person["classifications"] = json!(classifications::classifications(ctx, &person)?);
    Ok(person)
}
