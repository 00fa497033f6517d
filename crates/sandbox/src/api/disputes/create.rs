//! Opening: what may be disputed, and until when.

use chrono::{DateTime, Duration, NaiveDate, SubsecRound, Utc};
use serde::Deserialize;
use synctera_api::runtime::{CustomerId, ErrorCode, TransactionId};
use synctera_api::v2::types::{
    self, CardDisputeManagedBy, DcSign, DisputeActionBy, DisputeDecision, DisputeNetwork,
    DisputeRegulation, DisputeStatus, ExternalCardTransferType, PaymentRail,
};

use crate::api::disputes::money::kind_of;
use crate::api::disputes::render::view;
use crate::domain::accounts::holders;
use crate::domain::cards::Card;
use crate::domain::cases::CaseReason;
use crate::domain::disputes::{
    DISPUTE, Dispute, DisputeFacts, DisputeRecord, LifecycleState, NetworkEligibility,
};
use crate::domain::statements::Period;
use crate::domain::{cases, external_cards};
use crate::ledger::{Account, Hold, LedgerAccount, Posted};
use crate::model::calendar::{bank_date, bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, text};
use crate::spec::FieldErrors;

/// Regulation E: provisional credit within ten banking days, an end within 45 days.
const CREDIT_DUE_BANKING_DAYS: u32 = 10;

const INVESTIGATION_DUE_DAYS: i64 = 45;

/// What the disputes of all rails say, and what some of them say.
#[derive(Deserialize)]
struct Asked {
    payment_rail: PaymentRail,
    transaction_id: TransactionId,
    disputed_amount: i64,
    date_customer_reported: DateTime<Utc>,
    memo: String,
    reason_code: Option<String>,
    external_reference_id: Option<String>,
}

