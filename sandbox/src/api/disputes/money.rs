//! What a dispute does to the money: credits for the time being, and for good.

use serde_json::{Value, json};

use crate::api::disputes::moves;
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{ACCOUNT, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, text};

/// Pays for what customers have before a dispute is decided.
const PROVISIONAL: &str = "PROVISIONAL_CREDIT_PNL";

/// What the network pays for chargebacks.
const CHARGEBACK: &str = "NETWORK_CHARGEBACK";

/// What the bank bears.
const WRITE_OFF: &str = "DISPUTE_WRITE_OFF_PNL";

/// The field that tells how far the customer's money has moved.
fn moved(dispute: &Value) -> &'static str {
    if moves::is_external(dispute) { "debit_status" } else { "credit_status" }
}

fn set_moved(dispute: &mut Value, how: &str) {
    let field = moved(dispute);
    dispute[field] = json!(how);
}

/// Moves what is disputed for the time being: to the customer, or from the one whom the cardholder
/// of an external card paid through us.
pub(super) fn provide(ctx: &Ctx<'_>, dispute: &mut Value, amount: i64) -> Result<(), ApiError> {
    let sub_type =
        if moves::is_external(dispute) { "provisional_debit" } else { "provisional_credit" };
    post(ctx, dispute, sub_type, PROVISIONAL, Way::There, amount)?;
    dispute["provided"] = json!(amount);
    set_moved(dispute, "PROVISIONAL");
    Ok(())
}

/// Takes that back; the account may go below zero.
pub(super) fn take_back(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    let sub_type = if moves::is_external(dispute) {
        "provisional_debit_reversal"
    } else {
        "provisional_credit_reversal"
    };
    let amount = dispute["provided"].as_i64().unwrap_or_default();
    post(ctx, dispute, sub_type, PROVISIONAL, Way::Back, amount)?;
    dispute["provided"] = json!(0);
    set_moved(dispute, "NONE");
    Ok(())
}

/// The money stays where it was before the dispute.
pub(super) fn leave(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    match text(dispute, moved(dispute)) {
        "PROVISIONAL" => take_back(ctx, dispute),
        _ => Ok(()),
    }
}

/// The money goes where the cardholder, or the account holder, wants it: the other side pays.
pub(super) fn shift(ctx: &Ctx<'_>, dispute: &mut Value, amount: i64) -> Result<(), ApiError> {
    let (payer, sub_type) = match text(dispute, "payment_rail") {
        "ACH" => ("ACH_SETTLEMENT", "incoming_debit_return"),
        _ => (CHARGEBACK, "chargeback"),
    };
    settle(ctx, dispute, payer, sub_type, amount)
}

/// The bank pays.
pub(super) fn write_off(ctx: &Ctx<'_>, dispute: &mut Value, amount: i64) -> Result<(), ApiError> {
    settle(ctx, dispute, WRITE_OFF, "write_off", amount)
}

/// Moves the money for good: what was moved for the time being is taken back, and this put in its
/// place, in one moment.
fn settle(
    ctx: &Ctx<'_>,
    dispute: &mut Value,
    bank: &str,
    sub_type: &str,
    amount: i64,
) -> Result<(), ApiError> {
    leave(ctx, dispute)?;
    post(ctx, dispute, sub_type, bank, Way::There, amount)?;
    dispute["provided"] = json!(amount);
    set_moved(dispute, "FINAL");
    Ok(())
}

/// As a dispute moves money, or back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

fn accounts(
    ctx: &Ctx<'_>,
    dispute: &Value,
    bank: &str,
) -> Result<(LedgerAccount, LedgerAccount), ApiError> {
    let Some(account) = ctx.get(&ACCOUNT, text(dispute, "account_id"))? else {
        return Err(ApiError::Internal("a dispute whose account is gone".to_owned()));
    };
    let bank = internal_accounts::of_bank(ctx, bank, text(dispute, "currency"))?;
    Ok((ledger::account_of(&account)?, bank))
}

fn post(
    ctx: &Ctx<'_>,
    dispute: &mut Value,
    sub_type: &str,
    bank: &str,
    way: Way,
    amount: i64,
) -> Result<(), ApiError> {
    let (account, bank) = accounts(ctx, dispute, bank)?;
    let is_to_customer = moves::is_external(dispute) == (way == Way::Back);
    let (from, to) = if is_to_customer { (&bank, &account) } else { (&account, &bank) };
    let original = dispute["transaction_id"].clone();
    let movement = Movement {
        kind: kind_of(text(dispute, "payment_rail")).into().into(),
        subtype: sub_type.into(),
        from,
        to,
        amount,
        memo: "dispute",
        reference_id: dispute["id"].as_str(),
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    let posted = ledger::post_with(ctx, &movement, |posted| {
        posted["data"]["original_trx"] = original;
    })?;
    if let Some(related) = dispute["related"].as_array_mut() {
        related.push(json!(posted.uuid));
    }
    Ok(())
}

/// What the transactions of a rail are called.
pub(super) fn kind_of(rail: &str) -> &'static str {
    match rail {
        "CARD" => "card",
        "ACH" => "ach",
        _ => "external_card",
    }
}
