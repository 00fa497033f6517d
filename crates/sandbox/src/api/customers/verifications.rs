//! Verifications of a customer: the same checks, under the older names.

use serde_json::{Value, json};
use synctera_api::v0::types::{self, CustomerVerificationResult, KycVerificationType};
use synctera_api::v2::types::{NewVerification, VerificationResult, VerificationType};

use crate::domain::customers::{ON_CUSTOMER, find_theirs, of_customer};
use crate::domain::listing::{By, List, view_of};
use crate::domain::parties::{PERSON, PartyRecord};
use crate::domain::verifications;
use crate::domain::verifications::{VERIFICATION, Verification, VerificationFacts};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, build, complete, convert};

const ON_ONE: &[(&str, &Kind)] = &[("customer_id", &PERSON), ("verification_id", &VERIFICATION)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("list_customer_verifications", ON_CUSTOMER, list),
    Served::on("create_customer_verification", ON_CUSTOMER, create),
    Served::on("get_customer_verification", ON_ONE, get),
    Served::on("verify_customer", ON_CUSTOMER, verify)
        .ruled(|ctx| Ok(verifications::errors_of_consent(&ctx.request.body))),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let with_history =
        ctx.request.query.get("include_history").and_then(Value::as_bool).unwrap_or(false);
    List {
        kind: &VERIFICATION,
        items: "verifications",
        filters: &[("include_history", By::Elsewhere)],
        always: of_customer(ctx, "person"),
        view: &view_of::<Verification, _>(|_, row| {
            (with_history || row.facts.is_current).then(|| view(row)).transpose()
        }),
    }
    .reply::<types::CustomerVerificationList>(ctx)
}

/// Records what a vendor outside of the platform found.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = PartyRecord::Person(ctx.find_in_url("customer_id")?);
    let body: types::NewCustomerVerification = ctx.body()?;
    let result = match &body.result {
        CustomerVerificationResult::ProviderFailure => VerificationResult::VendorError,
        result => VerificationResult::from(result.as_str()),
    };
    let found = NewVerification {
        vendor_info: body.vendor_info.as_ref().map(convert).transpose()?,
        ..NewVerification::new(result, body.verification_time, newer_type(&body.verification_type))
    };
    let facts = VerificationFacts {
        older_type: Some(body.verification_type),
        raw_response: body.raw_response,
        ..VerificationFacts::default()
    };
    let row = verifications::record(ctx, person, &found, facts)?;
    Reply::json(201, &view(row)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    let row =
        find_theirs::<Verification>(ctx, "verification_id", |row| row.person_id.map(Into::into))?;
    Reply::json(200, &view(row)?)
}

fn verify(ctx: &Ctx<'_>) -> Outcome {
    let person = PartyRecord::Person(ctx.find_in_url("customer_id")?);
    let body: types::CustomerVerifyRequest = ctx.body()?;
    let asked: Vec<VerificationType> = body.verification_type.iter().map(newer_type).collect();
    let wanted = |newer: &VerificationType| asked.is_empty() || asked.contains(newer);
    let document = body.document_id.as_deref().filter(|id| !id.is_empty());
    let (status, rows) = verifications::run(ctx, person, document, &wanted)?;
    let rows = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let response: types::CustomerVerifyResponse =
        build(json!({ "kyc_status": status, "verifications": rows }))?;
    Reply::json(200, &response)
}

/// Which check a vendor's product is part of.
fn newer_type(older: &KycVerificationType) -> VerificationType {
    match older {
        KycVerificationType::Watchliststandard
        | KycVerificationType::Watchlistplus
        | KycVerificationType::Watchlistpremier
        | KycVerificationType::Alertlist => VerificationType::Watchlist,
        KycVerificationType::Documentverification => VerificationType::DocumentVerification,
        _ => VerificationType::Identity,
    }
}

fn view(row: Record<Verification>) -> Result<types::CustomerVerification, ApiError> {
    let older = match row.verification_type {
        VerificationType::Watchlist => KycVerificationType::Watchliststandard,
        VerificationType::DocumentVerification => KycVerificationType::Documentverification,
        VerificationType::ManualReview => KycVerificationType::Decision,
        _ => KycVerificationType::Kyc,
    };
    let result = match &row.result {
        VerificationResult::VendorError => CustomerVerificationResult::ProviderFailure,
        // There are no such results here.
        VerificationResult::Pending | VerificationResult::Unverified => {
            CustomerVerificationResult::Provisional
        }
        result => CustomerVerificationResult::from(result.as_str()),
    };
    let older = json!({
        "verification_type": row.facts.older_type.unwrap_or(older), "result": result,
        "raw_response": row.facts.raw_response,
    });
    complete(&row.wire, older)
}
