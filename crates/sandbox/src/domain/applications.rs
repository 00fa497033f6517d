//! Applications for accounts.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::{AccountId, AccountTemplateId, BusinessId, CustomerId, ErrorCode};
use synctera_api::v2::types::{
    AccountType, Application as Wire, ApplicationAccountType, CreditApplication,
    CreditApplicationStatus, CreditCardApplicationStatus as Progress, LocDecision,
    RestrictedApplicationStatus,
};
use uuid::Uuid;

use crate::domain::cases;
use crate::domain::cases::CaseReason;
use crate::model::{ApiError, Ctx, Kind, Record, Resource};
use crate::spec::FieldErrors;

pub(crate) const APPLICATION: Kind = Kind {
    name: "application",
    id: "id",
    keys: &[
        ("type", "/type"),
        ("status", "/status"),
        ("customer", "/_facts/customers"),
        ("business", "/_facts/businesses"),
    ],
};

/// An application for an account, or for other terms of one.
pub(crate) enum Application {}

impl Resource for Application {
    const KIND: &'static Kind = &APPLICATION;
    type Wire = Wire;
    type Facts = ApplicationFacts;
}

/// Who applies, so that lists can ask for it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ApplicationFacts {
    pub(crate) customers: Vec<CustomerId>,
    pub(crate) businesses: Vec<BusinessId>,
    /// The account that was opened when it was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<AccountId>,
}

/// Opens a case for an application that the platform's operators review, or resolves it.
pub(crate) fn keep_case(ctx: &Ctx<'_>, application: &Wire) -> Result<(), ApiError> {
    let Wire::RestrictedAccount(restricted) = application else {
        return Ok(());
    };
    let reason = CaseReason::ApplicationReview;
    if restricted.status == RestrictedApplicationStatus::ReviewOnSynctera {
        cases::open(ctx, reason, &APPLICATION, restricted.id)
    } else {
        cases::resolve(ctx, reason, restricted.id)
    }
}

/// The application under way whose account is to be made from a template, if there is one.
pub(crate) fn waiting_for(
    ctx: &Ctx<'_>,
    template: AccountTemplateId,
) -> Result<Option<Record<Application>>, ApiError> {
    for status in [Progress::Pending, Progress::Processing] {
        for application in ctx.find_all::<Application>("status", status.as_str())? {
            let wanted = match &application.wire {
                Wire::CreditCard(card) => card.account_template_id,
                Wire::Loc(line) => line.account_template_id,
                _ => continue,
            };
            if wanted == template {
                return Ok(Some(application));
            }
        }
    }
    Ok(None)
}

pub(crate) const ACCEPTED: CreditApplicationStatus =
    CreditApplicationStatus::CreditAcceptedByCustomer;

/// Checks that an account of a type may be opened for a holder on the application that it names.
pub(crate) fn check(
    ctx: &Ctx<'_>,
    account_type: &AccountType,
    application: Option<Uuid>,
    holder: &str,
) -> Result<(), ApiError> {
    let field = "application_id";
    let Some(id) = application else {
        let is_needed = match account_type {
            AccountType::ChargeUnsecured => ctx.settings.charge_accounts_need_an_application,
            AccountType::LineOfCredit => {
                ctx.settings.lines_of_credit_need_an_application
                    && !has_applied_for_line(ctx, holder)?
            }
            _ => false,
        };
        return if is_needed { Err(FieldErrors::missing(field).into()) } else { Ok(()) };
    };
    let application: Record<Application> =
        ctx.find_named(id, ErrorCode::ApplicationNotFound, field)?;
    let Wire::Credit(credit) = &application.wire else {
        return Err(FieldErrors::invalid(field, "is an application of another type").into());
    };
    let mut errors = FieldErrors::default();
    if credit.account_type.as_str() != account_type.as_str() {
        errors.merge(FieldErrors::invalid(field, "is for an account of another type"));
    }
    let is_holder = |id: Uuid| id.to_string() == holder;
    let is_theirs = application.facts.customers.iter().any(|id| is_holder(id.as_uuid()))
        || application.facts.businesses.iter().any(|id| is_holder(id.as_uuid()));
    if !is_theirs {
        errors.merge(FieldErrors::invalid(field, "belongs to another party"));
    }
    errors.refused()?;
    if credit.status != ACCEPTED {
        let detail = format!("the application has status {}", credit.status);
        return Err(ApiError::status(detail, &[ACCEPTED.as_str()]));
    }
    Ok(())
}

/// Whether a party may open a line of credit: an offer that it accepted, or an approval.
fn has_applied_for_line(ctx: &Ctx<'_>, party: &str) -> Result<bool, ApiError> {
    for key in ["customer", "business"] {
        let theirs = ctx.find_all::<Application>(key, party)?;
        let is_granted = theirs.iter().any(|application| match &application.wire {
            Wire::Credit(credit) => is_accepted_line(credit),
            Wire::Loc(line) => line.decision == Some(LocDecision::Approved),
            _ => false,
        });
        if is_granted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_accepted_line(credit: &CreditApplication) -> bool {
    credit.account_type == ApplicationAccountType::LineOfCredit && credit.status == ACCEPTED
}
