//! What every movement of money has to pass, in the platform's order.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    self, AccountAccessStatus, AccountRelationshipType as Role, AccountStatus, BanStatus,
    VerificationStatus,
};
use uuid::Uuid;

use crate::domain::accounts::{balance_limits, holders};
use crate::domain::parties::PartyRecord;
use crate::domain::side::Side;
use crate::domain::spend_controls::{self, Spend};
use crate::domain::{accounts, bans, parties, verifications};
use crate::ledger;
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record};

/// A customer that a request names must be related to the account, in good standing and verified.
pub(crate) fn check_customer(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    customer_id: &str,
    field: &str,
) -> Result<(), ApiError> {
    let party = parties::find(ctx, customer_id, field)?;
    if !accounts::is_related(account, customer_id) {
        let detail = format!("{field} is not related to the account");
        return Err(ApiError::rule(ErrorCode::ImproperAccountCustomerRelationship, detail));
    }
    // An authorized user was looked up on the watchlists, and needs no other check.
    if holders::role_of(ctx, account, customer_id)? == Some(Role::AuthorizedUser) {
        return check_user(ctx, &party);
    }
    check_standing(&party)
}

/// An authorized user is in good standing, and on no watchlist.
fn check_user(ctx: &Ctx<'_>, party: &PartyRecord) -> Result<(), ApiError> {
    check_status(party)?;
    if verifications::is_on_watchlist(ctx, party)? {
        let detail = "a watchlist names a person like this one";
        return Err(ApiError::rule(party.party().not_verified(), detail));
    }
    Ok(())
}

/// A party has a status with which it may do business, and is not banned.
fn check_status(party: &PartyRecord) -> Result<(), ApiError> {
    let name = party.party().kind().name;
    if party.status() != "ACTIVE" {
        let detail = format!("the {name} has status {}, not ACTIVE", party.status());
        return Err(ApiError::rule(ErrorCode::ImproperCustomerStatus, detail));
    }
    if let Some(ban @ (BanStatus::Suspended | BanStatus::Banned)) = party.ban_status() {
        let detail = format!("the {name} is {}", ban.as_str());
        return Err(ApiError::rule(ErrorCode::ImproperCustomerStatus, detail));
    }
    Ok(())
}

fn check_standing(party: &PartyRecord) -> Result<(), ApiError> {
    check_status(party)?;
    let kind = party.party();
    let name = kind.kind().name;
    let verification = party.verification_status();
    if *verification != VerificationStatus::Accepted {
        let verification = verification.as_str();
        let detail = format!("the {name} has verification_status {verification}, not ACCEPTED");
        return Err(ApiError::rule(kind.not_verified(), detail));
    }
    Ok(())
}

/// Why money that was set aside does not move any more, if it does not: the account has ended, or its
/// holder, or the customer whom the request named, was banned since. It is asked when the money moves.
pub(crate) fn obstacle(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    customer: Option<Uuid>,
) -> Result<Option<String>, ApiError> {
    if ledger::has_ended(account.status.as_ref()) {
        return Ok(Some("the account has ended".to_owned()));
    }
    match check_bans(ctx, account, customer) {
        Ok(()) => Ok(None),
        Err(ApiError::Problem(problem)) => Ok(Some(problem.detail)),
        Err(broken) => Err(broken),
    }
}

/// Refuses when the holder of an account, or the customer whom a request named, is banned.
pub(crate) fn check_bans(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    customer: Option<Uuid>,
) -> Result<(), ApiError> {
    bans::check(&holders::holder_of(ctx, account)?)?;
    match customer {
        Some(id) => bans::check(&parties::find(ctx, id, "customer_id")?),
        None => Ok(()),
    }
}

/// The holder is in good standing, and the account open and not frozen.
pub(crate) fn check_account(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    side: Side,
) -> Result<(), ApiError> {
    let is_owed_on = ledger::owes(account.account_type.as_ref());
    match &account.status {
        Some(AccountStatus::ActiveOrDisbursed) => {}
        // What is owed can be paid until the end.
        Some(AccountStatus::InClosing | AccountStatus::Delinquent)
            if side == Side::Credited && is_owed_on => {}
        Some(AccountStatus::Closed | AccountStatus::ChargedOff) => {
            return Err(ApiError::rule(ErrorCode::AccountClosed, "the account is closed"));
        }
        status => {
            let status = status.as_ref().map_or("", AccountStatus::as_str);
            let detail = format!("the account has status {status}, not ACTIVE_OR_DISBURSED");
            return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
        }
    }
    check_access(ctx, account, side)
}

