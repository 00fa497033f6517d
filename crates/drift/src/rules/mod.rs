//! The kinds of change, each a small unit: an id that stays, one line that says what it is, and
//! what it does to requests and to answers.
//!
//! Where a rule fires is in [`walk`](crate::walk); what it means is here, so that the whole of our
//! judgment can be read in one sitting: `cargo xtask drift --rules`.

pub mod limits;
pub mod operations;
pub mod parameters;
pub mod payloads;
pub mod properties;
mod rule;
pub mod rust;
pub mod service;
pub mod types;
pub mod unions;
pub mod values;

pub use rule::Rule;

/// Every rule, by subject.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Rule)> {
    let subjects: [(&str, &[&Rule]); 10] = [
        ("operations", operations::ALL),
        ("parameters", parameters::ALL),
        ("payloads", payloads::ALL),
        ("properties", properties::ALL),
        ("types", types::ALL),
        ("values", values::ALL),
        ("limits", limits::ALL),
        ("unions", unions::ALL),
        ("service", service::ALL),
        ("rust", rust::ALL),
    ];
    subjects.into_iter().flat_map(|(subject, rules)| rules.iter().map(move |rule| (subject, *rule)))
}

/// The rule of this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    all().map(|(_, rule)| rule).find(|rule| rule.id == id)
}
