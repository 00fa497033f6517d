//! What a document becomes in Rust, as far as names go.
//!
//! The generator's own passes say what a type is called; nothing is generated for it, so that a
//! report takes no longer than it has to.

mod calls;
mod items;
mod names;
mod normal;
mod renames;
mod reported;
mod surface;

use normal::Normal;

/// The struct that holds an operation's filters.
pub fn filters_of(method: &str) -> String {
    items::query_name(method)
}

/// The field of a property.
pub fn field_of(property: &str) -> String {
    items::field_name(property)
}
