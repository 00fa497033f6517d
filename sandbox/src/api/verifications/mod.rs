//! KYC and KYB: run the checks, or record those of another vendor; the party's status follows.

pub(crate) mod screening;

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties;
use crate::domain::parties::Party;
use crate::domain::verifications::{VERIFICATION, errors_of_consent, record, run};
use crate::model::{ApiError, Ctx, Outcome, Reply, Served, one_of, text};
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
    let verification = record(ctx, party, body, ctx.request.body.clone())?;
    Reply::created::<types::Verification>(verification)
}

/// What is wrong with the body that asks for checks.
fn of_check(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = one_of(&ctx.request.body, &["person_id", "business_id"]);
    errors.merge(errors_of_consent(&ctx.request.body));
    Ok(errors)
}

/// Runs the checks; the answer already holds the party's new status.
fn verify(ctx: &Ctx<'_>) -> Outcome {
    let (party, body) = the_party(ctx)?;
    let document = Some(text(&ctx.request.body, "document_id")).filter(|id| !id.is_empty());
    let (status, verifications) = run(ctx, party, body, document, &|_| true)?;
    Reply::created::<types::VerifyResponse>(
        json!({ "verification_status": status, "verifications": verifications }),
    )
}

fn the_party(ctx: &Ctx<'_>) -> Result<(Party, Value), ApiError> {
    parties::named(ctx, &ctx.request.body)?
        .ok_or_else(|| ApiError::Internal("a party that is there and not there".to_owned()))
}
