//! Credit applications: submitted, decided on, and accepted by the customer or not.
//!
//! Only type `CREDIT` is served, the one that an account can be opened on.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::applications::{ACCEPTED, APPLICATION};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, one_of, patch, text};
use crate::spec::{FieldErrors, Interface, Spec};

const ON_ONE: &[(&str, &Kind)] = &[("application_id", &APPLICATION)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_applications", list),
    Served::new("create_application", create).ruled(of_new_application),
    Served::on("get_application", ON_ONE, get),
    Served::on("update_application", ON_ONE, update).ruled(of_changes),
];

/// What may follow a status.
fn next(status: &str) -> &'static [&'static str] {
    match status {
        "SUBMITTED" => &["CREDIT_APPROVED", "CREDIT_DENIED"],
        "CREDIT_APPROVED" => &[ACCEPTED, "CREDIT_NOT_ACCEPTED_BY_CUSTOMER"],
        _ => &[],
    }
}

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &APPLICATION,
        items: "applications",
        filters: &[
            ("status", By::Key("status")),
            ("type", By::Key("type")),
            ("customer_id", By::Key("customer")),
            ("business_id", By::Key("business")),
        ],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::ApplicationList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Application>(ctx.url_resource(&APPLICATION, "application_id")?)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut application = ctx.request.body.clone();
    let kind = text(&application, "type");
    if kind != "CREDIT" {
        return Err(ApiError::not_served(&format!("applications of type {kind}")));
    }
    if application["status"] != "SUBMITTED" {
        let detail = "an application begins as SUBMITTED";
        return Err(ApiError::status(detail, &["SUBMITTED"]));
    }
    let account = text(&application, "account_id");
    if !account.is_empty() {
        ctx.referred(&ACCOUNT, account, ErrorCode::AccountNotFound, "account_id")?;
    }
    set_applicants(ctx, &mut application)?;
    application["id"] = json!(ctx.new_id()?);
    application["tenant"] = json!(ctx.tenant);
    application["application_submitted_time"] = json!(ctx.now_text());
    application["creation_time"] = json!(ctx.now_text());
    application["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&APPLICATION, &application)?;
    Reply::created::<types::Application>(application)
}

/// What is wrong with who applies: one of them is the first, and each is one party.
fn errors_of_applicants(applicants: &Value) -> FieldErrors {
    let applicants = applicants.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut errors = FieldErrors::default();
    if applicants.iter().filter(|applicant| applicant["is_primary"] == true).count() != 1 {
        errors.merge(FieldErrors::invalid("applicants", "exactly one must be is_primary"));
    }
    for (index, applicant) in applicants.iter().enumerate() {
        let found = one_of(applicant, &["customer_id", "business_id"]);
        errors.merge(found.under(&format!("applicants[{index}]")));
    }
    errors
}

/// What is wrong with the body of a new application.
fn of_new_application(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let body = &ctx.request.body;
    if body["type"] != "CREDIT" {
        return Ok(FieldErrors::default());
    }
    let mut errors = errors_of_applicants(&body["applicants"]);
    if body["purpose"] != "ACCOUNT_OPENING" && text(body, "account_id").is_empty() {
        errors.merge(FieldErrors::missing("account_id"));
    }
    Ok(errors)
}

/// What is wrong with changes to an application, by its type.
fn of_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let Some(application) = ctx.get(&APPLICATION, ctx.parameter("application_id"))? else {
        return Ok(FieldErrors::default());
    };
    let variant = match text(&application, "type") {
        "CREDIT" => "credit_application_patch",
        "CREDIT_CARD" => "credit_card_application_patch",
        "LOC" => "loc_application_patch",
        "RESTRICTED_ACCOUNT" => "restricted_application_patch",
        _ => return Ok(FieldErrors::default()),
    };
    Ok(Spec::of(Interface::V2).check_variant("application_patch", variant, &ctx.request.body))
}

/// Checks who applies, and notes them for the filters.
fn set_applicants(ctx: &Ctx<'_>, application: &mut Value) -> Result<(), ApiError> {
    let applicants = application["applicants"].as_array().cloned().unwrap_or_default();
    errors_of_applicants(&application["applicants"]).refused()?;
    for (index, applicant) in applicants.iter().enumerate() {
        parties::named_in(ctx, applicant, &format!("applicants[{index}]."))?;
    }
    let ids = |field: &str| -> Vec<Value> {
        applicants.iter().map(|applicant| applicant[field].clone()).collect()
    };
    application["customers"] = json!(ids("customer_id"));
    application["businesses"] = json!(ids("business_id"));
    Ok(())
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut application = ctx.url_resource(&APPLICATION, "application_id")?;
    let current = text(&application, "status").to_owned();
    patch(&mut application, &ctx.request.body);
    if !ctx.request.body["applicants"].is_null() {
        set_applicants(ctx, &mut application)?;
    }
    let wanted = text(&application, "status").to_owned();
    if wanted != current {
        if !next(&current).contains(&wanted.as_str()) {
            let detail = format!("an application cannot go from {current} to {wanted}");
            return Err(ApiError::status(detail, next(&current)));
        }
        let applicants = application["applicants"].as_array().into_iter().flatten();
        let mut reasons = applicants.map(|applicant| text(applicant, "adverse_action_id"));
        if wanted == "CREDIT_DENIED" && reasons.any(str::is_empty) {
            return Err(FieldErrors::missing("applicants.adverse_action_id").into());
        }
        let moment =
            if current == "SUBMITTED" { "credit_decision_time" } else { "customer_response_time" };
        application[moment] = json!(ctx.now_text());
    }
    application["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&APPLICATION, &application)?;
    Reply::ok::<types::Application>(application)
}
