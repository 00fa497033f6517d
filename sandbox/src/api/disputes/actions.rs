//! Acting on a dispute: our side by its own operation, the other side by the simulation, and time.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::disputes::moves::{By, To};
use crate::api::disputes::{documents, money, moves};
use crate::domain::ach::stops;
use crate::domain::disputes::DISPUTE;
use crate::model::{ApiError, Ctx, Outcome, Reply, build, text, timestamp};
use crate::spec::FieldErrors;

/// The job that decides against who did not answer.
pub(crate) const SILENCE: &str = "dispute.silence";

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    act(ctx, By::Initiator)
}

pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    act(ctx, By::Network)
}

fn act(ctx: &Ctx<'_>, by: By) -> Outcome {
    let mut dispute = ctx.url_resource(&DISPUTE, "dispute_id")?;
    let (action, state) = (text(&ctx.request.body, "action"), text(&ctx.request.body, "state"));
    if ctx.request.body["payment_rail"] != dispute["payment_rail"] {
        return Err(FieldErrors::invalid("payment_rail", "is another than the dispute's").into());
    }
    let Some(found) = moves::find(&dispute, action, state, by) else {
        let at = text(&dispute, "lifecycle_state");
        let detail = format!("{action} {state} cannot follow {at} of this dispute now");
        return Err(ApiError::status(detail, &[]));
    };
    let amount = amount(ctx, &dispute, action, state)?;
    check_more(ctx, &dispute, action, state)?;
    match found.to {
        To::Provided => money::provide(ctx, &mut dispute, amount)?,
        To::TakenBack => money::take_back(ctx, &mut dispute)?,
        To::Noted => {}
        To::State(next) => {
            dispute["lifecycle_state"] = json!(next);
            dispute["decision"] = json!("ONGOING");
            if action == "CHARGEBACK" && state == "CREATE" {
                dispute["claimed"] = json!(amount);
            }
            await_answer(ctx, &mut dispute)?;
        }
        To::WrittenOff => {
            dispute["lifecycle_state"] = json!("WRITE_OFF");
            money::write_off(ctx, &mut dispute, amount)?;
            close(ctx, &mut dispute, "RESOLVED");
        }
        To::Won => win(ctx, &mut dispute)?,
        To::Lost => lose(ctx, &mut dispute)?,
    }
    if action == "STOP_PAYMENT" {
        // border: disputes are no records yet.
        let cause = stops::Cause {
            dispute_id: build(dispute["id"].clone())?,
            transaction_id: build(dispute["transaction_id"].clone())?,
        };
        stops::follow_dispute(ctx, build(dispute["account_id"].clone())?, cause)?;
    }
    let mut entry = ctx.request.body.clone();
    entry["id"] = json!(ctx.new_id()?);
    entry["tenant"] = json!(ctx.tenant);
    entry["creation_time"] = json!(ctx.now_text());
    entry["status"] = json!(status(state));
    if takes_amount(&dispute, action, state) {
        entry["amount"] = json!(amount);
    }
    if let Some(history) = dispute["action_history"].as_array_mut() {
        history.push(entry.clone());
    }
    let who = if by == By::Initiator { "INITIATOR" } else { "NETWORK" };
    dispute["last_action_by"] = json!(who);
    store(ctx, &mut dispute)?;
    Reply::created::<types::DisputeActionResponse>(entry)
}

fn win(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    if dispute["payment_rail"] == "ACH" {
        dispute["lifecycle_state"] = json!("ACH_FILED_WITH_NETWORK");
    }
    if moves::is_external(dispute) {
        money::leave(ctx, dispute)?;
    } else {
        let claimed = dispute["claimed"].as_i64().or(dispute["disputed_amount"].as_i64());
        money::shift(ctx, dispute, claimed.unwrap_or_default())?;
    }
    close(ctx, dispute, "WON");
    Ok(())
}

fn lose(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    if dispute["payment_rail"] == "ACH" {
        dispute["lifecycle_state"] = json!("ACH_REJECTED");
    }
    if moves::is_external(dispute) {
        let disputed = dispute["disputed_amount"].as_i64().unwrap_or_default();
        money::shift(ctx, dispute, disputed)?;
    } else {
        money::leave(ctx, dispute)?;
    }
    close(ctx, dispute, "LOST");
    Ok(())
}

