//! The idempotency keys of the steps of a run.

use synctera_api::runtime::{IdempotencyKey, Operation};

use super::Journey;
use super::derived_key::derive;
use crate::v2::operations;

/// A journey that makes one payment.
pub trait PaymentJourney: Journey {
    #[doc(hidden)]
    const OPERATION: &'static Operation;
}

/// The idempotency key with which a run makes its payment, for `MatchBy::IdempotencyKey` of the
/// feature `reconcile`, and for a search of transactions by `idempotency_key`.
///
/// `key` and `attempt` are the arguments of [`Run::key`](crate::Run::key) and
/// [`Run::attempt`](crate::Run::attempt); 1 is the first attempt.
///
/// ```
/// use synctera::{SendAch, step_key, step_key_of, v2};
///
/// let key = step_key::<SendAch>("payout-17", 1);
/// let operation = v2::operations::CREATE_OUTGOING_ACH;
/// assert_eq!(key, step_key_of::<SendAch>("payout-17", operation, "", 1));
/// assert_ne!(key, step_key::<SendAch>("payout-17", 2));
/// ```
pub fn step_key<J: PaymentJourney>(key: &str, attempt: u32) -> IdempotencyKey {
    step_key_of::<J>(key, J::OPERATION, "", attempt)
}

/// The idempotency key of any step of a run: of the operation, such as
/// [`CREATE_PERSON`](crate::v2::operations::CREATE_PERSON), of the part that distinguishes steps
/// with the same operation (empty if there is one such step), and of the attempt.
pub fn step_key_of<J: Journey>(
    key: &str,
    operation: &Operation,
    part: &str,
    attempt: u32,
) -> IdempotencyKey {
    derive(J::NAME, key, operation, part, attempt)
}

macro_rules! payments {
    ($($(#[$feature:meta])? $journey:ident => $operation:ident;)*) => {$(
        $(#[$feature])?
        impl PaymentJourney for super::$journey {
            const OPERATION: &'static Operation = operations::$operation;
        }
    )*};
}

payments! {
    SendAch => CREATE_OUTGOING_ACH;
    Transfer => CREATE_INTERNAL_TRANSFER;
    #[cfg(feature = "wires")]
    SendWire => CREATE_WIRE;
    #[cfg(feature = "external_cards")]
    MoveByCard => CREATE_EXTERNAL_CARD_TRANSFER;
    #[cfg(feature = "check_deposits")]
    DepositCheck => CREATE_RDC_DEPOSIT;
    #[cfg(feature = "synctera_pay")]
    SendSyncteraPay => CREATE_SYNCTERA_PAY_TRANSFER;
}
