//! Webhooks: the events that are stored for them, and their deliveries.

mod delivery;
mod event;
mod secrets;
mod signature_check;

pub(crate) use delivery::{is_on_its_way, last_error, next_step, sent};
pub(crate) use event::{
    EVENT, Event, NewEvent, PURGE, WEBHOOK, Webhook, bring_forward, covers, listening,
    put_on_its_way, wants,
};
pub(crate) use secrets::{ID, SECRET, Secret, SecretRecord, current};
pub(crate) use signature_check::check as check_signature;
