//! What a dispute does to the money: credits for the time being, and for good.

use serde_json::{Value, json};

use crate::engine::{Ctx, Refusal, text};
use crate::families::accounts::ACCOUNT;
use crate::families::internal_accounts;
use crate::ledger::{self, LedgerAccount, Movement};

/// Pays for what customers have before a dispute is decided.
const PROVISIONAL: &str = "PROVISIONAL_CREDIT_PNL";
/// What the network pays for chargebacks.
const CHARGEBACK: &str = "NETWORK_CHARGEBACK";
/// What the bank bears.
const WRITE_OFF: &str = "DISPUTE_WRITE_OFF_PNL";

/// Gives the customer the money for the time being.
pub(super) fn credit(ctx: &Ctx<'_>, dispute: &mut Value, amount: i64) -> Result<(), Refusal> {
    let (account, bank) = accounts(ctx, dispute, PROVISIONAL)?;
    post(ctx, dispute, "provisional_credit", &bank, &account, amount)?;
    dispute["credited"] = json!(amount);
    dispute["credit_status"] = json!("PROVISIONAL");
    Ok(())
}

/// Takes a provisional credit back; the account may go below zero.
pub(super) fn uncredit(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), Refusal> {
    let amount = dispute["credited"].as_i64().unwrap_or_default();
    let (account, bank) = accounts(ctx, dispute, PROVISIONAL)?;
    post(ctx, dispute, "provisional_credit_reversal", &account, &bank, amount)?;
    dispute["credited"] = json!(0);
    dispute["credit_status"] = json!("NONE");
    Ok(())
}

/// The dispute is lost: what was credited goes back.
pub(super) fn lose(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), Refusal> {
    match text(dispute, "credit_status") {
        "PROVISIONAL" => uncredit(ctx, dispute),
        _ => Ok(()),
    }
}

/// The other side pays.
pub(super) fn win(ctx: &Ctx<'_>, dispute: &mut Value, amount: i64) -> Result<(), Refusal> {
    let (payer, sub_type) = match text(dispute, "payment_rail") {
        "CARD" => (CHARGEBACK, "chargeback"),
        _ => ("ACH_SETTLEMENT", "incoming_debit_return"),
    };
    settle(ctx, dispute, payer, sub_type, amount)
}

/// The bank pays.
pub(super) fn write_off(ctx: &Ctx<'_>, dispute: &mut Value, amount: i64) -> Result<(), Refusal> {
    settle(ctx, dispute, WRITE_OFF, "write_off", amount)
}

/// Makes the customer's credit final: an earlier one is taken back, and the payer's put in its
/// place, in one moment.
fn settle(
    ctx: &Ctx<'_>,
    dispute: &mut Value,
    payer: &str,
    sub_type: &str,
    amount: i64,
) -> Result<(), Refusal> {
    lose(ctx, dispute)?;
    let (account, payer) = accounts(ctx, dispute, payer)?;
    post(ctx, dispute, sub_type, &payer, &account, amount)?;
    dispute["credited"] = json!(amount);
    dispute["credit_status"] = json!("FINAL");
    Ok(())
}

fn accounts(
    ctx: &Ctx<'_>,
    dispute: &Value,
    bank: &str,
) -> Result<(LedgerAccount, LedgerAccount), Refusal> {
    let Some(account) = ctx.get(&ACCOUNT, text(dispute, "account_id"))? else {
        return Err(Refusal::Broken("a dispute whose account is gone".to_owned()));
    };
    let bank = internal_accounts::of_bank(ctx, bank, text(dispute, "currency"))?;
    Ok((ledger::account_of(&account, false), bank))
}

fn post(
    ctx: &Ctx<'_>,
    dispute: &mut Value,
    sub_type: &str,
    from: &LedgerAccount,
    to: &LedgerAccount,
    amount: i64,
) -> Result<(), Refusal> {
    let is_card = dispute["payment_rail"] == "CARD";
    let original = dispute["transaction_id"].clone();
    let movement = Movement {
        kind: if is_card { "card" } else { "ach" },
        subtype: sub_type,
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
        related.push(posted["uuid"].clone());
    }
    Ok(())
}
