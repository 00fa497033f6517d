//! One change at a time at random places of a document: what the comparison has to find.
//!
//! Each kind of mutation says what it is to be called and in which class it is, each way; where the
//! mutated place is reached from decides which of the two counts. [`run`] makes many, compares, and
//! returns those that were missed, told twice, or misjudged.

mod calls;
mod marks;
mod neutral;
mod payloads;
mod schemas;
mod sites;

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_codegen::{Document, Families};

use crate::class::{Class, Direction};
use crate::report::Report;
use sites::{Site, Sites};

/// What a mutation puts where; nothing takes away what is there.
type Edit = (String, Option<Value>);

/// A change to be made, and what it is.
struct Mutation {
    edits: Vec<Edit>,
    /// Where it is to be told, when the place is known.
    pointer: Option<String>,
    class: Class,
}

/// A kind of mutation.
struct Kind {
    /// The rule that has to fire; none for what is no change.
    rule: Option<&'static str>,
    name: &'static str,
    make: fn(&mut Rng, &World<'_>) -> Option<Mutation>,
}

/// The document, and what is known of it.
struct World<'a> {
    root: &'a Value,
    sites: Sites,
    /// The pointers of the schemas, to choose from.
    pointers: Vec<String>,
    operations: Vec<String>,
    parameters: Vec<String>,
}

impl<'a> World<'a> {
    fn of(root: &'a Value) -> Self {
        let sites = Sites::of(root);
        let pointers = sites
            .schemas
            .iter()
            .filter(|(_, site)| !site.directions.is_empty())
            .map(|(pointer, _)| pointer.clone())
            .collect();
        let (operations, parameters) = calls::places(root);
        Self { root, sites, pointers, operations, parameters }
    }

    fn at(&self, pointer: &str) -> &'a Value {
        self.root.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// A random schema that fits.
    fn schema(
        &self,
        rng: &mut Rng,
        fits: impl Fn(&str, &Value, &Site) -> bool,
    ) -> Option<(&str, &'a Value, &Site)> {
        choose(rng, &self.pointers, |pointer| {
            let (value, site) = (self.at(pointer), self.sites.schemas.get(pointer)?);
            fits(pointer, value, site).then_some((pointer.as_str(), value, site))
        })
    }

    /// A random operation that fits: its pointer and itself.
    fn operation(
        &self,
        rng: &mut Rng,
        fits: impl Fn(&str, &Value) -> bool,
    ) -> Option<(&str, &'a Value)> {
        choose(rng, &self.operations, |pointer| {
            let value = self.at(pointer);
            fits(pointer, value).then_some((pointer.as_str(), value))
        })
    }

    /// A random parameter that fits.
    fn parameter(&self, rng: &mut Rng, fits: impl Fn(&Value) -> bool) -> Option<(&str, &'a Value)> {
        choose(rng, &self.parameters, |pointer| {
            let value = self.at(pointer);
            fits(value).then_some((pointer.as_str(), value))
        })
    }
}

/// Tries from a random place on until something fits.
fn choose<'p, T>(
    rng: &mut Rng,
    all: &'p [String],
    fits: impl Fn(&'p String) -> Option<T>,
) -> Option<T> {
    let start = if all.is_empty() { 0 } else { rng.usize(..all.len()) };
    all[start..].iter().chain(&all[..start]).find_map(fits)
}

/// The class of a change by what it is each way.
fn class(directions: &BTreeSet<Direction>, sent: Class, read: Class) -> Class {
    let of = |direction: &Direction| match (direction, read) {
        (Direction::Request, _) => sent,
        (Direction::Answer, _) => read,
        // Problems are read whatever they hold: programs go on, calls have failed anyway.
        (Direction::Failure, Class::Wire) => Class::Behavioural,
        (Direction::Failure, Class::Rust) => Class::Additive,
        (Direction::Failure, read) => read,
    };
    directions.iter().map(of).max().unwrap_or(Class::Additive)
}

