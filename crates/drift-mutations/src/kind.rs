//! Kinds of mutation, and what each is to be reported as.

use std::collections::BTreeSet;

use fastrand::Rng;
use synctera_drift::{Class, Direction};

use super::edits::Edit;
use super::sites::Site;
use super::world::World;

/// A name that no document uses.
pub(super) const NEW: &str = "zz_new";

/// A kind of mutation.
pub(super) struct Kind {
    /// The rule that has to fire; none for what is no change.
    pub(super) rule: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) make: fn(&mut Rng, &World<'_>) -> Option<Mutation>,
}

/// Declares kinds: rule, what sets a second kind of that rule apart, and what makes one.
macro_rules! by_rule {
    ($($rule:literal $(, $apart:literal)? => $make:expr),* $(,)?) => {
        vec![$($crate::kind::Kind {
            rule: Some($rule),
            name: concat!($rule $(, ", ", $apart)?),
            make: $make,
        }),*]
    };
}
pub(super) use by_rule;

/// A change to be made, and what it is.
pub(super) struct Mutation {
    /// What both documents are given first, where the interface has nothing of the kind.
    pub(super) ground: Vec<Edit>,
    pub(super) edits: Vec<Edit>,
    /// Which ways what is mutated travels.
    pub(super) directions: BTreeSet<Direction>,
    pub(super) class: Class,
    /// Where it is to be reported, when the place is known.
    pub(super) pointer: Option<String>,
    /// What it is the other way round, where that is for the place to say and not for the rule.
    pub(super) reverse: Option<(&'static str, Class)>,
    /// Where it is to be reported the other way round.
    pub(super) reverse_pointer: Option<String>,
}

impl Mutation {
    pub(super) fn new(edits: Vec<Edit>, directions: BTreeSet<Direction>, class: Class) -> Self {
        Self {
            ground: Vec::new(),
            edits,
            directions,
            class,
            pointer: None,
            reverse: None,
            reverse_pointer: None,
        }
    }

    pub(super) fn at(mut self, pointer: &str) -> Self {
        self.pointer = Some(pointer.to_owned());
        self.reverse_pointer = Some(pointer.to_owned());
        self
    }

    pub(super) fn on(mut self, ground: Vec<Edit>) -> Self {
        self.ground = ground;
        self
    }

    pub(super) fn reversed(mut self, rule: &'static str, class: Class) -> Self {
        self.reverse = Some((rule, class));
        self
    }

    pub(super) fn reversed_at(mut self, pointer: &str) -> Self {
        self.reverse_pointer = Some(pointer.to_owned());
        self
    }
}

/// A change of a call, reported at any place.
pub(super) fn one(edits: Vec<Edit>, class: Class) -> Option<Mutation> {
    Some(Mutation::new(edits, BTreeSet::from([Direction::Request]), class))
}

/// A change of a call, reported at a place.
pub(super) fn reported_at(edits: Vec<Edit>, pointer: &str, class: Class) -> Option<Mutation> {
    Some(one(edits, class)?.at(pointer))
}

/// A change of a schema.
pub(super) fn mutation(
    edits: Vec<Edit>,
    pointer: &str,
    site: &Site,
    classes: [Class; 2],
) -> Mutation {
    let class = class(&site.directions, classes);
    Mutation::new(edits, site.directions.clone(), class).at(pointer)
}

/// The class of a change by what it is each way.
pub(super) fn class(directions: &BTreeSet<Direction>, [sent, read]: [Class; 2]) -> Class {
    let of = |direction: &Direction| match (direction, read) {
        (Direction::Request, _) => sent,
        (Direction::Answer, _) => read,
        // Problems are read whatever they hold: programs go on, calls have failed anyway.
        (Direction::Failure, Class::Wire) => Class::Behavioral,
        (Direction::Failure, Class::Rust) => Class::Additive,
        (Direction::Failure, read) => read,
    };
    directions.iter().map(of).max().unwrap_or(Class::Additive)
}
