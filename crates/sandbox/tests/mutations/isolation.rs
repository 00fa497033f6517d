//! The ids of one workspace, tried from another one: in paths, bodies and filters they are as
//! unknown as ids that no record has, and nothing comes of them.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::document::{deref, document, query_parameters};
use super::suite::{Report, case, conclude, fill_path, path_ids, required_query};
use super::world::{KEYS, STEPS, Step, World};

/// The parameter for the id of a merchant, which is the same in every workspace.
const SHARED: &str = "merchant_guid";
/// A GET that makes a request for an authorization, each time another one.
const MADE_BY_READING: &str = "/fdx_auth_requests/authorization_test";

/// Ids that are tried in each filter.
const IDS_PER_FILTER: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn another_workspaces_ids_are_unknown() {
    let mut world = World::before(STEPS.len()).await;
    world.key = KEYS[1].0;
    world.make(&STEPS).await;
    let mut trial = Trial { world, report: Report::default(), unknown: 0 };
    trial.world.key = KEYS[0].0;
    let before = everything(&mut trial.world).await;
    trial.paths().await;
    // Before bodies that are taken with whatever id they name.
    trial.filters().await;
    trial.bodies().await;
    trial.world.key = KEYS[0].0;
    for ((url, before), (_, after)) in before.iter().zip(everything(&mut trial.world).await) {
        if *before != after {
            trial.report.failures.push(format!("{url} has changed: {before} {after}"));
        }
    }
    trial.report.set_up = trial.world.requests - trial.report.requests;
    assert!(trial.report.requests > 2000, "{}", trial.report.requests);
    conclude("ids of another workspace", &trial.report);
}

/// What every list answers.
async fn everything(world: &mut World) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (interface, operation) in synctera_sandbox::served_operations() {
        let is_list = operation.method == "GET"
            && !operation.path.contains('{')
            && operation.path != MADE_BY_READING;
        if is_list && !required_query(interface, operation.path) {
            let url = format!("/{interface}{}", operation.path);
            let (status, body) = world.send("GET", &url, None).await;
            assert_eq!(status, 200.max(status.min(201)), "{url}: {body}");
            all.push((url, body));
        }
    }
    all
}

struct Trial {
    world: World,
    report: Report,
    unknown: u128,
}

impl Trial {
    /// An id that no record has.
    fn unknown_id(&mut self) -> String {
        self.unknown += 1;
        Uuid::from_u128(0x0f58_e632_2630_4cc4_8661_0000_0000_0000 + self.unknown).to_string()
    }

    /// Sends the same with a foreign id and with an unknown one: the answers must not differ.
    async fn compare(
        &mut self,
        method: &str,
        foreign: (&str, Option<&Value>),
        unknown: (&str, Option<&Value>),
        ids: (&str, &str),
    ) {
        self.world.key = KEYS[1].0;
        let (status, answer) = self.world.send(method, unknown.0, unknown.1).await;
        let (foreign_status, foreign_answer) = self.world.send(method, foreign.0, foreign.1).await;
        self.report.requests += 2;
        let said = foreign_answer.to_string().replace(ids.0, ids.1);
        let expected = answer.to_string();
        let is_same = status == foreign_status && (status < 300 || said == expected);
        // A list that finds nothing finds nothing for both.
        let is_list = method == "GET" && status < 300;
        if !is_same || (is_list && said != expected) {
            self.report.failures.push(format!(
                "{method} {} {:?}: {foreign_status} {foreign_answer}, unknown: {status} {answer}",
                foreign.0, foreign.1
            ));
        }
    }

