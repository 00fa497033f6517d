//! The idempotency key of a step, from the key of its run.

use synctera_api::runtime::{IdempotencyKey, Operation};
use uuid::Uuid;

/// The namespace of the name-based UUIDs that are the keys of steps.
const NAMESPACE: Uuid = Uuid::from_u128(0x2f6c_1c1e_59b0_4d0a_9a53_7c0e_84d1_52f7);

/// The idempotency key of one step: the name-based UUID of the journey, the key of the run, the
/// operation, the part that distinguishes steps with the same operation, and the attempt.
pub(super) fn derive(
    journey: &str,
    key: &str,
    operation: &Operation,
    part: &str,
    attempt: u32,
) -> IdempotencyKey {
    let mut name = format!("{journey}/{key}/{}/{part}", operation.id);
    if attempt > 1 {
        // No part has this form.
        name.push_str(&format!("/attempt {attempt}"));
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).into()
}
