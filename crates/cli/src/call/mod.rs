//! A call of an operation: what is sent, how, and whether it may be.

pub(crate) mod body;
pub(crate) mod guard;
pub(crate) mod list;
pub(crate) mod send;
pub(crate) mod target;
pub(crate) mod writing;
