//! Changes to applications, by their type.

use synctera_api::runtime::Patch;
use synctera_api::v2::types::{
    Application as Wire, ApplicationPatch, CreditCardApplicationStatus as Progress,
    CreditCardDecision, RestrictedApplicationStatus as Restricted,
};

use super::credit;
use super::restricted::check_documents;
use crate::domain::application_decisions::{Serviced, conclude, settle};
use crate::domain::applications::Application;
use crate::model::{ApiError, Ctx, Handler, Outcome, Record, Reply, transitions};
use crate::spec::{FieldErrors, Interface, Spec};

/// What is wrong with changes to an application, by its type.
pub(crate) fn of_changes(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
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

/// Changes an application; `open` opens accounts.
pub(crate) fn update(ctx: &Ctx<'_>, open: Handler) -> Outcome {
    let application = ctx.find_in_url::<Application>("application_id")?;
    let changes: ApplicationPatch = ctx.body()?;
    let changed = match &application.wire {
        Wire::Credit(_) => credit::update(ctx, application, changes)?,
        Wire::RestrictedAccount(_) => update_restricted(ctx, application, changes, open)?,
        _ => update_serviced(ctx, application, changes, open)?,
    };
    Reply::json(200, &changed.wire)
}

transitions! {
    /// What an integrator may make of an application for a restricted account. Off the platform
    /// (`SUBMITTED`) it decides itself; what the platform reviews, an operator decides.
    fn next_restricted(Restricted) {
        InProgress => [Submitted, ReviewOnSynctera],
        Submitted => [Approved, Denied, ReviewInfoRequested, ReviewOnSynctera],
        ReviewInfoRequested => [InProgress, Submitted, ReviewOnSynctera],
        ReviewOnSynctera => [],
        Approved => [],
        Denied => [],
    }
}

fn update_restricted(
    ctx: &Ctx<'_>,
    mut application: Record<Application>,
    changes: ApplicationPatch,
    open: Handler,
) -> Result<Record<Application>, ApiError> {
    let Wire::RestrictedAccount(restricted) = &mut application.wire else {
        return Ok(application);
    };
    let current = restricted.status.clone();
    if let Patch::Set(details) = changes.application_details {
        if matches!(current, Restricted::Approved | Restricted::Denied) {
            let detail = format!("an application that is {current} stays as it is");
            return Err(ApiError::status(detail, &[]));
        }
        check_documents(ctx, &details)?;
        restricted.application_details = details;
    }
    if let Patch::Set(description) = changes.description {
        restricted.description = Some(description);
    }
    let wanted = changes.status.value().map(|status| Restricted::from(status.as_str()));
    let wanted = wanted.unwrap_or_else(|| current.clone());
    if wanted == current {
        restricted.last_updated_time = ctx.now;
        ctx.save(&application)?;
        return Ok(application);
    }
    if !next_restricted(&current).contains(&wanted) {
        let detail = format!("an application cannot go from {current} to {wanted}");
        return Err(ApiError::no_transition(detail, next_restricted(&current)));
    }
    settle(ctx, application, wanted, None, open)
}

transitions! {
    /// What may follow the status of an application for a credit card or a line of credit.
    fn next_serviced(Progress) {
        Pending => [Processing, Completed, Error],
        Processing => [Completed, Error],
        Completed => [],
        Error => [],
    }
}

fn update_serviced(
    ctx: &Ctx<'_>,
    application: Record<Application>,
    changes: ApplicationPatch,
    open: Handler,
) -> Result<Record<Application>, ApiError> {
    let Some(mut serviced) = Serviced::of(&application.wire)? else {
        return Err(ApiError::Internal("an application of an unknown type is stored".to_owned()));
    };
    let current = serviced.status.clone();
    let is_over = next_serviced(&current).is_empty();
    let wanted = changes.status.value().map(|status| Progress::from(status.as_str()));
    let wanted = wanted.unwrap_or_else(|| current.clone());
    if wanted != current && !next_serviced(&current).contains(&wanted) {
        let detail = format!("an application cannot go from {current} to {wanted}");
        return Err(ApiError::no_transition(detail, next_serviced(&current)));
    }
    serviced.status = wanted;
    let changes_decision = !changes.decision.is_leave()
        || !changes.credit_limit.is_leave()
        || !changes.interest_rate.is_leave()
        || !changes.rejection_reasons.is_leave();
    if is_over && changes_decision {
        let detail = format!("an application that is {current} stays as it was decided");
        return Err(ApiError::status(detail, &[]));
    }
    if let Some(decision) = changes.decision.value() {
        serviced.decision = Some(CreditCardDecision::from(decision.as_str()));
    }
    if let Some(limit) = changes.credit_limit.value() {
        serviced.credit_limit = Some(*limit);
    }
    if let Some(rate) = changes.interest_rate.value() {
        serviced.interest_rate = Some(rate.get());
    }
    if let Patch::Set(reasons) = changes.rejection_reasons {
        serviced.rejection_reasons = reasons;
    }
    if let Patch::Set(id) = changes.external_id {
        serviced.external_id = Some(id);
    }
    conclude(ctx, application, serviced, open)
}
