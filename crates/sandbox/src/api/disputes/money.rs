//! What a dispute does to the money: credits for the time being, and for good.

use serde_json::json;
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types::{PaymentRail, TransactionType};

use crate::domain::accounts::closed;
use crate::domain::disputes::{Dispute, DisputeRecord, Moved};
use crate::domain::internal_accounts;
use crate::ledger;
use crate::ledger::{Account, LedgerAccount, Movement};
use crate::model::{ApiError, Ctx, Record};

/// Pays for what customers have before a dispute is decided.
const PROVISIONAL: &str = "PROVISIONAL_CREDIT_PNL";

/// What the network pays for chargebacks.
const CHARGEBACK: &str = "NETWORK_CHARGEBACK";

/// What the bank bears.
const WRITE_OFF: &str = "DISPUTE_WRITE_OFF_PNL";

/// Moves what is disputed for the time being: to the customer, or from the one whom the cardholder
/// of an external card paid through us.
pub(super) fn provide(
    ctx: &Ctx<'_>,
    dispute: &mut Record<Dispute>,
    amount: i64,
) -> Result<(), ApiError> {
    let sub_type = if dispute.is_external() { "provisional_debit" } else { "provisional_credit" };
    post(ctx, dispute, sub_type, PROVISIONAL, Way::There, amount)?;
    dispute.facts.provided = amount;
    dispute.facts.moved = Moved::Provisional;
    Ok(())
}

/// Takes that back; the account may go below zero.
pub(super) fn take_back(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>) -> Result<(), ApiError> {
    let sub_type = if dispute.is_external() {
        "provisional_debit_reversal"
    } else {
        "provisional_credit_reversal"
    };
    let amount = dispute.facts.provided;
    post(ctx, dispute, sub_type, PROVISIONAL, Way::Back, amount)?;
    dispute.facts.provided = 0;
    dispute.facts.moved = Moved::None;
    Ok(())
}

/// The money stays where it was before the dispute.
pub(super) fn leave(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>) -> Result<(), ApiError> {
    match dispute.facts.moved {
        Moved::Provisional => take_back(ctx, dispute),
        Moved::None | Moved::Final => Ok(()),
    }
}

/// The money goes where the cardholder, or the account holder, wants it: the other side pays.
pub(super) fn shift(
    ctx: &Ctx<'_>,
    dispute: &mut Record<Dispute>,
    amount: i64,
) -> Result<(), ApiError> {
    let (payer, sub_type) = match dispute.payment_rail {
        PaymentRail::Ach => ("ACH_SETTLEMENT", "incoming_debit_return"),
        _ => (CHARGEBACK, "chargeback"),
    };
    settle(ctx, dispute, payer, sub_type, amount)
}

/// The bank pays.
pub(super) fn write_off(
    ctx: &Ctx<'_>,
    dispute: &mut Record<Dispute>,
    amount: i64,
) -> Result<(), ApiError> {
    settle(ctx, dispute, WRITE_OFF, "write_off", amount)
}

/// Moves the money for good: what was moved for the time being is taken back, and this put in its
/// place, in one moment.
fn settle(
    ctx: &Ctx<'_>,
    dispute: &mut Record<Dispute>,
    bank: &str,
    sub_type: &str,
    amount: i64,
) -> Result<(), ApiError> {
    leave(ctx, dispute)?;
    let posted = post(ctx, dispute, sub_type, bank, Way::There, amount)?;
    if !dispute.is_external() {
        // What was credited for the time being stays with the bank until now.
        let account = ctx.find_related::<Account>(dispute.account_id)?;
        closed::send_check(ctx, &account, amount, posted)?;
    }
    dispute.facts.provided = amount;
    dispute.facts.moved = Moved::Final;
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
    dispute: &DisputeRecord,
    bank: &str,
) -> Result<(LedgerAccount, LedgerAccount), ApiError> {
    let account = ctx.find_related::<Account>(dispute.account_id)?;
    let bank = internal_accounts::of_bank(ctx, bank, dispute.currency.as_str())?;
    Ok((closed::account_or_suspense(ctx, &account)?, bank))
}

fn post(
    ctx: &Ctx<'_>,
    dispute: &mut Record<Dispute>,
    sub_type: &str,
    bank: &str,
    way: Way,
    amount: i64,
) -> Result<TransactionId, ApiError> {
    let (account, bank) = accounts(ctx, dispute, bank)?;
    let is_to_customer = dispute.is_external() == (way == Way::Back);
    let (from, to) = if is_to_customer { (&bank, &account) } else { (&account, &bank) };
    let id = dispute.id.to_string();
    let movement = Movement {
        kind: kind_of(&dispute.payment_rail),
        subtype: sub_type.into(),
        from,
        to,
        amount,
        memo: "dispute",
        reference_id: Some(&id),
        metadata: json!({}),
        external_data: json!({}),
        hold_id: None,
        id: None,
    };
    let posted = ledger::post_with(ctx, &movement, |posted| {
        posted.data.original_trx = Some(dispute.transaction_id);
    })?;
    dispute.facts.related.push(posted.uuid);
    Ok(posted.uuid)
}

/// What the transactions of a rail are called.
pub(super) fn kind_of(rail: &PaymentRail) -> TransactionType {
    match rail {
        PaymentRail::Card => TransactionType::Card,
        PaymentRail::Ach => TransactionType::Ach,
        _ => TransactionType::ExternalCard,
    }
}
