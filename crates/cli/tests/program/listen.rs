//! `synctera listen`: every event arrives, in order and once, whatever happens in between.

use std::io::{BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use synctera::webhooks::Verifier;

use crate::harness::{Bank, Run};

/// A program that receives events, and refuses some of them first.
struct Receiver {
    url: String,
    received: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    /// Refuses every so many-th request.
    fn start(refuses: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<(HeaderMap, String)>>> = Arc::default();
        let kept = received.clone();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                // A program that was killed leaves a part of a request, or none.
                let request = read(&mut BufReader::new(stream.try_clone().unwrap()));
                let Some((headers, body)) = request else { continue };
                let is_refused = refuses > 0 && number % refuses == 0;
                if !is_refused {
                    kept.lock().unwrap().push((headers, body));
                }
                let status = if is_refused { "503 Busy" } else { "204 Done" };
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
            }
        });
        Self { url, received }
    }

    fn bodies(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        received.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }
}

fn read(stream: &mut impl std::io::BufRead) -> Option<(HeaderMap, String)> {
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    let length: usize = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((headers, String::from_utf8(body).ok()?))
}

fn listen(bank: &Bank, receiver: &Receiver, more: &[&str]) -> Run {
    let mut line = vec!["listen", "--forward-to", &receiver.url, "--once"];
    line.extend(more);
    let run = bank.run(&line);
    assert_eq!(run.code, 0, "{run:?}");
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_arrives_once_and_signed() {
    let bank = Bank::open().await;
    let receiver = Receiver::start(3);
    listen(&bank, &receiver, &[]);
    assert!(receiver.bodies().is_empty(), "nothing has happened since it began");
    let mut persons = Vec::new();
    for _ in 0..3 {
        // What happens while it does not run is forwarded when it runs again.
        persons.push(bank.person());
        bank.run(&["sandbox", "clock", "advance", "--minutes", "3"]);
        persons.push(bank.person());
        listen(&bank, &receiver, &[]);
        listen(&bank, &receiver, &[]);
    }
    let bodies = receiver.bodies();
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
    for (headers, body) in receiver.received.lock().unwrap().iter() {
        let event = verifier.verify(headers, body.clone()).unwrap().event().unwrap();
        assert!(ids.contains(&event.id.to_string().as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_chosen_and_sent_again_on_request() {
    let bank = Bank::open().await;
    let receiver = Receiver::start(0);
    listen(&bank, &receiver, &[]);
    bank.person();
    let run = listen(&bank, &receiver, &["--events", "ACCOUNT.*"]);
    assert!(receiver.bodies().is_empty(), "{run:?}");
    listen(&bank, &receiver, &["--since", "10m"]);
    let count = receiver.bodies().len();
    assert!(count > 0);
    listen(&bank, &receiver, &["--since", "10m"]);
    assert_eq!(receiver.bodies().len(), 2 * count);
    for (more, code) in
        [(&["--since", "soon"][..], 2), (&["--state", "/"], 1), (&["--webhook", "x"], 4)]
    {
        let mut line = vec!["listen", "--forward-to", &receiver.url, "--once"];
        line.extend(more);
        let run = bank.run(&line);
        assert!(run.code == code || run.code == 6, "{more:?}: {run:?}");
    }
    let wrong = bank.run(&["listen", "--forward-to", "ftp://x", "--once"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_raised_and_arrives() {
    let bank = Bank::open().await;
    let receiver = Receiver::start(0);
    listen(&bank, &receiver, &[]);
    assert_eq!(bank.run(&["trigger", "CARD.UPDATED"]).code, 0);
    listen(&bank, &receiver, &[]);
    let kinds: Vec<Value> = receiver.bodies().iter().map(|it| it["type"].clone()).collect();
    assert_eq!(kinds, ["CARD.UPDATED"]);
    assert_eq!(bank.run(&["trigger", "CARD.EXPLODED"]).code, 2);
}

/// How many persons are made between two runs.
const PERSONS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_it_is_killed() {
    let bank = Bank::open().await;
    let receiver = Receiver::start(50);
    listen(&bank, &receiver, &[]);
    let client = synctera::Synctera::builder(bank.sandbox.api_key())
        .base_url(bank.sandbox.base_url())
        .build()
        .unwrap();
    let mut made = 0;
    for _ in 0..3 {
        for _ in 0..PERSONS {
            let person =
                synctera::types::NewPerson::new(true, synctera::types::PersonStatus::Prospect);
            let id = client.api().create_person(&person).await.unwrap().id;
            let change = serde_json::json!({ "first_name": "Ada" }).to_string();
            let line = ["persons", "update-person", &id.to_string(), "--body", &change];
            if made == 0 {
                assert_eq!(bank.run(&line).code, 0);
            }
            made += 1;
        }
        let before = receiver.bodies().len();
        let mut command = bank.command(&["listen", "--forward-to", &receiver.url]);
        let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while receiver.bodies().len() < before + PERSONS / 2 && std::time::Instant::now() < end {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    listen(&bank, &receiver, &[]);
    let bodies = receiver.bodies();
    let of = |kind: &str| -> Vec<String> {
        let found = bodies.iter().filter(|event| event["type"] == kind);
        found.map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut created = of("PERSON.CREATED");
    let arrived = created.len();
    created.sort_unstable();
    created.dedup();
    println!("{made} persons, {} events, {} of them twice", bodies.len(), arrived - created.len());
    assert_eq!(created.len(), made, "every event arrives");
    // The one that was on its way when it was killed.
    assert!(arrived - created.len() <= 3, "{arrived}");
    let kinds: Vec<&str> = bodies.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let place = |kind: &str| kinds.iter().position(|it| *it == kind);
    assert!(place("PERSON.CREATED") < place("PERSON.UPDATED"), "{kinds:?}");
}
