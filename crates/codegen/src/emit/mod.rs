//! What the client generator has no word for, written from the [`Facts`](crate::passes::Facts).

pub(crate) mod accessors;
pub(crate) mod checks;
pub(crate) mod enums;
pub(crate) mod forms;
pub(crate) mod ids;
pub(crate) mod objects;
pub(crate) mod operations;
pub(crate) mod unions;
