//! The life of an account: which status may follow which, and who may not move it.

use serde_json::Value;
use synctera_api::runtime::{AccountId, ErrorCode};
use synctera_api::v2::types::{
    AccountAccessStatus, AccountStatus, NoteRelatedResourceType, NoteType,
};

use crate::domain::accounts::{closing, standing};
use crate::domain::notes;
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record, transitions};
use crate::spec::FieldErrors;

transitions! {
    /// What an integrator can make of a status. An account in closing can only close, and a closed one
    /// keeps its status. The platform's staff and its rules set the others.
    pub(crate) fn next(AccountStatus) {
        ApplicationSubmitted => [],
        AwaitingFixing => [],
        FailedKyc => [],
        AccountNeverActive => [],
        AccountNotDesired => [],
        ActivatedNotDisbursed => [],
        ActiveOrDisbursed => [InClosing, Suspended],
        Suspended => [ActiveOrDisbursed],
        Restricted => [],
        Delinquent => [],
        ChargedOff => [],
        InClosing => [Closed],
        Closed => [],
    }
}

/// The changes to an account that concern its states.
pub(crate) struct Wanted {
    pub(crate) status: Option<AccountStatus>,
    pub(crate) access_status: Option<AccountAccessStatus>,
    /// Why, in the caller's words.
    pub(crate) note: Option<String>,
}

/// Whether the changes may be made to an account as it is.
pub(crate) fn check(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    changes: &Value,
    wanted: &Wanted,
) -> Result<(), ApiError> {
    // What is sent back as it was read is no change.
    let before = account.document()?;
    let changed = changes.as_object().into_iter().flatten();
    let others = changed
        .filter(|(name, value)| *name != "access_status" && before.get(*name) != Some(*value));
    let changes_others = others.count() > 0;
    let access = wanted.access_status.as_ref();
    let touches_access = access.is_some() && access != account.access_status.as_ref();
    if touches_access && changes_others {
        return Err(FieldErrors::invalid("access_status", "must be changed alone").into());
    }
    let has_ended = ledger::has_ended(account.status.as_ref());
    let is_changed = touches_access || changes_others;
    if has_ended && is_changed && !ctx.settings.closed_accounts_can_be_changed {
        return Err(ApiError::rule(ErrorCode::AccountClosed, "the account is closed"));
    }
    let is_frozen = account.access_status == Some(AccountAccessStatus::Frozen);
    if is_frozen && !touches_access && changes_others {
        let detail = "a frozen account can only be unfrozen";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    let (Some(current), Some(wanted_status)) = (&account.status, &wanted.status) else {
        return Ok(());
    };
    if wanted_status == current {
        return Ok(());
    }
    let possible = next(current);
    if !possible.contains(wanted_status) {
        let (current, wanted) = (current.as_str(), wanted_status.as_str());
        let detail = format!("an account cannot go from {current} to {wanted}");
        let possible: Vec<&str> = possible.iter().map(AccountStatus::as_str).collect();
        return Err(ApiError::status(detail, &possible));
    }
    let suspends = [current, wanted_status].contains(&&AccountStatus::Suspended);
    if suspends && wanted.note.as_deref().unwrap_or_default().is_empty() {
        return Err(FieldErrors::missing("note").into());
    }
    if *wanted_status == AccountStatus::Closed {
        if !ctx.settings.fintech_closes_accounts {
            let detail = "an account in closing is closed by the platform";
            return Err(ApiError::status(detail, &[]));
        }
        closing::check_end(ctx, account)?;
    }
    if *wanted_status == AccountStatus::InClosing {
        closing::check_begin(ctx, account)?;
        let balances = ledger::balances(ctx, account.own_id())?;
        if balances.account != 0 || balances.available != 0 {
            let detail = "the balance must be 0 before the account is closed";
            return Err(ApiError::rule(ErrorCode::BalanceViolation, detail));
        }
    }
    Ok(())
}

/// Writes a note of a change of status, in the caller's words if there are any.
fn note(ctx: &Ctx<'_>, id: AccountId, kind: NoteType, words: Option<&str>) -> Result<(), ApiError> {
    let words = words.filter(|words| !words.is_empty()).unwrap_or("by API");
    notes::write(ctx, (NoteRelatedResourceType::Account, &id.to_string()), kind, words)
}

/// What goes with a change of status; the account has it already.
pub(crate) fn apply(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    wanted: &Wanted,
) -> Result<(), ApiError> {
    let (id, words) = (account.own_id(), wanted.note.as_deref());
    if wanted.access_status == Some(AccountAccessStatus::Frozen) {
        note(ctx, id, NoteType::AccountFrozen, words)?;
    }
    if wanted.status == Some(AccountStatus::Suspended) {
        note(ctx, id, NoteType::AccountSuspended, words)?;
    }
    if wanted.access_status.is_some() {
        account.access_status_last_updated_time = Some(ctx.now);
    }
    if wanted.status.is_some() {
        account.facts.is_status_by_staff = false;
        standing::follow(ctx, account)?;
    }
    if wanted.status == Some(AccountStatus::InClosing) && account.in_closing_date.is_none() {
        closing::begin(ctx, account)?;
    }
    if wanted.status == Some(AccountStatus::Closed) && account.close_date.is_none() {
        closing::finish(ctx, account)?;
    }
    Ok(())
}
