//! KYC and KYB: run the checks, or record those of another vendor; the party's status follows.

pub(crate) mod screening;

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::v2::types;

use super::monitoring;
use super::relationships::RELATIONSHIP;
use crate::api::persons::personal_ids;
use crate::api::risk::crr;
use crate::domain::kyb::Finding;
use crate::domain::listing::{By, List};
use crate::domain::parties::Party;
use crate::domain::{kyb, parties};
use crate::model::{Ctx, Kind, Outcome, Refusal, Reply, Served, exactly_one, text};
use crate::spec::Faults;

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

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_verifications", list),
    Served::new("create_verification", create),
    Served::on("get_verification", &[("verification_id", &VERIFICATION)], get),
    Served::new("verify", verify),
];

/// The job in which a vendor says what it could not say at once.
pub(crate) const ANSWER: &str = "verification.answer";

/// What a check of a party cannot do without.
const PERSON_NEEDS: [&str; 7] =
    ["first_name", "last_name", "dob", "email", "phone_number", "legal_address", "ssn"];
const BUSINESS_NEEDS: [&str; 2] = ["entity_name", "legal_address"];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history = ctx.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
    List {
        kind: &VERIFICATION,
        items: "verifications",
        filters: &[
            ("id", By::Key("id")),
            ("person_id", By::Key("person")),
            ("business_id", By::Key("business")),
            ("verification_type", By::Key("type")),
            ("result", By::Key("result")),
            ("include_history", By::Elsewhere),
        ],
        always: Vec::new(),
        view: &|_, verification| {
            Ok((with_history || verification["is_current"] == true).then_some(verification))
        },
    }
    .reply::<types::VerificationList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Verification>(ctx.url_resource(&VERIFICATION, "verification_id")?)
}

/// Records what a vendor outside of the platform found.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let (party, body) = the_party(ctx)?;
    let verification = record(ctx, party, body, ctx.body.clone())?;
    Reply::created::<types::Verification>(verification)
}

/// Stores what another vendor found of a party that is known well enough.
pub(crate) fn record(
    ctx: &Ctx<'_>,
    party: Party,
    body: Value,
    row: Value,
) -> Result<Value, Refusal> {
    let mut faults = Faults::default();
    let needs: &[&str] = match party {
        Party::Person => &["first_name", "last_name", "dob", "legal_address", "shipping_address"],
        Party::Business => &["entity_name", "legal_address"],
    };
    for field in needs.iter().filter(|field| body.get(**field).is_none_or(Value::is_null)) {
        faults.merge(Faults::missing(field));
    }
    if text(&body, "email").is_empty() && text(&body, "phone_number").is_empty() {
        faults.merge(Faults::invalid("email", "an email or a phone number must be on file"));
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
        faults.merge(Faults::missing(if party == Party::Person { "ssn" } else { "ein" }));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let verification = store(ctx, party, &body, row)?;
    settle(ctx, party, body)?;
    Ok(verification)
}

/// Runs the checks; the answer already holds the party's new status.
fn verify(ctx: &Ctx<'_>) -> Outcome {
    if ctx.body["customer_consent"] != true {
        let reason = "the customer must have agreed to be checked";
        return Err(Faults::invalid("customer_consent", reason).into());
    }
    let (party, body) = the_party(ctx)?;
    let document = Some(text(&ctx.body, "document_id")).filter(|id| !id.is_empty());
    let (status, verifications) = run(ctx, party, body, document, &|_| true)?;
    Reply::created::<types::VerifyResponse>(
        json!({ "verification_status": status, "verifications": verifications }),
    )
}

/// Runs the `wanted` checks of a party, with the document that was shown in a session: its new
/// status, and what each check found.
pub(crate) fn run(
    ctx: &Ctx<'_>,
    party: Party,
    body: Value,
    document: Option<&str>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(&'static str, Vec<Value>), Refusal> {
    let needs: &[&str] = match party {
        Party::Person => &PERSON_NEEDS,
        Party::Business => &BUSINESS_NEEDS,
    };
    let mut faults = Faults::default();
    for field in needs.iter().filter(|field| body.get(**field).is_none_or(Value::is_null)) {
        faults.merge(Faults::missing(field));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let document =
        document.map(|token| screening::document_of(ctx, party, &body, token)).transpose()?;
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
pub(crate) fn answer(ctx: &Ctx<'_>, id: &str) -> Result<(), Refusal> {
    let Some(mut row) = ctx.get(&VERIFICATION, id)? else {
        return Ok(());
    };
    // A newer check, or somebody's decision, has taken its place.
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

fn the_party(ctx: &Ctx<'_>) -> Result<(Party, Value), Refusal> {
    exactly_one(&ctx.body, &["person_id", "business_id"])?;
    parties::named(ctx, &ctx.body)?
        .ok_or_else(|| Refusal::Broken("a party that is there and not there".to_owned()))
}

/// The verification statuses of the people and the businesses behind a business.
fn owners(ctx: &Ctx<'_>, business: &str) -> Result<Vec<String>, Refusal> {
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

fn key_of(party: Party) -> &'static str {
    match party {
        Party::Person => "person",
        Party::Business => "business",
    }
}

/// Stores a row; an older one of the same type becomes history.
fn store(ctx: &Ctx<'_>, party: Party, body: &Value, mut row: Value) -> Result<Value, Refusal> {
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
fn settle(ctx: &Ctx<'_>, party: Party, mut body: Value) -> Result<&'static str, Refusal> {
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
    crr::rate(ctx, party, &body)?;
    if status == "ACCEPTED" && ctx.settings.verification_enrols_in_monitoring {
        monitoring::enrol(ctx, party, &body)?;
    }
    Ok(status)
}
