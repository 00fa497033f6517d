//! What every movement of money has to pass, in the platform's order.

use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use crate::domain::accounts::balance_limits;
use crate::domain::accounts::holders::Holder;
use crate::domain::parties::Party;
use crate::domain::side::Side;
use crate::domain::spend_controls::{self, Spend};
use crate::domain::{accounts, parties};
use crate::ledger;
use crate::model::{ApiError, Ctx, text};

/// A customer that a request names must be related to the account, in good standing and verified.
pub(crate) fn check_customer(
    ctx: &Ctx<'_>,
    account: &Value,
    customer_id: &str,
    field: &str,
) -> Result<(), ApiError> {
    let (party, body) = parties::customer(ctx, customer_id, field)?;
    if !accounts::is_related(account, customer_id) {
        let detail = format!("{field} is not related to the account");
        return Err(ApiError::rule(ErrorCode::ImproperAccountCustomerRelationship, detail));
    }
    check_standing(party, &body)
}

fn check_standing(party: Party, body: &Value) -> Result<(), ApiError> {
    let status = text(body, "status");
    if status != "ACTIVE" {
        let detail = format!("the {} has status {status}, not ACTIVE", party.kind().name);
        return Err(ApiError::rule(ErrorCode::ImproperCustomerStatus, detail));
    }
    let verification = text(body, "verification_status");
    if verification != "ACCEPTED" {
        let detail = format!(
            "the {} has verification_status {verification}, not ACCEPTED",
            party.kind().name
        );
        return Err(ApiError::rule(party.not_verified(), detail));
    }
    if matches!(text(body, "ban_status"), "SUSPENDED" | "BANNED") {
        let detail = format!("the {} is {}", party.kind().name, text(body, "ban_status"));
        return Err(ApiError::rule(ErrorCode::ImproperCustomerStatus, detail));
    }
    Ok(())
}

/// The holder is in good standing, and the account open and not frozen.
pub(crate) fn check_account(ctx: &Ctx<'_>, account: &Value, side: Side) -> Result<(), ApiError> {
    match text(account, "status") {
        "ACTIVE_OR_DISBURSED" => {}
        // What is owed can be paid until the end.
        "IN_CLOSING" if side == Side::Credited && ledger::owes(account) => {}
        "CLOSED" => {
            return Err(ApiError::rule(ErrorCode::AccountClosed, "the account is closed"));
        }
        status => {
            let detail = format!("the account has status {status}, not ACTIVE_OR_DISBURSED");
            return Err(ApiError::rule(ErrorCode::ImproperAccountStatus, detail));
        }
    }
    if side == Side::Debited && account["access_status"] == "FROZEN" {
        let detail = "the account is frozen; nothing can leave it";
        return Err(ApiError::rule(ErrorCode::ImproperAccountAccessStatus, detail));
    }
    check_ancestors(ctx, account, side)?;
    let holder = Holder::of(ctx, account)?;
    check_standing(holder.party, &holder.body)
}

/// The accounts that it is linked to are open and not frozen either.
fn check_ancestors(ctx: &Ctx<'_>, account: &Value, side: Side) -> Result<(), ApiError> {
    for ancestor in balance_limits::ancestors(ctx, account)? {
        let status = text(&ancestor, "status");
        if status != "ACTIVE_OR_DISBURSED" {
            let detail = format!("a linked account has status {status}, not ACTIVE_OR_DISBURSED");
            return Err(ApiError::rule(ErrorCode::ImproperAncestorAccountStatus, detail));
        }
        if side == Side::Debited && ancestor["access_status"] == "FROZEN" {
            let detail = "a linked account is frozen; nothing can leave it";
            return Err(ApiError::rule(ErrorCode::ImproperAncestorAccountAccessStatus, detail));
        }
    }
    Ok(())
}

/// The rail is switched on for the account.
pub(crate) fn check_rail(account: &Value, rail: &str) -> Result<(), ApiError> {
    if account[rail] == true {
        return Ok(());
    }
    let detail = format!("the account does not have {rail}");
    Err(ApiError::rule(ErrorCode::PaymentRailNotEnabled, detail))
}

/// The amount can leave the account: it is available, or comes in through the account's floor.
pub(crate) fn check_funds(ctx: &Ctx<'_>, account: &Value, amount: i64) -> Result<(), ApiError> {
    balance_limits::check_debit(ctx, account, amount)
}

/// The amount can come into the account: below its ceiling, or out again through it.
pub(crate) fn check_room(ctx: &Ctx<'_>, account: &Value, amount: i64) -> Result<(), ApiError> {
    balance_limits::check_credit(ctx, account, amount)
}

/// No spend control of the account declines the movement.
pub(crate) fn check_spend_controls(
    ctx: &Ctx<'_>,
    account: &Value,
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
