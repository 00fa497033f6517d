//! Killed at any moment, it has kept what it acknowledged: every write, the books, the events.
//!
//! Four clients write all the while. After some acknowledgements the program is killed, and started
//! again on the same file. What was under way then is sent again under its key. How often it is
//! killed says `SYNCTERA_CRASH_KILLS`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Program;

/// Clients that write at the same time.
const WRITERS: usize = 4;
/// What each transfer moves, in minor units.
const AMOUNT: i64 = 7;

/// A write under its key.
#[derive(Clone, Debug)]
struct Write {
    key: String,
    path: &'static str,
    body: Value,
}

/// The accounts that money moves between.
struct Purse {
    from: Value,
    to: String,
}

impl Write {
    fn nth(round: usize, writer: usize, n: usize, purse: &Purse) -> Self {
        let key = format!("{round}/{writer}/{n}");
        if n.is_multiple_of(2) {
            let body = json!({
                "originating_account_id": purse.from, "receiving_account_id": purse.to,
                "amount": AMOUNT, "currency": "USD", "type": "PROMOTIONAL_CREDIT",
            });
            return Self { key, path: "/v2/transactions/internal_transfer", body };
        }
        let body = json!({ "status": "PROSPECT", "is_customer": true, "first_name": key });
        Self { key, path: "/v2/persons", body }
    }

