//! What was read, changed and sent back is taken: what only the platform sets is ignored while it is
//! what it was, and refused by its name when it is not.

use serde_json::{Value, json};

use super::document::{body_schema, deref, document, is_read_only, members};
use super::suite::{Report, case, conclude, fields, together};
use super::world::{STEPS, World};

/// Members that change by themselves.
const COMPUTED: [&str; 7] = [
    "balances",
    "classifications",
    "has_accounts",
    "last_updated",
    "last_updated_time",
    "updated",
    "updated_at",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_taken_back() {
    let fits = |at: &usize| {
        let (interface, method, path) = STEPS[*at].parts();
        let is_change = matches!(method, "PATCH" | "PUT");
        let read = synctera_sandbox::served_operations().into_iter().any(|(of, operation)| {
            of == interface && operation.method == "GET" && operation.path == path
        });
        is_change && read && body_schema(interface, method, path).is_some()
    };
    let jobs: Vec<_> = (0..STEPS.len()).filter(fits).map(change).collect();
    assert!(jobs.len() > 30, "{} operations change what can be read", jobs.len());
    conclude("records sent back", &together(jobs).await);
}

async fn change(at: usize) -> Report {
    let step = &STEPS[at];
    let (interface, method, path) = step.parts();
    let mut report = Report::default();
    let mut world = World::before(at).await;
    let url = world.url(step);
    let (status, current) = world.send("GET", &url, None).await;
    assert_eq!(status, 200, "{url}: {current}");
    let changes = world.filled(step.body.as_ref().unwrap());

    let schema = body_schema(interface, method, path).unwrap();
    let root = document(interface);
    for (name, schemas) in members(root, &[schema], &current) {
        let Some(known) = current.get(&name) else {
            continue;
        };
        // What is worked out whenever a resource is read may be sent back with any value.
        if !is_read_only(root, &schemas) || COMPUTED.contains(&name.as_str()) {
            continue;
        }
        let mut body = changes.clone();
        body[&name] = other(known);
        let (status, answer) = world.send(method, &url, Some(&body)).await;
        report.requests += 1;
        if status != 400 || !fields(&answer).contains(&name) {
            report.failures.push(format!("{}: another {name}: {status} {answer}", step.call));
        }
    }

    let mut body = current.clone();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    let (status, answer) = world.send(method, &url, Some(&body)).await;
    report.requests += 1;
    if status >= 300 {
        report.failures.push(format!("{}: sent back: {status} {answer}\n    {body}", step.call));
    }
    report.set_up = world.requests - report.requests;
    report
}

/// Another value of the same type.
fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.strip_suffix(|last: char| last.is_ascii_digit()) {
            Some(rest) => json!(format!("{rest}{}", if text.ends_with('7') { 8 } else { 7 })),
            None => json!("other"),
        },
        Value::Bool(is) => json!(!is),
        Value::Number(_) => json!(41),
        _ => json!({ "another": 1 }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_platform_sets_may_be_null() {
    let jobs: Vec<_> = (0..STEPS.len())
        .filter(|at| STEPS[*at].parts().1 == "POST" && case(&STEPS[*at]).is_some())
        .map(nulls)
        .collect();
    conclude("read-only members of new records", &together(jobs).await);
}

async fn nulls(at: usize) -> Report {
    let step = &STEPS[at];
    let (interface, method, path) = step.parts();
    let mut report = Report::default();
    let mut world = World::before(at).await;
    let mut body = world.filled(step.body.as_ref().unwrap());
    let schema = body_schema(interface, method, path).unwrap();
    let root = document(interface);
    let url = world.url(step);
    for (name, schemas) in members(root, &[schema], &body) {
        if !is_read_only(root, &schemas) {
            continue;
        }
        let mut sent = body.clone();
        sent[&name] = json!("mine");
        let (status, answer) = world.send(method, &url, Some(&sent)).await;
        report.requests += 1;
        if status != 400 || !fields(&answer).contains(&name) {
            report.failures.push(format!("{}: {name}: {status} {answer}", step.call));
        }
        body[&name] = Value::Null;
    }
    let (status, answer) = world.send(method, &url, Some(&body)).await;
    report.requests += 1;
    if status >= 300 {
        report.failures.push(format!("{}: {body}: {status} {answer}", step.call));
    }
    report.set_up = world.requests - report.requests;
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_record_says_of_itself_is_not_the_callers() {
    let jobs: Vec<_> = (0..STEPS.len())
        .filter(|at| STEPS[*at].parts().1 != "GET" && case(&STEPS[*at]).is_some())
        .map(own_facts)
        .collect();
    conclude("facts of a record in a body", &together(jobs).await);
}

/// Names under which records keep what they say of themselves, in the documents and inside.
const FACTS: [&str; 24] = [
    "account_number",
    "bank_routing",
    "created",
    "created_at",
    "creation_time",
    "customers",
    "dc_sign_of_record",
    "done",
    "id",
    "is_current",
    "is_security",
    "is_used",
    "last_updated",
    "last_updated_time",
    "number_key",
    "older_type",
    "payment_type",
    "print",
    "steering",
    "tenant",
    "token_print",
    "updated",
    "updated_at",
    "will_be_rejected",
];
/// Those of which the documents leave it open in some bodies whose they are.
const OPEN: [&str; 6] = ["created", "created_at", "id", "tenant", "updated", "updated_at"];
const MINE: &str = "0f58e632-2630-4cc4-8661-3910eae951e6";
/// What is sent where the document describes a moment.
const THEN: &str = "2001-02-03T04:05:06Z";

/// Sends a body with facts that are the record's own: nothing of them may be taken.
async fn own_facts(at: usize) -> Report {
    let step = &STEPS[at];
    let (interface, method, path) = step.parts();
    let root = document(interface);
    let schema = body_schema(interface, method, path).unwrap();
    let mut report = Report::default();
    let mut world = World::before(at).await;
    let mut body = world.filled(step.body.as_ref().unwrap());
    let known = members(root, &[schema], &body);
    let is_open = deref(root, schema).get("additionalProperties") != Some(&json!(false));
    for name in FACTS {
        // What the operation takes is not a fact; what it only reads is refused, as shown above, and
        // so is another fact of a record that is known.
        let is_taken = body.get(name).is_some()
            || known.get(name).is_some_and(|schemas| {
                is_read_only(root, schemas) || !OPEN.contains(&name) || method != "POST"
            });
        if !is_taken && (is_open || OPEN.contains(&name)) {
            let mut described = known.get(name).into_iter().flatten().copied();
            let is_moment = described.any(|schema| deref(root, schema)["format"] == "date-time");
            body[name] = json!(if is_moment { THEN } else { MINE });
        }
    }
    let url = world.url(step);
    let (mut status, mut answer) = world.send(method, &url, Some(&body)).await;
    report.requests += 1;
    // What the resource has, though the body cannot, does not change: the rest is sent again.
    let fixed: Vec<&str> =
        answer["immutable"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if method != "POST" && status == 400 && fixed.iter().all(|name| FACTS.contains(name)) {
        body.as_object_mut().unwrap().retain(|name, _| !fixed.contains(&name.as_str()));
        (status, answer) = world.send(method, &url, Some(&body)).await;
        report.requests += 1;
    }
    let text = answer.to_string();
    if status >= 300 || text.contains(MINE) || text.contains(THEN) {
        report.failures.push(format!("{}: {status} {answer}", step.call));
    }
    report.set_up = world.requests - report.requests;
    report
}
