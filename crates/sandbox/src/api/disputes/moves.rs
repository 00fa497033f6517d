//! What may be done in which state, by whom, and where it leads.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use synctera_api::v2::types::PaymentRail;

use crate::domain::disputes::{Dispute, DisputeRecord, LifecycleState as At, Moved};
use crate::model::Record;
use crate::model::settings::Settings;

/// What is done. The document has such an enum for each rail; here are the values of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Action {
    AchReturn,
    Arbitration,
    Chargeback,
    Compliance,
    PreArbitration,
    PreCompliance,
    ProvisionalCredit,
    ProvisionalDebit,
    Representment,
    StopPayment,
    WriteOff,
}

/// What becomes of an action; of all rails, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ActionState {
    Accept,
    Create,
    Decline,
    Lost,
    MoreInfoRequired,
    NetworkReject,
    NetworkRejectReversal,
    Rebut,
    Reject,
    Reverse,
    Won,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for ActionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Initiator,
    /// The network, the other bank, or our own bank's approval.
    Network,
}

/// Where a move leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    State(At),
    /// The end, in favor of our customer.
    Won,
    /// The end, in favor of the other side.
    Lost,
    /// The end: the bank bears it.
    WrittenOff,
    /// The state stays; the money is moved for the time being.
    Provided,
    /// The state stays; that is taken back.
    TakenBack,
    /// The state stays.
    Noted,
}

/// One row: from a state by an action and its state.
pub(super) struct Move {
    /// `None` is any state of an open dispute.
    from: Option<At>,
    action: Action,
    state: ActionState,
    by: By,
    pub(super) to: To,
}

const fn row(from: At, action: Action, state: ActionState, by: By, to: To) -> Move {
    Move { from: Some(from), action, state, by, to }
}

/// From any state.
const fn any(action: Action, state: ActionState, by: By, to: To) -> Move {
    Move { from: None, action, state, by, to }
}

use ActionState::{
    Accept, Create, Decline, MoreInfoRequired, NetworkReject, NetworkRejectReversal, Rebut, Reject,
    Reverse,
};
use By::{Initiator, Network};
use To::{Noted, Provided, State, TakenBack, WrittenOff};

const CARD: &[Move] = &[
    any(Action::ProvisionalCredit, Create, Initiator, Provided),
    any(Action::ProvisionalCredit, Reverse, Initiator, TakenBack),
    row(At::PendingAction, Action::Chargeback, Create, Initiator, State(At::Chargeback)),
    row(At::PendingAction, Action::WriteOff, Create, Initiator, WrittenOff),
    row(At::PendingAction, Action::PreCompliance, Create, Initiator, State(At::PreCompliance)),
    row(At::Chargeback, Action::Chargeback, Reverse, Initiator, State(At::PendingAction)),
    row(At::Chargeback, Action::Chargeback, Accept, Network, To::Won),
    row(At::Chargeback, Action::Chargeback, ActionState::Won, Network, To::Won),
    row(At::Chargeback, Action::Chargeback, ActionState::Lost, Network, To::Lost),
    row(
        At::Chargeback,
        Action::Chargeback,
        NetworkReject,
        Network,
        State(At::NetworkRejectedChargeback),
    ),
    row(At::Chargeback, Action::Representment, Create, Network, State(At::Representment)),
    row(
        At::NetworkRejectedChargeback,
        Action::Chargeback,
        NetworkRejectReversal,
        Network,
        State(At::NetworkRejectedChargebackReversal),
    ),
    row(
        At::NetworkRejectedChargeback,
        Action::Chargeback,
        Create,
        Initiator,
        State(At::Chargeback),
    ),
    row(At::NetworkRejectedChargeback, Action::WriteOff, Create, Initiator, WrittenOff),
    row(
        At::NetworkRejectedChargebackReversal,
        Action::Chargeback,
        ActionState::Won,
        Network,
        To::Won,
    ),
    row(
        At::NetworkRejectedChargebackReversal,
        Action::Representment,
        Create,
        Network,
        State(At::Representment),
    ),
    row(At::Representment, Action::Representment, Accept, Initiator, To::Lost),
    row(At::Representment, Action::WriteOff, Create, Initiator, WrittenOff),
    row(At::Representment, Action::PreArbitration, Create, Initiator, State(At::PreArbitration)),
    row(At::PreArbitration, Action::PreArbitration, Accept, Network, To::Won),
    row(
        At::PreArbitration,
        Action::PreArbitration,
        Rebut,
        Network,
        State(At::PreArbitrationResponse),
    ),
    row(At::PreArbitrationResponse, Action::PreArbitration, Accept, Initiator, To::Lost),
    row(At::PreArbitrationResponse, Action::WriteOff, Create, Initiator, WrittenOff),
    row(At::PreArbitrationResponse, Action::Arbitration, Create, Initiator, State(At::Arbitration)),
    row(At::Arbitration, Action::Arbitration, Rebut, Network, State(At::ArbitrationResponse)),
    row(At::Arbitration, Action::Arbitration, ActionState::Won, Network, To::Won),
    row(At::Arbitration, Action::Arbitration, ActionState::Lost, Network, To::Lost),
    row(At::ArbitrationResponse, Action::Arbitration, ActionState::Won, Network, To::Won),
    row(At::ArbitrationResponse, Action::Arbitration, ActionState::Lost, Network, To::Lost),
    row(At::PreCompliance, Action::PreCompliance, Accept, Network, To::Won),
    row(At::PreCompliance, Action::PreCompliance, Rebut, Network, State(At::PreComplianceResponse)),
    row(At::PreComplianceResponse, Action::PreCompliance, Accept, Initiator, To::Lost),
    row(At::PreComplianceResponse, Action::Compliance, Create, Initiator, State(At::Compliance)),
    row(At::Compliance, Action::Compliance, Rebut, Network, State(At::ComplianceResponse)),
    row(At::Compliance, Action::Compliance, ActionState::Won, Network, To::Won),
    row(At::Compliance, Action::Compliance, ActionState::Lost, Network, To::Lost),
    row(At::ComplianceResponse, Action::Compliance, ActionState::Won, Network, To::Won),
    row(At::ComplianceResponse, Action::Compliance, ActionState::Lost, Network, To::Lost),
];

