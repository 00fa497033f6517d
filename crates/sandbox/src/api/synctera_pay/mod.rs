//! SyncteraPay: transfers out and in over the networks of vendors.

pub(crate) mod incoming;
pub(crate) mod outgoing;
mod program;
