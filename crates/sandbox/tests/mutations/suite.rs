//! The mutations, sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::document::body_schema;
use super::mutation::{self, EXTRA, Mutation, PATH_TEXTS, is_about};
use super::world::{Answer, STEPS, Step, World};

/// Requests with a mutation, when nobody says how many.
const REQUESTS: usize = 20_000;
/// Sandboxes at the same time.
const AT_ONCE: usize = 3;

/// Members that are wrong because of another one: operation, the one that was changed, and the one
/// that is named.
const NAMED_INSTEAD: &[(&str, &str, &str)] = &[
    ("v2 PATCH /accounts/{account_id}/initiate_closure", "payment_method", "destination_id"),
    ("v2 POST /accounts/{account_id}/initiate_closure", "payment_method", "destination_id"),
    ("v2 POST /accounts", "account_template_id", "account_type"),
    ("v2 POST /ach", "is_same_day", "effective_date"),
    ("v2 POST /cards", "card_details.reissued_from_id", "card_details.reissue_reason"),
    ("v2 POST /cards/activate", "customer_id", "activation_code"),
    ("v2 POST /cards/transaction_simulations/clearing", "force_post", "original_transaction_id"),
    ("v2 POST /cards/transaction_simulations/reversal", "amount", "original_transaction_id"),
    ("v0 POST /customers/{customer_id}/watchlists/subscriptions", "period_start", "period_end"),
    (
        "v0 PUT /customers/{customer_id}/watchlists/subscriptions/{subscription_id}",
        "period_start",
        "period_end",
    ),
    ("v2 POST /payment_schedules", "schedule.end_date", "schedule.count"),
    ("v2 POST /payment_schedules", "schedule.start_date", "schedule.end_date"),
    ("v2 PATCH /persons/personal_ids/{personal_id_id}", "issue_date", "expiry_date"),
];

/// What came of some requests.
#[derive(Default)]
pub(crate) struct Report {
    /// Those that were judged.
    pub(crate) requests: usize,
    /// Those that made the world, or looked at it afterward.
    pub(crate) set_up: usize,
    statuses: BTreeMap<u16, usize>,
    pub(crate) failures: Vec<String>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.set_up += other.set_up;
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.failures.extend(other.failures);
    }
}

fn wanted() -> usize {
    let said = std::env::var("SYNCTERA_MUTATIONS").ok();
    said.map_or(REQUESTS, |said| said.parse().unwrap())
}

/// Runs jobs, a few at a time, and puts their reports together.
pub(crate) async fn together<F>(jobs: Vec<F>) -> Report
where
    F: Future<Output = Report> + Send + 'static,
{
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut set = JoinSet::new();
    for job in jobs {
        let turns = turns.clone();
        set.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            job.await
        });
    }
    let mut report = Report::default();
    while let Some(done) = set.join_next().await {
        report.add(done.unwrap());
    }
    report
}

