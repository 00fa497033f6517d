//! Two documents, side by side: every operation, and everything that it sends and reads.
//!
//! A pair of schemas is compared once for each direction, however many operations lead to it; who
//! leads to what is kept, so that a change in a shared component is reported once, with all of them.

mod clean;
mod limits;
mod operation;
pub(crate) mod operations;
mod parameters;
mod payloads;
mod properties;
mod schemas;
mod service;
mod unions;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use synctera_codegen::{Document, OperationKey};

use crate::class::{Direction, Verdict};
use crate::place::{Location, Place};
use crate::rules::Rule;
use crate::shape::{At, Node, Shape};
use clean::Clean;
pub(crate) use operations::method_name;

/// Something that a rule found.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) location: Location,
    pub(crate) directions: BTreeSet<Direction>,
    pub(crate) verdict: Verdict,
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
    /// Whether the location is in the new document.
    pub(crate) in_new: bool,
    /// The operations that it touches, by what each is in the new document, or was in the old one.
    pub(crate) operations: BTreeSet<Touched>,
}

/// An operation of either document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Touched {
    pub(crate) key: OperationKey,
    pub(crate) in_new: bool,
}

/// What is compared where.
#[derive(Clone, Copy, Debug)]
struct Cx {
    direction: Direction,
    /// Who leads here.
    pair: usize,
}

impl Cx {
    /// The same place, with what travels the other way: callbacks.
    fn reversed(self) -> Self {
        let direction = match self.direction {
            Direction::Request => Direction::Answer,
            Direction::Answer | Direction::Failure => Direction::Request,
        };
        Self { direction, ..self }
    }

    fn toward(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }
}

/// What a rule says at one place.
struct Found<'a> {
    rule: &'static Rule,
    place: Place<'a>,
    in_new: bool,
    old: Option<String>,
    new: Option<String>,
    /// Whether a public item changes, where the rule alone cannot say.
    rust: Option<bool>,
}

impl<'a> Found<'a> {
    fn removed(rule: &'static Rule, place: &Place<'a>) -> Self {
        Self { rule, place: place.clone(), in_new: false, old: None, new: None, rust: None }
    }

    fn added(rule: &'static Rule, place: &Place<'a>) -> Self {
        Self { rule, place: place.clone(), in_new: true, old: None, new: None, rust: None }
    }

    fn from(mut self, old: impl Into<String>) -> Self {
        self.old = Some(old.into());
        self
    }

    fn to(mut self, new: impl Into<String>) -> Self {
        self.new = Some(new.into());
        self
    }

    fn rust(mut self, changes: bool) -> Self {
        self.rust = Some(changes);
        self
    }
}

/// Two schemas that were compared, or an operation: what it leads to and what was found there.
#[derive(Default)]
struct Pair {
    leads_to: BTreeSet<usize>,
    found: Vec<usize>,
}

/// What identifies a comparison: the schemas by where they are in memory, and the direction.
type PairKey = (Vec<usize>, Vec<usize>, Direction);

/// What identifies a finding: the rule's id, where, and what was and is there.
type FindingKey = (&'static str, Location, Option<String>, Option<String>);

struct Walk<'a> {
    old: &'a Document,
    new: &'a Document,
    clean: Clean,
    pairs: Vec<Pair>,
    compared: HashMap<PairKey, usize>,
    shapes: HashMap<Vec<usize>, Rc<Shape<'a>>>,
    found: Vec<Finding>,
    /// The same change, found from elsewhere.
    known: HashMap<FindingKey, usize>,
    operations: Vec<(Touched, usize)>,
    /// Schemas that are still to be compared. A list, since schemas lead to schemas for longer than
    /// calls can be nested.
    open: Vec<(Cx, Node<'a>, Node<'a>)>,
}

