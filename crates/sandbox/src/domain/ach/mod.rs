//! ACH transfers and stop payments.

mod files;
mod held;
mod originating;
pub(crate) mod pulls;
pub(crate) mod stops;
mod transfers;

pub(crate) use files::next_file;
pub(crate) use held::{RELEASE, end_hold, open_hold};
pub(crate) use originating::{AMOUNT_MAX, NewTransfer, SEND};
pub(crate) use transfers::{
    ACH, INCOMING, IncomingAch, OutgoingAch, OutgoingAchFacts, as_seen_there,
};
