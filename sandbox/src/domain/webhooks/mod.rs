//! Webhooks: the events that are stored for them, and their deliveries.

mod delivery;
mod event;
mod secrets;

pub(crate) use delivery::{letter, sent};
pub(crate) use event::{EVENT, News, PURGE, WEBHOOK, covers, listening, put_on_its_way, wants};
pub(crate) use secrets::{ID, SECRET, current, old};
