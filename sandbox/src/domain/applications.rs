//! Applications for accounts.

use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Kind, Record, text, texts};
use crate::spec::FieldErrors;

pub(crate) const APPLICATION: Kind = Kind {
    name: "application",
    id: "id",
    keys: &[
        ("type", "/type"),
        ("status", "/status"),
        ("customer", "/customers"),
        ("business", "/businesses"),
    ],
};

pub(crate) const ACCEPTED: &str = "CREDIT_ACCEPTED_BY_CUSTOMER";

/// Checks that an account may be opened on the application that it names.
pub(crate) fn check(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    holder: &str,
) -> Result<(), ApiError> {
    // border: applications are documents.
    let account = &account.document()?;
    let field = "application_id";
    let id = text(account, field);
    let is_needed = account["account_type"] == "CHARGE_UNSECURED"
        && ctx.settings.charge_accounts_need_an_application;
    if id.is_empty() {
        return if is_needed { Err(FieldErrors::missing(field).into()) } else { Ok(()) };
    }
    let application = ctx.referred(&APPLICATION, id, ErrorCode::ApplicationNotFound, field)?;
    let mut errors = FieldErrors::default();
    if application["account_type"] != account["account_type"] {
        errors.merge(FieldErrors::invalid(field, "is for an account of another type"));
    }
    let applicants = [texts(&application["customers"]), texts(&application["businesses"])];
    if !applicants.concat().contains(&holder) {
        errors.merge(FieldErrors::invalid(field, "belongs to another party"));
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    if application["status"] != ACCEPTED {
        let detail = format!("the application has status {}", text(&application, "status"));
        return Err(ApiError::status(detail, &[ACCEPTED]));
    }
    Ok(())
}