/// The same for the account that a request sends money from. What comes in after a closing that was
/// begun by the status alone, such as its interest, has no destination: it may be sent on.
pub(crate) fn check_sender(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<(), ApiError> {
    let is_in_closing = account.status == Some(AccountStatus::InClosing);
    match is_in_closing && account.account_closure.is_none() {
        true => check_access(ctx, account, Side::Debited),
        false => check_account(ctx, account, Side::Debited),
    }
}

/// The holder is in good standing, and neither the account nor one that it is linked to is blocked.
fn check_access(ctx: &Ctx<'_>, account: &Record<Account>, side: Side) -> Result<(), ApiError> {
    if side == Side::Debited && is_frozen(account) {
        let detail = "the account is frozen; nothing can leave it";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    check_ancestors(ctx, account, side)?;
    check_standing(&holders::holder_of(ctx, account)?)
}

fn is_frozen(account: &types::Account) -> bool {
    account.access_status == Some(AccountAccessStatus::Frozen)
}

/// The accounts that it is linked to are open and not frozen either.
fn check_ancestors(ctx: &Ctx<'_>, account: &Record<Account>, side: Side) -> Result<(), ApiError> {
    for ancestor in balance_limits::ancestors(ctx, account)? {
        if ancestor.status != Some(AccountStatus::ActiveOrDisbursed) {
            let status = ancestor.status.as_ref().map_or("", AccountStatus::as_str);
            let detail = format!("a linked account has status {status}, not ACTIVE_OR_DISBURSED");
            return Err(ApiError::rule(ErrorCode::ImproperAncestorAccountStatus, detail));
        }
        if side == Side::Debited && is_frozen(&ancestor) {
            let detail = "a linked account is frozen; nothing can leave it";
            return Err(ApiError::rule(ErrorCode::ImproperAncestorAccountAccessStatus, detail));
        }
    }
    Ok(())
}

/// A way for money to move, which is switched on or off for each account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rail {
    Ach,
    Card,
    EftCa,
    ExternalCard,
    P2p,
    SyncteraPay,
    Wire,
}

impl Rail {
    /// The member of an account that switches it on, and whether it is.
    fn of(self, account: &types::Account) -> (&'static str, Option<bool>) {
        match self {
            Self::Ach => ("is_ach_enabled", account.is_ach_enabled),
            Self::Card => ("is_card_enabled", account.is_card_enabled),
            Self::EftCa => ("is_eft_ca_enabled", account.is_eft_ca_enabled),
            Self::ExternalCard => ("is_external_card_enabled", account.is_external_card_enabled),
            Self::P2p => ("is_p2p_enabled", account.is_p2p_enabled),
            Self::SyncteraPay => ("is_synctera_pay_enabled", account.is_synctera_pay_enabled),
            Self::Wire => ("is_wire_enabled", account.is_wire_enabled),
        }
    }
}

/// The rail is switched on for the account.
pub(crate) fn check_rail(account: &Record<Account>, rail: Rail) -> Result<(), ApiError> {
    let (name, is_on) = rail.of(account);
    if is_on == Some(true) {
        return Ok(());
    }
    Err(ApiError::rule(
        ErrorCode::PaymentRailNotEnabled,
        format!("the account does not have {name}"),
    ))
}

/// The amount can leave the account: it is available, or comes in through the account's floor.
pub(crate) fn check_funds(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    amount: i64,
) -> Result<(), ApiError> {
    balance_limits::check_debit(ctx, account, amount)
}

/// The amount can come into the account: below its ceiling, or out again through it.
pub(crate) fn check_room(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    amount: i64,
) -> Result<(), ApiError> {
    balance_limits::check_credit(ctx, account, amount)
}

/// No spend control of the account declines the movement.
pub(crate) fn check_spend_controls(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    spend: &Spend<'_>,
) -> Result<(), ApiError> {
    match spend_controls::check(ctx, account, spend)? {
        None => Ok(()),
        Some(name) => {
            let detail = format!("the spend control {name} declines it");
            Err(ApiError::rule(ErrorCode::SpendControlViolation, detail))
        }
    }
}
