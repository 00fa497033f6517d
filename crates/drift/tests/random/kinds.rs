//! Every kind of change, made in a known part of a document, is reported alone whatever stands beside it.
//!
//! The known part is some families of the pinned interface: they have a place for every kind. Beside it
//! stands a random document, which has unusual names, circles, unions and compositions.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use synctera_codegen::spec::companions;
use synctera_codegen::{Document, Families};
use synctera_drift_mutations::{self as mutate, Outcome};

use super::{cases, distilled, documents, runner};

/// Documents in a test run, and the changes beside each.
const DOCUMENTS: u32 = 60;
const CHANGES: usize = 6;

/// Families that have a place for every kind of change.
const TAGS: [&str; 10] = [
    "ACH",
    "Accounts",
    "Batch Payments",
    "Cards",
    "Documents",
    "External Accounts",
    "In-Store Cash Deposits (beta)",
    "Relationships",
    "Spend Controls (beta)",
    "Webhooks",
];

/// The part of the pinned interface in which changes are made.
fn known() -> (Document, Families) {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let families = companions(&spec).unwrap().families;
    let text = std::fs::read_to_string(spec.join("v2.json")).unwrap();
    let mut root: Value = text.parse().unwrap();
    for item in root["paths"].as_object_mut().unwrap().values_mut() {
        let is_kept = |value: &Value| value["tags"][0].as_str().is_none_or(|t| TAGS.contains(&t));
        item.as_object_mut().unwrap().retain(|_, operation| is_kept(operation));
    }
    let paths = root["paths"].as_object_mut().unwrap();
    paths.retain(|_, item| {
        item.as_object().unwrap().values().any(|it| it["operationId"].is_string())
    });
    keep_what_is_used(&mut root);
    (Document::from_value("known.json", root).unwrap(), families)
}

/// Drops the components to which nothing leads.
fn keep_what_is_used(root: &mut Value) {
    let mut used = BTreeSet::new();
    let mut open = vec![root["paths"].clone()];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if text.starts_with("#/") => {
                if let Some(target) = root.pointer(&text[1..]).filter(|_| used.insert(text.clone()))
                {
                    open.push(target.clone());
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(map) => open.extend(map.into_iter().map(|(_, child)| child)),
            _ => {}
        }
    }
    for section in ["parameters", "responses", "schemas"] {
        let all = root["components"][section].as_object_mut().unwrap();
        all.retain(|name, _| used.contains(&format!("#/components/{section}/{name}")));
    }
}

/// Both documents in one; nothing when they have a name in common.
fn beside(known: &Document, other: &Document) -> Option<Document> {
    let mut root = known.root().clone();
    add(&mut root["paths"], &other.root()["paths"])?;
    for (section, all) in other.root()["components"].as_object().into_iter().flatten() {
        let components = root["components"].as_object_mut()?;
        add(components.entry(section.clone()).or_insert_with(|| json!({})), all)?;
    }
    Document::from_value("both.json", root).ok()
}

fn add(to: &mut Value, from: &Value) -> Option<()> {
    let to: &mut Map<String, Value> = to.as_object_mut()?;
    for (name, value) in from.as_object().into_iter().flatten() {
        to.insert(name.clone(), value.clone()).is_none().then_some(())?;
    }
    Some(())
}

#[test]
fn every_kind_of_change_is_reported_alone_beside_random_documents() {
    let cases = cases(DOCUMENTS, "SYNCTERA_RANDOM_KINDS");
    let (known, families) = known();
    let (seed, compared) = (Cell::new(0_u64), Cell::new(0_u32));
    let all = RefCell::new(Outcome::default());
    let test = |root: Value| {
        let Some(both) = distilled(&root).ok().and_then(|other| beside(&known, &other)) else {
            return Ok(());
        };
        compared.set(compared.get() + 1);
        seed.set(seed.get() + 1);
        let outcome = mutate::run_within(&both, &known, &families, seed.get(), CHANGES);
        prop_assert_eq!(&outcome.wrong, &Vec::<String>::new());
        all.replace_with(|all| std::mem::take(all).with(outcome));
        Ok(())
    };
    runner(cases).run(&documents::document(), test).unwrap();
    let all = all.into_inner();
    println!(
        "{} random documents, beside each {CHANGES} changes both ways round: {} changes of {} kinds, \
         reported by {} rules",
        compared.get(),
        all.made,
        all.by_kind.len(),
        all.by_rule.len()
    );
    assert!(compared.get() * 10 >= cases * 8, "{} of {cases}", compared.get());
    assert_eq!(all.without_place, BTreeSet::new(), "kinds without a place");
    // Each kind comes in turn.
    let kinds = mutate::kinds().count();
    assert!(all.by_kind.len() >= kinds.min(all.made), "{} of {kinds}", all.by_kind.len());
}
