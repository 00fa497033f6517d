//! Opening: what may be disputed, and until when.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use serde::Deserialize;
use serde_json::Value;
use synctera_api::runtime::{AccountId, CurrencyCode, CustomerId, ErrorCode, TransactionId};
use synctera_api::v2::types::{
    CardDisputeManagedBy, DisputeActionBy, DisputeDecision, DisputeNetwork, DisputeRegulation,
    DisputeStatus, PaymentRail,
};
use uuid::Uuid;

use crate::api::disputes::money::kind_of;
use crate::api::disputes::render::view;
use crate::domain::accounts::holders::Holder;
use crate::domain::cards::CARD;
use crate::domain::disputes::{
    Dispute, DisputeFacts, DisputeRecord, LifecycleState, NetworkEligibility,
};
use crate::domain::external_cards;
use crate::ledger::{ACCOUNT, POSTED};
use crate::model::calendar::{bank_date, bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, build, text};
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

/// The disputed transaction.
#[derive(Deserialize)]
struct Disputed {
    #[serde(rename = "type")]
    kind: String,
    posted_date: DateTime<Utc>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    account_id: Uuid,
    amount: i64,
    dc_sign: String,
}

/// The account of a customer.
struct Account {
    id: AccountId,
    currency: CurrencyCode,
    /// border: accounts are not typed records yet.
    stored: Value,
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: Asked = ctx.body()?;
    let is_external = asked.payment_rail == PaymentRail::ExternalCard;
    let (code, field) = (ErrorCode::BadRequestBody, "transaction_id");
    // border: posted transactions are not typed records yet.
    let stored = ctx.referred(&POSTED, &asked.transaction_id.to_string(), code, field)?;
    let transaction: Disputed = build(stored.clone())?;
    let sign = if is_external { "credit" } else { "debit" };
    let is_rails = transaction.kind == kind_of(&asked.payment_rail);
    let line = customers_line(ctx, &transaction, sign)?;
    let Some((account, amount)) = line.filter(|_| is_rails) else {
        let rail = &asked.payment_rail;
        let reason = format!("must be a {sign} on the {rail} rail of a customer's account");
        return Err(FieldErrors::invalid(field, reason).into());
    };
    if asked.disputed_amount > amount {
        let reason = format!("must be at most {amount}, the amount of the transaction");
        return Err(FieldErrors::invalid("disputed_amount", reason).into());
    }
    let reported = asked.date_customer_reported;
    // The sandbox's clock counts milliseconds.
    if reported.trunc_subsecs(3) > ctx.now {
        let reason = "must not be in the future";
        return Err(FieldErrors::invalid("date_customer_reported", reason).into());
    }
    check_deadline(ctx, &transaction)?;
    let others = ctx.find_all::<Dispute>("transaction", asked.transaction_id)?;
    if others.iter().any(|other| other.is_open()) {
        let detail = "there is an open dispute of this transaction";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let customer_id = customer(ctx, &account, &stored)?;
    let credit_due = || {
        let day = banking_days_after(bank_date(reported), CREDIT_DUE_BANKING_DAYS);
        bank_time(day, 0, 0)
    };
    let network_eligibility = eligibility(ctx, &asked)?;
    let dispute = DisputeRecord {
        id: ctx.new_id()?.into(),
        tenant: ctx.tenant.to_owned(),
        account_id: account.id,
        customer_id,
        transaction_id: asked.transaction_id,
        currency: account.currency,
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
    Reply::json(201, &view(ctx, &dispute)?)
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
                is_digital_wallet_token: pull.as_ref().is_none_or(|pull| {
                    pull.type_ != types::ExternalCardTransferType::Pull
                }),
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
    transaction: &Disputed,
    sign: &str,
) -> Result<Option<(Account, i64)>, ApiError> {
    for line in &transaction.data.lines {
        if line.dc_sign == sign
            && let Some(stored) = ctx.get(&ACCOUNT, &line.account_id.to_string())?
        {
            let currency = text(&stored, "currency").parse().map_err(|_| {
                ApiError::Internal("the currency of an account is no currency".to_owned())
            })?;
            let account = Account { id: line.account_id.into(), currency, stored };
            return Ok(Some((account, line.amount)));
        }
    }
    Ok(None)
}

/// The cardholder, or the holder of the account.
// border: cards, accounts and posted transactions are not typed records yet.
fn customer(ctx: &Ctx<'_>, account: &Account, transaction: &Value) -> Result<CustomerId, ApiError> {
    if let Some(card) = fact(transaction, "card_id")
        && let Some(card) = ctx.get(&CARD, card)?
        && let Ok(customer) = text(&card, "customer_id").parse()
    {
        return Ok(customer);
    }
    let holder = Holder::of(ctx, &account.stored)?;
    text(&holder.body, "id")
        .parse()
        .map_err(|_| ApiError::Internal("the holder of an account has no id".to_owned()))
}

/// A text that a resource does not show.
// border: such resources become typed records, and keep it among their facts.
fn fact<'v>(stored: &'v Value, name: &str) -> Option<&'v str> {
    stored.get(name).or_else(|| stored.get("_facts")?.get(name))?.as_str()
}

fn check_deadline(ctx: &Ctx<'_>, transaction: &Disputed) -> Result<(), ApiError> {
    let days = ctx.settings.dispute_filing_days;
    let posted = transaction.posted_date.date_naive();
    if ctx.today() > posted + Duration::days(days.into()) {
        let detail = format!("a transaction can be disputed for {days} days");
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    Ok(())
}
