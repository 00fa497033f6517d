//! What may be done in which state, by whom, and where it leads.

use serde_json::{Value, json};

use crate::model::text;

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
    State(&'static str),
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

/// One row: from a state (`*` is any while the dispute is open) by an action and its state.
pub(super) struct Move {
    from: &'static str,
    action: &'static str,
    state: &'static str,
    by: By,
    pub(super) to: To,
}

const fn row(
    from: &'static str,
    action: &'static str,
    state: &'static str,
    by: By,
    to: To,
) -> Move {
    Move { from, action, state, by, to }
}

use By::{Initiator, Network};
use To::{Lost, Noted, Provided, State, TakenBack, Won, WrittenOff};

const REJECTED: &str = "NETWORK_REJECTED_CHARGEBACK";
const REJECTED_REVERSAL: &str = "NETWORK_REJECTED_CHARGEBACK_REVERSAL";

const CARD: &[Move] = &[
    row("*", "PROVISIONAL_CREDIT", "CREATE", Initiator, Provided),
    row("*", "PROVISIONAL_CREDIT", "REVERSE", Initiator, TakenBack),
    row("PENDING_ACTION", "CHARGEBACK", "CREATE", Initiator, State("CHARGEBACK")),
    row("PENDING_ACTION", "WRITE_OFF", "CREATE", Initiator, WrittenOff),
    row("PENDING_ACTION", "PRE_COMPLIANCE", "CREATE", Initiator, State("PRE_COMPLIANCE")),
    row("CHARGEBACK", "CHARGEBACK", "REVERSE", Initiator, State("PENDING_ACTION")),
    row("CHARGEBACK", "CHARGEBACK", "ACCEPT", Network, Won),
    row("CHARGEBACK", "CHARGEBACK", "WON", Network, Won),
    row("CHARGEBACK", "CHARGEBACK", "LOST", Network, Lost),
    row("CHARGEBACK", "CHARGEBACK", "NETWORK_REJECT", Network, State(REJECTED)),
    row("CHARGEBACK", "REPRESENTMENT", "CREATE", Network, State("REPRESENTMENT")),
    row(REJECTED, "CHARGEBACK", "NETWORK_REJECT_REVERSAL", Network, State(REJECTED_REVERSAL)),
    row(REJECTED, "CHARGEBACK", "CREATE", Initiator, State("CHARGEBACK")),
    row(REJECTED, "WRITE_OFF", "CREATE", Initiator, WrittenOff),
    row(REJECTED_REVERSAL, "CHARGEBACK", "WON", Network, Won),
    row(REJECTED_REVERSAL, "REPRESENTMENT", "CREATE", Network, State("REPRESENTMENT")),
    row("REPRESENTMENT", "REPRESENTMENT", "ACCEPT", Initiator, Lost),
    row("REPRESENTMENT", "WRITE_OFF", "CREATE", Initiator, WrittenOff),
    row("REPRESENTMENT", "PRE_ARBITRATION", "CREATE", Initiator, State("PRE_ARBITRATION")),
    row("PRE_ARBITRATION", "PRE_ARBITRATION", "ACCEPT", Network, Won),
    row("PRE_ARBITRATION", "PRE_ARBITRATION", "REBUT", Network, State("PRE_ARBITRATION_RESPONSE")),
    row("PRE_ARBITRATION_RESPONSE", "PRE_ARBITRATION", "ACCEPT", Initiator, Lost),
    row("PRE_ARBITRATION_RESPONSE", "WRITE_OFF", "CREATE", Initiator, WrittenOff),
    row("PRE_ARBITRATION_RESPONSE", "ARBITRATION", "CREATE", Initiator, State("ARBITRATION")),
    row("ARBITRATION", "ARBITRATION", "REBUT", Network, State("ARBITRATION_RESPONSE")),
    row("ARBITRATION", "ARBITRATION", "WON", Network, Won),
    row("ARBITRATION", "ARBITRATION", "LOST", Network, Lost),
    row("ARBITRATION_RESPONSE", "ARBITRATION", "WON", Network, Won),
    row("ARBITRATION_RESPONSE", "ARBITRATION", "LOST", Network, Lost),
    row("PRE_COMPLIANCE", "PRE_COMPLIANCE", "ACCEPT", Network, Won),
    row("PRE_COMPLIANCE", "PRE_COMPLIANCE", "REBUT", Network, State("PRE_COMPLIANCE_RESPONSE")),
    row("PRE_COMPLIANCE_RESPONSE", "PRE_COMPLIANCE", "ACCEPT", Initiator, Lost),
    row("PRE_COMPLIANCE_RESPONSE", "COMPLIANCE", "CREATE", Initiator, State("COMPLIANCE")),
    row("COMPLIANCE", "COMPLIANCE", "REBUT", Network, State("COMPLIANCE_RESPONSE")),
    row("COMPLIANCE", "COMPLIANCE", "WON", Network, Won),
    row("COMPLIANCE", "COMPLIANCE", "LOST", Network, Lost),
    row("COMPLIANCE_RESPONSE", "COMPLIANCE", "WON", Network, Won),
    row("COMPLIANCE_RESPONSE", "COMPLIANCE", "LOST", Network, Lost),
];

const AWAITING: &str = "ACH_AWAITING_APPROVAL";
const MORE_INFO: &str = "ACH_MORE_INFO_REQUIRED";

const ACH: &[Move] = &[
    row("*", "STOP_PAYMENT", "CREATE", Initiator, Noted),
    row("PENDING_ACTION", "ACH_RETURN", "CREATE", Initiator, State(AWAITING)),
    row(MORE_INFO, "ACH_RETURN", "CREATE", Initiator, State(AWAITING)),
    row(AWAITING, "ACH_RETURN", "MORE_INFO_REQUIRED", Network, State(MORE_INFO)),
    row(AWAITING, "ACH_RETURN", "ACCEPT", Network, Won),
    row(AWAITING, "ACH_RETURN", "REJECT", Network, Lost),
];

/// Of a pull from a card of another bank: that bank speaks for its cardholder, we for the account
/// that the money went to.
const EXTERNAL_CARD: &[Move] = &[
    row("*", "PROVISIONAL_DEBIT", "CREATE", Initiator, Provided),
    row("*", "PROVISIONAL_DEBIT", "REVERSE", Initiator, TakenBack),
    row("PENDING_ACTION", "CHARGEBACK", "CREATE", Network, State("CHARGEBACK")),
    row("CHARGEBACK", "CHARGEBACK", "REVERSE", Network, State("PENDING_ACTION")),
    row("CHARGEBACK", "CHARGEBACK", "ACCEPT", Initiator, Lost),
    row("CHARGEBACK", "REPRESENTMENT", "CREATE", Initiator, State("REPRESENTMENT")),
    row("REPRESENTMENT", "REPRESENTMENT", "REVERSE", Initiator, State("CHARGEBACK")),
    row("REPRESENTMENT", "REPRESENTMENT", "ACCEPT", Network, Won),
    row("REPRESENTMENT", "REPRESENTMENT", "DECLINE", Network, Lost),
];

fn table(dispute: &Value) -> &'static [Move] {
    match text(dispute, "payment_rail") {
        "CARD" => CARD,
        "ACH" => ACH,
        _ => EXTERNAL_CARD,
    }
}

