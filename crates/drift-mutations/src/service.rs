//! Mutations of the service: its servers, and what they ask for.

use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Wire as W};

use super::edits::set;
use super::kind::{Kind, NEW, by_rule, one, reported_at};
use super::sites::{items, members};

pub(super) fn kinds() -> Vec<Kind> {
    by_rule![
        "server-added" => |_, world| {
            let mut all = items(&world.root["servers"]).cloned().collect::<Vec<_>>();
            all.push(json!({"url": "https://api.example/v2"}));
            one(vec![("/servers".to_owned(), Some(json!(all)))], A)
        },
        "server-removed" => |_, world| {
            let all = items(&world.root["servers"]).skip(1).collect::<Vec<_>>();
            (!all.is_empty()).then_some(())?;
            one(vec![("/servers".to_owned(), Some(json!(all)))], W)
        },
        "base-path-changed" => |_, world| {
            let moved = |server: &Value| json!({"url": format!("{}x", server["url"].as_str().unwrap_or(""))});
            let all: Vec<Value> = items(&world.root["servers"]).map(moved).collect();
            one(vec![("/servers".to_owned(), Some(json!(all)))], W)
        },
        "security-removed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("security").is_none())?;
            reported_at(vec![set(pointer, "security", json!([]))], &format!("{pointer}/security"), A)
        },
        "security-changed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("security").is_none())?;
            reported_at(vec![set(pointer, "security", json!([{NEW: []}]))], &format!("{pointer}/security"), W)
        },
        "security-alternative-added" => |_, world| {
            let mut all: Vec<Value> = items(&world.root["security"]).cloned().collect();
            all.push(json!({NEW: []}));
            one(vec![("/security".to_owned(), Some(json!(all)))], A)
        },
        "security-scope-added" => |_, world| {
            let scoped = |scheme: &Value| {
                let names = members(scheme).map(|(name, _)| (name.clone(), json!([NEW])));
                Value::Object(names.collect())
            };
            let all: Vec<Value> = items(&world.root["security"]).map(scoped).collect();
            one(vec![("/security".to_owned(), Some(json!(all)))], W)
        },
        "security-scheme-added" => |_, world| {
            world.root["components"].get("securitySchemes").is_none().then_some(())?;
            let schemes = json!({"bearerAuth": {"type": "http", "scheme": "bearer"}});
            one(vec![("/components/securitySchemes".to_owned(), Some(schemes))], A)
        },
        "security-scheme-changed" => |_, world| {
            let place = "/components/securitySchemes";
            world.root.pointer(place).is_none().then_some(())?;
            let schemes = json!({NEW: {"type": "http", "scheme": "bearer"}});
            let edits = vec![(format!("{place}/{NEW}/scheme"), Some(json!("basic")))];
            let reported = reported_at(edits, &format!("{place}/{NEW}"), W)?;
            Some(reported.on(vec![(place.to_owned(), Some(schemes))]))
        },
    ]
}
