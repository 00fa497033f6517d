//! Acting on a dispute: our side by its own operation, the other side by the simulation, and time.

use chrono::Duration;
use serde::Deserialize;
use serde_json::json;
use synctera_api::runtime::{DocumentId, ErrorCode};
use synctera_api::v2::types::{
    AchDisputeReturnCodes, CardActionViolationCode, DisputeActionBy, DisputeActionRequest,
    DisputeActionResponse, DisputeDecision, DisputeStatus, PaymentRail,
};

use crate::api::disputes::documents::Evidence;
use crate::api::disputes::moves::{Action, ActionState, By, To};
use crate::api::disputes::{money, moves};
use crate::domain::ach::stops;
use crate::domain::cases;
use crate::domain::cases::CaseReason;
use crate::domain::disputes::{Dispute, LifecycleState};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, complete};
use crate::spec::FieldErrors;

/// The job that decides against the side that did not answer in time.
pub(crate) const SILENCE: &str = "dispute.silence";

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    act(ctx, By::Initiator)
}

pub(super) fn simulate(ctx: &Ctx<'_>) -> Outcome {
    act(ctx, By::Network)
}

/// What the actions of all rails say, and what some of them say.
#[derive(Deserialize)]
struct Asked {
    payment_rail: PaymentRail,
    action: Action,
    state: ActionState,
    amount: Option<i64>,
    return_code: Option<AchDisputeReturnCodes>,
    violation_code: Option<CardActionViolationCode>,
    supporting_doc_id: Option<DocumentId>,
}

impl Asked {
    fn is(&self, action: Action, state: ActionState) -> bool {
        self.action == action && self.state == state
    }

    fn takes_amount(&self) -> bool {
        self.state == ActionState::Create
            && self.payment_rail == PaymentRail::Card
            && matches!(
                self.action,
                Action::Chargeback | Action::ProvisionalCredit | Action::WriteOff
            )
    }
}

fn act(ctx: &Ctx<'_>, by: By) -> Outcome {
    let mut dispute = ctx.find_in_url::<Dispute>("dispute_id")?;
    let asked: Asked = ctx.body()?;
    if asked.payment_rail != dispute.payment_rail {
        return Err(FieldErrors::invalid("payment_rail", "is another than the dispute's").into());
    }
    let Some(found) = moves::find(&dispute, asked.action, asked.state, by) else {
        let (action, state, at) = (asked.action, asked.state, dispute.lifecycle_state);
        let detail = format!("{action} {state} cannot follow {at} of this dispute now");
        return Err(ApiError::status(detail, &[]));
    };
    let amount = amount(&dispute, &asked)?;
    if by == By::Initiator && found.begins_at_network() {
        check_least(ctx, &dispute, amount)?;
    }
    check_more(ctx, &dispute, &asked)?;
    match found.to {
        To::Provided => money::provide(ctx, &mut dispute, amount)?,
        To::TakenBack => money::take_back(ctx, &mut dispute)?,
        To::Noted => {}
        To::State(next) => {
            dispute.lifecycle_state = next;
            dispute.decision = DisputeDecision::Ongoing;
            match (asked.action, asked.state) {
                (Action::Chargeback, ActionState::Create) => dispute.facts.claimed = Some(amount),
                // What follows is about the whole amount again.
                (Action::Chargeback, ActionState::Reverse) => dispute.facts.claimed = None,
                _ => {}
            }
            await_answer(ctx, &mut dispute)?;
        }
        To::WrittenOff => {
            dispute.lifecycle_state = LifecycleState::WriteOff;
            money::write_off(ctx, &mut dispute, amount)?;
            close(ctx, &mut dispute, DisputeDecision::Resolved);
        }
        To::Won => win(ctx, &mut dispute)?,
        To::Lost => lose(ctx, &mut dispute)?,
    }
    if asked.action == Action::StopPayment {
        let cause = stops::Cause { dispute_id: dispute.id, transaction_id: dispute.transaction_id };
        stops::follow_dispute(ctx, dispute.account_id, cause)?;
    }
    let mut rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "creation_time": ctx.now,
        "status": status(asked.state),
    });
    if asked.takes_amount() {
        crate::model::patch(&mut rest, json!({ "amount": amount }));
    }
    let entry: DisputeActionResponse = complete(&ctx.body::<DisputeActionRequest>()?, rest)?;
    dispute.action_history.push(entry.clone());
    dispute.last_action_by = match by {
        By::Initiator => DisputeActionBy::Initiator,
        By::Network => DisputeActionBy::Network,
    };
    store(ctx, &mut dispute)?;
    Reply::json(201, &entry)
}

fn win(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>) -> Result<(), ApiError> {
    if dispute.payment_rail == PaymentRail::Ach {
        dispute.lifecycle_state = LifecycleState::AchFiledWithNetwork;
    }
    if dispute.is_external() {
        money::leave(ctx, dispute)?;
    } else {
        let claimed = dispute.facts.claimed.unwrap_or(dispute.disputed_amount);
        money::shift(ctx, dispute, claimed)?;
    }
    close(ctx, dispute, DisputeDecision::Won);
    Ok(())
}