/// Whether the cardholder of an external card disputes what our customer pulled from it.
pub(super) fn is_external(dispute: &Value) -> bool {
    dispute["payment_rail"] == "EXTERNAL_CARD"
}

impl Move {
    fn fits(&self, dispute: &Value) -> bool {
        let moved = if is_external(dispute) { "debit_status" } else { "credit_status" };
        dispute["status"] == "OPEN"
            && (self.from == "*" || self.from == text(dispute, "lifecycle_state"))
            && match self.to {
                Provided => dispute[moved] == "NONE",
                TakenBack => dispute[moved] == "PROVISIONAL",
                _ => true,
            }
    }
}

/// The move that an action is, if it can be made now.
pub(super) fn find(dispute: &Value, action: &str, state: &str, by: By) -> Option<&'static Move> {
    table(dispute)
        .iter()
        .find(|row| row.fits(dispute) && row.by == by && row.action == action && row.state == state)
}

/// What the initiator can do now.
pub(super) fn available(dispute: &Value) -> Vec<Value> {
    let moves = table(dispute).iter().filter(|row| row.fits(dispute) && row.by == Initiator);
    let rendered = moves.map(|row| {
        let mut action = json!({ "action": row.action, "state": row.state });
        if let Some(deadline) =
            dispute.get("deadline").filter(|_| whose_turn(dispute) == Some(By::Initiator))
        {
            action["timestamp_valid_to"] = deadline.clone();
        }
        action
    });
    rendered.collect()
}

/// Who has to answer within the network's time; silence decides against them.
pub(super) fn whose_turn(dispute: &Value) -> Option<By> {
    match text(dispute, "lifecycle_state") {
        "CHARGEBACK" if is_external(dispute) => Some(Initiator),
        "REPRESENTMENT" if is_external(dispute) => Some(Network),
        "CHARGEBACK" | "PRE_ARBITRATION" | "PRE_COMPLIANCE" => Some(Network),
        "REPRESENTMENT" | "PRE_ARBITRATION_RESPONSE" | "PRE_COMPLIANCE_RESPONSE" => Some(Initiator),
        _ => None,
    }
}