const ACH: &[Move] = &[
    any(Action::StopPayment, Create, Initiator, Noted),
    row(At::PendingAction, Action::AchReturn, Create, Initiator, State(At::AchAwaitingApproval)),
    row(
        At::AchMoreInfoRequired,
        Action::AchReturn,
        Create,
        Initiator,
        State(At::AchAwaitingApproval),
    ),
    row(
        At::AchAwaitingApproval,
        Action::AchReturn,
        MoreInfoRequired,
        Network,
        State(At::AchMoreInfoRequired),
    ),
    row(At::AchAwaitingApproval, Action::AchReturn, Accept, Network, To::Won),
    row(At::AchAwaitingApproval, Action::AchReturn, Reject, Network, To::Lost),
];

/// Of a pull from a card of another bank: that bank speaks for its cardholder, we for the account
/// that the money went to.
const EXTERNAL_CARD: &[Move] = &[
    any(Action::ProvisionalDebit, Create, Initiator, Provided),
    any(Action::ProvisionalDebit, Reverse, Initiator, TakenBack),
    row(At::PendingAction, Action::Chargeback, Create, Network, State(At::Chargeback)),
    row(At::Chargeback, Action::Chargeback, Reverse, Network, State(At::PendingAction)),
    row(At::Chargeback, Action::Chargeback, Accept, Initiator, To::Lost),
    row(At::Chargeback, Action::Representment, Create, Initiator, State(At::Representment)),
    row(At::Representment, Action::Representment, Reverse, Initiator, State(At::Chargeback)),
    row(At::Representment, Action::Representment, Accept, Network, To::Won),
    row(At::Representment, Action::Representment, Decline, Network, To::Lost),
];

fn table(rail: &PaymentRail) -> &'static [Move] {
    match rail {
        PaymentRail::Card => CARD,
        PaymentRail::Ach => ACH,
        PaymentRail::ExternalCard => EXTERNAL_CARD,
        _ => &[],
    }
}

/// The least that can be disputed with the network of a card, in minor units.
pub(super) fn least(settings: &Settings, dispute: &DisputeRecord) -> i64 {
    let is_counted =
        dispute.payment_rail == PaymentRail::Card && dispute.currency.as_str() == "USD";
    if is_counted { settings.chargeback_minimum.into() } else { 0 }
}

impl Move {
    /// Whether our side takes a dispute to the network by it.
    pub(super) fn begins_at_network(&self) -> bool {
        self.by == Initiator && matches!(self.to, State(At::Chargeback | At::PreCompliance))
    }

