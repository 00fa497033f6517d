//! Every operation of both interfaces, by what its document says of it.
//!
//! Each is called with what it must be given and with everything that it can be given, once for
//! each variant of each union in it. What then has to be on the wire is derived from the pinned
//! document alone, and the answer, made from the document as well, must come back whole.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera::{ErrorKind, Retries, Synctera};
use synctera_tests::compare::{Nothing, differences};
use synctera_tests::document::{Document, Operation, V0, V2};
use synctera_tests::expected::{Expected, every_byte, expected};
use synctera_tests::harness::{self, Input};
use synctera_tests::sample::{Extent, Sampler};
use synctera_tests::schema::{Rules, Way, faults};
use synctera_tests::stub::{Canned, Stub};

const API_KEY: &str = "a-key-for-every-operation";

/// The ids under which the client knows the operations, by method and path.
pub(crate) fn ids(document: &Document) -> BTreeMap<(String, &'static str), &'static str> {
    let table: &'static [synctera_api::Operation] = match document.name {
        "v0" => &synctera_api::v0::OPERATIONS,
        _ => &synctera_api::v2::OPERATIONS,
    };
    table.iter().map(|known| ((known.method.to_owned(), known.path), known.id)).collect()
}

struct Walk {
    stub: Stub,
    client: Synctera,
    calls: usize,
    keys: BTreeSet<String>,
    failures: Vec<String>,
}

impl Walk {
    async fn new() -> Self {
        let stub = Stub::start().await;
        let client = Synctera::builder(API_KEY)
            .base_url(stub.base_url())
            .retries(Retries::none())
            .build()
            .unwrap();
        Self { stub, client, calls: 0, keys: BTreeSet::new(), failures: Vec::new() }
    }

    async fn interface(&mut self, document: &'static Document) -> usize {
        let (sent, read) = (Rules::new(document, Way::Sent), Rules::new(document, Way::Read));
        let ids = ids(document);
        let operations = document.operations();
        assert!(!operations.is_empty(), "{}", document.name);
        assert_eq!(operations.len(), ids.len(), "{}", document.name);
        for operation in &operations {
            let id = ids[&(operation.method.clone(), operation.path)];
            // `listAccounts` is called `list_accounts`.
            assert_eq!(id.replace('_', ""), operation.id.to_lowercase().replace('_', ""));
            let json = |content: Option<(&str, &'static Value)>| match content {
                Some(("application/json", schema)) => Some(schema),
                _ => None,
            };
            let sent = json(operation.body).map(|schema| sent.of(schema));
            let answers = operation.answers.iter();
            let read: Vec<_> =
                answers.map(|(_, answer)| json(*answer).map(|schema| read.of(schema))).collect();
            for extent in [Extent::Minimal, Extent::Full] {
                for number in 0..variants(document, operation, extent) {
                    let name = format!("{} {id} {extent:?} {number}", document.name);
                    let (input, expected) = expected(document, operation, extent, number);
                    let mut wrong =
                        sent.as_ref().map_or_else(Vec::new, |rules| faults(rules, &input.body));
                    for ((status, content), rules) in operation.answers.iter().zip(&read) {
                        let sampler = Sampler::new(document, Way::Read, extent);
                        let answer = Answer::of(*status, *content, &sampler, number);
                        if let Some(rules) = rules {
                            wrong.extend(faults(rules, &answer.value));
                        }
                        wrong.extend(self.call(document, id, &input, &expected, answer).await);
                    }
                    self.failures.extend(wrong.into_iter().map(|why| format!("{name}: {why}")));
                }
            }
        }
        operations.len()
    }

    async fn call(
        &mut self,
        document: &Document,
        id: &str,
        input: &Input,
        expected: &Expected,
        answer: Answer,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        self.stub.answer(answer.canned);
        let outcome = if document.name == "v0" {
            harness::v0::call(self.client.legacy(), id, input).await
        } else {
            harness::v2::call(self.client.api(), id, input).await
        };
        self.calls += 1;
        match outcome {
            Ok(came) => wrong.extend(differences(&answer.value, &came, Nothing::IsAbsent, None)),
            Err(why) => wrong.push(why),
        }
        let sent = self.stub.take();
        let [sent] = sent.as_slice() else {
            wrong.push(format!("{} requests were sent", sent.len()));
            return wrong;
        };
        wrong.extend(expected.faults(sent, API_KEY));
        if let Some(key) = sent.header("idempotency-key")
            && !self.keys.insert(key.to_owned())
        {
            wrong.push("the idempotency key was used before".to_owned());
        }
        wrong
    }
}

/// An answer, and what is to come of it.
struct Answer {
    canned: Canned,
    value: Value,
}

impl Answer {
    fn of(
        status: u16,
        content: Option<(&'static str, &'static Value)>,
        sampler: &Sampler<'static>,
        number: usize,
    ) -> Self {
        let (body, value) = match content {
            Some(("application/json", schema)) => {
                let value = sampler.sample(schema, number).value;
                (value.to_string().into_bytes(), value)
            }
            Some(_) => (every_byte(), every_byte().into()),
            None => (Vec::new(), Value::Null),
        };
        let media_type = content.map(|(media_type, _)| match media_type {
            "*/*" => "application/octet-stream".to_owned(),
            other => other.to_owned(),
        });
        Self { canned: Canned { status, media_type, body }, value }
    }
}

/// How many calls it takes until every variant was sent and read.
fn variants(document: &Document, operation: &Operation<'_>, extent: Extent) -> usize {
    let of = |way: Way, content: Option<(&str, &Value)>| match content {
        Some((_, schema)) => Sampler::new(document, way, extent).variants(schema),
        None => 1,
    };
    let answers = operation.answers.iter().map(|(_, answer)| of(Way::Read, *answer));
    answers.chain([of(Way::Sent, operation.body)]).max().unwrap_or(1)
}

#[tokio::test]
async fn no_text_leaves_its_place_in_the_path() {
    let walk = Walk::new().await;
    for text in ["", ".", ".."] {
        let error = walk.client.api().get_merchant(text).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
        assert!(walk.stub.take().is_empty(), "{text:?} was sent");
    }
    walk.stub.answer(Canned { status: 404, ..Canned::default() });
    for (text, line) in [
        ("..\\..\\persons", "GET /v2/mx/merchants/..%5C..%5Cpersons"),
        ("%2e%2e", "GET /v2/mx/merchants/%252e%252e"),
        ("../persons?x", "GET /v2/mx/merchants/..%2Fpersons%3Fx"),
    ] {
        assert!(walk.client.api().get_merchant(text).await.is_err());
        assert_eq!(walk.stub.take()[0].line, line);
    }
}

#[tokio::test]
async fn every_operation_is_what_its_document_says() {
    let mut walk = Walk::new().await;
    let operations = walk.interface(&V2).await + walk.interface(&V0).await;
    for failure in &walk.failures {
        println!("{failure}");
    }
    println!("{} calls of {} operations", walk.calls, operations);
    assert!(walk.failures.is_empty(), "{} calls were not as documented", walk.failures.len());
}
