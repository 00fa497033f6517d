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
                let (headers, body) = read(&mut BufReader::new(stream.try_clone().unwrap()));
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

fn read(stream: &mut impl std::io::BufRead) -> (HeaderMap, String) {
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        let name = HeaderName::try_from(name).unwrap();
        headers.insert(name, HeaderValue::try_from(value).unwrap());
    }
    let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (headers, String::from_utf8(body).unwrap())
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
