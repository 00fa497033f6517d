//! Identification of persons.

use chrono::NaiveDate;
use serde_json::{Value, json};
use synctera_api::runtime::{CountryCode, ErrorCode, PersonId};
use synctera_api::v2::types;
use synctera_api::v2::types::{NewPersonalId, NewPersonalIdEntry, PersonalIdType};

use crate::model::{ApiError, Ctx, Kind, Record, Resource, complete, last_four, text};
use crate::spec::FieldErrors;

pub(crate) const PERSONAL_ID: Kind =
    Kind { name: "personal id", id: "id", keys: &[("customer", "/customer_id")] };

/// An identity number of a person, stored whole.
pub(crate) enum PersonalId {}

impl Resource for PersonalId {
    const KIND: &'static Kind = &PERSONAL_ID;
    type Wire = types::PersonalId;
    type Facts = ();
}

/// Adds those that came inside of a person.
pub(crate) fn add_all(
    ctx: &Ctx<'_>,
    person: PersonId,
    entries: &[NewPersonalIdEntry],
) -> Result<(), ApiError> {
    for (index, entry) in entries.iter().enumerate() {
        let entry: NewPersonalId = complete(entry, json!({ "customer_id": person }))?;
        add(ctx, &entry, &format!("personal_ids[{index}]."))?;
    }
    Ok(())
}

/// Those of a person, whole.
pub(crate) fn of(
    ctx: &Ctx<'_>,
    person: impl ToString,
) -> Result<Vec<Record<PersonalId>>, ApiError> {
    ctx.find_all("customer", person)
}

/// Adds one; `under` is its place in the body: `personal_ids[0].`.
pub(crate) fn add(
    ctx: &Ctx<'_>,
    entry: &NewPersonalId,
    under: &str,
) -> Result<Record<PersonalId>, ApiError> {
    let checked = Checked {
        id_type: entry.id_type.clone(),
        country: entry.country_code.as_ref().map(CountryCode::as_str),
        identifier: entry.identifier.expose(),
        issued: entry.issue_date,
        expires: entry.expiry_date,
        sends_expiry: true,
    };
    checked.errors(under).refused()?;
    let is_single =
        matches!(entry.id_type, PersonalIdType::Ssn | PersonalIdType::Itin | PersonalIdType::Sin);
    if is_single && of(ctx, entry.customer_id)?.iter().any(|other| other.id_type == entry.id_type) {
        let detail = format!("the person has a personal id of type {} already", entry.id_type);
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let country = match &entry.country_code {
        Some(country) => Some(country.as_str()),
        None => implied_country(&entry.id_type),
    };
    let rest = json!({
        "id": ctx.new_id()?, "country_code": country, "system_provided": false,
        "tenant": ctx.tenant,
    });
    let entry = Record::new(complete(entry, rest)?, ());
    ctx.add(&entry)?;
    Ok(entry)
}

/// The country whose authority alone gives this type of id.
pub(crate) fn implied_country(id_type: &PersonalIdType) -> Option<&'static str> {
    match id_type {
        PersonalIdType::Ssn | PersonalIdType::Itin => Some("US"),
        PersonalIdType::Sin => Some("CA"),
        _ => None,
    }
}

/// What is wrong with those that come inside of a person, in a body.
pub(crate) fn errors_of_all(entries: Option<&Value>) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let entries = entries.and_then(Value::as_array).into_iter().flatten();
    for (index, entry) in entries.enumerate() {
        errors.merge(Checked::of_body(entry).errors(&format!("personal_ids[{index}].")));
    }
    errors
}

/// What is wrong with one in a body.
pub(crate) fn errors_of(body: &Value) -> FieldErrors {
    Checked::of_body(body).errors("")
}

/// What is wrong with one that was changed. Of two dates that do not fit together, the one that was
/// sent is wrong.
pub(crate) fn errors_of_changed(entry: &types::PersonalId, sends_expiry: bool) -> FieldErrors {
    let checked = Checked {
        id_type: entry.id_type.clone(),
        country: Some(entry.country_code.as_str()),
        identifier: entry.identifier.expose(),
        issued: entry.issue_date,
        expires: entry.expiry_date,
        sends_expiry,
    };
    checked.errors("")
}

/// The members of a personal id that have rules.
struct Checked<'a> {
    id_type: PersonalIdType,
    country: Option<&'a str>,
    identifier: &'a str,
    issued: Option<NaiveDate>,
    expires: Option<NaiveDate>,
    sends_expiry: bool,
}

impl<'a> Checked<'a> {
    /// Those of a body that may hold anything.
    fn of_body(body: &'a Value) -> Self {
        Self {
            id_type: PersonalIdType::from(text(body, "id_type")),
            country: body.get("country_code").map(|country| country.as_str().unwrap_or_default()),
            identifier: text(body, "identifier"),
            issued: text(body, "issue_date").parse().ok(),
            expires: text(body, "expiry_date").parse().ok(),
            sends_expiry: true,
        }
    }

    fn errors(&self, under: &str) -> FieldErrors {
        let mut errors = FieldErrors::default();
        let field = format!("{under}country_code");
        match (implied_country(&self.id_type), self.country) {
            (None, None | Some("")) => errors.merge(FieldErrors::missing(&field)),
            (Some(country), Some(given)) if given != country => errors
                .merge(FieldErrors::invalid(&field, format!("is {country} for this type of id"))),
            _ => {}
        }
        if let Some(pattern) = pattern(&self.id_type)
            && !fits(self.identifier, pattern)
        {
            let reason = format!("must look like {pattern}, with a digit for each 9");
            errors.merge(FieldErrors::invalid(&format!("{under}identifier"), reason));
        }
        if self.issued.zip(self.expires).is_some_and(|(issued, expires)| expires < issued) {
            let (field, reason) = match self.sends_expiry {
                true => ("expiry_date", "must not be before the issue date"),
                false => ("issue_date", "must not be after the expiry date"),
            };
            errors.merge(FieldErrors::invalid(&format!("{under}{field}"), reason));
        }
        errors
    }
}

/// How a number of this type is written: a 9 stands for a digit, an A for a letter.
fn pattern(id_type: &PersonalIdType) -> Option<&'static str> {
    match id_type {
        PersonalIdType::Ssn | PersonalIdType::Itin => Some("999-99-9999"),
        PersonalIdType::Sin => Some("999-999-999"),
        PersonalIdType::CitizenshipCard => Some("A9999999"),
        PersonalIdType::SecureStatusCard => Some("9999-99-999999"),
        _ => None,
    }
}

fn fits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            _ => byte == wanted,
        })
}

/// How one is shown.
pub(crate) fn masked(entry: Record<PersonalId>) -> types::PersonalId {
    let mut shown = entry.wire;
    shown.identifier = last_four(shown.identifier.expose()).into();
    shown
}
