//! New applications, of every type.

use serde::Deserialize;
use serde_json::{Value, json};
use synctera_api::runtime::{AccountTemplateId, ErrorCode};
use synctera_api::v2::types::{
    self, AccountType, CreditCardApplicationStatus as Progress, CreditCardDecision, NewApplication,
    RestrictedApplicationStatus as Restricted,
};

use super::credit;
use super::restricted::check_documents;
use crate::domain::accounts::templates::Template;
use crate::domain::applications::{Application, ApplicationFacts, keep_case};
use crate::domain::parties;
use crate::domain::parties::PartyIds;
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, complete, one_of, text};
use crate::spec::FieldErrors;

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: NewApplication = ctx.body()?;
    let mut rest = json!({
        "id": ctx.new_id()?, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let (more, facts) = match &asked {
        NewApplication::Credit(application) => credit::added(ctx, application)?,
        NewApplication::CreditCard(application) => {
            let types = [AccountType::RevolvingCreditUnsecured];
            of_serviced(ctx, application.account_template_id, &types)?
        }
        NewApplication::Loc(application) => {
            let types = [AccountType::LineOfCredit, AccountType::RevolvingCreditUnsecured];
            of_serviced(ctx, application.account_template_id, &types)?
        }
        NewApplication::RestrictedAccount(application) => of_restricted(ctx, application)?,
        _ => return Err(FieldErrors::invalid("type", "must be a known type of application").into()),
    };
    crate::model::patch(&mut rest, more);
    let application = Record::<Application>::new(complete(&asked, rest)?, facts);
    ctx.add(&application)?;
    keep_case(ctx, &application.wire)?;
    Reply::json(201, &application.wire)
}

/// What the platform adds to a new application of a type, and who applies.
type Added = (Value, ApplicationFacts);

/// Who applies for a credit card or a line of credit.
#[derive(Deserialize)]
struct ServicedApplicant {
    personal: Option<types::CreditCardPersonalApplicant>,
    business: Option<types::CreditCardBusinessApplicant>,
}

/// The members of the body of an application for a credit card or a line of credit that are checked;
/// the two types have the same.
#[derive(Deserialize)]
struct NewServiced {
    applicant: ServicedApplicant,
    tenant: String,
    requested_credit_limit: Option<i64>,
}

fn of_serviced(
    ctx: &Ctx<'_>,
    template: AccountTemplateId,
    account_types: &[AccountType],
) -> Result<Added, ApiError> {
    let asked: NewServiced = ctx.body()?;
    let mut errors = FieldErrors::default();
    if asked.tenant != ctx.tenant {
        errors.merge(FieldErrors::invalid("tenant", "is not the tenant of the API key"));
    }
    if asked.requested_credit_limit.is_some_and(|limit| limit < 0) {
        let reason = "must not be negative";
        errors.merge(FieldErrors::invalid("requested_credit_limit", reason));
    }
    errors.refused()?;
    let (code, field) = (ErrorCode::BadRequestBody, "account_template_id");
    let template = ctx.find_named::<Template>(template, code, field)?;
    if !account_types.contains(&template.template.account_type) {
        let names: Vec<&str> = account_types.iter().map(AccountType::as_str).collect();
        let reason = format!("must be a template for {}", names.join(" or "));
        return Err(FieldErrors::invalid(field, reason).into());
    }
    let workflow = match template.template.application_workflow_id {
        Some(workflow) => workflow,
        None => ctx.new_id()?,
    };
    let mut added = json!({
        "tenant": ctx.tenant, "status": Progress::Pending, "decision": CreditCardDecision::Pending,
        "application_workflow_id": workflow, "application_submitted_time": ctx.now,
    });
    let mut facts = ApplicationFacts::default();
    let ServicedApplicant { personal, business } = asked.applicant;
    let whose = match (personal, business) {
        (Some(person), _) => {
            let id = person.person_id;
            parties::find(ctx, id, "applicant.personal.person_id")?;
            facts.customers.push(id.into());
            json!({ "customer_type": "personal", "person_id": id })
        }
        (None, Some(business)) => {
            let id = business.business_id;
            let ids = PartyIds { business_id: Some(id), ..PartyIds::default() };
            ids.find(ctx, "applicant.business.")?;
            facts.businesses.push(id);
            json!({ "customer_type": "business", "business_id": id })
        }
        (None, None) => return Err(FieldErrors::missing("applicant.personal").into()),
    };
    crate::model::patch(&mut added, whose);
    Ok((added, facts))
}

fn of_restricted(
    ctx: &Ctx<'_>,
    asked: &types::NewRestrictedApplication,
) -> Result<Added, ApiError> {
    let begins = [Restricted::InProgress, Restricted::Submitted, Restricted::ReviewOnSynctera];
    if !begins.contains(&asked.status) {
        let detail = format!("an application does not begin as {}", asked.status);
        return Err(ApiError::no_transition(detail, &begins));
    }
    let ids = PartyIds {
        customer_id: asked.customer_id,
        business_id: asked.business_id,
        ..PartyIds::default()
    };
    ids.find_one(ctx, "")?;
    check_documents(ctx, &asked.application_details)?;
    let facts = ApplicationFacts {
        customers: asked.customer_id.into_iter().collect(),
        businesses: asked.business_id.into_iter().collect(),
        ..ApplicationFacts::default()
    };
    Ok((json!({}), facts))
}

/// What is wrong with the body of a new application.
pub(super) fn of_new_application(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let body = &ctx.request.body;
    let mut errors = FieldErrors::default();
    match text(body, "type") {
        "CREDIT" => {
            errors.merge(credit::errors_of_applicants(body));
            if text(body, "purpose") != "ACCOUNT_OPENING" && text(body, "account_id").is_empty() {
                errors.merge(FieldErrors::missing("account_id"));
            }
        }
        "RESTRICTED_ACCOUNT" => errors.merge(one_of(body, &["customer_id", "business_id"])),
        "CREDIT_CARD" | "LOC" => {
            // The applicant is of one type, and what is said of it too.
            if let Some(applicant) = body.get("applicant") {
                let said = text(applicant, "type");
                for (name, other) in [("personal", "business"), ("business", "personal")] {
                    let has = |name: &str| applicant.get(name).is_some_and(|it| !it.is_null());
                    if said == name && !has(name) {
                        errors.merge(FieldErrors::missing(&format!("applicant.{name}")));
                    }
                    if said == name && has(other) {
                        let reason = format!("is not for an applicant of type {name}");
                        let field = format!("applicant.{other}");
                        errors.merge(FieldErrors::invalid(&field, reason));
                    }
                }
            }
        }
        _ => {}
    }
    Ok(errors)
}
