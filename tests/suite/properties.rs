//! What the document's schema accepts is sent, to the letter; what it does not, never leaves.
//!
//! Bodies of every operation that has one, with members left out, texts and whole numbers drawn at
//! random. A JSON Schema validator over the pinned document is the judge.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};
use synctera::{Retries, Synctera};
use synctera_tests::document::{Document, Operation, V0, V2};
use synctera_tests::expected::expected;
use synctera_tests::harness;
use synctera_tests::sample::{Extent, Kind, Sampler};
use synctera_tests::schema::{Rules, Way, faults};
use synctera_tests::stub::{Canned, Stub};

use super::every_operation::ids;

const CASES: u32 = 3000;

/// An operation with a JSON body.
struct Case {
    document: &'static Document,
    operation: Operation<'static>,
    id: &'static str,
    schema: &'static Value,
    /// It holds a union without a tag, of which we made one object with all the properties. The
    /// judge lets a property break its limit there, when another variant does not know it.
    is_merged: bool,
}

fn holds_merged(document: &'static Document, schema: &'static Value) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                if map.get("x-synctera-union").is_some_and(|how| how == "merged") {
                    return true;
                }
                if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                    && seen.insert(reference)
                {
                    open.push(document.target(reference));
                }
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    false
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for document in [&*V2, &*V0] {
        let ids = ids(document);
        for operation in document.operations() {
            if let Some(("application/json", schema)) = operation.body {
                let id = ids[&(operation.method.clone(), operation.path)];
                let is_merged = holds_merged(document, schema);
                cases.push(Case { document, operation, id, schema, is_merged });
            }
        }
    }
    cases
}

/// What chance does to a body.
#[derive(Clone, Debug)]
struct Draw {
    case: usize,
    variant: usize,
    gone: Vec<bool>,
    texts: Vec<Option<String>>,
    numbers: Vec<Option<i64>>,
}

fn draws(cases: usize) -> impl Strategy<Value = Draw> {
    let text = prop_oneof![".{0,12}", "[A-Z]{0,4}", "[0-9+-]{0,40}", ".{60,300}"];
    let number = prop_oneof![-3_i64..120, any::<i32>().prop_map(i64::from)];
    (
        0..cases,
        0..64_usize,
        prop::collection::vec(prop::bool::weighted(0.3), 1..40),
        prop::collection::vec(prop::option::weighted(0.5, text), 1..40),
        prop::collection::vec(prop::option::weighted(0.5, number), 1..20),
    )
        .prop_map(|(case, variant, gone, texts, numbers)| Draw {
            case,
            variant,
            gone,
            texts,
            numbers,
        })
}

/// The full sample of a body, changed as drawn.
fn body(case: &Case, draw: &Draw) -> Value {
    let sampler = Sampler::new(case.document, Way::Sent, Extent::Full);
    let sample = sampler.sample(case.schema, draw.variant);
    let mut value = sample.value;
    // The inner before the outer, so that every place is still there when its turn comes.
    for (index, place) in sample.places.iter().enumerate().rev() {
        let drawn = index % draw.gone.len();
        if place.is_property && place.may_go && draw.gone[drawn] {
            let (parent, name) = place.pointer.rsplit_once('/').unwrap();
            let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            parent.remove(&name.replace("~1", "/").replace("~0", "~"));
            continue;
        }
        let replaced = match place.kind {
            Kind::Text => draw.texts[index % draw.texts.len()].as_ref().map(|text| json!(text)),
            Kind::Integer => draw.numbers[index % draw.numbers.len()].map(|number| json!(number)),
            _ => None,
        };
        if let Some(replaced) = replaced {
            *value.pointer_mut(&place.pointer).unwrap() = replaced;
        }
    }
    value
}

struct Judge {
    runtime: tokio::runtime::Runtime,
    stub: Stub,
    client: Synctera,
    rules: [Rules<'static>; 2],
    cases: Vec<Case>,
}

impl Judge {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let stub = runtime.block_on(Stub::start());
        let client = Synctera::builder("a-key")
            .base_url(stub.base_url())
            .retries(Retries::none())
            .build()
            .unwrap();
        let rules = [Rules::new(&V2, Way::Sent), Rules::new(&V0, Way::Sent)];
        // Whatever is sent is refused there: only what was sent is of interest.
        stub.answer(Canned { status: 418, ..Canned::default() });
        Self { runtime, stub, client, rules, cases: cases() }
    }

    /// Whether the schema and the client are of one mind; the body, if it was sent.
    fn judge(&self, draw: &Draw) -> Result<bool, TestCaseError> {
        let case = &self.cases[draw.case];
        let is_legacy = case.document.name == "v0";
        let body = body(case, draw);
        let faults = faults(&self.rules[usize::from(is_legacy)].of(case.schema), &body);
        let (mut input, _) = expected(case.document, &case.operation, Extent::Full, 0);
        input.body = body.clone();
        let outcome = self.runtime.block_on(async {
            if is_legacy {
                harness::v0::call(self.client.legacy(), case.id, &input).await
            } else {
                harness::v2::call(self.client.api(), case.id, &input).await
            }
        });
        let sent = self.stub.take();
        let why = outcome.err().unwrap_or_default();
        match sent.as_slice() {
            [] => {
                let expected = case.is_merged || !faults.is_empty();
                prop_assert!(expected, "{}: not sent: {why}: {body}", case.id);
                prop_assert!(why.contains("the input is wrong"), "{}: {why}", case.id);
                Ok(false)
            }
            [sent] => {
                prop_assert!(faults.is_empty(), "{}: {faults:?} was sent", case.id);
                let arrived: Value = serde_json::from_slice(&sent.body).unwrap();
                prop_assert_eq!(&arrived, &body, "{} changed it", case.id);
                Ok(true)
            }
            _ => Err(TestCaseError::fail("sent more than once")),
        }
    }
}

#[test]
fn what_the_schema_accepts_is_sent_and_nothing_else() {
    let judge = Judge::new();
    let (mut sent, mut kept) = (0, 0);
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let counts = std::cell::RefCell::new((&mut sent, &mut kept));
    TestRunner::new_with_rng(config, rng)
        .run(&draws(judge.cases.len()), |draw| {
            let was_sent = judge.judge(&draw)?;
            let mut counts = counts.borrow_mut();
            *(if was_sent { &mut *counts.0 } else { &mut *counts.1 }) += 1;
            Ok(())
        })
        .unwrap();
    println!(
        "{} bodies of {} operations: {sent} sent, {kept} kept",
        sent + kept,
        judge.cases.len()
    );
    assert!(sent > 500 && kept > 300, "one side was hardly tried");
}