    async fn paths(&mut self) {
        let mut ids = Vec::new();
        for (key, _) in KEYS {
            self.world.key = key;
            ids.push(path_ids(&mut self.world));
        }
        for (interface, operation) in synctera_sandbox::served_operations() {
            for (start, _) in operation.path.match_indices('{') {
                let end = operation.path[start..].find('}').unwrap() + start;
                let name = &operation.path[start + 1..end];
                let Some(foreign) = ids[0].get(name).filter(|_| name != SHARED).cloned() else {
                    continue;
                };
                let unknown = self.unknown_id();
                let url = |id: &str| {
                    let before = fill_path(&operation.path[..start], &ids[1]);
                    let after = fill_path(&operation.path[end + 1..], &ids[1]);
                    format!("/{interface}{before}{id}{after}")
                };
                let call = format!("{interface} {} {}", operation.method, operation.path);
                let step = STEPS.iter().find(|step| step.call == call);
                self.world.key = KEYS[1].0;
                let body = match step.and_then(|step| step.body.as_ref()) {
                    Some(body) => Some(self.world.filled(body)),
                    None => (operation.method != "GET").then(|| json!({})),
                };
                let (one, other) = (url(&foreign), url(&unknown));
                let (body, ids) = (body.as_ref(), (foreign.as_str(), unknown.as_str()));
                self.compare(operation.method, (&one, body), (&other, body), ids).await;
            }
        }
    }

    async fn bodies(&mut self) {
        for step in STEPS.iter().filter(|step| case(step).is_some()) {
            self.body(step).await;
        }
    }

    /// Each id of a body by itself; the others stay those of the workspace that calls.
    async fn body(&mut self, step: &Step) {
        let (_, method, _) = step.parts();
        let template = step.body.as_ref().unwrap();
        self.world.key = KEYS[0].0;
        let theirs = self.world.filled(template);
        for pointer in pointers(template) {
            self.world.key = KEYS[1].0;
            let url = self.world.url(step);
            let own = self.world.filled(template);
            let foreign = theirs.pointer(&pointer).and_then(Value::as_str).unwrap().to_owned();
            // A moment is no one's.
            if DateTime::parse_from_rfc3339(&foreign).is_ok() {
                continue;
            }
            let unknown = match Uuid::try_parse(&foreign) {
                Ok(_) => self.unknown_id(),
                // An account number, a token: one of the same length.
                Err(_) => {
                    foreign.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect()
                }
            };
            let with = |id: &str| {
                let mut body = own.clone();
                *body.pointer_mut(&pointer).unwrap() = json!(id);
                body
            };
            let (one, other) = (with(&foreign), with(&unknown));
            let ids = (foreign.as_str(), unknown.as_str());
            self.compare(method, (&url, Some(&one)), (&url, Some(&other)), ids).await;
        }
    }

    async fn filters(&mut self) {
        self.world.key = KEYS[0].0;
        let mut ids = BTreeSet::new();
        for made in self.world.made().values() {
            collect(made, &mut ids);
        }
        let ids: Vec<String> = ids.into_iter().collect();
        let mut next = 0;
        self.world.key = KEYS[1].0;
        let own = path_ids(&mut self.world);
        for (interface, operation) in synctera_sandbox::served_operations() {
            if operation.method != "GET" {
                continue;
            }
            for (name, schema) in query_parameters(interface, "GET", operation.path) {
                let root = document(interface);
                let item =
                    if schema["type"] == "array" { deref(root, &schema["items"]) } else { schema };
                if item["format"] != "uuid" {
                    continue;
                }
                let path = fill_path(operation.path, &own);
                for _ in 0..IDS_PER_FILTER.min(ids.len()) {
                    next = (next + 1) % ids.len();
                    let unknown = self.unknown_id();
                    let url = |id: &str| format!("/{interface}{path}?{name}={id}");
                    let (one, other) = (url(&ids[next]), url(&unknown));
                    let ids = (ids[next].clone(), unknown);
                    self.compare("GET", (&one, None), (&other, None), (&ids.0, &ids.1)).await;
                }
            }
        }
    }
}

/// Where a body names what was made before.
fn pointers(template: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    walk(member, &format!("{at}/{name}"), found);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{at}/{index}"), found);
                }
            }
            Value::String(text) if text.starts_with('$') => found.push(at.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(template, "", &mut found);
    found
}

/// The ids in an answer.
fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|member| collect(member, ids)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        // A code of 32 digits is no id.
        Value::String(text) if text.contains('-') && Uuid::try_parse(text).is_ok() => {
            ids.insert(text.clone());
        }
        _ => {}
    }
}
