//! Our own code that a change touches, read from our own code.

use serde::Serialize;

/// A place of ours that a change touches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Touch {
    /// What kind of place.
    pub part: Part,
    /// Its file, from the repository's root.
    pub file: String,
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
    /// A rule of the sandbox.
    Sandbox,
}
