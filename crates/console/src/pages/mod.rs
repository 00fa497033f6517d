//! The pages.

mod assets;
mod cases;
mod detail;
mod list;
mod overview;
mod search;
pub(crate) mod sign_in;

pub(crate) use assets::{icon, script, style, vendored};
pub(crate) use cases::show as cases;
pub(crate) use detail::{act, reveal, show as detail};
pub(crate) use list::show as list;
pub(crate) use overview::show as overview;
pub(crate) use search::show as search;
