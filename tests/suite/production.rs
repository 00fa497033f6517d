//! What only the sandbox has is refused by a client for production before anything is sent: what the
//! facade calls beside its journeys, and every operation of which our own documentation says so. The
//! journeys are in `kills`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use synctera::types::OriginalCreditSimulationType;
use synctera::{Error, ErrorKind, Merchant, Money, NextAction, Operation, v0, v2};
use synctera_tests::World;
use synctera_tests::harness::{self, Input};
use synctera_tests::journeys::{callers, makers};
use uuid::Uuid;

use crate::kills::production;

fn operations() -> impl Iterator<Item = &'static Operation> {
    v2::OPERATIONS.iter().chain(&v0::OPERATIONS)
}

fn is_refused(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert_eq!(error.next_action(), NextAction::ChangeConfiguration, "{error}");
    assert_eq!(error.attempts(), 0, "{error}");
}

#[tokio::test]
async fn what_the_facade_calls_in_the_sandbox_is_refused_in_production() {
    let world = World::new().await;
    let client = production(&world);
    let card = client.simulate_card(Uuid::nil().into());
    let (amount, shop) = (Money::usd(5_00), Merchant::new("shop-1"));
    let kind = OriginalCreditSimulationType::AccountToAccount;
    let mut tried = BTreeMap::new();
    tried.insert("authorize", card.authorize(amount, &shop).await.map(drop));
    tried.insert("pay", card.pay(amount, &shop).await.map(drop));
    tried.insert("withdraw", card.withdraw(amount, &shop).await.map(drop));
    tried.insert("receive", card.receive(amount, kind, &shop).await.map(drop));
    for outcome in tried.values() {
        is_refused(outcome.as_ref().unwrap_err());
    }
    assert_eq!(world.recorder.seen(), 0, "reads included");

    // Those are all that there are. What comes after them needs what they hand out.
    let sandbox_only: BTreeSet<&str> = operations()
        .filter(|operation| operation.is_sandbox_only())
        .map(|operation| operation.id)
        .collect();
    let called: BTreeSet<(String, String)> = callers(&sandbox_only)
        .into_iter()
        .filter(|caller| caller.on != "CardTransaction")
        .map(|caller| (caller.on, caller.method))
        .collect();
    let tried: BTreeSet<(String, String)> =
        tried.keys().map(|name| ("SimulatedCard".to_owned(), (*name).to_owned())).collect();
    assert_eq!(called, tried, "a call of the sandbox that this test does not try");
    for (on, method) in makers("CardTransaction") {
        assert_eq!(on, "SimulatedCard", "{method} hands out a CardTransaction, too");
    }
}

#[tokio::test]
async fn every_operation_of_the_sandbox_is_refused_in_production() {
    let documented = only_in_the_sandbox();
    assert!(documented.len() > 15, "{documented:?}");
    let world = World::new().await;
    let client = production(&world);
    for id in &documented {
        let found: Vec<&Operation> = operations().filter(|known| known.id == *id).collect();
        let [operation] = found.as_slice() else { panic!("{id}: {found:?}") };
        assert!(operation.is_sandbox_only(), "{id} is documented as one of the sandbox only");
    }
    for operation in operations().filter(|operation| operation.is_sandbox_only()) {
        assert!(documented.contains(operation.id), "{} is not documented so", operation.id);
    }
    // By the client, too: one that reads, and one that wipes.
    let mut input = Input::default();
    input.query.insert("latitude".to_owned(), "37.8".into());
    input.query.insert("longitude".to_owned(), "-122.4".into());
    for (id, outcome) in [
        (
            "get_fdx_authorization_test",
            harness::v2::call(client.api(), "get_fdx_authorization_test", &input).await,
        ),
        ("wipe_workspace", harness::v0::call(client.legacy(), "wipe_workspace", &input).await),
    ] {
        let why = outcome.unwrap_err();
        assert!(why.contains("sandbox") && why.contains("production"), "{id}: {why}");
    }
    assert_eq!(world.recorder.seen(), 0);
}

/// The operations of which our documentation says that only the sandbox has them.
fn only_in_the_sandbox() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/docs");
    let mut found = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let mut operation = None;
        for line in fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            if line.starts_with('[') {
                let name = line.strip_prefix("[operation.").map(|name| name.trim_end_matches(']'));
                operation = name.map(str::to_owned);
            }
            let says_so = ["only in the sandbox", "sandbox only", "data of a sandbox workspace"];
            if line.starts_with("doc = ") && says_so.iter().any(|words| line.contains(words)) {
                found.extend(operation.clone());
            }
        }
    }
    found
}