/// What is wrong with the body of a new dispute, whatever the transaction is.
pub(super) fn errors_of(ctx: &Ctx<'_>) -> FieldErrors {
    const FIELD: &str = "date_customer_reported";
    match text(&ctx.request.body, FIELD).parse::<DateTime<Utc>>() {
        // The sandbox's clock counts milliseconds.
        Ok(reported) if reported.trunc_subsecs(3) > ctx.now => {
            FieldErrors::invalid(FIELD, "must not be in the future")
        }
        _ => FieldErrors::default(),
    }
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: Asked = ctx.body()?;
    let is_external = asked.payment_rail == PaymentRail::ExternalCard;
    let (code, field) = (ErrorCode::BadRequestBody, "transaction_id");
    let transaction = ctx.find_named::<Posted>(asked.transaction_id, code, field)?;
    let sign = if is_external { DcSign::Credit } else { DcSign::Debit };
    let is_rails = transaction.type_ == kind_of(&asked.payment_rail);
    let line = customers_line(ctx, &transaction, &sign)?;
    let Some((account, amount)) = line.filter(|_| is_rails) else {
        let rail = &asked.payment_rail;
        let sign = sign.as_str();
        let reason = format!("must be a {sign} on the {rail} rail of a customer's account");
        return Err(FieldErrors::invalid(field, reason).into());
    };
    if asked.disputed_amount > amount {
        let reason = format!("must be at most {amount}, the amount of the transaction");
        return Err(FieldErrors::invalid("disputed_amount", reason).into());
    }
    let reported = asked.date_customer_reported;
    if bank_date(reported) < day_of(ctx, &transaction)? {
        let reason = "must not be before the transaction";
        return Err(FieldErrors::invalid("date_customer_reported", reason).into());
    }
    check_deadlines(ctx, &account, &transaction, &asked)?;
    let others = ctx.find_all::<Dispute>("transaction", asked.transaction_id)?;
    if others.iter().any(|other| other.is_open()) {
        let detail = "there is an open dispute of this transaction";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let customer_id = customer(ctx, &account, &transaction)?;
    let credit_due = || {
        let day = banking_days_after(bank_date(reported), CREDIT_DUE_BANKING_DAYS);
        bank_time(day, 0, 0)
    };
    let network_eligibility = eligibility(ctx, &asked)?;
    let dispute = DisputeRecord {
        id: ctx.new_id()?.into(),
        tenant: ctx.tenant.to_owned(),
        account_id: account.own_id(),
        customer_id,
        transaction_id: asked.transaction_id,
        currency: LedgerAccount::of(&account)?.currency,
        disputed_amount: asked.disputed_amount,
        memo: asked.memo,
        reason_code: asked.reason_code,
        external_reference_id: asked.external_reference_id,
        network: network(&asked.payment_rail),
        managed_by: network_eligibility.is_some().then_some(CardDisputeManagedBy::Customer),
        network_eligibility,
        applicable_regulation: DisputeRegulation::RegulationE,
        status: DisputeStatus::Open,
        decision: DisputeDecision::None,
        lifecycle_state: LifecycleState::PendingAction,
        last_action_by: DisputeActionBy::Initiator,
        action_history: Vec::new(),
        date_customer_reported: reported,
        timestamp_investigation_due: reported + Duration::days(INVESTIGATION_DUE_DAYS),
        timestamp_provisional_credit_due: (!is_external).then(credit_due),
        timestamp_final_decision: None,
        creation_time: ctx.now,
        last_updated_time: ctx.now,
        payment_rail: asked.payment_rail,
    };
    let dispute = Record::<Dispute>::new(dispute, DisputeFacts::default());
    ctx.add(&dispute)?;
    cases::open(ctx, CaseReason::Dispute, &DISPUTE, dispute.id)?;
    Reply::json(201, &view(ctx, &dispute)?)
}

/// The first day on which the customer could see a transaction: that of its hold, if it had one.
fn day_of(ctx: &Ctx<'_>, transaction: &types::PostedTransaction) -> Result<NaiveDate, ApiError> {
    let hold = transaction.data.hold_id.map(|hold| ctx.find::<Hold>(hold)).transpose()?.flatten();
    let made = hold.map_or(transaction.created, |hold| hold.created.min(transaction.created));
    Ok(bank_date(made.min(transaction.effective_date)))
}

fn network(rail: &PaymentRail) -> DisputeNetwork {
    match rail {
        PaymentRail::Card => DisputeNetwork::Marqeta,
        PaymentRail::Ach => DisputeNetwork::Ach,
        PaymentRail::ExternalCard => DisputeNetwork::Tabapay,
        _ => DisputeNetwork::None,
    }
}

/// What the network wants to know of a card's transaction.
fn eligibility(ctx: &Ctx<'_>, asked: &Asked) -> Result<Option<NetworkEligibility>, ApiError> {
    Ok(match asked.payment_rail {
        PaymentRail::Card => Some(NetworkEligibility {
            is_digital_wallet_token: false,
            is_three_ds: false,
            is_network_eligibility_overridden: Some(false),
        }),
        PaymentRail::ExternalCard => {
            let pull = external_cards::of_transaction(ctx, &asked.transaction_id.to_string())?;
            Some(NetworkEligibility {
                is_digital_wallet_token: pull
                    .as_ref()
                    .is_none_or(|pull| pull.type_ != ExternalCardTransferType::Pull),
                is_three_ds: pull.as_ref().is_some_and(|pull| pull.three_ds_id.is_some()),
                is_network_eligibility_overridden: None,
            })
        }
        _ => None,
    })
}

/// The customer's account that a transaction took money from or gave it to, and how much.
fn customers_line(
    ctx: &Ctx<'_>,
    transaction: &types::PostedTransaction,
    sign: &DcSign,
) -> Result<Option<(Record<Account>, i64)>, ApiError> {
    for line in &transaction.data.lines {
        if line.dc_sign == *sign
            && let Some(account) = ctx.find::<Account>(&line.account_id)?
        {
            return Ok(Some((account, line.amount)));
        }
    }
    Ok(None)
}

/// The cardholder, or the holder of the account.
fn customer(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    transaction: &Record<Posted>,
) -> Result<CustomerId, ApiError> {
    if let Some(used) = &transaction.facts.card
        && let Some(card) = ctx.find::<Card>(used.card_id)?
        && let Some(customer) = card.customer_id
    {
        return Ok(customer);
    }
    Ok(holders::holder_of(ctx, account)?.id().into())
}

/// The holder of the account has some days to report a transaction: from the statement that shows it, for
/// one with a card, and from its settlement, for one by ACH. What is reported in time goes to the
/// network for longer.
fn check_deadlines(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    transaction: &types::PostedTransaction,
    asked: &Asked,
) -> Result<(), ApiError> {
    let refuse = |detail: String| Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    let posted = bank_date(transaction.posted_date);
    let settled = transaction.settlement_date.unwrap_or(posted);
    let last_of = |from: NaiveDate, days: u32| from + Duration::days(days.into());
    let reporting = ctx.settings.dispute_filing_days;
    let reported = bank_date(asked.date_customer_reported);
    match asked.payment_rail {
        PaymentRail::Card => {
            let statement = Period::of(account.billing_period.as_ref(), posted).end();
            if reported > last_of(statement, reporting) {
                return refuse(format!(
                    "a card transaction is reported within {reporting} days of its statement, which \
                     is of {statement}"
                ));
            }
        }
        PaymentRail::Ach if ctx.today() > last_of(settled, reporting) => {
            return refuse(format!(
                "an ACH transaction can be disputed for {reporting} days after its settlement"
            ));
        }
        _ => {}
    }
    let filing = ctx.settings.dispute_settlement_days;
    if ctx.today() > last_of(settled, filing) {
        return refuse(format!(
            "a transaction can be disputed for {filing} days after its settlement"
        ));
    }
    Ok(())
}
