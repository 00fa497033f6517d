//! What a rule is, and how the tables of rules are written.

use crate::class::{Direction, Verdict};

/// A kind of change.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which stays: scripts and notes refer to it.
    pub id: &'static str,
    /// What has happened, in a line.
    pub says: &'static str,
    /// What it means in what we send.
    pub request: Verdict,
    /// What it means in what we read.
    pub answer: Verdict,
}

impl Rule {
    /// A rule that means the same whichever way the thing travels, or that has no direction.
    pub(crate) const fn any(id: &'static str, says: &'static str, verdict: Verdict) -> Self {
        Self { id, says, request: verdict, answer: verdict }
    }

    /// A rule for which the direction counts.
    pub(crate) const fn by_direction(
        id: &'static str,
        says: &'static str,
        request: Verdict,
        answer: Verdict,
    ) -> Self {
        Self { id, says, request, answer }
    }

    /// What it means in one direction.
    pub fn verdict(&self, direction: Direction) -> Verdict {
        match direction {
            Direction::Request => self.request,
            Direction::Answer => self.answer,
            Direction::Failure => self.answer.of_a_failure(),
        }
    }
}

/// Shorthand for the tables of rules.
pub(crate) mod means {
    use crate::class::Verdict;

    pub(crate) const WIRE_AND_RUST: Verdict = Verdict::WIRE_AND_RUST;
    pub(crate) const WIRE: Verdict = Verdict::WIRE;
    pub(crate) const RUST: Verdict = Verdict::RUST;
    pub(crate) const BEHAVIORAL: Verdict = Verdict::BEHAVIORAL;
    pub(crate) const ADDITIVE: Verdict = Verdict::ADDITIVE;
}

/// Declares the rules of one subject, and lists them.
macro_rules! rules {
    ($($(#[$attribute:meta])* $name:ident = $id:literal, $says:literal, $request:ident $(| $answer:ident)?;)*) => {
        use crate::rules::rule::{Rule, means::*};
        $(
            $(#[$attribute])*
            #[doc = $says]
            pub static $name: Rule = $crate::rules::rule::rules!(@rule $id, $says, $request $(, $answer)?);
        )*
        /// The rules of this subject.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
    (@rule $id:literal, $says:literal, $verdict:ident) => { Rule::any($id, $says, $verdict) };
    (@rule $id:literal, $says:literal, $request:ident, $answer:ident) => {
        Rule::by_direction($id, $says, $request, $answer)
    };
}
pub(crate) use rules;