fn takes_amount(dispute: &Value, action: &str, state: &str) -> bool {
    state == "CREATE"
        && dispute["payment_rail"] == "CARD"
        && matches!(action, "CHARGEBACK" | "PROVISIONAL_CREDIT" | "WRITE_OFF")
}

/// What an action is about: what it says, else all that is disputed.
fn amount(ctx: &Ctx<'_>, dispute: &Value, action: &str, state: &str) -> Result<i64, ApiError> {
    let disputed = dispute["disputed_amount"].as_i64().unwrap_or_default();
    match ctx.request.body["amount"].as_i64() {
        None => Ok(disputed),
        Some(_) if !takes_amount(dispute, action, state) => {
            Err(FieldErrors::invalid("amount", "is for new chargebacks, credits and write-offs")
                .into())
        }
        Some(amount) if (1..=disputed).contains(&amount) => Ok(amount),
        Some(_) => {
            Err(FieldErrors::invalid("amount", format!("must be 1 to {disputed}, as disputed"))
                .into())
        }
    }
}

/// What some actions need beside.
fn check_more(ctx: &Ctx<'_>, dispute: &Value, action: &str, state: &str) -> Result<(), ApiError> {
    let is_given = |field: &str| ctx.request.body[field].is_string();
    if action == "ACH_RETURN" && state == "CREATE" && !is_given("return_code") {
        return Err(FieldErrors::missing("return_code").into());
    }
    if action == "PRE_COMPLIANCE" && state == "CREATE" && !is_given("violation_code") {
        return Err(FieldErrors::missing("violation_code").into());
    }
    let is_represented = action == "REPRESENTMENT" && state == "CREATE";
    if moves::is_external(dispute) && is_represented && !is_given("supporting_doc_id") {
        return Err(FieldErrors::missing("supporting_doc_id").into());
    }
    if let Some(document) = ctx.request.body["supporting_doc_id"].as_str() {
        let field = "supporting_doc_id";
        let code = ErrorCode::BadRequestBody;
        let document = ctx.referred(&documents::DOCUMENT, document, code, field)?;
        if document["dispute_id"] != dispute["id"] {
            return Err(FieldErrors::invalid(field, "is evidence for another dispute").into());
        }
    }
    Ok(())
}

fn status(state: &str) -> &'static str {
    match state {
        "ACCEPT" => "ACCEPTED",
        "REVERSE" => "REVERSED",
        "REBUT" => "REBUTTED",
        "DECLINE" => "DECLINED",
        "WON" => "WON",
        "LOST" => "LOST",
        "NETWORK_REJECT" => "NETWORK_REJECTED",
        "NETWORK_REJECT_REVERSAL" => "NETWORK_REJECTED_REVERSAL",
        "REJECT" => "REJECTED",
        "MORE_INFO_REQUIRED" => "MORE_INFO_REQUIRED",
        _ => "SUBMITTED",
    }
}

pub(super) fn store(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    dispute["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&DISPUTE, dispute)
}

/// Ends a dispute with a decision.
pub(super) fn close(ctx: &Ctx<'_>, dispute: &mut Value, decision: &str) {
    dispute["status"] = json!("CLOSED");
    dispute["decision"] = json!(decision);
    dispute["timestamp_final_decision"] = json!(ctx.now_text());
}

/// Sets the time within which the other side, or ours, has to answer.
fn await_answer(ctx: &Ctx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    if moves::whose_turn(dispute).is_some() {
        let due = ctx.now + Duration::days(ctx.settings.dispute_answer_days.into());
        dispute["deadline"] = json!(timestamp(due));
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), SILENCE, text(dispute, "id"))?;
    }
    Ok(())
}

/// Decides against who let the time pass.
pub(crate) fn silence(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut dispute) = ctx.get(&DISPUTE, id)? else {
        return Ok(());
    };
    // Somebody answered since, and a later deadline holds.
    let is_due = text(&dispute, "deadline") <= ctx.now_text().as_str();
    match moves::whose_turn(&dispute).filter(|_| is_due && dispute["status"] == "OPEN") {
        None => return Ok(()),
        Some(By::Network) => win(ctx, &mut dispute)?,
        Some(By::Initiator) => lose(ctx, &mut dispute)?,
    }
    store(ctx, &mut dispute)
}
