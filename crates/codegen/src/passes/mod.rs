//! Pinned interface → normal form: what stands between the document and the client generator.
//!
//! One pass a file; each says what it repairs and counts the places it touched. After the last
//! one the document has a shape that the generator cannot misread:
//!
//! - every operation has one success response and its path parameters in the path;
//! - every schema component is an object with plain properties, a string enum, or a union with a
//!   tag; everything else is written where it is used;
//! - a property is a reference, a scalar, a list or a map.
//!
//! What the generator has no word for (unions, enums, forms, which operations page ...) leaves
//! the document and is kept in [`Facts`] for [`crate::emit`].

mod bodies;
mod clearable;
mod directions;
mod enums;
mod facts;
pub(crate) mod fields;
mod flatten;
mod formats;
mod hoist;
mod idempotency;
mod inline;
mod known_values;
mod limits;
mod names;
mod nesting;
mod parameters;
mod queries;
mod recursive;
mod responses;
mod rules;
mod tags;
mod typed;
mod unions;
mod visit;

pub use facts::{Answer, Body, Facts, Form, Header, OperationFacts, Rules, Union};

use crate::document::Document;
use crate::error::Result;
use crate::types::TypeRules;

/// One named transformation.
struct Pass {
    name: &'static str,
    run: fn(&mut Document, &mut Facts, &TypeRules) -> Result<usize>,
}

/// How many places each pass touched, in the order of the passes.
pub type Report = Vec<(&'static str, usize)>;

/// The passes in order; a later one relies on what the earlier ones left.
const PASSES: [Pass; 24] = [
    Pass { name: "parameters", run: |d, f, _| parameters::run(d, f) },
    Pass { name: "idempotency", run: |d, f, _| idempotency::run(d, f) },
    Pass { name: "responses", run: |d, f, _| responses::run(d, f) },
    Pass { name: "names", run: |d, f, r| names::run(d, f, r) },
    Pass { name: "tags", run: |d, f, _| tags::run(d, f) },
    Pass { name: "known_values", run: |d, _, _| known_values::run(d) },
    Pass { name: "formats", run: |d, _, _| formats::run(d) },
    Pass { name: "recursive", run: |d, f, _| recursive::run(d, f) },
    Pass { name: "flatten", run: |d, f, _| flatten::run(d, f) },
    // What was only a part of something else has no say in how the rest is named.
    Pass { name: "parts", run: |d, _, _| Ok(d.drop_unreachable()) },
    Pass { name: "hoist", run: |d, f, _| hoist::run(d, f) },
    Pass { name: "bodies", run: |d, f, _| bodies::run(d, f) },
    Pass { name: "queries", run: |d, f, _| queries::run(d, f) },
    Pass { name: "directions", run: |d, f, _| directions::run(d, f) },
    Pass { name: "clearable", run: |d, f, _| Ok(clearable::run(d, f)) },
    Pass { name: "unions", run: |d, f, _| unions::run(d, f) },
    Pass { name: "rules", run: |d, f, _| rules::run(d, f) },
    Pass { name: "typed", run: |d, f, r| typed::run(d, f, r) },
    Pass { name: "inline", run: |d, f, _| inline::run(d, f) },
    Pass { name: "limits", run: |d, f, _| limits::run(d, f) },
    Pass { name: "enums", run: |d, f, _| enums::run(d, f) },
    Pass { name: "nesting", run: |d, _, _| nesting::run(d) },
    Pass { name: "fields", run: |d, f, _| fields::run(d, f) },
    Pass { name: "reachable", run: |d, _, _| Ok(d.drop_unreachable()) },
];

/// Runs every pass.
///
/// # Errors
/// When a pass meets something it cannot make sense of; the error names the place.
pub fn normalize(document: &mut Document, rules: &TypeRules) -> Result<(Facts, Report)> {
    let mut facts = Facts { notes: document.notes().clone(), ..Facts::default() };
    for key in document.operations() {
        facts.operations.insert(key, OperationFacts::default());
    }
    let mut report = Vec::new();
    for pass in &PASSES {
        report.push((pass.name, (pass.run)(document, &mut facts, rules)?));
    }
    Ok((facts, report))
}

/// The passes without which the generator panics, or gives up, on the pinned v2 document.
///
/// - `responses`: it holds operations with several success and error types;
/// - `formats`: it holds formats without a type;
/// - `bodies`: it holds bodies that are images.
const FEWEST: [&str; 3] = ["responses", "formats", "bodies"];

/// Runs as few passes as the generator can do with, to compare with what all of them give.
///
/// # Errors
/// As [`normalize`].
pub(crate) fn repair(document: &mut Document) -> Result<()> {
    let (mut facts, rules) = (Facts::default(), TypeRules::default());
    for pass in PASSES.iter().filter(|pass| FEWEST.contains(&pass.name)) {
        (pass.run)(document, &mut facts, &rules)?;
    }
    Ok(())
}
