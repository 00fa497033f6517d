//! Applications for a credit: who applies, and what may follow what.

use serde_json::{Value, json};
use synctera_api::runtime::{ErrorCode, Patch};
use synctera_api::v2::types::{
    Applicant, Application as Wire, ApplicationPatch, CreditApplicationStatus as Status,
    NewCreditApplication,
};

use crate::domain::accounts;
use crate::domain::adverse_actions::AdverseAction;
use crate::domain::applications::{ACCEPTED, Application, ApplicationFacts};
use crate::domain::credit_scores::CreditScore;
use crate::domain::parties::PartyIds;
use crate::model::{ApiError, Ctx, Record, one_of, transitions};
use crate::spec::FieldErrors;

transitions! {
    /// What may follow a status.
    fn next(Status) {
        Submitted => [CreditApproved, CreditDenied],
        CreditApproved => [CreditAcceptedByCustomer, CreditNotAcceptedByCustomer],
        CreditDenied => [],
        CreditAcceptedByCustomer => [],
        CreditNotAcceptedByCustomer => [],
    }
}

/// What the platform adds to a new application for a credit, and who applies.
pub(super) fn added(
    ctx: &Ctx<'_>,
    asked: &NewCreditApplication,
) -> Result<(Value, ApplicationFacts), ApiError> {
    let is_begun = asked.status == Status::Submitted;
    if !is_begun && ctx.settings.applications_begin_submitted {
        let detail = "an application begins as SUBMITTED";
        return Err(ApiError::status(detail, &["SUBMITTED"]));
    }
    check_denied(&asked.status, &asked.applicants)?;
    if let Some(account) = asked.account_id {
        accounts::named(ctx, account, "account_id")?;
    }
    let facts = check_applicants(ctx, &asked.applicants)?;
    let mut added = json!({
        "tenant": ctx.tenant,
        "application_submitted_time": asked.application_submitted_time.unwrap_or(ctx.now),
    });
    if !is_begun {
        let decided = asked.credit_decision_time.unwrap_or(ctx.now);
        crate::model::patch(&mut added, json!({ "credit_decision_time": decided }));
    }
    if [ACCEPTED, Status::CreditNotAcceptedByCustomer].contains(&asked.status) {
        let answered = asked.customer_response_time.unwrap_or(ctx.now);
        crate::model::patch(&mut added, json!({ "customer_response_time": answered }));
    }
    Ok((added, facts))
}

/// What is wrong with who applies: one of them is the first, and each is one party.
pub(super) fn errors_of_applicants(body: &Value) -> FieldErrors {
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

/// Checks who applies, and notes them for the filters.
fn check_applicants(ctx: &Ctx<'_>, applicants: &[Applicant]) -> Result<ApplicationFacts, ApiError> {
    errors_of_applicants(&json!({ "applicants": applicants })).refused()?;
    for (index, applicant) in applicants.iter().enumerate() {
        let ids = PartyIds {
            customer_id: applicant.customer_id,
            business_id: applicant.business_id,
            ..PartyIds::default()
        };
        let place = format!("applicants[{index}]");
        ids.find(ctx, &format!("{place}."))?;
        let code = ErrorCode::BadRequestBody;
        for (at, score) in applicant.credit_score_ids.iter().enumerate() {
            let field = format!("{place}.credit_score_ids[{at}]");
            ctx.find_named::<CreditScore>(score, code.clone(), &field)?;
        }
        if let Some(action) = applicant.adverse_action_id {
            let field = format!("{place}.adverse_action_id");
            ctx.find_named::<AdverseAction>(action, code, &field)?;
        }
    }
    Ok(ApplicationFacts {
        customers: applicants.iter().filter_map(|applicant| applicant.customer_id).collect(),
        businesses: applicants.iter().filter_map(|applicant| applicant.business_id).collect(),
        ..ApplicationFacts::default()
    })
}

/// A credit is denied for reasons of which each applicant was told.
fn check_denied(status: &Status, applicants: &[Applicant]) -> Result<(), ApiError> {
    let mut errors = FieldErrors::default();
    if *status == Status::CreditDenied {
        for (index, applicant) in applicants.iter().enumerate() {
            if applicant.adverse_action_id.is_none() {
                let field = format!("applicants[{index}].adverse_action_id");
                errors.merge(FieldErrors::missing(&field));
            }
        }
    }
    errors.refused()
}

pub(super) fn update(
    ctx: &Ctx<'_>,
    mut application: Record<Application>,
    changes: ApplicationPatch,
) -> Result<Record<Application>, ApiError> {
    let Record { wire: Wire::Credit(credit), facts } = &mut application else {
        return Ok(application);
    };
    if let Patch::Set(applicants) = changes.applicants {
        *facts = check_applicants(ctx, &applicants)?;
        credit.applicants = applicants;
    }
    let wanted = changes.status.value().map(|status| Status::from(status.as_str()));
    if let Some(wanted) = wanted.filter(|wanted| *wanted != credit.status) {
        let current = &credit.status;
        if !next(current).contains(&wanted) {
            let detail = format!("an application cannot go from {current} to {wanted}");
            return Err(ApiError::no_transition(detail, next(current)));
        }
        check_denied(&wanted, &credit.applicants)?;
        if *current == Status::Submitted {
            credit.credit_decision_time = Some(ctx.now);
        } else {
            credit.customer_response_time = Some(ctx.now);
        }
        credit.status = wanted;
    }
    credit.last_updated_time = ctx.now;
    ctx.save(&application)?;
    Ok(application)
}