fn lose(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>) -> Result<(), ApiError> {
    if dispute.payment_rail == PaymentRail::Ach {
        dispute.lifecycle_state = LifecycleState::AchRejected;
    }
    if dispute.is_external() {
        let disputed = dispute.disputed_amount;
        money::shift(ctx, dispute, disputed)?;
    } else {
        money::leave(ctx, dispute)?;
    }
    close(ctx, dispute, DisputeDecision::Lost);
    Ok(())
}

/// What an action is about: what it says, else all that is disputed.
fn amount(dispute: &Record<Dispute>, asked: &Asked) -> Result<i64, ApiError> {
    let disputed = dispute.disputed_amount;
    let refused = |reason: String| Err(FieldErrors::invalid("amount", reason).into());
    match asked.amount {
        None => Ok(disputed),
        Some(_) if !asked.takes_amount() => {
            refused("is for new chargebacks, credits and write-offs".to_owned())
        }
        Some(amount) if (1..=disputed).contains(&amount) => Ok(amount),
        Some(_) => refused(format!("must be 1 to {disputed}, as disputed")),
    }
}

/// The network takes no dispute of less.
fn check_least(ctx: &Ctx<'_>, dispute: &Record<Dispute>, amount: i64) -> Result<(), ApiError> {
    let least = moves::least(ctx.settings, dispute);
    if amount >= least {
        return Ok(());
    }
    let reason = format!("must be at least {least}, or the network does not take the dispute");
    Err(FieldErrors::invalid("amount", reason).into())
}

/// What some actions need beside.
fn check_more(ctx: &Ctx<'_>, dispute: &Record<Dispute>, asked: &Asked) -> Result<(), ApiError> {
    if asked.is(Action::AchReturn, ActionState::Create) && asked.return_code.is_none() {
        return Err(FieldErrors::missing("return_code").into());
    }
    if asked.is(Action::PreCompliance, ActionState::Create) && asked.violation_code.is_none() {
        return Err(FieldErrors::missing("violation_code").into());
    }
    let field = "supporting_doc_id";
    let is_represented = asked.is(Action::Representment, ActionState::Create);
    if dispute.is_external() && is_represented && asked.supporting_doc_id.is_none() {
        return Err(FieldErrors::missing(field).into());
    }
    if let Some(document) = asked.supporting_doc_id {
        let document: Record<Evidence> =
            ctx.find_named(document, ErrorCode::BadRequestBody, field)?;
        if document.dispute_id != dispute.id {
            return Err(FieldErrors::invalid(field, "is evidence for another dispute").into());
        }
    }
    Ok(())
}

fn status(state: ActionState) -> &'static str {
    match state {
        ActionState::Create => "SUBMITTED",
        ActionState::Accept => "ACCEPTED",
        ActionState::Reverse => "REVERSED",
        ActionState::Rebut => "REBUTTED",
        ActionState::Decline => "DECLINED",
        ActionState::Won => "WON",
        ActionState::Lost => "LOST",
        ActionState::NetworkReject => "NETWORK_REJECTED",
        ActionState::NetworkRejectReversal => "NETWORK_REJECTED_REVERSAL",
        ActionState::Reject => "REJECTED",
        ActionState::MoreInfoRequired => "MORE_INFO_REQUIRED",
    }
}

pub(super) fn store(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>) -> Result<(), ApiError> {
    dispute.last_updated_time = ctx.now;
    if !dispute.is_open() {
        cases::resolve(ctx, CaseReason::Dispute, dispute.id)?;
    }
    ctx.save(dispute)
}

/// Ends a dispute with a decision.
pub(super) fn close(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>, decision: DisputeDecision) {
    dispute.status = DisputeStatus::Closed;
    dispute.decision = decision;
    dispute.timestamp_final_decision = Some(ctx.now);
}

/// Sets the time within which the other side, or ours, has to answer.
fn await_answer(ctx: &Ctx<'_>, dispute: &mut Record<Dispute>) -> Result<(), ApiError> {
    if moves::whose_turn(dispute).is_some() {
        let due = ctx.now + Duration::days(ctx.settings.dispute_answer_days.into());
        dispute.facts.deadline = Some(due);
        let id = dispute.id.to_string();
        ctx.tx.schedule(ctx.tenant, due.timestamp_millis(), SILENCE, &id)?;
    }
    Ok(())
}

/// Decides against who let the time pass.
pub(crate) fn silence(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut dispute) = ctx.find::<Dispute>(id)? else {
        return Ok(());
    };
    // An answer since then may have set a later deadline.
    let is_due = dispute.facts.deadline.is_none_or(|deadline| deadline <= ctx.now);
    match moves::whose_turn(&dispute).filter(|_| is_due && dispute.is_open()) {
        None => return Ok(()),
        Some(By::Network) => win(ctx, &mut dispute)?,
        Some(By::Initiator) => lose(ctx, &mut dispute)?,
    }
    store(ctx, &mut dispute)
}
