//! Texts of a call that a page shows.

pub(crate) const CURL: &str = "curl";
pub(crate) const RUST: &str = "Rust";
pub(crate) const COMMAND_LINE: &str = "Command line";
