//! Applications for accounts.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::{BusinessId, CustomerId, ErrorCode};
use synctera_api::v2::types::{
    AccountType, Application as Wire, CreditApplication, CreditApplicationStatus,
};
use uuid::Uuid;

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
}

/// The application, which is for a credit: no others are stored.
pub(crate) fn credit(application: &mut Wire) -> Result<&mut CreditApplication, ApiError> {
    match application {
        Wire::Credit(credit) => Ok(credit),
        _ => Err(ApiError::Internal("an application of another type is stored".to_owned())),
    }
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
            AccountType::LineOfCredit => ctx.settings.lines_of_credit_need_an_application,
            _ => false,
        };
        return if is_needed { Err(FieldErrors::missing(field).into()) } else { Ok(()) };
    };
    let mut application: Record<Application> =
        ctx.find_named(id, ErrorCode::ApplicationNotFound, field)?;
    let credit = credit(&mut application.wire)?;
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
