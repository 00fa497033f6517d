//! Every kind of change at random places of the pinned interface: reported in its class, once, alone.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::path::Path;

use synctera_codegen::Document;
use synctera_codegen::spec::companions;
use synctera_drift::rules;
use synctera_drift_mutations::{self as mutations, Outcome};

/// As many as are made in a test run, each compared both ways round; `cargo xtask drift --mutate`
/// makes any number.
const MUTATIONS: usize = 2600;
const SEED: u64 = 20_260_815;

/// The rules that no mutation is reported by, forwards or backwards, and why.
const NOT_MUTATED: [(&str, &str); 9] = [
    ("number-narrowed", "few numbers have a width; its case is in tests/rules"),
    ("type-renamed", NAMES),
    ("type-exchanged", NAMES),
    ("type-not-sent", NAMES),
    ("list-not-paged", NAMES),
    ("list-paged", NAMES),
    ("arguments-exchanged", NAMES),
    ("type-added", NAMES),
    ("type-removed", NAMES),
];
const NAMES: &str = "a comparison does not tell it, but the names that the generator gives, beside \
     the change that they come from: tests/items.rs";

#[test]
fn every_mutation_is_reported_once_and_in_its_class() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let families = companions(&spec).unwrap().families;
    let text = std::fs::read_to_string(spec.join("v2.json")).unwrap();
    let document = Document::parse("v2.json", &text).unwrap();
    let outcome = std::thread::scope(|scope| {
        let halves = [SEED, SEED + 1].map(|seed| {
            let (document, families) = (&document, &families);
            scope.spawn(move || mutations::run(document, families, seed, MUTATIONS / 2))
        });
        halves.map(|half| half.join().unwrap()).into_iter().fold(Outcome::default(), Outcome::with)
    });
    assert_eq!(outcome.made, MUTATIONS);
    assert!(
        outcome.wrong.is_empty(),
        "{} of {MUTATIONS} were not reported as they are:\n{}",
        outcome.wrong.len(),
        outcome.wrong[..outcome.wrong.len().min(40)].join("\n")
    );
    assert_eq!(outcome.without_place.iter().copied().collect::<Vec<_>>(), [""; 0]);
    let left: Vec<&str> = rules::all()
        .map(|(_, rule)| rule.id)
        .filter(|rule| !outcome.by_rule.contains_key(rule))
        .collect();
    assert_eq!(left, NOT_MUTATED.map(|(rule, _)| rule));
}

#[test]
fn every_kind_is_called_by_a_rule() {
    for (name, rule) in mutations::kinds() {
        assert!(rule.is_none_or(|rule| rules::by_id(rule).is_some()), "{name}");
    }
    assert!(mutations::kinds().filter(|(_, rule)| rule.is_some()).count() > 100);
}
