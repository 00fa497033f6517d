//! The statuses that the platform gives an account: by its rules, and by its staff.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{AccountStatus as Status, NoteRelatedResourceType, NoteType};

use crate::domain::accounts;
use crate::domain::accounts::{charge_off, credit, holders};
use crate::domain::notes;
use crate::domain::parties::PartyId;
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record};
use crate::spec::FieldErrors;

/// The statuses between which an account goes by the rules alone.
const BY_RULE: [Status; 3] = [Status::ActiveOrDisbursed, Status::Restricted, Status::Delinquent];

/// The statuses that only a credit account has.
const OF_CREDIT: [Status; 3] =
    [Status::Delinquent, Status::AccountNotDesired, Status::ActivatedNotDisbursed];

/// Gives an account the status that follows from its holders and its payments; whether that is
/// another one. The caller stores it.
pub(crate) fn follow(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<bool, ApiError> {
    let is_by_rule = account.status.as_ref().is_some_and(|status| BY_RULE.contains(status));
    if account.facts.is_status_by_staff || !is_by_rule {
        return Ok(false);
    }
    let restrictions = account.restrictions.as_ref();
    let status = if !holders::are_verified(ctx, account)? {
        Status::Restricted
    } else if restrictions.and_then(|it| it.is_delinquent) == Some(true) {
        Status::Delinquent
    } else {
        Status::ActiveOrDisbursed
    };
    if account.status.as_ref() == Some(&status) {
        return Ok(false);
    }
    account.status = Some(status);
    account.last_updated_time = Some(ctx.now);
    Ok(true)
}

/// Does so for the accounts of a party whose verification changed.
pub(crate) fn follow_party(ctx: &Ctx<'_>, party: PartyId) -> Result<(), ApiError> {
    for mut account in ctx.find_all::<Account>("party", party)? {
        if follow(ctx, &mut account)? {
            ctx.save(&account)?;
        }
    }
    Ok(())
}

/// Sets the status of an account, as the platform's staff does.
pub(crate) fn set_by_staff(
    ctx: &Ctx<'_>,
    id: &str,
    wanted: &Status,
    note: &str,
) -> Result<Record<Account>, ApiError> {
    let mut account = accounts::named(ctx, id, "account_id")?;
    let current = account.status.clone().unwrap_or(Status::ActiveOrDisbursed);
    let has_ended = ledger::has_ended(Some(&current));
    if has_ended || (current == Status::InClosing && *wanted != Status::ChargedOff) {
        let detail = format!("an account cannot go from {} to {wanted}", current.as_str());
        return Err(ApiError::rule(ErrorCode::InvalidStatus, detail));
    }
    let invalid = |reason: &str| Err(FieldErrors::invalid("status", reason).into());
    if matches!(wanted, Status::InClosing | Status::Closed) {
        return invalid("cannot be set here: close the account instead");
    }
    if matches!(wanted, Status::Unknown(_)) {
        return invalid("is no status of accounts");
    }
    if OF_CREDIT.contains(wanted) && !credit::is_credit(&account) {
        return invalid("is for accounts on which money is owed");
    }
    if *wanted == Status::ChargedOff {
        if let Some(obstacle) = charge_off::obstacle(ctx, &account)? {
            return Err(ApiError::rule(ErrorCode::BalanceViolation, obstacle));
        }
        charge_off::end(ctx, &mut account)?;
    } else {
        account.status = Some(wanted.clone());
        account.facts.is_status_by_staff = *wanted != Status::ActiveOrDisbursed;
        follow(ctx, &mut account)?;
    }
    let kind = match wanted {
        Status::Suspended => NoteType::AccountSuspended,
        _ => NoteType::Note,
    };
    let words = if note.is_empty() { format!("{wanted} by staff") } else { note.to_owned() };
    let about = (NoteRelatedResourceType::Account, &*account.own_id().to_string());
    notes::write(ctx, about, kind, &words)?;
    account.last_updated_time = Some(ctx.now);
    ctx.save(&account)?;
    Ok(account)
}
