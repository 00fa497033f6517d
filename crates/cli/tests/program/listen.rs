//! `synctera listen`: every event arrives, in order and once, whatever happens in between.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use synctera::webhooks::Verifier;

use crate::fake::Fake;
use crate::harness::{Bank, Run, finish, program};

/// A program that receives events, and refuses some of them first.
struct Target {
    url: String,
    received: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Target {
    /// Refuses every so many-th request.
    fn start(refuses: usize) -> Self {
        let received: Arc<Mutex<Vec<(HeaderMap, String)>>> = Arc::default();
        let kept = received.clone();
        let mut number = 0;
        let fake = Fake::start(move |request| {
            number += 1;
            if refuses > 0 && (number - 1) % refuses == 0 {
                return Some((503, String::new()));
            }
            kept.lock().unwrap().push((request.headers.clone(), request.body.clone()));
            Some((204, String::new()))
        });
        Self { url: format!("{}/events", fake.url), received }
    }

    fn bodies(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        received.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }
}

fn listen(bank: &Bank, target: &Target, more: &[&str]) -> Run {
    let mut line = vec!["listen", "--forward-to", &target.url, "--once"];
    line.extend(more);
    let run = bank.run(&line);
    assert_eq!(run.code, 0, "{run:?}");
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_arrives_once_and_signed() {
    let bank = Bank::open().await;
    let target = Target::start(3);
    listen(&bank, &target, &[]);
    assert!(target.bodies().is_empty(), "nothing has happened since it began");
    let mut persons = Vec::new();
    for _ in 0..3 {
        // What happens while it does not run is forwarded when it runs again.
        persons.push(bank.person());
        bank.run(&["sandbox", "clock", "advance", "--minutes", "3"]);
        persons.push(bank.person());
        listen(&bank, &target, &[]);
        listen(&bank, &target, &[]);
    }
    let bodies = target.bodies();
    let ids: Vec<&str> = bodies.iter().map(|event| event["id"].as_str().unwrap()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "none arrives twice");
    assert!(bodies.iter().map(|it| it["event_time"].as_str().unwrap()).is_sorted());
    for person in &persons {
        let is_about = |event: &&Value| event["event_resource"].as_str().unwrap().contains(person);
        assert!(bodies.iter().any(|event| is_about(&event)), "{person}: {bodies:#?}");
    }
    let secret = bank.run(&["listen", "--print-secret"]).stdout;
    let verifier = Verifier::new(secret.trim()).unwrap();
    for (headers, body) in target.received.lock().unwrap().iter() {
        let event = verifier.verify(headers, body.clone()).unwrap().event().unwrap();
        assert!(ids.contains(&event.id.to_string().as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_chosen_and_sent_again_on_request() {
    let bank = Bank::open().await;
    let target = Target::start(0);
    listen(&bank, &target, &[]);
    bank.person();
    let run = listen(&bank, &target, &["--events", "ACCOUNT.*"]);
    assert!(target.bodies().is_empty(), "{run:?}");
    listen(&bank, &target, &["--since", "10m"]);
    let count = target.bodies().len();
    assert!(count > 0);
    listen(&bank, &target, &["--since", "10m"]);
    assert_eq!(target.bodies().len(), 2 * count);
    for (more, code, words) in [
        (&["--since", "soon"][..], 2, "--since soon is not a time"),
        (&["--since", "+262142-12-31T23:59:59Z"], 2, "is not a time"),
        (&["--state", "/"], 1, "the state / cannot be kept"),
        (&["--webhook", "x"], 4, "next:"),
        (&["--events", "ACCOUNT.CREATD"], 2, "a similar value exists: 'ACCOUNT.CREATED'"),
        (&["--forward-to", "ftp://x"], 2, "must begin with http:// or https://"),
        (&["--forward-to", "http://ada:pass-4711@x"], 2, "a user name or a password"),
    ] {
        let mut line = vec!["listen", "--once"];
        if more[0] != "--forward-to" {
            line.extend(["--forward-to", &target.url]);
        }
        line.extend(more);
        let run = bank.run(&line);
        assert_eq!(run.code, code, "{more:?}: {run:?}");
        assert!(run.stderr.contains(words) && !run.stderr.contains("4711"), "{more:?}: {run:?}");
    }
}

/// Runs the program against a server that is not ours.
fn listen_at(fake: &Fake, target: &Target, state: &str, more: &[&str]) -> Run {
    let mut line = vec!["listen", "--forward-to", &target.url, "--once", "--state", state];
    line.extend(more);
    finish(program(&line).env("SYNCTERA_BASE_URL", &fake.url), "")
}

#[test]
fn an_event_that_cannot_be_read_is_told_and_stops_no_other() {
    let good = |id: &str, second: u32| {
        json!({
            "id": id, "type": "CARD.UPDATED", "event_time": format!("2026-11-24T14:00:{second:02}Z"),
        })
    };
    let bad = [
        json!({ "id": "late-1", "type": "CARD.UPDATED", "event_time": "soon" }),
        json!({ "id": "late-2", "type": "CARD.UPDATED", "event_time": "+262142-12-31T23:59:59Z" }),
        json!({ "type": "CARD.\u{1b}[2J", "event_time": "2026-11-24T14:00:00Z" }),
        json!("no event"),
    ];
    let mut events = vec![good("a", 1), good("b", 2)];
    events.extend(bad.clone());
    let page = json!({ "event_list": events }).to_string();
    let fake = Fake::start(move |request| match request.line.contains("/events") {
        true => Some((200, page.clone())),
        false => Some((404, "{}".to_owned())),
    });
    let (target, folder) = (Target::start(0), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.json");
    let line = ["--webhook", "w", "--since", "2026-11-01T00:00:00Z"];
    let run = listen_at(&fake, &target, state.to_str().unwrap(), &line);
    assert_eq!(run.code, 1, "{run:?}");
    let ids: Vec<Value> = target.bodies().iter().map(|event| event["id"].clone()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert!(run.stderr.contains("event late-1 of type CARD.UPDATED has no time"), "{run:?}");
    assert!(run.stderr.contains("event late-2 "), "{run:?}");
    assert!(run.stderr.contains("\\u{1b}[2J at 2026-11-24T14:00:00Z has no id"), "{run:?}");
    assert!(run.stderr.contains("error: 4 events could not be read"), "{run:?}");
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
}

#[test]
fn only_a_webhook_that_is_gone_is_made_anew() {
    let (target, folder) = (Target::start(0), tempfile::tempdir().unwrap());
    let state = folder.path().join("state.json");
    for (status, code) in [(403, 5), (400, 4), (404, 5)] {
        std::fs::write(&state, r#"{"webhook": "4f364343-d16f-4562-8f0f-ff77056ac36f"}"#).unwrap();
        let fake = Fake::start(move |request| {
            let is_known = request.line.starts_with("GET /v2/webhooks/4f364343");
            let status = if is_known { status } else { 403 };
            Some((status, r#"{"code": "SOMETHING", "detail": "no", "status": 403}"#.to_owned()))
        });
        let run = listen_at(&fake, &target, state.to_str().unwrap(), &[]);
        assert_eq!(run.code, code, "{status}: {run:?}");
        let lines: Vec<String> = fake.so_far().into_iter().map(|request| request.line).collect();
        let is_sought = lines.iter().any(|line| *line == "GET /v2/webhooks");
        assert_eq!(is_sought, status == 404, "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_raised_and_arrives() {
    let bank = Bank::open().await;
    let target = Target::start(0);
    listen(&bank, &target, &[]);
    assert_eq!(bank.run(&["trigger", "CARD.UPDATED"]).code, 0);
    listen(&bank, &target, &[]);
    let kinds: Vec<Value> = target.bodies().iter().map(|it| it["type"].clone()).collect();
    assert_eq!(kinds, ["CARD.UPDATED"]);
    assert_eq!(bank.run(&["trigger", "CARD.EXPLODED"]).code, 2);
    // About a resource that is not the newest.
    let (first, _) = (bank.person(), bank.person());
    listen(&bank, &target, &[]);
    let before = target.bodies().len();
    let raised = bank.run(&["trigger", "PERSON.UPDATED", "--id", &first]).json();
    assert_eq!(raised["event_ids"].as_array().unwrap().len(), 1, "{raised}");
    listen(&bank, &target, &[]);
    let bodies = target.bodies();
    assert_eq!(bodies.len(), before + 1);
    assert_eq!(
        (&bodies[before]["type"], &bodies[before]["resource_id"]),
        (&Value::from("PERSON.UPDATED"), &Value::from(first.as_str()))
    );
    let other = bank.run(&["trigger", "CARD.UPDATED", "--id", &first]);
    assert!(other.code == 6 && other.stderr.contains("there is no resource"), "{other:?}");
    let other = bank.run(&["trigger", "PERSON.UPDATED", "--id", "../x"]);
    assert!(other.code == 6, "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_begins_anew_after_the_clock_went_back_or_the_webhook_is_another() {
    let bank = Bank::open().await;
    let target = Target::start(0);
    let file = bank.home.path().join("state.json");
    let more = ["--state", file.to_str().unwrap()];
    listen(&bank, &target, &more);
    for (member, value) in [
        ("reached", "2030-01-01T00:00:00Z"),
        ("reached_of", "4f364343-d16f-4562-8f0f-ff77056ac36f"),
    ] {
        let kept = std::fs::read_to_string(&file).unwrap();
        let mut kept: Value = serde_json::from_str(&kept).unwrap();
        kept[member] = value.into();
        std::fs::write(&file, kept.to_string()).unwrap();
        let run = listen(&bank, &target, &more);
        assert!(run.stderr.contains("only events from now on are forwarded"), "{run:?}");
        bank.person();
        let before = target.bodies().len();
        let run = listen(&bank, &target, &more);
        assert!(!run.stderr.contains("only events from now on are forwarded"), "{run:?}");
        assert!(target.bodies().len() > before, "{member}: {run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_what_passes_and_goes_on_after_a_reset() {
    let bank = Bank::open().await;
    let target = Target::start(0);
    listen(&bank, &target, &[]);
    let fault = ["sandbox", "faults", "add", "--status", "503", "--times", "8"];
    let operation = ["--operation", "list_webhook_events"];
    assert_eq!(bank.run(&[&fault[..], &operation].concat()).code, 0);
    let mut command = bank.command(&["listen", "--forward-to", &target.url]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut until = |words: &str| {
        while !lines.next().expect("it goes on").unwrap().contains(words) {}
    };
    until("the events are read when the platform answers again");
    bank.person();
    until("PERSON.");
    // The sandbox forgets the webhook; another one is made.
    assert_eq!(bank.run(&["sandbox", "reset"]).code, 0);
    until("only events from now on are forwarded");
    bank.person();
    until("PERSON.");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How many persons are made between two runs, and how many runs are killed: more than 1,000 events.
const PERSONS: usize = 160;
const KILLED: usize = 3;
/// Of so many persons one is changed as well.
const CHANGED: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_it_is_killed() {
    let bank = Bank::open().await;
    let target = Target::start(50);
    listen(&bank, &target, &[]);
    let client = synctera::Synctera::builder(bank.sandbox.api_key())
        .base_url(bank.sandbox.base_url())
        .build()
        .unwrap();
    for _ in 0..KILLED {
        for number in 0..PERSONS {
            let person =
                synctera::types::NewPerson::new(true, synctera::types::PersonStatus::Prospect);
            let id = client.api().create_person(&person).await.unwrap().id;
            if number % CHANGED == 0 {
                let change = synctera::types::PersonPatch {
                    first_name: "Ada".to_owned().into(),
                    ..Default::default()
                };
                client.api().update_person(id, &change).await.unwrap();
            }
        }
        let before = target.received.lock().unwrap().len();
        let mut command = bank.command(&["listen", "--forward-to", &target.url]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // A line for each event that was forwarded, and for each that was refused.
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        while target.received.lock().unwrap().len() < before + PERSONS / 2 {
            lines.next().expect("it forwards until it is killed").unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    listen(&bank, &target, &[]);
    let bodies = target.bodies();
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let ids: Vec<String> = bodies.iter().map(|event| text(event, "id")).collect();
    let unique: BTreeSet<&String> = ids.iter().collect();
    let webhook = bank.run(&["webhooks", "list-webhooks", "-q", ".webhooks[0].id", "-r"]).stdout;
    let line = ["webhooks", "list-webhook-events", webhook.trim(), "--all", "-q", ".[].id", "-r"];
    let listed = bank.run(&line).stdout;
    let listed: Vec<String> = listed.lines().map(str::to_owned).collect();
    println!("{} events, {} of them twice", listed.len(), ids.len() - unique.len());
    assert!(listed.len() > 1_000, "{}", listed.len());
    assert_eq!(unique, listed.iter().collect(), "every event arrives");
    // The one that was on its way when it was killed.
    assert!(ids.len() - unique.len() <= KILLED, "{}", ids.len());
    // In the order of each person.
    let (mut seen, mut changed, mut changes) = (BTreeSet::new(), BTreeSet::new(), 0);
    for event in bodies.iter().filter(|event| seen.insert(text(event, "id"))) {
        let (resource, kind) = (text(event, "resource_id"), text(event, "type"));
        let (group, what) = kind.rsplit_once('.').unwrap();
        if what == "UPDATED" {
            changes += 1;
            changed.insert((resource, group.to_owned()));
        } else {
            assert!(!changed.contains(&(resource, group.to_owned())), "{event}");
        }
    }
    assert!(changes >= KILLED * PERSONS / CHANGED, "{changes}");
}
