//! Verifications of a customer: the same checks, under the older names.

use serde_json::{Value, json};
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, of_customer, theirs};
use crate::domain::listing::By;
use crate::domain::listing::List;
use crate::domain::parties::{PERSON, Party};
use crate::domain::verifications;
use crate::domain::verifications::VERIFICATION;
use crate::model::{Ctx, Kind, Outcome, Reply, Served, text, texts};

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
        view: &|_, row| Ok((with_history || row["is_current"] == true).then(|| view(row))),
    }
    .reply::<types::CustomerVerificationList>(ctx)
}

/// Records what a vendor outside of the platform found.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?;
    let mut row = ctx.request.body.clone();
    row["verification_type"] = json!(newer_type(text(&row, "verification_type")));
    if row["result"] == "PROVIDER_FAILURE" {
        row["result"] = json!("VENDOR_ERROR");
    }
    // As it was said, for who reads it here again.
    row["older_type"] = ctx.request.body["verification_type"].clone();
    let row = verifications::record(ctx, Party::Person, person, row)?;
    Reply::created::<types::CustomerVerification>(view(row))
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    let row = theirs(ctx, &VERIFICATION, "verification_id", "person_id")?;
    Reply::ok::<types::CustomerVerification>(view(row))
}

fn verify(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?;
    let asked: Vec<&str> = texts(&ctx.request.body["verification_type"]);
    let wanted =
        |newer: &str| asked.is_empty() || asked.iter().any(|older| newer_type(older) == newer);
    let document = Some(text(&ctx.request.body, "document_id")).filter(|id| !id.is_empty());
    let (status, rows) = verifications::run(ctx, Party::Person, person, document, &wanted)?;
    let rows: Vec<Value> = rows.into_iter().map(view).collect();
    Reply::ok::<types::CustomerVerifyResponse>(
        json!({ "kyc_status": status, "verifications": rows }),
    )
}

/// Which check a vendor's product is part of.
fn newer_type(older: &str) -> &'static str {
    match older {
        "watchliststandard" | "watchlistplus" | "watchlistpremier" | "alertlist" => "WATCHLIST",
        "documentverification" => "DOCUMENT_VERIFICATION",
        _ => "IDENTITY",
    }
}

fn view(mut row: Value) -> Value {
    let older = match text(&row, "verification_type") {
        "WATCHLIST" => "watchliststandard",
        "DOCUMENT_VERIFICATION" => "documentverification",
        "MANUAL_REVIEW" => "decision",
        _ => "kyc",
    };
    let older = row.get("older_type").cloned().unwrap_or_else(|| json!(older));
    row["verification_type"] = older;
    row["result"] = match text(&row, "result") {
        "VENDOR_ERROR" => json!("PROVIDER_FAILURE"),
        // There are no such results here.
        "PENDING" | "UNVERIFIED" => json!("PROVISIONAL"),
        result => json!(result),
    };
    row
}