    /// The id of what it made, once that is acknowledged.
    async fn send(&self, http: &reqwest::Client, base_url: &str) -> Option<String> {
        let request = http.post(format!("{base_url}{}", self.path)).bearer_auth("sandbox-key");
        let request = request.header("idempotency-key", &self.key).body(self.body.to_string());
        let response = request.header("content-type", "application/json").send().await.ok()?;
        let status = response.status();
        let bytes = response.bytes().await.ok()?;
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&bytes));
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        Some(body["id"].as_str().unwrap().to_owned())
    }

    fn is_person(&self) -> bool {
        self.path == "/v2/persons"
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn call(method: &str, base_url: &str, path: &str, body: Value) -> Value {
    let request = client().request(method.parse().unwrap(), format!("{base_url}{path}"));
    let request = request.bearer_auth("sandbox-key").header("content-type", "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let response = request.body(body).send().await.unwrap();
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    assert!(status.is_success(), "{method} {path}: {}", String::from_utf8_lossy(&bytes));
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Resources that an event arrived about, and how many events arrived.
type Heard = Arc<Mutex<(BTreeSet<String>, usize)>>;

/// Somebody who hears of everything.
async fn subscriber() -> (String, Heard) {
    async fn hear(State(heard): State<Heard>, body: Bytes) {
        let event: Value = serde_json::from_slice(&body).unwrap();
        let (resources, count) = &mut *heard.lock().unwrap();
        resources.insert(event["resource_id"].as_str().unwrap().to_owned());
        *count += 1;
    }
    let heard = Heard::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(hear).with_state(heard.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

async fn set_up(base_url: &str, events: &str) -> Purse {
    let body = json!({
        "url": events, "enabled_events": ["PERSON.*", "INTERNAL_TRANSFER.*"], "is_enabled": true,
    });
    call("POST", base_url, "/v2/webhooks", body).await;
    let person = json!({
        "status": "ACTIVE", "is_customer": true, "first_name": "Ada", "last_name": "Byron",
        "dob": "1985-12-10", "ssn": "456-78-9012", "email": "ada@example.com",
        "phone_number": "+14155550123",
        "legal_address": {
            "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
            "postal_code": "94105", "country_code": "US",
        },
    });
    let person = call("POST", base_url, "/v2/persons", person).await["id"].clone();
    let body = json!({ "person_id": person, "customer_consent": true });
    call("POST", base_url, "/v2/verifications/verify", body).await;
    let body = json!({
        "account_type": "CHECKING",
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": person }],
    });
    let to = call("POST", base_url, "/v2/accounts", body).await["id"].as_str().unwrap().to_owned();
    let body = json!({ "currency": "USD", "status": "ACTIVE" });
    let from = call("POST", base_url, "/v2/internal_accounts", body).await["id"].clone();
    Purse { from, to }
}

/// Writes until the program is gone; tells what was acknowledged, and then what was not.
async fn write(
    (round, writer): (usize, usize),
    purse: Arc<Purse>,
    base_url: String,
    told: mpsc::UnboundedSender<(Write, Option<String>)>,
) {
    let http = client();
    for n in 0.. {
        let write = Write::nth(round, writer, n, &purse);
        let id = write.send(&http, &base_url).await;
        let is_over = id.is_none();
        if told.send((write, id)).is_err() || is_over {
            return;
        }
    }
}

/// A number that looks random, from a round.
fn drawn(round: usize, below: usize) -> usize {
    let mixed = (round as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from((mixed >> 33) % below as u64).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_being_killed() {
    let kills = std::env::var("SYNCTERA_CRASH_KILLS").map_or(3, |text| text.parse().unwrap());
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let data = ["--data", file.to_str().unwrap()];
    let (events, heard) = subscriber().await;

    let mut program = Program::start(&data);
    let purse = Arc::new(set_up(&program.base_url, &events).await);
    let mut acknowledged: BTreeMap<String, (Write, String)> = BTreeMap::new();
    let mut interrupted = 0;
    for round in 0..kills {
        let (tell, mut told) = mpsc::unbounded_channel();
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let base_url = program.base_url.clone();
            writers.spawn(write((round, writer), purse.clone(), base_url, tell.clone()));
        }
        drop(tell);
        let mut left = 1 + drawn(round, 60);
        let mut unclear = Vec::new();
        while let Some((write, id)) = told.recv().await {
            match id {
                Some(id) => {
                    acknowledged.insert(write.key.clone(), (write, id));
                }
                None => unclear.push(write),
            }
            left = left.saturating_sub(1);
            if left == 0 {
                program.kill();
            }
        }
        writers.join_all().await;
        program = Program::start(&data);
        let check = call("GET", &program.base_url, "/sandbox/check", Value::Null).await;
        assert_eq!(check["adds_up"], true, "after kill {round}: {check}");
        // Who does not know asks again, and is told what was done, or it is done now.
        interrupted += unclear.len();
        for write in unclear {
            let id = write.send(&client(), &program.base_url).await.unwrap();
            acknowledged.insert(write.key.clone(), (write, id));
        }
    }

    let base_url = program.base_url.clone();
    for (write, id) in acknowledged.values() {
        let found = call("GET", &base_url, &format!("{}/{id}", write.path), Value::Null).await;
        assert_eq!(found["id"], id.as_str());
        // The same key has the same answer still.
        assert_eq!(write.send(&client(), &base_url).await.as_ref(), Some(id));
    }
    let transfers = acknowledged.values().filter(|(write, _)| !write.is_person()).count();
    let people = acknowledged.len() - transfers;
    let account = call("GET", &base_url, &format!("/v2/accounts/{}", purse.to), Value::Null).await;
    let moved = AMOUNT * i64::try_from(transfers).unwrap();
    assert_eq!(account["balances"][0]["balance"], moved, "each moved once");
    let state = call("GET", &base_url, "/sandbox", Value::Null).await;
    assert_eq!(state["resources"]["person"], people + 1, "nobody twice");
    assert_eq!(state["failed_jobs"], json!([]));

    let settled = call("POST", &base_url, "/sandbox/deliveries/settle", Value::Null).await;
    assert_eq!(settled["on_their_way"], 0);
    let (resources, count) = &*heard.lock().unwrap();
    for (write, id) in acknowledged.values() {
        assert!(resources.contains(id), "nobody heard of {}", write.key);
    }
    println!(
        "{kills} kills in {:.1} s: {} acknowledged writes all there ({people} persons, {transfers} \
         transfers), {interrupted} were under way and done once; {count} events arrived about {} \
         resources, none missing",
        begun.elapsed().as_secs_f64(),
        acknowledged.len(),
        resources.len(),
    );
}
