//! What a physical card may have to wait for before it is made: a PIN, an image, a bulk order.

use synctera_api::v2::types::{CardFulfillmentStatus, CardStatus, CardStatusPendingReasons};

use crate::domain::cards::CardRecord;

/// A reason to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PendingReason {
    BulkShipment,
    Image,
    Pin,
}

impl PendingReason {
    fn of(self, reasons: &mut CardStatusPendingReasons) -> &mut Option<bool> {
        match self {
            Self::BulkShipment => &mut reasons.is_waiting_for_bulk_shipment,
            Self::Image => &mut reasons.is_waiting_for_image,
            Self::Pin => &mut reasons.is_waiting_for_pin,
        }
    }
}

/// The reasons as clients see them; `None` where there is nothing to wait for.
pub(super) fn reasons(waits: &[(PendingReason, bool)]) -> Option<CardStatusPendingReasons> {
    let mut reasons = CardStatusPendingReasons::default();
    for (wait, _) in waits.iter().filter(|(_, waits)| *waits) {
        *wait.of(&mut reasons) = Some(true);
    }
    is_any(&reasons).then_some(reasons)
}

/// Ends one of the reasons to wait. When it was the last, the card is on its way.
pub(super) fn is_over(card: &mut CardRecord, wait: PendingReason) {
    if card.card_status != CardStatus::Pending {
        return;
    }
    let Some(reasons) = &mut card.pending_reasons else {
        return;
    };
    *wait.of(reasons) = None;
    if !is_any(reasons) {
        card.card_status = CardStatus::Unactivated;
        card.card_fulfillment_status = Some(CardFulfillmentStatus::Ordered);
        card.pending_reasons = None;
    }
}

fn is_any(reasons: &CardStatusPendingReasons) -> bool {
    [reasons.is_waiting_for_bulk_shipment, reasons.is_waiting_for_image, reasons.is_waiting_for_pin]
        .contains(&Some(true))
}
