//! Paying what is left on an account in closing.

use serde_json::json;
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{
    AccountClosurePaymentMethod as Method, AccountStatus, ExternalAccountStatus,
    InternalAccountType, NewOutgoingAch, TransactionSubtype, TransactionType,
};
use uuid::Uuid;

use crate::domain::accounts::{balance_limits, holders};
use crate::domain::ach::{AMOUNT_MAX, NewTransfer, OutgoingAchFacts, next_file};
use crate::domain::external_accounts::ExternalAccount;
use crate::domain::{internal_accounts, rules};
use crate::ledger;
use crate::ledger::{Account, LINKS_MAX, LedgerAccount, Movement, above_ceiling};
use crate::model::calendar::{bank_date, banking_days_after};
use crate::model::{ApiError, Ctx, Record, build};

/// The most payments that a balance is paid out by, each of at most what its rail moves at once.
const PAYMENTS_MAX: i64 = 100;

/// Where what is left can go now.
pub(super) enum Payable {
    /// To an account at another bank.
    Ach(Box<Record<ExternalAccount>>),
    /// To the holder, by a check of the bank.
    Check,
    /// To an account here, of a customer or of the program.
    Account(Box<LedgerAccount>),
    /// Nowhere, for this reason: the caller must name a destination.
    Not(String),
}

/// Where an amount that is left can go.
pub(super) fn payable(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    rest: i64,
) -> Result<Payable, ApiError> {
    let not = |reason: &str| Ok(Payable::Not(reason.to_owned()));
    let Some(closure) = &account.account_closure else {
        return not("the closing has no destination: move the balance, or initiate the closure");
    };
    let Some(method) = &closure.payment_method else {
        return not("the closure has no payment_method for the balance");
    };
    if rules::obstacle(ctx, account, None)?.is_some() {
        return not("the holder is BANNED: the balance stays until the ban is lifted");
    }
    if account.facts.payout_failed {
        return not("the payment to the destination failed: name a destination anew");
    }
    let most = if *method == Method::Ach { AMOUNT_MAX } else { ledger::AMOUNT_MAX };
    if rest > most * PAYMENTS_MAX {
        let way = method.as_str();
        return Ok(Payable::Not(format!(
            "the balance is more than {PAYMENTS_MAX} payments by {way} of at most {most} move: name \
             another payment_method"
        )));
    }
    let destination = closure.destination_id;
    Ok(match method {
        Method::Ach => {
            let external = destination.map(|id| ctx.find::<ExternalAccount>(id)).transpose()?;
            match external.flatten() {
                Some(external) if external.status == ExternalAccountStatus::Active => {
                    Payable::Ach(Box::new(external))
                }
                _ => return not("the external account is not ACTIVE: name another destination"),
            }
        }
        Method::BankDraft => Payable::Check,
        _ => match destination.map(|id| taker(ctx, account.own_id(), id, rest)).transpose()? {
            Some(Some(to)) => Payable::Account(Box::new(to)),
            _ => return not("the account at the destination cannot take the balance"),
        },
    })
}

/// The account that the rest is paid to, unless it is gone, has no room for it, or has a ceiling that
/// sends it back.
fn taker(
    ctx: &Ctx<'_>,
    account: AccountId,
    id: Uuid,
    rest: i64,
) -> Result<Option<LedgerAccount>, ApiError> {
    if let Some(other) = ctx.find::<Account>(id)? {
        let is_active = other.status == Some(AccountStatus::ActiveOrDisbursed)
            && rules::obstacle(ctx, &other, None)?.is_none();
        if !is_active || overflows_into(ctx, &other, account)? {
            return Ok(None);
        }
        match balance_limits::check_credit(ctx, &other, rest) {
            Ok(()) => {}
            Err(ApiError::Problem(_)) => return Ok(None),
            Err(broken) => return Err(broken),
        }
    }
    ledger::ledger_account(ctx, id)
}

/// Whether what is too much on an account goes to another one, over all ceilings on the way.
pub(crate) fn overflows_into(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    other: AccountId,
) -> Result<bool, ApiError> {
    let mut next = above_ceiling(account);
    for _ in 0..LINKS_MAX {
        let Some(id) = next else {
            return Ok(false);
        };
        if id == other {
            return Ok(true);
        }
        next = ctx.find::<Account>(id)?.and_then(|account| above_ceiling(&account));
    }
    Ok(false)
}

/// Pays an amount that is left to its destination, if it has one that takes it.
pub(super) fn pay(ctx: &Ctx<'_>, account: &mut Record<Account>, rest: i64) -> Result<(), ApiError> {
    let (kind, subtype, to) = match payable(ctx, account, rest)? {
        Payable::Not(_) => return Ok(()),
        Payable::Ach(external) => return pay_by_ach(ctx, account, &external, rest),
        Payable::Check => {
            let drafts = InternalAccountType::BankDraft;
            let drafts = internal_accounts::of_bank(ctx, drafts, account.currency_code())?;
            (TransactionType::Check, "bank_draft".into(), Box::new(drafts))
        }
        Payable::Account(to) => {
            (TransactionType::InternalTransfer, TransactionSubtype::AccountToAccount, to)
        }
    };
    // Its floor is over: nothing is brought in for this.
    let from = LedgerAccount { floor: None, ..LedgerAccount::of(account)? };
    let mut left = rest;
    while left > 0 {
        let amount = left.min(ledger::AMOUNT_MAX);
        let movement = Movement {
            kind: kind.clone(),
            subtype: subtype.clone(),
            from: &from,
            to: &to,
            amount,
            memo: "The rest of a closed account",
            reference_id: None,
            metadata: json!({}),
            external_data: json!({}),
            hold_id: None,
            id: None,
        };
        ledger::post(ctx, &movement)?;
        left -= amount;
    }
    Ok(())
}

/// Sends the rest to an account at another bank, with the next file: in as many transfers as the
/// network's greatest amount makes necessary.
fn pay_by_ach(
    ctx: &Ctx<'_>,
    account: &mut Record<Account>,
    external: &Record<ExternalAccount>,
    rest: i64,
) -> Result<(), ApiError> {
    let holder = holders::holder_of(ctx, account)?.id().to_string();
    let from = LedgerAccount { floor: None, ..LedgerAccount::of(account)? };
    let mut left = rest;
    while left > 0 {
        let amount = left.min(AMOUNT_MAX);
        let asked: NewOutgoingAch = build(json!({
            "customer_id": holder, "originating_account_id": account.id,
            "receiving_account_id": external.id, "amount": amount,
            "currency": account.currency, "dc_sign": "credit",
            "memo": "The rest of a closed account",
        }))?;
        let facts = OutgoingAchFacts { is_closing_payout: true, ..OutgoingAchFacts::default() };
        NewTransfer { asked: &asked, account, from: &from, external, facts }.originate(ctx)?;
        left -= amount;
    }
    let sent_on = bank_date(next_file(ctx.now, false, None));
    let day = banking_days_after(sent_on, ctx.settings.closing_ach_return_days);
    account.facts.returns_until = Some(day);
    Ok(())
}
