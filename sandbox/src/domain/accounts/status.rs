//! The life of an account: which status may follow which, and who may not move it.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{NoteRelatedResourceType, NoteType};

use crate::domain::accounts::closing;
use crate::domain::notes;
use crate::ledger;
use crate::model::{ApiError, Ctx, text};
use crate::spec::FieldErrors;

pub(crate) const ACTIVE: &str = "ACTIVE_OR_DISBURSED";
pub(crate) const IN_CLOSING: &str = "IN_CLOSING";
pub(crate) const SUSPENDED: &str = "SUSPENDED";

/// What an integrator can make of a status.
pub(crate) fn next(status: &str) -> &'static [&'static str] {
    match status {
        ACTIVE => &[IN_CLOSING, SUSPENDED],
        SUSPENDED => &[ACTIVE],
        // Closing ends by itself, and the end is the end.
        _ => &[],
    }
}

/// Whether the changes may be made to an account as it is.
pub(crate) fn check(ctx: &Ctx<'_>, account: &Value, changes: &Value) -> Result<(), ApiError> {
    // What is sent back as it was read is no change.
    let changed = changes.as_object().into_iter().flatten();
    let others = changed
        .filter(|(name, value)| *name != "access_status" && account.get(*name) != Some(*value));
    let changes_others = others.count() > 0;
    let touches_access =
        changes.get("access_status").is_some_and(|wanted| account["access_status"] != *wanted);
    if touches_access && changes_others {
        return Err(FieldErrors::invalid("access_status", "must be changed alone").into());
    }
    if account["access_status"] == "FROZEN" && !touches_access && changes_others {
        let detail = "a frozen account can only be unfrozen";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    let (current, Some(wanted)) = (text(account, "status"), changes.get("status")) else {
        return Ok(());
    };
    let wanted = wanted.as_str().unwrap_or_default();
    if wanted == current {
        return Ok(());
    }
    if !next(current).contains(&wanted) {
        let detail = format!("an account cannot go from {current} to {wanted}");
        return Err(ApiError::status(detail, next(current)));
    }
    if [current, wanted].contains(&SUSPENDED) && text(changes, "note").is_empty() {
        return Err(FieldErrors::missing("note").into());
    }
    if wanted == IN_CLOSING {
        let balances = ledger::balances(ctx, text(account, "id"))?;
        if balances.account != 0 || balances.available != 0 {
            let detail = "an account is closed at a balance of zero";
            return Err(ApiError::rule(ErrorCode::BalanceViolation, detail));
        }
    }
    Ok(())
}

/// Writes down that an account is not what it was, in the caller's words if there are any.
pub(crate) fn note(ctx: &Ctx<'_>, id: &str, kind: NoteType) -> Result<(), ApiError> {
    let words = match text(&ctx.request.body, "note") {
        "" => "by API",
        words => words,
    };
    notes::write(ctx, (NoteRelatedResourceType::Account, id), kind, words)
}

/// What goes with a change of status; the account has it already.
pub(crate) fn apply(ctx: &Ctx<'_>, account: &mut Value, changes: &Value) -> Result<(), ApiError> {
    let id = text(account, "id");
    if changes["access_status"] == "FROZEN" {
        note(ctx, id, NoteType::AccountFrozen)?;
    }
    if changes["status"] == SUSPENDED {
        note(ctx, id, NoteType::AccountSuspended)?;
    }
    if changes.get("access_status").is_some() {
        account["access_status_last_updated_time"] = json!(ctx.now_text());
    }
    if changes["status"] == IN_CLOSING && account["in_closing_date"].is_null() {
        closing::begin(ctx, account)?;
    }
    Ok(())
}
