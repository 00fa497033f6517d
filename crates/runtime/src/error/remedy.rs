//! How the cause of a refusal is corrected.

use std::borrow::Cow;

use super::error::Error;
use crate::problem::ErrorCode;

/// How the cause of a refusal by the platform is corrected.
pub(super) fn of_refusal(error: &Error) -> Cow<'_, str> {
    if let Some(remedy) = known(error) {
        return remedy;
    }
    let problem = error.problem();
    let names_fields =
        !problem.missing.is_empty() || !problem.invalid.is_empty() || !problem.immutable.is_empty();
    Cow::Borrowed(match error.status_code() {
        _ if names_fields => "correct the fields that are named",
        404 => "correct the id",
        _ => "correct the request",
    })
}

/// What the error was given ([`Error::with_remedy`]), or what its code says.
pub(super) fn known(error: &Error) -> Option<Cow<'_, str>> {
    let given = error.0.remedy.as_deref();
    given.or_else(|| of_code(error)).map(Cow::Borrowed)
}

/// How the cause that a code names is corrected; `None` where the code names none.
fn of_code(error: &Error) -> Option<&'static str> {
    Some(match error.code()? {
        ErrorCode::InsufficientFunds => "add money to the account or lower the amount",
        ErrorCode::BalanceViolation => "change the amount, or the account's floor or ceiling",
        ErrorCode::SpendControlViolation => "change the amount or the spend control",
        ErrorCode::CustomerNotVerified => "verify the customer",
        ErrorCode::BusinessNotVerified => "verify the business",
        ErrorCode::PartnerNotVerified => "ask Synctera to verify your company",
        ErrorCode::ExternalAccountNotVerified => "verify the external account",
        ErrorCode::ExternalAccountNotActive => "use an external account that is active",
        ErrorCode::AccountClosed => "use another account",
        ErrorCode::ImproperAccountCustomerRelationship => {
            "use a customer who has the required relationship to the account"
        }
        ErrorCode::PaymentRailNotEnabled | ErrorCode::FeatureNotAvailable => {
            "ask Synctera to enable it for your workspace"
        }
        ErrorCode::PaymentRailCountryNotSupported => "use an account in a supported country",
        ErrorCode::BadConfiguration => "ask Synctera to correct your workspace's configuration",
        ErrorCode::InvalidTenancy => "use resources of one workspace",
        ErrorCode::WipeNotEnabled => "use a workspace of the sandbox",
        ErrorCode::DuplicateResource => {
            "use the resource that exists, or change what must be unique"
        }
        ErrorCode::SuspectedFraud => "ask a person to review the suspicion of fraud",
        ErrorCode::UnableToTransact => "ask Synctera why it cannot be done",
        ErrorCode::InvalidStatus => "bring the resource into a status that allows this",
        ErrorCode::ImproperCustomerStatus => "bring the customer into a status that allows this",
        ErrorCode::ImproperAccountStatus
        | ErrorCode::ImproperAccountAccessStatus
        | ErrorCode::ImproperAncestorAccountStatus
        | ErrorCode::ImproperAncestorAccountAccessStatus => {
            "bring the account into a status that allows this"
        }
        ErrorCode::BadQueryParameter => "correct the query",
        code if code.as_str().ends_with("_NOT_FOUND") => "correct the id",
        _ => return None,
    })
}
