//! How much a change matters, and to whom.

use serde::Serialize;

/// What a change does to those who use the crate; the worst of what it does counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// There is more than before; nothing that worked stops working.
    Additive,
    /// The same call does something else, or is about to: a default, a limit, a deprecation.
    Behavioral,
    /// A program that compiled no longer does.
    Rust,
    /// A call that worked is refused, or its answer misread.
    Wire,
}

impl Class {
    /// All of them, the worst first.
    pub const WORST_FIRST: [Self; 4] = [Self::Wire, Self::Rust, Self::Behavioral, Self::Additive];

    /// As `--fail-on` and the JSON call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Rust => "rust",
            Self::Behavioral => "behavioral",
            Self::Additive => "additive",
        }
    }

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Wire => "Breaking on the wire",
            Self::Rust => "Breaking in Rust",
            Self::Behavioral => "Behavioral",
            Self::Additive => "Additive",
        }
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Which way what changed travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// We send it.
    Request,
    /// We read it.
    Answer,
    /// We read it when a call failed. The crate reads any problem, so that nothing breaks here.
    Failure,
}

impl Direction {
    /// One word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Failure => "failure",
        }
    }
}

/// What a rule says about one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it does to calls.
    pub calls: Calls,
    /// Whether a public item changes so that programs which name it no longer compile.
    pub rust: bool,
}

/// What a change does to calls that worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// They are refused or misread.
    Break,
    /// They may do something else.
    Shift,
    /// They go on as before.
    Stand,
}

impl Verdict {
    /// Calls break, and so do programs.
    pub const WIRE_AND_RUST: Self = Self { calls: Calls::Break, rust: true };
    /// Calls break; programs compile as before.
    pub const WIRE: Self = Self { calls: Calls::Break, rust: false };
    /// Programs break; calls go on.
    pub const RUST: Self = Self { calls: Calls::Stand, rust: true };
    /// Calls may do something else.
    pub const BEHAVIORAL: Self = Self { calls: Calls::Shift, rust: false };
    /// Nothing breaks.
    pub const ADDITIVE: Self = Self { calls: Calls::Stand, rust: false };

    /// The class of a change with this verdict.
    pub fn class(self) -> Class {
        match (self.calls, self.rust) {
            (Calls::Break, _) => Class::Wire,
            (_, true) => Class::Rust,
            (Calls::Shift, false) => Class::Behavioral,
            (Calls::Stand, false) => Class::Additive,
        }
    }

    /// The same in what is read of a failed call: at most its behavior changes.
    #[must_use]
    pub fn of_a_failure(self) -> Self {
        match self.calls {
            Calls::Break => Self::BEHAVIORAL,
            calls => Self { calls, rust: false },
        }
    }
}
