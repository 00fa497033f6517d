//! Credit applications: submitted, decided on, and accepted by the customer or not.
//!
//! Only type `CREDIT` is served, the one that an account can be opened on.

use serde_json::{Value, json};
use synctera_api::runtime::Patch;
use synctera_api::v2::types::{
    self, Applicant, Application as Wire, CreditApplicationStatus as Status, NewApplication,
};

use crate::domain::accounts;
use crate::domain::applications::{ACCEPTED, APPLICATION, Application, ApplicationFacts, credit};
use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties::PartyIds;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, one_of, text};
use crate::spec::{FieldErrors, Interface, Spec};

const ON_ONE: &[(&str, &Kind)] = &[("application_id", &APPLICATION)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_applications", list),
    Served::new("create_application", create).ruled(of_new_application),
    Served::on("get_application", ON_ONE, get),
    Served::on("update_application", ON_ONE, update).ruled(of_changes),
];

/// What may follow a status.
fn next(status: &Status) -> &'static [Status] {
    const DECISIONS: &[Status] = &[Status::CreditApproved, Status::CreditDenied];
    const RESPONSES: &[Status] = &[ACCEPTED, Status::CreditNotAcceptedByCustomer];
    match status {
        Status::Submitted => DECISIONS,
        Status::CreditApproved => RESPONSES,
        Status::CreditDenied
        | Status::CreditAcceptedByCustomer
        | Status::CreditNotAcceptedByCustomer => &[],
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
    Reply::json(200, &ctx.find_in_url::<Application>("application_id")?.wire)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewApplication = ctx.body()?;
    let NewApplication::Credit(application) = &asked else {
        let kind = asked.tag().unwrap_or_default();
        return Err(ApiError::not_served(&format!("applications of type {kind}")));
    };
    if application.status != Status::Submitted {
        let detail = "an application begins as SUBMITTED";
        return Err(ApiError::status(detail, &["SUBMITTED"]));
    }
    if let Some(account) = application.account_id {
        accounts::named(ctx, account, "account_id")?;
    }
    let facts = check_applicants(ctx, &application.applicants)?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "application_submitted_time": ctx.now,
        "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let application = Record::<Application>::new(complete(&asked, rest)?, facts);
    ctx.add(&application)?;
    Reply::json(201, &application.wire)
}

/// What is wrong with who applies: one of them is the first, and each is one party.
fn errors_of_applicants(body: &Value) -> FieldErrors {
    let applicants = body.get("applicants").and_then(Value::as_array);
    let applicants = applicants.map(Vec::as_slice).unwrap_or_default();
    let is_primary = |applicant: &&Value| applicant.get("is_primary") == Some(&Value::Bool(true));
    let mut errors = FieldErrors::default();
    if applicants.iter().filter(is_primary).count() != 1 {
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
    if text(body, "type") != "CREDIT" {
        return Ok(FieldErrors::default());
    }
    let mut errors = errors_of_applicants(body);
    if text(body, "purpose") != "ACCOUNT_OPENING" && text(body, "account_id").is_empty() {
        errors.merge(FieldErrors::missing("account_id"));
    }
    Ok(errors)
}

/// What is wrong with changes to an application, by its type.
fn of_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let Some(application) = ctx.find::<Application>(ctx.parameter("application_id"))? else {
        return Ok(FieldErrors::default());
    };
    let variant = match application.wire {
        Wire::Credit(_) => "credit_application_patch",
        Wire::CreditCard(_) => "credit_card_application_patch",
        Wire::Loc(_) => "loc_application_patch",
        Wire::RestrictedAccount(_) => "restricted_application_patch",
        _ => return Ok(FieldErrors::default()),
    };
    Ok(Spec::of(Interface::V2).check_variant("application_patch", variant, &ctx.request.body))
}

/// Checks who applies, and notes them for the filters.
fn check_applicants(ctx: &Ctx<'_>, applicants: &[Applicant]) -> Result<ApplicationFacts, ApiError> {
    errors_of_applicants(&json!({ "applicants": applicants })).refused()?;
    for (index, applicant) in applicants.iter().enumerate() {
        let ids = PartyIds {
            customer_id: applicant.customer_id,
            business_id: applicant.business_id,
            ..PartyIds::default()
        };
        ids.find(ctx, &format!("applicants[{index}]."))?;
    }
    Ok(ApplicationFacts {
        customers: applicants.iter().filter_map(|applicant| applicant.customer_id).collect(),
        businesses: applicants.iter().filter_map(|applicant| applicant.business_id).collect(),
    })
}

fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut application = ctx.find_in_url::<Application>("application_id")?;
    let changes: types::ApplicationPatch = ctx.body()?;
    let Record { wire, facts } = &mut application;
    let credit = credit(wire)?;
    if let Patch::Set(applicants) = changes.applicants {
        *facts = check_applicants(ctx, &applicants)?;
        credit.applicants = applicants;
    }
    let wanted = changes.status.value().map(|status| Status::from(status.as_str()));
    if let Some(wanted) = wanted.filter(|wanted| *wanted != credit.status) {
        let current = &credit.status;
        if !next(current).contains(&wanted) {
            let detail = format!("an application cannot go from {current} to {wanted}");
            let valid: Vec<&str> = next(current).iter().map(Status::as_str).collect();
            return Err(ApiError::status(detail, &valid));
        }
        let is_without_reason = |applicant: &Applicant| applicant.adverse_action_id.is_none();
        if wanted == Status::CreditDenied && credit.applicants.iter().any(is_without_reason) {
            return Err(FieldErrors::missing("applicants.adverse_action_id").into());
        }
        if *current == Status::Submitted {
            credit.credit_decision_time = Some(ctx.now);
        } else {
            credit.customer_response_time = Some(ctx.now);
        }
        credit.status = wanted;
    }
    credit.last_updated_time = ctx.now;
    ctx.save(&application)?;
    Reply::json(200, &application.wire)
}
