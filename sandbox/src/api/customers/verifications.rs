//! Verifications of a customer: the same checks, under the older names.

use serde::Deserialize;
use serde_json::{Value, json};
use synctera_api::v0::types;
use synctera_api::v0::types::{CustomerVerificationResult, KycVerificationType};
use synctera_api::v2::types::{VerificationResult, VerificationType};

use crate::domain::customers::{ON_CUSTOMER, of_customer, theirs};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::{PERSON, Party};
use crate::domain::verifications;
use crate::domain::verifications::VERIFICATION;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, build, complete};

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
        view: &|_, row| {
            // border:
            let is_wanted = with_history || build::<Row>(row.clone())?.is_current;
            Ok(if is_wanted { Some(json!(view(&row)?)) } else { None })
        },
    }
    .reply::<types::CustomerVerificationList>(ctx)
}

/// Records what a vendor outside of the platform found.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?; // border:
    let new: types::NewCustomerVerification = ctx.body()?;
    let rest = json!({
        "verification_type": newer_type(&new.verification_type),
        "result": match &new.result {
            CustomerVerificationResult::ProviderFailure => VerificationResult::VendorError,
            result => result.as_str().into(),
        },
        // As it was said, for who reads it here again.
        "older_type": new.verification_type,
    });
    let row = verifications::record(ctx, Party::Person, person, complete(&new, rest)?)?; // border:
    Reply::json(201, &view(&row)?)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    let row = theirs(ctx, &VERIFICATION, "verification_id", "person_id")?; // border:
    Reply::json(200, &view(&row)?)
}

fn verify(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?; // border:
    let request: types::CustomerVerifyRequest = ctx.body()?;
    let asked: Vec<_> = request.verification_type.iter().map(newer_type).collect();
    let wanted =
        |newer: &str| asked.is_empty() || asked.iter().any(|asked| asked.as_str() == newer);
    let document = request.document_id.as_deref().filter(|id| !id.is_empty());
    let (status, rows) = verifications::run(ctx, Party::Person, person, document, &wanted)?; // border:
    let rows = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let response = json!({ "kyc_status": status, "verifications": rows });
    Reply::json(200, &build::<types::CustomerVerifyResponse>(response)?)
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

/// What decides how a verification is shown here.
// border:
#[derive(Deserialize)]
struct Row {
    is_current: bool,
    verification_type: VerificationType,
    result: VerificationResult,
    older_type: Option<KycVerificationType>,
}

fn view(stored: &Value) -> Result<types::CustomerVerification, ApiError> {
    let row: Row = build(stored.clone())?;
    let older = row.older_type.unwrap_or(match row.verification_type {
        VerificationType::Watchlist => KycVerificationType::Watchliststandard,
        VerificationType::DocumentVerification => KycVerificationType::Documentverification,
        VerificationType::ManualReview => KycVerificationType::Decision,
        _ => KycVerificationType::Kyc,
    });
    let result = match row.result {
        VerificationResult::VendorError => CustomerVerificationResult::ProviderFailure,
        // There are no such results here.
        VerificationResult::Pending | VerificationResult::Unverified => {
            CustomerVerificationResult::Provisional
        }
        result => result.as_str().into(),
    };
    complete(stored, json!({ "verification_type": older, "result": result }))
}