/// Prints the figures, and fails when something went wrong.
pub(crate) fn conclude(what: &str, report: &Report) {
    let Report { requests, set_up, statuses, failures } = report;
    println!("{what}: {requests} requests ({set_up} to set up), by status {statuses:?}");
    for failure in failures.iter().take(400) {
        println!("{failure}");
    }
    assert!(failures.is_empty(), "{} of {requests} requests went wrong", failures.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_changed_body_breaks_anything() {
    let cases: Vec<usize> = (0..STEPS.len()).filter(|at| case(&STEPS[*at]).is_some()).collect();
    let counts: Vec<usize> = cases.iter().map(|at| count(&STEPS[*at])).collect();
    let share = share_of(wanted(), &counts);
    let jobs = cases.into_iter().map(|at| bodies(at, share)).collect();
    let report = together(jobs).await;
    conclude("changed bodies", &report);
}

/// How many mutations the body of a step has.
fn count(step: &Step) -> usize {
    let (interface, ..) = step.parts();
    case(step)
        .map_or(0, |schema| mutation::of_body(interface, schema, step.body.as_ref().unwrap()).len())
}

/// How many of each case are sent at most, so that together they are as many as are wanted.
fn share_of(wanted: usize, counts: &[usize]) -> usize {
    let most = counts.iter().max().copied().unwrap_or_default();
    let sum = |share: usize| counts.iter().map(|count| share.min(*count)).sum::<usize>();
    println!("{} mutations of {} bodies", sum(most), counts.len());
    (1..most).find(|share| sum(*share) >= wanted).unwrap_or(most)
}

/// The schema of a step's body, if the step is a call of the platform with a JSON body.
pub(crate) fn case(step: &Step) -> Option<&'static Value> {
    let (interface, method, path) = step.parts();
    step.body.as_ref()?;
    body_schema(interface, method, path)
}

/// Sends the mutations of a step, spread over all of them.
async fn bodies(at: usize, share: usize) -> Report {
    let step = &STEPS[at];
    let (interface, method, _) = step.parts();
    let mut report = Report::default();
    let mut world = World::before(at).await;
    let body = world.filled(step.body.as_ref().unwrap());
    let all = mutation::of_body(interface, case(step).unwrap(), &body);
    let stride = all.len().div_ceil(share).max(1);
    let mut chosen: Vec<usize> =
        (0..stride).flat_map(|from| (from..all.len()).step_by(stride)).collect();
    chosen.truncate(share);
    for index in chosen {
        let mut mutation = fresh(&mut world, step, &all[index], &body);
        let url = world.url(step);
        let mut answer = world.send(method, &url, Some(&mutation.body)).await;
        if judge(step, &mutation, &answer).is_some() && answer.0 < 500 {
            // It may be what was done before that stands in its way.
            report.set_up += world.requests;
            world = World::before(at).await;
            mutation = fresh(&mut world, step, &all[index], &body);
            answer = world.send(method, &url, Some(&mutation.body)).await;
        }
        report.requests += 1;
        *report.statuses.entry(answer.0).or_default() += 1;
        if let Some(why) = judge(step, &mutation, &answer) {
            report.failures.push(format!(
                "{} {} = {}: {why}",
                step.call,
                mutation.member,
                shown(&mutation)
            ));
        }
        if answer.0 < 300 {
            if let Some(why) = read_back(&mut world, step, &url, &answer.1).await {
                report.failures.push(format!(
                    "{} {} = {}: {why}",
                    step.call,
                    mutation.member,
                    shown(&mutation)
                ));
            }
            // What succeeded may stand in the way of the next one.
            let body = world.filled(step.body.as_ref().unwrap());
            let url = world.url(step);
            if world.send(method, &url, Some(&body)).await.0 >= 300 {
                report.failures.extend(check(&mut world, step).await);
                report.set_up += world.requests;
                world = World::before(at).await;
            }
        }
    }
    report.failures.extend(check(&mut world, step).await);
    report.set_up += world.requests;
    report.set_up = report.set_up.saturating_sub(report.requests);
    report
}

/// The mutation with what stands in this world, and with fresh words.
fn fresh(world: &mut World, step: &Step, mutation: &Mutation, before: &Value) -> Mutation {
    let body = world.filled(step.body.as_ref().unwrap());
    let mut mutation = mutation.clone();
    renew(&mut mutation.body, before, &body);
    mutation
}

/// Replaces what is as it was before by what it is now.
fn renew(value: &mut Value, before: &Value, now: &Value) {
    match (value, before, now) {
        (Value::Object(value), Value::Object(before), Value::Object(now)) => {
            for (name, member) in value {
                if let (Some(before), Some(now)) = (before.get(name), now.get(name)) {
                    renew(member, before, now);
                }
            }
        }
        (Value::Array(value), Value::Array(before), Value::Array(now)) => {
            for ((item, before), now) in value.iter_mut().zip(before).zip(now) {
                renew(item, before, now);
            }
        }
        (value, before, now) if value == before => *value = now.clone(),
        _ => {}
    }
}

fn shown(mutation: &Mutation) -> String {
    let pointer =
        format!("/{}", mutation.member.replace('[', ".").replace(']', "").replace('.', "/"));
    let value = mutation.body.pointer(&pointer).map_or("(gone)".to_owned(), Value::to_string);
    value.chars().take(60).collect()
}

/// What is wrong with an answer to a mutation.
fn judge(step: &Step, mutation: &Mutation, (status, answer): &Answer) -> Option<String> {
    let text = answer.to_string();
    if *status < 300 && text.contains(EXTRA) {
        return Some(format!("the unknown member comes back: {text}"));
    }
    match status {
        501 => None,
        500.. => Some(format!("{status} {text}")),
        400 => {
            let fields = fields(answer);
            let is_named = mutation.is_tag
                || fields.iter().any(|field| {
                    field == "body"
                        || is_about(field, &mutation.member)
                        || NAMED_INSTEAD.contains(&(&step.call, &mutation.member, field))
                });
            (!is_named).then(|| format!("not named in {fields:?}: {text}"))
        }
        _ => None,
    }
}

/// The fields that a refusal names.
pub(crate) fn fields(answer: &Value) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for kind in ["missing", "invalid", "immutable"] {
        match &answer[kind] {
            Value::Array(names) => {
                fields.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            Value::Object(reasons) => fields.extend(reasons.keys().cloned()),
            _ => {}
        }
    }
    fields
}

/// What was made can be read.
async fn read_back(world: &mut World, step: &Step, url: &str, answer: &Value) -> Option<String> {
    let (interface, method, template) = step.parts();
    let id = answer["id"].as_str()?;
    let (path, url) = if method == "POST" {
        let operations = synctera_sandbox::served_operations();
        let path = operations.iter().find_map(|(of, operation)| {
            let rest = operation.path.strip_prefix(template)?.strip_prefix("/{")?;
            let fits = *of == interface && operation.method == "GET" && !rest.contains('/');
            fits.then_some(operation.path)
        })?;
        (path, format!("{url}/{id}"))
    } else {
        (template, url.to_owned())
    };
    super::document::document(interface)["paths"][path].get("get")?;
    let (status, body) = world.send("GET", &url, None).await;
    (status != 200).then(|| format!("cannot be read afterward: {status} {body}"))
}

/// Every list answers, and the books add up.
async fn check(world: &mut World, step: &Step) -> Vec<String> {
    let mut failures = Vec::new();
    for (interface, operation) in synctera_sandbox::served_operations() {
        let required = required_query(interface, operation.path);
        if operation.method != "GET" || operation.path.contains('{') || required {
            continue;
        }
        let url = format!("/{interface}{}", operation.path);
        let (status, body) = world.send("GET", &url, None).await;
        if status >= 300 {
            failures.push(format!("after {}: {url}: {status} {body}", step.call));
        }
    }
    let audit = world.sandbox.audit().unwrap();
    if !audit.adds_up() {
        failures.push(format!("after {}: {audit}", step.call));
    }
    failures
}

pub(crate) fn required_query(interface: &str, path: &str) -> bool {
    let root = super::document::document(interface);
    let parameters = root["paths"][path]["get"]["parameters"].as_array().into_iter().flatten();
    let mut parameters = parameters.map(|parameter| super::document::deref(root, parameter));
    parameters.any(|parameter| parameter["in"] == "query" && parameter["required"] == true)
}

/// Operations with a JSON body of which no step has one that succeeds: what they need cannot be made
/// by a few calls.
const WITHOUT_CASE: [&str; 5] = [
    "v2 PATCH /cards/digital_wallet_tokens/{digital_wallet_token_id}",
    "v2 PATCH /cards/images/{card_image_id}",
    "v2 PATCH /wires/incoming/{wire_id}",
    "v2 POST /external_cards/transfers/applepay",
    "v2 POST /external_cards/transfers/googlepay",
];

#[test]
fn every_operation_with_a_body_has_a_case() {
    let mut without: Vec<String> = synctera_sandbox::served_operations()
        .into_iter()
        .filter(|(of, operation)| body_schema(of, operation.method, operation.path).is_some())
        .map(|(of, operation)| format!("{of} {} {}", operation.method, operation.path))
        .filter(|call| STEPS.iter().all(|step| step.call != *call))
        .collect();
    without.sort_unstable();
    assert_eq!(without, WITHOUT_CASE);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_changed_query_or_path_breaks_anything() {
    let report = together(vec![queries("v2"), queries("v0")]).await;
    conclude("changed queries and paths", &report);
}

async fn queries(interface: &'static str) -> Report {
    let mut report = Report::default();
    let mut world = World::before(STEPS.len()).await;
    let ids = path_ids(&mut world);
    for (of, operation) in synctera_sandbox::served_operations() {
        if of != interface {
            continue;
        }
        let path = fill_path(operation.path, &ids);
        let names = operation.path.split(['{', '}']).skip(1).step_by(2);
        let is_reached = names.into_iter().all(|name| ids.contains_key(name));
        if operation.method == "GET" && is_reached {
            for (name, text) in mutation::of_query(interface, "GET", operation.path) {
                let url = format!("/{interface}{path}?{name}={text}");
                let (status, answer) = world.send("GET", &url, None).await;
                note(&mut report, &url, status, &answer);
                if status == 400 && !fields(&answer).iter().any(|field| is_about(field, name)) {
                    let required = required_query(interface, operation.path);
                    if !required {
                        report.failures.push(format!("{url}: not named: {answer}"));
                    }
                }
            }
        }
        for (start, _) in operation.path.match_indices('{') {
            let end = operation.path[start..].find('}').unwrap() + start;
            for text in PATH_TEXTS {
                let before = fill_path(&operation.path[..start], &ids);
                let after = fill_path(&operation.path[end + 1..], &ids);
                let url = format!("/{interface}{before}{text}{after}");
                let body = (operation.method != "GET").then(|| serde_json::json!({}));
                let (status, answer) = world.send(operation.method, &url, body.as_ref()).await;
                note(&mut report, &url, status, &answer);
            }
        }
    }
    let last = STEPS.last().unwrap();
    report.failures.extend(check(&mut world, last).await);
    report.set_up = world.requests - report.requests;
    report
}

fn note(report: &mut Report, url: &str, status: u16, answer: &Value) {
    report.requests += 1;
    *report.statuses.entry(status).or_default() += 1;
    if status >= 500 && status != 501 {
        report.failures.push(format!("{url}: {status} {answer}"));
    }
}

/// An id for each parameter of a path, from what the steps named.
pub(crate) fn path_ids(world: &mut World) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for step in STEPS.iter() {
        for (name, value) in &step.path {
            let value = world.filled(value);
            ids.entry(name.clone()).or_insert(value.as_str().unwrap().to_owned());
        }
    }
    ids
}

pub(crate) fn fill_path(template: &str, ids: &BTreeMap<String, String>) -> String {
    let mut path = template.to_owned();
    for (name, id) in ids {
        path = path.replace(&format!("{{{name}}}"), id);
    }
    path.replace(['{', '}'], "")
}