/// Everything that differs.
pub(crate) fn compare(old: &Document, new: &Document) -> Vec<Finding> {
    let mut walk = Walk {
        old,
        new,
        clean: Clean::of(old, new),
        pairs: Vec::new(),
        compared: HashMap::new(),
        shapes: HashMap::new(),
        found: Vec::new(),
        known: HashMap::new(),
        operations: Vec::new(),
        open: Vec::new(),
    };
    walk.service();
    walk.operations();
    while let Some((cx, old, new)) = walk.open.pop() {
        let (was, is) = (walk.old_shape(&old), walk.new_shape(&new));
        walk.shapes(cx, &was, &is);
    }
    walk.spread();
    walk.found
}

impl<'a> Walk<'a> {
    fn new_pair(&mut self) -> usize {
        self.pairs.push(Pair::default());
        self.pairs.len() - 1
    }

    fn note(&mut self, cx: Cx, found: Found<'a>) {
        let Found { rule, place, in_new, old, new, rust } = found;
        let mut verdict = rule.verdict(cx.direction);
        if let Some(rust) = rust.filter(|_| cx.direction != Direction::Failure) {
            verdict.rust = rust;
        }
        let location = place.located();
        let key = (rule.id, location.clone(), old.clone(), new.clone());
        let next = self.found.len();
        let index = *self.known.entry(key).or_insert(next);
        if index == next {
            self.found.push(Finding {
                rule,
                location,
                directions: BTreeSet::new(),
                verdict,
                old,
                new,
                in_new,
                operations: BTreeSet::new(),
            });
        }
        let finding = &mut self.found[index];
        finding.directions.insert(cx.direction);
        finding.verdict = worst(finding.verdict, verdict);
        self.pairs[cx.pair].found.push(index);
    }

    /// Gives every finding the operations that lead to it.
    fn spread(&mut self) {
        for (operation, root) in &self.operations {
            let mut seen = BTreeSet::new();
            let mut open = vec![*root];
            while let Some(pair) = open.pop() {
                if !seen.insert(pair) {
                    continue;
                }
                for index in &self.pairs[pair].found {
                    self.found[*index].operations.insert(operation.clone());
                }
                open.extend(&self.pairs[pair].leads_to);
            }
        }
    }

    fn old_shape(&mut self, node: &Node<'a>) -> Rc<Shape<'a>> {
        let document = self.old;
        self.shape(document, node)
    }

    fn new_shape(&mut self, node: &Node<'a>) -> Rc<Shape<'a>> {
        let document = self.new;
        self.shape(document, node)
    }

    fn shape(&mut self, document: &'a Document, node: &Node<'a>) -> Rc<Shape<'a>> {
        let shape = self.shapes.entry(addresses(node));
        shape.or_insert_with(|| Rc::new(Shape::of(document, node))).clone()
    }
}

fn addresses(node: &[At<'_>]) -> Vec<usize> {
    node.iter().map(|at| std::ptr::from_ref(at.value).addr()).collect()
}

fn worst(a: Verdict, b: Verdict) -> Verdict {
    use crate::class::Calls::{Break, Shift, Stand};
    let calls = match (a.calls, b.calls) {
        (Break, _) | (_, Break) => Break,
        (Shift, _) | (_, Shift) => Shift,
        (Stand, Stand) => Stand,
    };
    Verdict { calls, rust: a.rust || b.rust }
}

/// Both sides of two maps by their common keys, in order.
fn zip<'m, K: Ord + Copy, V>(
    old: &'m BTreeMap<K, V>,
    new: &'m BTreeMap<K, V>,
) -> impl Iterator<Item = (K, Option<&'m V>, Option<&'m V>)> {
    let keys: BTreeSet<K> = old.keys().chain(new.keys()).copied().collect();
    keys.into_iter().map(|key| (key, old.get(&key), new.get(&key)))
}

/// A value as one short line.
fn shown(value: &serde_json::Value) -> String {
    const SHOWN_MAX: usize = 200;
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > SHOWN_MAX {
        let mut cut: String = text.chars().take(SHOWN_MAX).collect();
        cut.push('…');
        cut
    } else {
        text
    }
}
