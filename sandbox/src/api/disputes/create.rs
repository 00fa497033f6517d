//! Opening: what may be disputed, and until when.

use chrono::{DateTime, Duration, NaiveDate, SubsecRound};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::disputes::money::kind_of;
use crate::api::disputes::moves;
use crate::api::disputes::render::view;
use crate::domain::accounts::holders::Holder;
use crate::domain::cards::CARD;
use crate::domain::disputes::DISPUTE;
use crate::domain::external_cards;
use crate::ledger::{ACCOUNT, POSTED};
use crate::model::calendar::{bank_date, bank_time, banking_days_after};
use crate::model::{ApiError, Ctx, Outcome, Reply, text, timestamp};
use crate::spec::FieldErrors;

/// Regulation E: provisional credit within ten banking days, an end within 45 days.
const CREDIT_DUE_BANKING_DAYS: u32 = 10;

const INVESTIGATION_DUE_DAYS: i64 = 45;

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let rail = text(&ctx.request.body, "payment_rail");
    let is_external = moves::is_external(&ctx.request.body);
    let (code, field) = (ErrorCode::BadRequestBody, "transaction_id");
    let transaction = ctx.referred(&POSTED, text(&ctx.request.body, field), code, field)?;
    let sign = if is_external { "credit" } else { "debit" };
    let is_rails = transaction["type"] == kind_of(rail);
    let line = customers_line(ctx, &transaction, sign)?;
    let Some((account, amount)) = line.filter(|_| is_rails) else {
        let reason = format!("must be a {sign} on the {rail} rail of a customer's account");
        return Err(FieldErrors::invalid(field, reason).into());
    };
    let disputed = ctx.request.body["disputed_amount"].as_i64().unwrap_or_default();
    if disputed > amount {
        let reason = format!("must be at most {amount}, the amount of the transaction");
        return Err(FieldErrors::invalid("disputed_amount", reason).into());
    }
    let reported = DateTime::parse_from_rfc3339(text(&ctx.request.body, "date_customer_reported"));
    let reported = match reported {
        // The sandbox's clock counts milliseconds.
        Ok(reported) if reported.trunc_subsecs(3) <= ctx.now => reported.to_utc(),
        _ => {
            let reason = "must not be in the future";
            return Err(FieldErrors::invalid("date_customer_reported", reason).into());
        }
    };
    check_deadline(ctx, &transaction)?;
    let others = ctx.all_with(&DISPUTE, "transaction", text(&transaction, "uuid"))?;
    if others.iter().any(|other| other["status"] == "OPEN") {
        let detail = "there is an open dispute of this transaction";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let customer = customer(ctx, &account, &transaction)?;
    let mut dispute = ctx.request.body.clone();
    crate::model::patch(
        &mut dispute,
        &json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "account_id": account["id"],
            "customer_id": customer, "currency": account["currency"],
            "network": network(rail), "status": "OPEN",
            "decision": "NONE", "lifecycle_state": "PENDING_ACTION",
            "action_history": [], "last_action_by": "INITIATOR", "related": [],
            "applicable_regulation": "REGULATION_E",
            "timestamp_investigation_due":
                timestamp(reported + Duration::days(INVESTIGATION_DUE_DAYS)),
            "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
        }),
    );
    if is_external {
        dispute["debit_status"] = json!("NONE");
    } else {
        let credit_due = banking_days_after(bank_date(reported), CREDIT_DUE_BANKING_DAYS);
        dispute["credit_status"] = json!("NONE");
        dispute["timestamp_provisional_credit_due"] = json!(timestamp(bank_time(credit_due, 0, 0)));
    }
    if let Some(eligibility) = eligibility(ctx, &dispute)? {
        dispute["managed_by"] = json!("CUSTOMER");
        dispute["network_eligibility"] = eligibility;
    }
    ctx.insert(&DISPUTE, &dispute)?;
    Reply::created::<types::Dispute>(view(ctx, dispute)?)
}

fn network(rail: &str) -> &'static str {
    match rail {
        "CARD" => "MARQETA",
        "ACH" => "ACH",
        _ => "TABAPAY",
    }
}

/// What the network wants to know of a card's transaction.
fn eligibility(ctx: &Ctx<'_>, dispute: &Value) -> Result<Option<Value>, ApiError> {
    Ok(match text(dispute, "payment_rail") {
        "CARD" => Some(json!({
            "is_digital_wallet_token": false, "is_three_ds": false,
            "is_network_eligibility_overridden": false,
        })),
        "ACH" => None,
        _ => {
            let pull = external_cards::of_transaction(ctx, text(dispute, "transaction_id"))?;
            Some(json!({
                "is_digital_wallet_token": pull.as_ref().is_none_or(|pull| {
                    pull.type_ != types::ExternalCardTransferType::Pull
                }),
                "is_three_ds": pull.as_ref().is_some_and(|pull| pull.three_ds_id.is_some()),
            }))
        }
    })
}

/// The customer's account that a transaction took money from or gave it to, and how much.
fn customers_line(
    ctx: &Ctx<'_>,
    transaction: &Value,
    sign: &str,
) -> Result<Option<(Value, i64)>, ApiError> {
    for line in transaction["data"]["lines"].as_array().into_iter().flatten() {
        if line["dc_sign"] == sign
            && let Some(account) = ctx.get(&ACCOUNT, text(line, "account_id"))?
        {
            return Ok(Some((account, line["amount"].as_i64().unwrap_or_default())));
        }
    }
    Ok(None)
}

/// The cardholder, or the holder of the account.
fn customer(ctx: &Ctx<'_>, account: &Value, transaction: &Value) -> Result<Value, ApiError> {
    if let Some(card) = ctx.get(&CARD, text(transaction, "card_id"))?
        && card["customer_id"].is_string()
    {
        return Ok(card["customer_id"].clone());
    }
    Ok(Holder::of(ctx, account)?.body["id"].clone())
}

fn check_deadline(ctx: &Ctx<'_>, transaction: &Value) -> Result<(), ApiError> {
    let days = ctx.settings.dispute_filing_days;
    let posted = text(transaction, "posted_date").get(..10).unwrap_or_default();
    let is_late = posted
        .parse::<NaiveDate>()
        .is_ok_and(|posted| ctx.today() > posted + Duration::days(days.into()));
    if is_late {
        let detail = format!("a transaction can be disputed for {days} days");
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    Ok(())
}
