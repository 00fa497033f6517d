//! Identification of persons.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::model::{ApiError, Ctx, Kind, last_four, text};
use crate::spec::FieldErrors;

pub(crate) const PERSONAL_ID: Kind =
    Kind { name: "personal id", id: "id", keys: &[("customer", "/customer_id")] };

/// Numbers that a person has one of.
pub(crate) const SINGLE: [&str; 3] = ["SSN", "ITIN", "SIN"];

/// Adds those that came inside of a person.
pub(crate) fn add_all(ctx: &Ctx<'_>, person: &str, entries: &Value) -> Result<(), ApiError> {
    for (index, entry) in entries.as_array().into_iter().flatten().enumerate() {
        add(ctx, person, entry.clone(), &format!("personal_ids[{index}]."))?;
    }
    Ok(())
}

/// Those of a person, as they are shown.
pub(crate) fn of(ctx: &Ctx<'_>, person: &str) -> Result<Vec<Value>, ApiError> {
    let entries = ctx.all_with(&PERSONAL_ID, "customer", person)?;
    Ok(entries.into_iter().map(masked).collect())
}

pub(crate) fn add(
    ctx: &Ctx<'_>,
    person: &str,
    entry: Value,
    under: &str,
) -> Result<Value, ApiError> {
    let mut entry = with_country(entry);
    let id_type = text(&entry, "id_type").to_owned();
    errors_of(&entry, under).refused()?;
    if SINGLE.contains(&id_type.as_str())
        && ctx
            .all_with(&PERSONAL_ID, "customer", person)?
            .iter()
            .any(|other| other["id_type"] == entry["id_type"])
    {
        let detail = format!("the person has a personal id of type {id_type} already");
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    entry["id"] = json!(ctx.new_id()?);
    entry["customer_id"] = json!(person);
    entry["system_provided"] = json!(false);
    entry["tenant"] = json!(ctx.tenant);
    ctx.insert(&PERSONAL_ID, &entry)?;
    Ok(entry)
}

/// The country whose authority alone gives this type of id.
pub(crate) fn implied_country(id_type: &str) -> Option<&'static str> {
    match id_type {
        "SSN" | "ITIN" => Some("US"),
        "SIN" => Some("CA"),
        _ => None,
    }
}

/// What is wrong with those that come inside of a person.
pub(crate) fn errors_of_all(entries: &Value) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (index, entry) in entries.as_array().into_iter().flatten().enumerate() {
        errors.merge(errors_of(&with_country(entry.clone()), &format!("personal_ids[{index}].")));
    }
    errors
}

/// The same with the country that its type implies.
pub(crate) fn with_country(mut entry: Value) -> Value {
    if entry.is_object()
        && entry.get("country_code").is_none()
        && let Some(country) = implied_country(text(&entry, "id_type"))
    {
        entry["country_code"] = json!(country);
    }
    entry
}

pub(crate) fn errors_of(entry: &Value, under: &str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let id_type = text(entry, "id_type");
    let given = text(entry, "country_code");
    let field = format!("{under}country_code");
    match implied_country(id_type) {
        None if given.is_empty() => errors.merge(FieldErrors::missing(&field)),
        Some(country) if given != country => {
            errors.merge(FieldErrors::invalid(&field, format!("is {country} for this type of id")))
        }
        _ => {}
    }
    // A 9 stands for a digit, an A for a letter.
    let pattern = match id_type {
        "SSN" | "ITIN" => Some("999-99-9999"),
        "SIN" => Some("999-999-999"),
        "CITIZENSHIP_CARD" => Some("A9999999"),
        "SECURE_STATUS_CARD" => Some("9999-99-999999"),
        _ => None,
    };
    if let Some(pattern) = pattern
        && !fits(text(entry, "identifier"), pattern)
    {
        let reason = format!("must look like {pattern}, with a digit for each 9");
        errors.merge(FieldErrors::invalid(&format!("{under}identifier"), reason));
    }
    let (issued, expires) = (text(entry, "issue_date"), text(entry, "expiry_date"));
    if !issued.is_empty() && !expires.is_empty() && expires < issued {
        errors.merge(FieldErrors::invalid(
            &format!("{under}expiry_date"),
            "must not be before the issue date",
        ));
    }
    errors
}

pub(crate) fn fits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            _ => byte == wanted,
        })
}

pub(crate) fn masked(mut entry: Value) -> Value {
    entry["identifier"] = json!(last_four(text(&entry, "identifier")));
    entry
}