/// What came of many mutations.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many were made.
    pub made: usize,
    /// How many of each kind.
    pub by_kind: BTreeMap<&'static str, usize>,
    /// Those that were not told as they should be.
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
    let mut all = schemas::kinds();
    all.extend(marks::kinds());
    all.extend(calls::kinds());
    all.extend(payloads::kinds());
    all.extend(neutral::kinds());
    all
}

/// A kind may come to a place that turns out not to fit; it is given so many more.
const TRIES_MAX: usize = 200;

/// Makes `count` mutations of a document, each kind in turn, and holds what is told of each against
/// what it is.
pub fn run(document: &Document, families: &Families, seed: u64, count: usize) -> Outcome {
    let mut rng = Rng::with_seed(seed);
    let world = World::of(document.root());
    let mut changed = document.clone();
    let mut outcome = Outcome::default();
    let mut kinds = all();
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
            let undo: Vec<Edit> =
                mutation.edits.iter().map(|edit| put(changed.root_mut(), edit)).collect();
            let report = Report::of(document, &changed, families);
            if let Err(why) = verdict(kind, &mutation, &report) {
                let places: Vec<&str> = mutation.edits.iter().map(|(at, _)| at.as_str()).collect();
                outcome.wrong.push(format!("{} at {}: {why}", kind.name, places.join(", ")));
            }
            for edit in undo.iter().rev() {
                put(changed.root_mut(), edit);
            }
            true
        });
    }
    outcome
}

fn verdict(kind: &Kind, mutation: &Mutation, report: &Report) -> Result<(), String> {
    let told = || {
        let line = |c: &crate::Change| format!("{} ({}) {}", c.rule, c.class, c.location.pointer);
        report.changes.iter().map(line).collect::<Vec<_>>().join("; ")
    };
    match (kind.rule, report.changes.as_slice()) {
        (None, []) => Ok(()),
        (None, _) => Err(format!("no change, but told: {}", told())),
        (Some(rule), [change]) => {
            if change.rule != rule {
                Err(format!("not {rule}, but: {}", told()))
            } else if change.class != mutation.class {
                Err(format!("not {}, but: {}", mutation.class, told()))
            } else if mutation.pointer.as_ref().is_some_and(|at| *at != change.location.pointer) {
                Err(format!("at another place: {}", told()))
            } else {
                Ok(())
            }
        }
        (Some(rule), []) => Err(format!("{rule} was missed")),
        (Some(rule), _) => Err(format!("not {rule} once, but: {}", told())),
    }
}

/// Makes an edit; returns the one that undoes it.
fn put(root: &mut Value, (pointer, value): &Edit) -> Edit {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let key = key.replace("~1", "/").replace("~0", "~");
    let before = match (root.pointer_mut(parent), value) {
        (Some(Value::Object(map)), Some(value)) => map.insert(key, value.clone()),
        (Some(Value::Object(map)), None) => map.remove(&key),
        (Some(Value::Array(items)), Some(value)) => match key.parse::<usize>() {
            Ok(index) if index < items.len() => {
                Some(std::mem::replace(&mut items[index], value.clone()))
            }
            _ => {
                items.push(value.clone());
                None
            }
        },
        (Some(Value::Array(items)), None) => match key.parse::<usize>() {
            Ok(index) if index < items.len() => Some(items.remove(index)),
            _ => None,
        },
        _ => None,
    };
    (pointer.clone(), before)
}

/// The value at a place with one keyword changed.
fn set(pointer: &str, keyword: &str, value: Value) -> Edit {
    (format!("{pointer}/{keyword}"), Some(value))
}

fn unset(pointer: &str, keyword: &str) -> Edit {
    (format!("{pointer}/{keyword}"), None)
}

/// A list without one of its items.
fn without(list: &Value, gone: &Value) -> Value {
    json!(sites::items(list).filter(|item| *item != gone).collect::<Vec<_>>())
}
