//! The steps in the form of the older documents: what succeeds in v2 succeeds there.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::{STEPS, Step, World};

#[derive(Deserialize)]
struct Facts {
    operations: BTreeMap<String, Value>,
}

/// A step in the older form, if an older document has its operation.
fn older(facts: &Facts, step: &Step) -> Option<Step> {
    let (interface, method, path) = step.parts();
    let is_it = |key: &String| shape(key) == shape(&format!("{method} {path}"));
    let is_shared = interface == "v2" && facts.operations.keys().any(is_it);
    let mut step = is_shared.then(|| step.clone())?;
    step.call = step.call.replacen("v2", "v0", 1);
    if let Some(members) = step.body.as_mut().and_then(Value::as_object_mut) {
        if path == "/cards" {
            let details = members.remove("card_details").unwrap();
            members.extend(details.as_object().unwrap().clone());
        }
        for (ours, theirs) in renamed(path) {
            if let Some(value) = members.remove(*ours) {
                members.insert((*theirs).to_owned(), value);
            }
        }
    }
    Some(step)
}

/// A path without the names of its parameters.
fn shape(path: &str) -> Vec<&str> {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect()
}

/// Members of bodies that have another name there.
fn renamed(path: &str) -> &'static [(&'static str, &'static str)] {
    match path {
        "/cards/gateways" | "/cards/gateways/{gateway_id}" => &[("is_active", "active")],
        "/cards/digital_wallet_tokens/{digital_wallet_token_id}" => &[("status", "token_status")],
        _ => &[],
    }
}

/// An answer with the members by which further steps refer to it.
fn ours(step: &Step, answer: Value) -> Value {
    match step.parts() {
        (_, "POST", "/cards") => json!({ "card_details": answer }),
        _ => answer,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_succeeds_in_the_older_form() {
    let facts: Facts = serde_json::from_str(include_str!("../../older.json")).unwrap();
    let mut world = World::before(0).await;
    let mut played = 0;
    for step in STEPS.iter() {
        match older(&facts, step) {
            Some(older) => {
                let (status, answer) = world.play(&older).await;
                assert!(status < 300, "{} {:?}: {status} {answer}", older.call, older.body);
                world.keep(step, ours(&older, answer));
                played += 1;
            }
            None => world.make(std::slice::from_ref(step)).await,
        }
    }
    assert!(played >= 100, "{played}");
    world.sandbox.audit().unwrap();
}
