//! KYC and KYB: run the checks, or record those of another vendor; the party's status follows.

pub(crate) mod screening;

use serde_json::{Value, json};
use synctera_api::runtime::{BusinessId, PersonId};
use synctera_api::v2::types;

use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{PartyIds, PartyRecord};
use crate::domain::verifications::{
    VERIFICATION, Verification, VerificationFacts, errors_of_consent, record, run,
};
use crate::model::{ApiError, Ctx, Outcome, Reply, Served, build, one_of};
use crate::spec::FieldErrors;

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_verifications", list),
    Served::new("create_verification", create)
        .ruled(|ctx| Ok(one_of(&ctx.request.body, &["person_id", "business_id"]))),
    Served::on("get_verification", &[("verification_id", &VERIFICATION)], get),
    Served::new("verify", verify).ruled(of_check),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history =
        ctx.request.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
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
        view: &view_of::<Verification, _>(|_, row| {
            Ok((with_history || row.facts.is_current).then_some(row.wire))
        }),
    }
    .reply::<types::VerificationList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Verification>("verification_id")?.wire)
}

/// Records what a vendor outside of the platform found.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let found: types::NewVerification = ctx.body()?;
    let subject = the_party(ctx, found.person_id, found.business_id)?;
    let verification = record(ctx, subject, &found, VerificationFacts::default())?;
    Reply::json(201, &verification.wire)
}

/// What is wrong with the body that asks for checks.
fn of_check(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = one_of(&ctx.request.body, &["person_id", "business_id"]);
    errors.merge(errors_of_consent(&ctx.request.body));
    Ok(errors)
}

/// Runs the checks; the answer already holds the party's new status.
fn verify(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::VerifyRequest = ctx.body()?;
    let subject = the_party(ctx, asked.person_id, asked.business_id)?;
    let document = asked.document_id.as_deref().filter(|id| !id.is_empty());
    let (status, found) = run(ctx, subject, document, &|_| true)?;
    let found: Vec<types::Verification> = found.into_iter().map(|row| row.wire).collect();
    let response: types::VerifyResponse =
        build(json!({ "verification_status": status, "verifications": found }))?;
    Reply::json(201, &response)
}

/// The party that a body names.
fn the_party(
    ctx: &Ctx<'_>,
    person_id: Option<PersonId>,
    business_id: Option<BusinessId>,
) -> Result<PartyRecord, ApiError> {
    PartyIds { person_id, business_id, ..PartyIds::default() }.find_one(ctx, "")
}