    fn fits(&self, dispute: &Record<Dispute>) -> bool {
        dispute.is_open()
            && self.from.is_none_or(|from| from == dispute.lifecycle_state)
            && match self.to {
                Provided => dispute.facts.moved == Moved::None,
                TakenBack => dispute.facts.moved == Moved::Provisional,
                State(_) | To::Won | To::Lost | WrittenOff | Noted => true,
            }
    }
}

/// The move that an action is, if it can be made now.
pub(super) fn find(
    dispute: &Record<Dispute>,
    action: Action,
    state: ActionState,
    by: By,
) -> Option<&'static Move> {
    table(&dispute.payment_rail)
        .iter()
        .find(|row| row.fits(dispute) && row.by == by && row.action == action && row.state == state)
}

/// What can be done now.
#[derive(Serialize)]
pub(super) struct Available {
    action: Action,
    state: ActionState,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_valid_to: Option<DateTime<Utc>>,
}

/// What the initiator can do now.
pub(super) fn available(settings: &Settings, dispute: &Record<Dispute>) -> Vec<Available> {
    let is_enough = dispute.disputed_amount >= least(settings, dispute);
    let deadline = dispute.facts.deadline.filter(|_| whose_turn(dispute) == Some(Initiator));
    table(&dispute.payment_rail)
        .iter()
        .filter(|row| row.fits(dispute) && row.by == Initiator)
        .filter(|row| is_enough || !row.begins_at_network())
        .map(|row| Available { action: row.action, state: row.state, timestamp_valid_to: deadline })
        .collect()
}

/// Who has to answer within the network's time; silence decides against them.
pub(super) fn whose_turn(dispute: &DisputeRecord) -> Option<By> {
    match dispute.lifecycle_state {
        At::Chargeback if dispute.is_external() => Some(Initiator),
        At::Representment if dispute.is_external() => Some(Network),
        At::Chargeback | At::PreArbitration | At::PreCompliance => Some(Network),
        At::Representment | At::PreArbitrationResponse | At::PreComplianceResponse => {
            Some(Initiator)
        }
        At::PendingAction
        | At::Denied
        | At::WriteOff
        | At::NetworkRejectedChargeback
        | At::NetworkRejectedChargebackReversal
        | At::Arbitration
        | At::ArbitrationResponse
        | At::Compliance
        | At::ComplianceResponse
        | At::AchAwaitingApproval
        | At::AchMoreInfoRequired
        | At::AchFiledWithNetwork
        | At::AchRejected => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synctera_api::v2::types::{
        AchAction, AchActionState, AchLifecycleState, CardAction, CardActionState,
        CardLifecycleState, ExternalCardAction, ExternalCardActionState,
        ExternalCardLifecycleState,
    };

    use super::*;

    #[test]
    fn actions_are_those_of_the_document() {
        for name in [AchAction::KNOWN, CardAction::KNOWN, ExternalCardAction::KNOWN].concat() {
            let action: Action = serde_json::from_value(json!(name)).unwrap();
            assert_eq!(action.to_string(), name);
        }
        let states =
            [AchActionState::KNOWN, CardActionState::KNOWN, ExternalCardActionState::KNOWN];
        for name in states.concat() {
            let state: ActionState = serde_json::from_value(json!(name)).unwrap();
            assert_eq!(state.to_string(), name);
        }
    }

    #[test]
    fn each_table_has_only_values_of_its_rail() {
        let rails = [
            (ACH, AchAction::KNOWN, AchActionState::KNOWN, AchLifecycleState::KNOWN),
            (CARD, CardAction::KNOWN, CardActionState::KNOWN, CardLifecycleState::KNOWN),
            (
                EXTERNAL_CARD,
                ExternalCardAction::KNOWN,
                ExternalCardActionState::KNOWN,
                ExternalCardLifecycleState::KNOWN,
            ),
        ];
        for (table, actions, action_states, states) in rails {
            for row in table {
                assert!(actions.contains(&row.action.to_string().as_str()), "{}", row.action);
                assert!(action_states.contains(&row.state.to_string().as_str()), "{}", row.state);
                let to = if let State(to) = row.to { Some(to) } else { None };
                for state in [row.from, to].into_iter().flatten() {
                    assert!(states.contains(&state.to_string().as_str()), "{state}");
                }
            }
        }
    }
}
