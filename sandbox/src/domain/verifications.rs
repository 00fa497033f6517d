//! KYC and KYB: run the checks, or record those of another vendor.

use chrono::Duration;
use serde_json::{Value, json};

use crate::domain::kyb::Finding;
use crate::domain::parties::Party;
use crate::domain::relationships::RELATIONSHIP;
use crate::domain::{kyb, monitoring, parties, personal_ids, risk_ratings};
use crate::model::{ApiError, Ctx, Kind, text};
use crate::spec::FieldErrors;

pub(crate) const VERIFICATION: Kind = Kind {
    name: "verification",
    id: "id",
    keys: &[
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("type", "/verification_type"),
        ("result", "/result"),
        ("is_current", "/is_current"),
    ],
};

/// The job in which a vendor says what it could not say at once.
pub(crate) const ANSWER: &str = "verification.answer";

/// What a check of a party cannot do without.
pub(crate) const PERSON_NEEDS: [&str; 7] =
    ["first_name", "last_name", "dob", "email", "phone_number", "legal_address", "ssn"];

pub(crate) const BUSINESS_NEEDS: [&str; 2] = ["entity_name", "legal_address"];

/// Stores what another vendor found of a party that is known well enough.
pub(crate) fn record(
    ctx: &Ctx<'_>,
    party: Party,
    body: Value,
    row: Value,
) -> Result<Value, ApiError> {
    let mut errors = FieldErrors::default();
    let needs: &[&str] = match party {
        Party::Person => &["first_name", "last_name", "dob", "legal_address", "shipping_address"],
        Party::Business => &["entity_name", "legal_address"],
    };
    for field in needs.iter().filter(|field| body.get(**field).is_none_or(Value::is_null)) {
        errors.merge(FieldErrors::missing(field));
    }
    if text(&body, "email").is_empty() && text(&body, "phone_number").is_empty() {
        errors.merge(FieldErrors::invalid("email", "an email or a phone number must be on file"));
    }
    let without_id = match party {
        Party::Person => {
            text(&body, "ssn").is_empty() && personal_ids::of(ctx, text(&body, "id"))?.is_empty()
        }
        Party::Business => {
            text(&body, "ein").is_empty() && text(&body, "structure") != "SOLE_PROPRIETORSHIP"
        }
    };
    if without_id {
        errors.merge(FieldErrors::missing(if party == Party::Person { "ssn" } else { "ein" }));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let verification = store(ctx, party, &body, row)?;
    settle(ctx, party, body)?;
    Ok(verification)
}

/// Runs the `wanted` checks of a party, with the document that was shown in a session: its new
/// status, and what each check found.
pub(crate) fn run(
    ctx: &Ctx<'_>,
    party: Party,
    body: Value,
    document: Option<&str>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(&'static str, Vec<Value>), ApiError> {
    let needs: &[&str] = match party {
        Party::Person => &PERSON_NEEDS,
        Party::Business => &BUSINESS_NEEDS,
    };
    let mut errors = FieldErrors::default();
    for field in needs.iter().filter(|field| body.get(**field).is_none_or(Value::is_null)) {
        errors.merge(FieldErrors::missing(field));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let document = document.map(|token| document_of(ctx, party, &body, token)).transpose()?;
    let findings = match party {
        Party::Person => kyb::check_person(&body, document),
        Party::Business => kyb::check_business(&body, &owners(ctx, text(&body, "id"))?),
    };
    let mut verifications = Vec::new();
    for Finding { verification_type, result, details } in findings {
        if !wanted(verification_type) {
            continue;
        }
        let row = json!({
            "verification_type": verification_type, "result": result, "details": details,
            "verification_time": ctx.now_text(),
        });
        let row = store(ctx, party, &body, row)?;
        if result == "PENDING" {
            let answer =
                ctx.now + Duration::minutes(ctx.settings.pending_verification_minutes.into());
            let (due, id) = (answer.timestamp_millis(), text(&row, "id"));
            ctx.tx.schedule(ctx.tenant, due, ANSWER, id)?;
        }
        verifications.push(row);
    }
    Ok((settle(ctx, party, body)?, verifications))
}

/// The vendor has its answer: what was pending is fine.
pub(crate) fn answer(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut row) = ctx.get(&VERIFICATION, id)? else {
        return Ok(());
    };
    // A newer check, or a manual decision, replaced it.
    if row["is_current"] != true || row["result"] != "PENDING" {
        return Ok(());
    }
    row["result"] = json!("ACCEPTED");
    row["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&VERIFICATION, &row)?;
    if let Some((party, body)) = parties::named(ctx, &row)? {
        settle(ctx, party, body)?;
    }
    Ok(())
}

/// The verification statuses of the people and the businesses behind a business.
pub(crate) fn owners(ctx: &Ctx<'_>, business: &str) -> Result<Vec<String>, ApiError> {
    let mut statuses = Vec::new();
    for relationship in ctx.all_with(&RELATIONSHIP, "to_business", business)? {
        let behind = match text(&relationship, "relationship_type") {
            "BENEFICIAL_OWNER_OF" | "MANAGING_PERSON_OF" => {
                ctx.get(Party::Person.kind(), text(&relationship, "from_person_id"))?
            }
            "OWNER_OF" => {
                ctx.get(Party::Business.kind(), text(&relationship, "from_business_id"))?
            }
            _ => None,
        };
        if let Some(behind) = behind {
            statuses.push(text(&behind, "verification_status").to_owned());
        }
    }
    Ok(statuses)
}

pub(crate) fn key_of(party: Party) -> &'static str {
    match party {
        Party::Person => "person",
        Party::Business => "business",
    }
}

/// Stores a row; an older one of the same type becomes history.
pub(crate) fn store(
    ctx: &Ctx<'_>,
    party: Party,
    body: &Value,
    mut row: Value,
) -> Result<Value, ApiError> {
    for mut older in ctx.all_with(&VERIFICATION, key_of(party), text(body, "id"))? {
        if older["is_current"] == true && older["verification_type"] == row["verification_type"] {
            older["is_current"] = json!(false);
            ctx.update(&VERIFICATION, &older)?;
        }
    }
    row["id"] = json!(ctx.new_id()?);
    row[format!("{}_id", key_of(party))] = body["id"].clone();
    row["creation_time"] = json!(ctx.now_text());
    row["last_updated_time"] = json!(ctx.now_text());
    row["is_current"] = json!(true);
    ctx.insert(&VERIFICATION, &row)?;
    Ok(row)
}

/// The party's status follows its current rows; a manual review overrides all others.
pub(crate) fn settle(
    ctx: &Ctx<'_>,
    party: Party,
    mut body: Value,
) -> Result<&'static str, ApiError> {
    let rows = ctx.all_with(&VERIFICATION, key_of(party), text(&body, "id"))?;
    let current: Vec<&Value> = rows.iter().filter(|row| row["is_current"] == true).collect();
    let manual = current.iter().find(|row| row["verification_type"] == "MANUAL_REVIEW");
    let status = match manual {
        Some(row) => kyb::worst([text(row, "result")].into_iter()),
        None => kyb::worst(current.iter().map(|row| text(row, "result"))),
    };
    body["verification_status"] = json!(status);
    body["verification_last_run"] = json!(ctx.now_text());
    body["last_updated_time"] = json!(ctx.now_text());
    if status == "ACCEPTED" && body.get("customer_active").is_none() && body["is_customer"] == true
    {
        body["customer_active"] = json!(ctx.now_text());
    }
    ctx.update(party.kind(), &body)?;
    risk_ratings::rate(ctx, party, &body)?;
    if status == "ACCEPTED" && ctx.settings.verification_enrolls_in_monitoring {
        monitoring::enroll(ctx, party, &body)?;
    }
    Ok(status)
}

/// A session in which a person shows a document; its token is the document's id afterward.
pub(crate) const SESSION: Kind = Kind {
    name: "document verification session",
    id: "session_token",
    keys: &[("person", "/person_id")],
};

/// What the document of a session says: the person's middle name steers it, when it is one of the
/// outcomes. Whether the person has shown a document yet is not checked: the sandbox has no camera.
pub(crate) fn document_of(
    ctx: &Ctx<'_>,
    party: Party,
    body: &Value,
    token: &str,
) -> Result<&'static str, ApiError> {
    let session = ctx.get(&SESSION, token)?;
    let is_theirs = party == Party::Person
        && session.is_some_and(|session| text(&session, "person_id") == text(body, "id"));
    if !is_theirs {
        let reason = "is no document verification session of this person";
        return Err(FieldErrors::invalid("document_id", reason).into());
    }
    Ok(kyb::steered(text(body, "middle_name")).unwrap_or("ACCEPTED"))
}

/// Nobody is checked without having agreed.
pub(crate) fn errors_of_consent(body: &Value) -> FieldErrors {
    if body["customer_consent"] == true {
        return FieldErrors::default();
    }
    FieldErrors::invalid("customer_consent", "the customer must have agreed to be checked")
}
