//! ACH transfers and stop payments.

mod files;
pub(crate) mod stops;
mod transfers;

pub(crate) use files::next_file;
pub(crate) use transfers::{ACH, INCOMING, RELEASE, as_seen_there};
