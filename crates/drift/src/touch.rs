//! Places of our own code that a change touches; `cargo xtask drift` finds them.

use serde::Serialize;

/// A place of ours that a change touches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Touch {
    /// What kind of place.
    pub part: Part,
    /// Its file, from the repository's root; a rule's with its line.
    pub file: String,
    /// What the rule says, where it is one of `crates/sandbox/RULES.md`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What there has to do with it: a method that it calls, a field that it names.
    pub by: String,
}

/// A part of the repository that knows the interface by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A journey of the facade.
    Journey,
    /// Anything else in the facade.
    Facade,
    /// A file of the sandbox.
    Sandbox,
    /// A rule of the sandbox, by the tests that prove it.
    Rule,
    /// An example of the facade.
    Example,
    /// A test, a benchmark, or what they share.
    Test,
}
