//! ACH transfers and stop payments.

mod files;
mod held;
pub(crate) mod stops;
mod transfers;

pub(crate) use files::next_file;
pub(crate) use held::{RELEASE, end_hold, open_hold};
pub(crate) use transfers::{
    ACH, INCOMING, IncomingAch, OutgoingAch, OutgoingAchFacts, as_seen_there,
};
