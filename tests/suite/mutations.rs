//! What an answer may do that its schema does not say, one thing at a time.
//!
//! Every answer of the documents, at every place of it: the platform adds a value, a field or a
//! variant, leaves out what it may leave out, and counts further than it used to. No answer may be
//! lost to that, nor anything in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use synctera_tests::compare::{Nothing, differences};
use synctera_tests::document::{Document, V0, V2};
use synctera_tests::harness::{self, Outcome};
use synctera_tests::sample::{Extent, Kind, Place, Sampler};
use synctera_tests::schema::{Rules, Way, faults};

use super::every_operation::ids;

/// A whole number that no float holds.
const LARGE: i64 = 9_007_199_254_740_993;
/// The name of the field that nobody knows.
const ADDED: &str = "synctera_tests_added";

/// What is done to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mutation {
    UnknownValue,
    UnknownTag,
    Longer,
    Larger,
    Whole,
    Finer,
    Added,
    Null,
    Absent,
}

impl Mutation {
    const ALL: [Self; 9] = [
        Self::UnknownValue,
        Self::UnknownTag,
        Self::Longer,
        Self::Larger,
        Self::Whole,
        Self::Finer,
        Self::Added,
        Self::Null,
        Self::Absent,
    ];

    fn fits(self, place: &Place) -> bool {
        match self {
            Self::UnknownValue => place.kind == Kind::Enum,
            Self::UnknownTag => place.kind == Kind::Tag,
            Self::Longer => place.kind == Kind::Text,
            Self::Larger => place.kind == Kind::Integer,
            Self::Whole => place.kind == Kind::Number,
            Self::Finer => place.kind == Kind::Moment,
            Self::Added => place.kind == Kind::Object,
            Self::Null | Self::Absent => place.is_property,
        }
    }

    /// Whether the document forbids what is done here.
    fn is_forbidden(self, place: &Place) -> bool {
        match self {
            Self::Null => !place.may_be_null,
            Self::Absent => !place.may_go,
            _ => false,
        }
    }

    fn apply(self, value: &mut Value, pointer: &str) {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        if self == Self::Absent {
            value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
            return;
        }
        let place = value.pointer_mut(pointer).unwrap();
        match self {
            Self::UnknownValue | Self::UnknownTag => *place = json!("A_VALUE_OF_TOMORROW"),
            Self::Longer => *place = json!("long ".repeat(60)),
            Self::Larger => *place = json!(LARGE),
            Self::Whole => *place = json!(7),
            Self::Finer => *place = json!("2024-02-29T23:59:58.123456Z"),
            Self::Added => place[ADDED] = json!({"deep": [1, null]}),
            Self::Null => *place = Value::Null,
            Self::Absent => {}
        }
    }
}

/// Tries every answer of an interface; counts what was tried by its kind, and notes what failed.
struct Trial {
    counts: BTreeMap<Mutation, usize>,
    /// Answers that break a rule of the document, and were refused.
    refused: usize,
    failures: Vec<String>,
}

type RoundTrip = fn(&str, &Value) -> Option<Outcome>;

impl Trial {
    fn interface(&mut self, document: &'static Document, round_trip: RoundTrip) {
        let rules = Rules::new(document, Way::Read);
        let sampler = Sampler::new(document, Way::Read, Extent::Full);
        let ids = ids(document);
        let mut seen = BTreeSet::new();
        for operation in document.operations() {
            for (_, answer) in &operation.answers {
                let Some(("application/json", schema)) = *answer else {
                    continue;
                };
                if !seen.insert(schema.to_string()) {
                    continue;
                }
                let id = ids[&(operation.method.clone(), operation.path)];
                let validator = rules.of(schema);
                for number in 0..sampler.variants(schema) {
                    let sample = sampler.sample(schema, number);
                    let name = format!("{} {id} {number}", document.name);
                    for fault in faults(&validator, &sample.value) {
                        self.failures.push(format!("{name}: the sample does not fit: {fault}"));
                    }
                    let decode = |value: &Value| round_trip(id, value).unwrap();
                    self.answer(&name, sample.value, &sample.places, &decode);
                }
            }
        }
    }

    fn answer(
        &mut self,
        name: &str,
        value: Value,
        places: &[Place],
        decode: &dyn Fn(&Value) -> Outcome,
    ) {
        match decode(&value) {
            Ok(back) => {
                let lines = differences(&value, &back, Nothing::IsAbsent, None);
                self.failures.extend(lines.into_iter().map(|line| format!("{name}: {line}")));
            }
            Err(why) => {
                self.failures.push(format!("{name}: {why}"));
                return;
            }
        }
        for place in places {
            for mutation in Mutation::ALL.into_iter().filter(|mutation| mutation.fits(place)) {
                *self.counts.entry(mutation).or_default() += 1;
                let mut mutated = value.clone();
                mutation.apply(&mut mutated, &place.pointer);
                let wrong = match decode(&mutated) {
                    Ok(back) => lost(mutation, place, &mutated, &back),
                    Err(_) if mutation.is_forbidden(place) => {
                        self.refused += 1;
                        continue;
                    }
                    Err(why) => vec![why],
                };
                let pointer = &place.pointer;
                let wrong =
                    wrong.into_iter().map(|why| format!("{name} {pointer} {mutation:?}: {why}"));
                self.failures.extend(wrong);
            }
        }
    }
}

/// What did not come back.
fn lost(mutation: Mutation, place: &Place, mutated: &Value, back: &Value) -> Vec<String> {
    let added = format!("{}/{ADDED}", place.pointer);
    let may_go = (mutation == Mutation::Added).then_some(added.as_str());
    let mut lines = differences(mutated, back, Nothing::IsAbsent, may_go);
    if mutation == Mutation::UnknownTag {
        // Of what nobody knows, nobody knows what may be left out.
        let union = place.pointer.rsplit_once('/').unwrap_or_default().0;
        let part = |whole: &Value| whole.pointer(union).cloned().unwrap_or_default();
        lines.extend(differences(&part(mutated), &part(back), Nothing::Counts, None));
    }
    lines
}

#[test]
fn no_answer_is_lost_to_what_its_schema_does_not_say() {
    let mut trial = Trial { counts: BTreeMap::new(), refused: 0, failures: Vec::new() };
    trial.interface(&V2, harness::v2::round_trip);
    trial.interface(&V0, harness::v0::round_trip);
    for failure in &trial.failures {
        println!("{failure}");
    }
    let cases: usize = trial.counts.values().sum();
    println!("{cases} mutations {:?}, {} of them refused", trial.counts, trial.refused);
    assert!(trial.failures.is_empty(), "{} answers were lost", trial.failures.len());
}
