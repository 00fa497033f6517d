//! What is beyond a limit is refused by its name: sums, moments, delays.

use std::time::Duration;

use serde_json::{Value, json};
use synctera_sandbox::{Error, Fault, Sandbox};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Caller, ada, answer};

#[tokio::test]
async fn a_sum_beyond_the_range_of_amounts_is_refused() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let funds = json!({ "currency": "USD", "status": "ACTIVE" });
    let funds = caller.post("/v2/internal_accounts", funds).await.id();
    let transfer = json!({
        "amount": 1_000_000_000_000_000_i64, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        "originating_account_id": funds, "receiving_account_id": account,
    });
    let path = "/v2/transactions/internal_transfer";
    let mut refused = Value::Null;
    for _ in 0..2100 {
        let answer = caller.post(path, transfer.clone()).await;
        if answer.status != 200 {
            refused = answer.with(422);
            break;
        }
    }
    assert_eq!(refused["code"], "UNABLE_TO_TRANSACT", "{refused}");
    assert_eq!(caller.balance(&account).await, 2_000_000_000_000_000_000);
    caller.sandbox.audit().unwrap();
    caller.get(&format!("/v2/transactions/posted?account_id={account}")).await.with(200);
    caller.post("/sandbox/clock", json!({ "advance": { "days": 40 } })).await.with(200);
}

#[tokio::test]
async fn the_clock_stays_within_the_calendar() {
    let held = |moment: &str| Sandbox::builder().clock_held_at(moment.parse().unwrap());
    for moment in ["2199-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "1901-12-31T23:59:59Z"] {
        let error = held(moment).start().await.unwrap_err();
        assert!(matches!(error, Error::Clock(_)), "{error}");
        assert!(error.to_string().contains("1902-01-01 to 2198-12-31"), "{error}");
    }
    let sandbox = held("2198-12-30T14:00:00Z").start().await.unwrap();
    let calendar = sandbox.banking_days();
    assert!(calendar.next_ach_file().is_some());
    sandbox.advance(chrono::Duration::days(1)).unwrap();
    let before = sandbox.now();
    for refused in [
        sandbox.advance(chrono::Duration::days(1)),
        sandbox.advance_banking_days(1),
        sandbox.advance_to_next_banking_day(),
        sandbox.advance_to("9999-12-31T00:00:00Z".parse().unwrap()),
        sandbox.sleep(Duration::from_secs(24 * 3600)).await,
    ] {
        let why = refused.unwrap_err();
        assert!(matches!(why, Error::Refused { .. }), "{why:?}");
    }
    assert_eq!(sandbox.now(), before);

    let caller = Caller::new().await;
    for set in ["2250-01-01T00:00:00Z", "9999-12-31T00:00:00Z"] {
        caller.post("/sandbox/clock", json!({ "set": set })).await.with(400);
    }
    // Step by step neither.
    let years = json!({ "advance": { "days": 3660 } });
    let mut last = Value::Null;
    for _ in 0..20 {
        let answer = caller.post("/sandbox/clock", years.clone()).await;
        last = answer.body.clone();
        if answer.status != 200 {
            break;
        }
    }
    assert!(last["detail"].as_str().unwrap().contains("2198-12-31"), "{last}");
    caller.post("/v2/persons", ada()).await.with(201);
}

#[tokio::test]
async fn days_beyond_the_calendar_break_nothing() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    for body in [
        json!({ "account_number": number, "amount": 1, "dc_sign": "credit",
            "effective_date": "9999-12-31" }),
        json!({ "account_number": number, "amount": 1, "dc_sign": "credit",
            "effective_date": "2250-01-01" }),
    ] {
        let path = "/v2/ach/transaction_simulations/receiving_transaction";
        let answer = caller.post(path, body).await;
        assert!(answer.status < 500, "{}", answer.body);
    }
    let schedule = |start: &str| {
        json!({
            "description": "rent", "schedule": { "frequency": "DAILY", "interval": 1,
                "start_date": start, "count": 3 },
            "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": { "amount": 1,
                "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT", "originating_account_id": account,
                "receiving_account_id": account } },
        })
    };
    for start in ["2250-01-01", "9999-12-30"] {
        let answer = caller.post("/v2/payment_schedules", schedule(start)).await;
        assert!(answer.status < 500, "{}", answer.body);
    }
    for path in ["/v2/ach/incoming", "/v2/payment_schedules"] {
        caller.get(path).await.with(200);
    }
}

#[tokio::test]
async fn delays_lock_nobody_out() {
    let caller = Caller::new().await;
    // A header without a key does nothing.
    let url = format!("{}/v2/persons", caller.sandbox.base_url());
    let request = caller.http.get(&url).header("sandbox-fault", "delay-ms=3600000");
    assert_eq!(answer(request).await.status, 401);
    let request = caller.http.get(&url).header("sandbox-fault", "status=503").bearer_auth("wrong");
    assert_eq!(answer(request).await.status, 401);

    // With a key, and by the control API, only so many answers are delayed.
    caller
        .sandbox
        .add_fault(Fault::delayed(Duration::from_secs(3600)).on("GET", "/v2/slow"))
        .unwrap();
    let mut streams = Vec::new();
    for number in 0..400 {
        let mut stream = TcpStream::connect(caller.sandbox.address()).await.unwrap();
        let more = if number % 2 == 0 { "sandbox-fault: delay-ms=3600000\r\n" } else { "" };
        let path = if number % 2 == 0 { "/v2/persons" } else { "/v2/slow" };
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n{more}\r\n",
            caller.key
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    caller.get("/v2/persons").await.with(200);
    caller.get("/sandbox/health").await.with(200);
    let over = loop {
        let request = caller.request("GET", "/v2/persons").header("sandbox-fault", "delay-ms=1");
        let request = request.timeout(Duration::from_millis(300)).send().await;
        // Until all of them are there, this one waits as well.
        if let Ok(over) = request {
            break over;
        }
    };
    assert_eq!(over.status().as_u16(), 503);
    // The clock moves, and all have their answers.
    caller.post("/sandbox/clock", json!({ "advance": { "hours": 2 } })).await.with(200);
    let request = caller.request("GET", "/v2/persons").header("sandbox-fault", "delay-ms=0");
    assert_eq!(answer(request).await.status, 400);
}

/// Connections that nobody uses fill the server: the control API still answers.
#[tokio::test]
async fn the_control_api_has_connections_of_its_own() {
    let caller = Caller::new().await;
    caller.post("/sandbox/forks", json!({ "name": "a" })).await.with(201);
    let mut streams = Vec::new();
    for _ in 0..1024 {
        streams.push(TcpStream::connect(caller.sandbox.address()).await.unwrap());
    }
    for of in ["", "/forks/a"] {
        caller.get(&format!("{of}/sandbox/health")).await.with(200);
        let full = caller.get(&format!("{of}/v2/persons")).await;
        assert_eq!(
            (full.status, &full.headers["connection"]),
            (503, &http::HeaderValue::from_static("close"))
        );
    }
    drop(streams);
    while caller.get("/v2/persons").await.status != 200 {}
}
