//! One change at a time at random places of a document: what the comparison has to find.
//!
//! Each kind of mutation says what it is to be called and in which class it is, in what is sent and in
//! what is read; where the mutated place is reached from decides which of the two counts. [`run`]
//! makes many, compares each both ways round, and returns those that were missed, reported twice, or
//! misjudged.

mod calls;
mod edits;
mod keywords;
mod kind;
mod marks;
mod neutral;
mod payloads;
mod reverse;
mod schemas;
mod service;
mod sites;
mod unions;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use synctera_codegen::{Document, Families};

use edits::{Edit, put};
use kind::{Kind, Mutation};
use synctera_drift::Class;
use synctera_drift::Report;
use world::World;

/// What came of many mutations.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many were made; each is compared both ways round.
    pub made: usize,
    /// How many of each kind.
    pub by_kind: BTreeMap<&'static str, usize>,
    /// How often each rule was to be reported, forwards and backwards.
    pub by_rule: BTreeMap<&'static str, usize>,
    /// Those that were not reported as they should be.
    pub wrong: Vec<String>,
    /// Kinds for which the document has no place.
    pub without_place: BTreeSet<&'static str>,
}

impl Outcome {
    /// This and another one.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.made += other.made;
        for (kind, count) in other.by_kind {
            *self.by_kind.entry(kind).or_default() += count;
        }
        for (rule, count) in other.by_rule {
            *self.by_rule.entry(rule).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        self.without_place.extend(other.without_place);
        self
    }
}

/// The kinds of mutation, with the rule that each is to be called by.
pub fn kinds() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    all().into_iter().map(|kind| (kind.name, kind.rule))
}

fn all() -> Vec<Kind> {
    let mut all = keywords::kinds();
    all.extend(schemas::kinds());
    all.extend(unions::kinds());
    all.extend(marks::kinds());
    all.extend(calls::kinds());
    all.extend(payloads::kinds());
    all.extend(service::kinds());
    all.extend(neutral::kinds());
    all
}

/// A kind may come to a place that turns out not to fit; it is given so many more.
const TRIES_MAX: usize = 200;

/// Makes `count` mutations of a document, each kind in turn, and holds what is reported of each against
/// what it is, both ways round.
pub fn run(document: &Document, families: &Families, seed: u64, count: usize) -> Outcome {
    run_within(document, document, families, seed, count)
}

/// The same in a part of a document, which holds together by itself and which nothing else refers to.
/// Kinds begin with another one for each seed, so that few mutations of many documents are of all.
pub fn run_within(
    document: &Document,
    part: &Document,
    families: &Families,
    seed: u64,
    count: usize,
) -> Outcome {
    let mut rng = Rng::with_seed(seed);
    let world = World::of(part.root());
    let (mut before, mut after) = (document.clone(), document.clone());
    let mut outcome = Outcome::default();
    let mut kinds = all();
    let first = seed.wrapping_mul(count as u64) % kinds.len() as u64;
    kinds.rotate_left(usize::try_from(first).unwrap_or_default());
    while outcome.made < count && !kinds.is_empty() {
        kinds.retain(|kind| {
            if outcome.made == count {
                return true;
            }
            let mut tries = (0..TRIES_MAX).map(|_| (kind.make)(&mut rng, &world));
            let Some(mutation) = tries.find_map(|made| made) else {
                outcome.without_place.insert(kind.name);
                return false;
            };
            outcome.made += 1;
            *outcome.by_kind.entry(kind.name).or_default() += 1;
            let ground = apply(&mut before, &mutation.ground);
            let changed = [apply(&mut after, &mutation.ground), apply(&mut after, &mutation.edits)];
            let ways = [
                ("", Expected::of(kind, &mutation), Report::of(&before, &after, families)),
                (
                    ", backwards",
                    Expected::reverse(kind, &mutation),
                    Report::of(&after, &before, families),
                ),
            ];
            for (way, expected, report) in ways {
                if let Some(rule) = expected.rule {
                    *outcome.by_rule.entry(rule).or_default() += 1;
                }
                if let Err(why) = expected.verdict(&report) {
                    let places: Vec<&str> =
                        mutation.edits.iter().map(|(at, _)| at.as_str()).collect();
                    outcome.wrong.push(format!(
                        "{}{way}, at {}: {why}",
                        kind.name,
                        places.join(", ")
                    ));
                }
            }
            apply(&mut before, &ground);
            for edits in changed.iter().rev() {
                apply(&mut after, edits);
            }
            true
        });
    }
    outcome
}

/// Makes some edits; returns those that undo them.
fn apply(document: &mut Document, edits: &[Edit]) -> Vec<Edit> {
    let mut undo: Vec<Edit> = edits.iter().map(|edit| put(document.root_mut(), edit)).collect();
    undo.reverse();
    undo
}

/// What a mutation is to be reported as.
struct Expected<'m> {
    /// None for what is no change.
    rule: Option<&'static str>,
    class: Class,
    pointer: Option<&'m str>,
}

impl<'m> Expected<'m> {
    fn of(kind: &Kind, mutation: &'m Mutation) -> Self {
        Self { rule: kind.rule, class: mutation.class, pointer: mutation.pointer.as_deref() }
    }

    fn reverse(kind: &Kind, mutation: &'m Mutation) -> Self {
        let by_rule = || {
            let (rule, classes) = reverse::of(kind.rule?)?;
            Some((rule, kind::class(&mutation.directions, classes)))
        };
        let reverse = mutation.reverse.or_else(by_rule);
        Self {
            rule: reverse.map(|(rule, _)| rule),
            class: reverse.map_or(Class::Additive, |(_, class)| class),
            pointer: mutation.reverse_pointer.as_deref(),
        }
    }

    fn verdict(&self, report: &Report) -> Result<(), String> {
        let reported = || {
            let line = |c: &synctera_drift::Change| {
                format!("{} ({}) {}", c.rule, c.class, c.location.pointer)
            };
            report.changes.iter().map(line).collect::<Vec<_>>().join("; ")
        };
        match (self.rule, report.changes.as_slice()) {
            (None, []) => Ok(()),
            (None, _) => Err(format!("no change, but reported: {}", reported())),
            (Some(rule), [change]) => {
                if change.rule != rule {
                    Err(format!("not {rule}, but: {}", reported()))
                } else if change.class != self.class {
                    Err(format!("not {}, but: {}", self.class, reported()))
                } else if self.pointer.is_some_and(|at| *at != change.location.pointer) {
                    Err(format!("not at {}, but: {}", self.pointer.unwrap_or_default(), reported()))
                } else {
                    Ok(())
                }
            }
            (Some(rule), []) => Err(format!("{rule} was missed")),
            (Some(rule), _) => Err(format!("not {rule} once, but: {}", reported())),
        }
    }
}
