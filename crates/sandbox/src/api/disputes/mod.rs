//! Disputes of posted transactions: opened by the customer, fought over with the network, and paid
//! through the ledger.
//!
//! What may follow what is one table for each rail ([`moves`]); what the network does is simulated.
//! A card or ACH debit is disputed by our customer. A pull from an external card is disputed by its
//! cardholder, through the bank of the card: there our customer is the one who was paid, and may
//! lose the money (inferred from the actions that the document names).

mod actions;
mod create;
mod documents;
mod money;
mod moves;
mod render;

use serde_json::json;
use synctera_api::runtime::Patch;
use synctera_api::v2::types::{
    self, CardAction, DisputeActionResponse, DisputeDecision, DisputeStatus,
};

use crate::api::disputes::render::view;
use crate::domain::disputes::{DISPUTE, Dispute, LifecycleState};
use crate::domain::listing::{By, List, view_of};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, build};
use crate::spec::FieldErrors;

pub(crate) use actions::{SILENCE, silence};

const ON_ONE: &[(&str, &Kind)] = &[("dispute_id", &DISPUTE)];
const ON_DOCUMENT: &[(&str, &Kind)] = &[("document_id", &documents::DOCUMENT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_disputes", list),
    Served::new("create_dispute", create::create).ruled(|ctx| Ok(create::errors_of(ctx))),
    Served::on("get_dispute", ON_ONE, get),
    Served::on("update_dispute", ON_ONE, update),
    Served::on("create_dispute_action", ON_ONE, actions::create),
    Served::on("simulate_dispute_action", ON_ONE, actions::simulate),
    Served::on("get_chargeback_data", ON_ONE, chargeback),
    Served::on("add_dispute_document", ON_ONE, documents::add),
    Served::on("get_dispute_document_contents", ON_DOCUMENT, documents::contents),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &DISPUTE,
        items: "disputes",
        filters: &[
            ("account_id", By::Key("account")),
            ("transaction_id", By::Key("transaction")),
            ("related_transaction_id", By::Key("related")),
            ("status", By::Key("status")),
            ("decision", By::Key("decision")),
            ("payment_rail", By::Key("rail")),
            ("start_time", By::From("/creation_time")),
            ("end_time", By::To("/creation_time")),
            ("from_date", By::From("/creation_time")),
            ("to_date", By::To("/creation_time")),
        ],
        always: Vec::new(),
        view: &view_of::<Dispute, _>(|ctx, dispute| view(ctx, &dispute).map(Some)),
    }
    .reply::<types::DisputeList>(ctx)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(ctx, &ctx.find_in_url("dispute_id")?)?)
}

/// Closes a dispute without an action: it is denied. Or overrides the network's eligibility.
fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut dispute = ctx.find_in_url::<Dispute>("dispute_id")?;
    let changes: types::DisputePatch = ctx.body()?;
    if let Patch::Set(is_overridden) = changes.network_eligibility_override {
        let eligibility = dispute.network_eligibility.as_mut();
        let overridden =
            eligibility.and_then(|known| known.is_network_eligibility_overridden.as_mut());
        let Some(overridden) = overridden else {
            let reason = "is for disputes of card transactions";
            return Err(FieldErrors::invalid("network_eligibility_override", reason).into());
        };
        *overridden = is_overridden;
    }
    if let Some(wanted) = changes.status.value().filter(|wanted| **wanted != dispute.status) {
        let state = dispute.lifecycle_state;
        if *wanted != DisputeStatus::Closed || state != LifecycleState::PendingAction {
            let detail = format!("a dispute in {state} cannot become {wanted} by hand");
            return Err(ApiError::status(detail, &[]));
        }
        money::leave(ctx, &mut dispute)?;
        // Where the other bank asks, and did not go on, there is nothing to deny.
        let decision = if dispute.is_external() {
            DisputeDecision::None
        } else {
            dispute.lifecycle_state = LifecycleState::Denied;
            DisputeDecision::Lost
        };
        actions::close(ctx, &mut dispute, decision);
    }
    actions::store(ctx, &mut dispute)?;
    Reply::json(200, &view(ctx, &dispute)?)
}

/// What the network is asked for.
fn chargeback(ctx: &Ctx<'_>) -> Outcome {
    let dispute = ctx.find_in_url::<Dispute>("dispute_id")?;
    let asked = dispute.action_history.iter().rev().find_map(|action| match action {
        DisputeActionResponse::Card(action) if action.action == CardAction::Chargeback => {
            Some(action.amount)
        }
        _ => None,
    });
    let amount = asked.flatten().unwrap_or(dispute.disputed_amount);
    let data: types::ChargebackData =
        build(json!({ "amount": amount, "currency": dispute.currency }))?;
    Reply::json(200, &data)
}
