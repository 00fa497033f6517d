//! The report: every change with its class, whom it touches, and what it asks of us.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use synctera_codegen::{Document, Families};

use crate::class::{Class, Direction, Verdict};
use crate::place::Location;
use crate::rules::Rule;
use crate::text::one_line;
use crate::touch::Touch;
use crate::walk::{self, Finding, Touched, method_name};

/// What differs between two documents.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The document before.
    pub old: Side,
    /// The document after.
    pub new: Side,
    /// What changed, the worst first.
    pub changes: Vec<Change>,
    /// What to decide on, before the new document is taken.
    pub proposals: Vec<crate::proposals::Proposal>,
}

/// One of the two documents.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// How it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its operations.
    pub operations: usize,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The kind of change.
    pub rule: &'static str,
    /// What has happened, in a line.
    pub says: &'static str,
    /// The worst that it does.
    pub class: Class,
    /// Whether programs stop compiling, beside what the class says.
    pub breaks_rust: bool,
    /// Which ways what changed travels.
    pub directions: BTreeSet<Direction>,
    /// Where.
    pub location: Location,
    /// What was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Whether the location is in the new document; what is gone is in the old one.
    pub in_new: bool,
    /// The operations that send or read it.
    pub operations: Vec<Operation>,
    /// Our public items that it touches: `create_person`, `NewPerson.ssn`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub items: BTreeSet<String>,
    /// Our own code that it touches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<Touch>,
}

/// An operation, as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Operation {
    /// The family that it belongs to.
    pub family: String,
    /// Our method.
    pub id: String,
    /// Method and path.
    pub call: String,
}

impl Change {
    fn of(finding: Finding, operations: Vec<Operation>) -> Self {
        let Finding { rule, location, directions, verdict, old, new, in_new, .. } = finding;
        Self::new(rule, verdict, location, directions, old, new, in_new, operations)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one record")]
    pub(crate) fn new(
        rule: &'static Rule,
        verdict: Verdict,
        location: Location,
        directions: BTreeSet<Direction>,
        old: Option<String>,
        new: Option<String>,
        in_new: bool,
        operations: Vec<Operation>,
    ) -> Self {
        Self {
            rule: rule.id,
            says: rule.says,
            class: verdict.class(),
            breaks_rust: verdict.rust,
            directions,
            location: Location {
                holder: one_line(&location.holder),
                field: one_line(&location.field),
                pointer: location.pointer,
            },
            old: old.map(|old| one_line(&old)),
            new: new.map(|new| one_line(&new)),
            in_new,
            operations,
            items: BTreeSet::new(),
            touches: Vec::new(),
        }
    }

    /// Whether programs stop compiling, or do something else.
    pub fn stops_programs(&self) -> bool {
        self.breaks_rust || self.class == Class::Rust
    }

    /// The family that it is reported under: the one that all its operations are in, or none.
    pub fn family(&self) -> &str {
        match self.operations.split_first() {
            Some((first, rest)) if rest.iter().all(|one| one.family == first.family) => {
                &first.family
            }
            Some(_) => "several families",
            None => "the service",
        }
    }

    /// `old` → `new`, as far as there is something to say.
    pub fn values(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => format!("{old} → {new}"),
            (Some(old), None) => old.clone(),
            (None, Some(new)) => new.clone(),
            (None, None) => String::new(),
        }
    }
}

/// The step of the version that a change of this kind asks for, before 1.0 and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nothing to publish.
    None,
    /// What is there stays as it is.
    Compatible,
    /// Users have to look at their code.
    Breaking,
}

impl Step {
    /// The step in words, for crates at a version.
    pub fn words(self, before_one: bool) -> &'static str {
        match (self, before_one) {
            (Self::None, _) => "none",
            (Self::Compatible, true) => "patch",
            (Self::Compatible, false) => "minor",
            (Self::Breaking, true) => "minor",
            (Self::Breaking, false) => "major",
        }
    }
}

impl Report {
    /// Compares two documents.
    pub fn of(old: &Document, new: &Document, families: &Families) -> Self {
        let mut changes: Vec<Change> = walk::compare(old, new)
            .into_iter()
            .map(|finding| {
                let operations =
                    finding.operations.iter().map(|it| named(it, old, new, families)).collect();
                (finding, operations)
            })
            .filter(|(finding, _): &(Finding, Vec<Operation>)| is_reported(finding, families))
            .map(|(finding, operations)| Change::of(finding, operations))
            .collect();
        changes.sort_by(|a, b| order(a).cmp(&order(b)));
        let side = |document: &Document| Side {
            name: one_line(document.name()),
            version: one_line(document.version()),
            operations: document.operations().len(),
        };
        Self { old: side(old), new: side(new), changes, proposals: Vec::new() }
    }

    /// Adds the places of our own code that each change touches, in the order of the changes.
    #[must_use]
    pub fn with_touches(mut self, touches: Vec<Vec<Touch>>) -> Self {
        for (change, touches) in self.changes.iter_mut().zip(touches) {
            change.touches = touches;
        }
        self
    }

    /// How many changes there are of each class.
    pub fn counts(&self) -> BTreeMap<Class, usize> {
        let mut counts: BTreeMap<Class, usize> =
            Class::WORST_FIRST.into_iter().map(|class| (class, 0)).collect();
        for change in &self.changes {
            *counts.entry(change.class).or_default() += 1;
        }
        counts
    }

    /// The worst class there is.
    pub fn worst(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// What the crates' version should do.
    pub fn step(&self) -> Step {
        match self.worst() {
            None => Step::None,
            Some(Class::Wire | Class::Rust) => Step::Breaking,
            Some(Class::Behavioral | Class::Additive) => Step::Compatible,
        }
    }
}

/// The worst first; then what belongs together.
pub(crate) fn order(
    change: &Change,
) -> (std::cmp::Reverse<Class>, &str, &Location, &str, &Option<String>) {
    (std::cmp::Reverse(change.class), change.family(), &change.location, change.rule, &change.new)
}

/// A tag is a matter of the documentation until it puts an operation into another family.
fn is_reported(finding: &Finding, families: &Families) -> bool {
    if finding.rule.id != crate::rules::operations::FAMILY_CHANGED.id {
        return true;
    }
    let family = |tag: &Option<String>| families.of_tag(tag.as_deref().unwrap_or_default());
    family(&finding.old) != family(&finding.new)
}

pub(crate) fn named(
    touched: &Touched,
    old: &Document,
    new: &Document,
    families: &Families,
) -> Operation {
    let document = if touched.in_new { new } else { old };
    let value = document.operation(&touched.key);
    Operation {
        family: value.map_or_else(|| "other".to_owned(), |value| one_line(&families.of(value))),
        id: method_name(document.operation_id(&touched.key).unwrap_or_default()),
        call: one_line(&touched.key.to_string()),
    }
}
