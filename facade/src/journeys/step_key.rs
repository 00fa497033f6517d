//! The idempotency keys of the steps of a run.

use uuid::Uuid;

use super::Journey;

/// The namespace of the name-based UUIDs that are the keys of steps.
const NAMESPACE: Uuid = Uuid::from_u128(0x2f6c_1c1e_59b0_4d0a_9a53_7c0e_84d1_52f7);

/// The idempotency key of one step: the name-based UUID of the journey, the key of the run, the
/// operation, and the part that tells steps with the same operation apart.
pub(super) fn derive(journey: &str, key: &str, operation: &str, part: &str) -> String {
    let name = format!("{journey}/{key}/{operation}/{part}");
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

/// A journey that makes one payment.
pub trait PaymentJourney: Journey {
    #[doc(hidden)]
    const OPERATION: &'static str;
}

/// The idempotency key with which a run makes its payment: what `MatchBy::IdempotencyKey` of the
/// feature `reconcile` compares, and what a search of transactions by `idempotency_key` takes.
///
/// `key` is the one that the run was given with [`Run::key`](crate::Run::key).
///
/// ```
/// use synctera::{SendAch, step_key, step_key_of};
///
/// let key = step_key::<SendAch>("payout-17");
/// assert_eq!(key, step_key_of::<SendAch>("payout-17", "create_outgoing_ach", ""));
/// assert_ne!(key, step_key::<SendAch>("payout-18"));
/// ```
pub fn step_key<J: PaymentJourney>(key: &str) -> String {
    step_key_of::<J>(key, J::OPERATION, "")
}

/// The idempotency key of any step of a run: of the operation, such as `create_person`, and of the
/// part that tells steps with the same operation apart; empty for the only one.
pub fn step_key_of<J: Journey>(key: &str, operation: &str, part: &str) -> String {
    derive(J::NAME, key, operation, part)
}

macro_rules! payments {
    ($($(#[$feature:meta])? $journey:ident => $operation:literal;)*) => {$(
        $(#[$feature])?
        impl PaymentJourney for super::$journey {
            const OPERATION: &'static str = $operation;
        }
    )*};
}

payments! {
    SendAch => "create_outgoing_ach";
    Transfer => "create_internal_transfer";
    #[cfg(feature = "wires")]
    SendWire => "create_wire";
    #[cfg(feature = "external_cards")]
    MoveByCard => "create_external_card_transfer";
    #[cfg(feature = "check_deposits")]
    DepositCheck => "create_rdc_deposit";
    #[cfg(feature = "synctera_pay")]
    SendSyncteraPay => "create_synctera_pay_transfer";
}
