//! The control API: the clock, the settings, the books and the sandbox as a whole, over HTTP.

use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

use serde_json::{Value, json};
use synctera::Clock as _;
use synctera_sandbox::{Fault, Sandbox, Settings};
use synctera_tests::subscriber::Subscriber;
use synctera_tests::world::repeatable;

use super::{Caller, ada, answer};

#[tokio::test]
async fn the_clock_is_turned_forward_and_never_back() {
    let caller = Caller::new().await;
    let clock = caller.get("/sandbox/clock").await.with(200);
    assert_eq!(clock, json!({ "now": "2026-11-24T14:00:00.000Z", "run": "held" }));

    let turn = async |body: Value| caller.post("/sandbox/clock", body).await;
    let turned = turn(json!({ "advance": { "days": 1, "hours": 2 } })).await.with(200);
    assert_eq!(turned["now"], "2026-11-25T16:00:00.000Z");
    // Over Thanksgiving and a weekend.
    let turned = turn(json!({ "advance": { "banking_days": 2 } })).await.with(200);
    assert_eq!(turned["now"], "2026-11-30T16:00:00.000Z");
    let turned = turn(json!({ "set": "2026-12-01T09:00:00-05:00" })).await.with(200);
    assert_eq!(turned["now"], "2026-12-01T14:00:00.000Z");

    for (body, about) in [
        (json!({ "set": "2026-11-30T00:00:00Z" }), "back"),
        (json!({ "advance": { "days": 4000 } }), "3660"),
        (json!({ "advance": { "banking_days": 4_000_000_000_u32 } }), "3660"),
        (json!({ "advance": { "days": 1, "banking_days": 1 } }), "banking_days"),
        (json!({ "advance": { "weeks": 1 } }), "weeks"),
        (json!({ "set": "tomorrow" }), "the body"),
        (json!({}), "one of"),
        (json!({ "run": "real", "advance": { "days": 1 } }), "one of"),
    ] {
        let refused = turn(body.clone()).await.with(400);
        assert!(refused["detail"].as_str().unwrap().contains(about), "{body}: {refused}");
    }
    let refused = turn(json!({ "advance": 5 })).await.with(400);
    assert!(refused["detail"].as_str().unwrap().contains("advance must be an object"), "{refused}");
    assert_eq!(turn(json!({ "run": "real" })).await.with(200)["run"], "real");
    let later = caller.get("/sandbox/clock").await.with(200);
    assert!(later["now"].as_str().unwrap() >= "2026-12-01T14:00:00.000Z", "{later}");
    assert_eq!(turn(json!({ "run": "held" })).await.with(200)["run"], "held");
}

/// Where an event that does not arrive is, without waiting for its next attempt.
#[tokio::test]
async fn events_on_their_way_have_a_moment_and_a_reason() {
    let caller = Caller::new().await;
    let queue = async || caller.get("/sandbox/deliveries").await.with(200);
    assert_eq!(queue().await, json!({ "on_their_way": 0, "due": 0, "events": [] }));
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "is_enabled": true, "enabled_events": ["PERSON.CREATED"],
    });
    let webhook = caller.post("/v2/webhooks", webhook).await.with(201);
    caller.post("/v2/persons", ada()).await.with(201);
    caller.post("/sandbox/deliveries/settle", json!({})).await.with(200);
    let first = queue().await;
    let event = &first["events"][0];
    assert_eq!((&first["on_their_way"], &first["due"]), (&json!(1), &json!(0)), "{first}");
    assert_eq!(event["webhook_id"], webhook["id"]);
    assert_eq!((&event["attempts"], &event["last_error"]), (&json!(1), &json!("no connection")));
    let next = event["next_attempt_at"].as_str().unwrap();
    assert!(next > "2026-11-24T14:00:00.000Z", "{event}");
    // At that moment it is due, and sent.
    caller.post("/sandbox/clock", json!({ "set": next })).await.with(200);
    caller.post("/sandbox/deliveries/settle", json!({})).await.with(200);
    let second = queue().await;
    let event = &second["events"][0];
    assert_eq!(event["attempts"], 2, "{second}");
    assert!(event["next_attempt_at"].as_str().unwrap() > next, "{second}");
}

/// As in bodies of the platform: a number is what it is worth, however it is written.
#[tokio::test]
async fn whole_numbers_are_integers_however_they_are_written() {
    let caller = Caller::new().await;
    let send = async |method: &str, path: &str, body: &str| {
        answer(caller.request(method, path).body(body.to_owned())).await
    };
    for (day, days) in [(25, "1.0"), (26, "1e0"), (27, "0.1e1"), (28, "1")] {
        let body = format!(r#"{{"advance": {{"days": {days}}}}}"#);
        let turned = send("POST", "/sandbox/clock", &body).await.with(200);
        assert_eq!(turned["now"], format!("2026-11-{day}T14:00:00.000Z"), "{body}");
    }
    let settings = r#"{"ach_hold_days": 3.0}"#;
    let settings = send("PATCH", "/sandbox/settings", settings).await.with(200);
    let all = settings["settings"].as_array().unwrap();
    let hold = all.iter().find(|setting| setting["name"] == "ach_hold_days").unwrap();
    assert_eq!(hold["value"].as_u64(), Some(3), "{hold}");
    let fault = send("POST", "/sandbox/faults", r#"{"status": 5.03e2, "times": 1.0}"#).await;
    assert_eq!(fault.with(201)["number"], 1);
    let turned = send("POST", "/sandbox/clock", r#"{"advance": {"days": -0, "hours": 1}}"#).await;
    assert_eq!(turned.with(200)["now"], "2026-11-28T15:00:00.000Z");
    let added = caller.get("/sandbox/banking_days?date=2026-11-24&add=1.0").await.with(200);
    assert_eq!(added["added"], "2026-11-25");

    for (method, path, body, field) in [
        ("POST", "/sandbox/clock", r#"{"advance": {"days": 1.5}}"#, "advance.days must be a whole"),
        (
            "POST",
            "/sandbox/clock",
            r#"{"advance": {"days": 1.0, "hours": 5e-1}}"#,
            "advance.hours must be a whole",
        ),
        (
            "POST",
            "/sandbox/clock",
            r#"{"advance": {"days": 1e999}}"#,
            "advance.days must be a whole",
        ),
        ("POST", "/sandbox/faults", r#"{"status": 503.5}"#, "status must be a whole number"),
        (
            "POST",
            "/sandbox/three_ds",
            r#"{"card_id": "c", "amount": 10.5}"#,
            "amount must be a whole",
        ),
        // A text is no number, whatever the number is.
        ("POST", "/sandbox/three_ds", r#"{"card_id": 1.5, "amount": 1}"#, "card_id must be a text"),
        (
            "POST",
            "/sandbox/clock",
            r#"{"advance": {"days": -1}}"#,
            "advance.days must be a whole number from 0 to 4294967295",
        ),
        // An object is not the list of its members.
        ("POST", "/sandbox/clock", r#"{"advance": [1]}"#, "advance must be an object, not a list"),
        (
            "POST",
            "/sandbox/clock",
            r#"{"set": "tomorrow"}"#,
            "set must be a time with its zone, such as 2026-11-24T14:00:00Z",
        ),
        ("POST", "/sandbox/clock", r#"{"set": 7}"#, "set must be"),
        ("POST", "/sandbox/clock", r#"{"run": "held", "run": "real"}"#, "run is given twice"),
        ("POST", "/sandbox/bans", "{}", "person_id must be given"),
        // The name is said once.
        ("POST", "/sandbox/clock", r#"{"extra": 1}"#, "the body: extra is not a member"),
        (
            "POST",
            "/sandbox/clock",
            r#"{"advance": {"extra": 1}}"#,
            "the body: advance.extra is not a member",
        ),
    ] {
        let refused = send(method, path, body).await.with(400);
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.starts_with("the body: ") && detail.contains(field), "{body}: {detail}");
        assert!(!detail.contains("u32") && !detail.contains("i64"), "{body}: {detail}");
    }
    let refused = send("PATCH", "/sandbox/settings", r#"{"ach_hold_days": 1.5}"#).await.with(400);
    assert!(refused["detail"].as_str().unwrap().contains("ach_hold_days"), "{refused}");
}

/// What a body must be is said in words, and not by the names of this program's types.
#[tokio::test]
async fn a_body_that_is_no_object_is_refused_with_what_is_accepted() {
    let caller = Caller::new().await;
    for (method, path, accepted) in [
        ("POST", "/sandbox/clock", "one of advance, set and run"),
        ("PATCH", "/sandbox/settings", "settings and their values"),
        ("POST", "/sandbox/faults", r#"like {"status": 503, "times": 1}"#),
        ("POST", "/sandbox/keys", "workspace, and api_key"),
        ("POST", "/sandbox/alerts", "party_id and type"),
        ("POST", "/sandbox/stop_payments", "account_id and originator_name"),
    ] {
        for body in ["null", " 7", "\"text\"", "[]", r#"[null, null, "held"]"#] {
            let refused = answer(caller.request(method, path).body(body)).await.with(400);
            let detail = refused["detail"].as_str().unwrap();
            assert!(detail.starts_with("the body must be a JSON object with "), "{body}: {detail}");
            assert!(detail.contains(accepted), "{path}: {detail}");
        }
        let refused = answer(caller.request(method, path).body("nul")).await.with(400);
        assert!(refused["detail"].as_str().unwrap().contains("line 1"), "{refused}");
    }
    // All settings that are wrong are named at once.
    let changes = json!({ "ach_hold_days": "x", "webhook_copies": 0, "mood": 1 });
    let refused = caller.call("PATCH", "/sandbox/settings", changes).await.with(400);
    let detail = refused["detail"].as_str().unwrap();
    for name in ["ach_hold_days", "webhook_copies", "mood"] {
        assert!(detail.contains(name), "{detail}");
    }
    // A query that nobody reads is a mistake.
    for (method, path) in [("GET", "/sandbox/clock?now=1"), ("POST", "/sandbox/reset?hard=true")] {
        let refused = caller.call(method, path, Value::Null).await.with(400);
        assert_eq!(refused["detail"], "the path takes no query");
    }
}

#[tokio::test]
async fn the_banks_calendar_is_told() {
    // The day before Thanksgiving, at 17:00 in New York: the last same-day file has left.
    let caller = Caller::new().await;
    caller.post("/sandbox/clock", json!({ "set": "2026-11-25T22:00:00Z" })).await.with(200);
    let told = caller.get("/sandbox/banking_days").await.with(200);
    assert_eq!(
        told,
        json!({
            "today": "2026-11-25", "date": "2026-11-25", "is_banking_day": true,
            "previous": "2026-11-24", "next": "2026-11-27", "on_or_after": "2026-11-25",
            "next_ach_file": "2026-11-26T01:00:00.000Z",
            "next_same_day_ach_file": "2026-11-27T15:30:00.000Z", "next_statements": null,
        })
    );
    let told = caller.get("/sandbox/banking_days?date=2026-11-28&add=1").await.with(200);
    assert_eq!((&told["is_banking_day"], &told["added"]), (&json!(false), &json!("2026-12-01")));
    for (query, about) in
        [("date=tomorrow", "2026-11-24"), ("add=-1", "whole number"), ("days=1", "date and add")]
    {
        let refused = caller.get(&format!("/sandbox/banking_days?{query}")).await.with(400);
        assert!(refused["detail"].as_str().unwrap().contains(about), "{query}: {refused}");
    }
}

#[tokio::test]
async fn what_is_announced_happens_then_and_not_before() {
    let caller = Caller::new().await;
    let sandbox = &caller.sandbox;
    let calendar = sandbox.banking_days();
    assert_eq!(calendar.next_statements().unwrap(), None);
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let bank = json!({
        "account_owner_names": ["Ada Byron"], "customer_id": holder, "customer_type": "PERSONAL",
        "account_identifiers": { "number": "1234567890" }, "type": "CHECKING",
        "routing_identifiers": {
            "ach_routing_number": "021000021", "bank_name": "Community Bank",
            "bank_countries": ["US"],
        },
    });
    let bank = caller.post("/v2/external_accounts", bank).await.id();
    let send = json!({
        "originating_account_id": account, "receiving_account_id": bank, "customer_id": holder,
        "amount": 20_00, "currency": "USD", "dc_sign": "credit",
    });
    let sent = caller.post("/v2/ach", send).await.id();
    let status = async || caller.get(&format!("/v2/ach/{sent}")).await.with(200)["status"].clone();
    let leaves = calendar.next_ach_file().unwrap();
    sandbox.advance_to(leaves - chrono::Duration::seconds(1)).unwrap();
    assert_eq!(status().await, "PENDING");
    sandbox.advance_to(leaves).unwrap();
    assert_eq!(status().await, "COMPLETE");
    assert!(calendar.next_ach_file().unwrap() > leaves);

    let statements = async || {
        let path = format!("/v2/statements?account_id={account}");
        caller.get(&path).await.with(200)["statements"].as_array().unwrap().len()
    };
    let made = calendar.next_statements().unwrap().unwrap();
    sandbox.advance_to(made - chrono::Duration::seconds(1)).unwrap();
    assert_eq!(statements().await, 0);
    sandbox.advance_to(made).unwrap();
    assert_eq!(statements().await, 1);
    assert!(calendar.next_statements().unwrap() > Some(made));
}

#[tokio::test]
async fn a_sleep_passes_on_the_sandboxs_clock() {
    let caller = Caller::new().await;
    let sandbox = &caller.sandbox;
    let (_, number) = caller.checking(&caller.verified().await).await;
    let body = json!({
        "account_number": number, "amount": 500_00, "dc_sign": "credit",
        "effective_date": "2026-11-25",
    });
    let path = "/v2/ach/transaction_simulations/receiving_transaction";
    caller.post(path, body).await.with(201);
    let start = sandbox.now();
    let day = Duration::from_secs(24 * 3600);
    sandbox.sleep(day * 2).await.unwrap();
    assert_eq!(sandbox.now(), start + chrono::Duration::days(2));
    assert_eq!(sandbox.audit().unwrap().postings, 2, "what was due was not done");

    // Nothing waits for days here: the clock that runs is moved by another.
    sandbox.run_clock().unwrap();
    let moves = async {
        tokio::task::yield_now().await;
        sandbox.advance(chrono::Duration::days(2)).unwrap();
    };
    let (slept, ()) = tokio::join!(sandbox.sleep(day), moves);
    slept.unwrap();

    for is_held in [true, false] {
        if is_held {
            sandbox.hold_clock().unwrap();
        } else {
            sandbox.run_clock().unwrap();
        }
        let before = sandbox.now();
        let refused = sandbox.sleep(Duration::MAX).await.unwrap_err();
        assert!(refused.to_string().contains("3660 days"), "{refused}");
        sandbox.clock().sleep(Duration::MAX).await;
        assert!(sandbox.now() - before < chrono::Duration::days(1));
    }
}

#[tokio::test]
async fn beyond_the_calendar_there_are_no_banking_days() {
    let builder = Sandbox::builder().clock_held_at("2198-12-31T14:00:00Z".parse().unwrap());
    let sandbox = builder.start().await.unwrap();
    let calendar = sandbox.banking_days();
    let day = |text: &str| text.parse().unwrap();
    assert!(!calendar.is_banking_day(day("2250-01-03")));
    let beyond = (calendar.next(day("2199-12-31")), calendar.add(day("2199-12-31"), 1));
    assert_eq!(beyond, (None, None));
    assert!(calendar.next_ach_file().is_some() && calendar.next_same_day_ach_file().is_some());
    for far in [chrono::NaiveDate::MIN, chrono::NaiveDate::MAX] {
        assert_eq!((calendar.previous(far), calendar.on_or_after(far)), (None, None));
    }
    assert_eq!(calendar.previous(day("2200-01-15")), "2199-12-31".parse().ok());
    for days in [1, 1000] {
        let refused = sandbox.advance_banking_days(days).unwrap_err();
        assert!(refused.to_string().contains("2199"), "{refused}");
    }
    assert_eq!(calendar.today(), day("2198-12-31"));
}

#[tokio::test]
async fn a_setting_out_of_range_starts_nothing() {
    let mut settings = Settings::default();
    settings.ach_hold_days = 1_000_001;
    let error = Sandbox::builder().settings(settings).start().await.unwrap_err();
    assert_eq!(error.to_string(), "ach_hold_days takes a whole number, 0 to 1000000");
}

#[tokio::test]
async fn what_is_due_happens_on_the_way_in_order() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let body = json!({
        "account_number": number, "amount": 500_00, "dc_sign": "credit",
        "effective_date": "2026-11-30",
    });
    caller.post("/v2/ach/transaction_simulations/receiving_transaction", body).await.with(201);
    assert_eq!(caller.balance(&account).await, 0);
    caller.post("/sandbox/clock", json!({ "advance": { "banking_days": 4 } })).await.with(200);
    assert_eq!(caller.balance(&account).await, 500_00);

    let posted = caller.get(&format!("/v2/transactions/posted?account_id={account}")).await;
    assert_eq!(posted.body["result"][0]["created"], "2026-11-30T17:00:00Z", "noon in the East");
}

#[tokio::test]
async fn settings_are_told_with_their_reasons_and_changed_all_or_none() {
    let caller = Caller::new().await;
    let told = caller.get("/sandbox/settings").await.with(200);
    let all = told["settings"].as_array().unwrap().clone();
    assert!(all.len() > 40);
    let returns = all.iter().find(|it| it["name"] == "ach_returns_to_suspense").unwrap();
    assert_eq!((&returns["value"], &returns["default"]), (&json!(false), &json!(false)));
    assert!(returns["reason"].as_str().unwrap().contains("suspense account"));
    let of_type = |name: &str| {
        let setting = all.iter().find(|it| it["name"] == name).unwrap();
        (setting["type"].clone(), setting["takes"].clone(), setting["values"].clone())
    };
    let days = json!("a whole number, 0 to 1000000");
    assert_eq!(of_type("ach_hold_days"), (json!("integer"), days, Value::Null));
    let orders = json!(["per_resource", "any", "newest_first"]);
    let takes = json!("per_resource, any or newest_first");
    assert_eq!(of_type("webhook_order"), (json!("string"), takes, orders));

    let body = json!({ "refuse_read_only_properties": false, "webhook_order": "sideways" });
    let refused = caller.call("PATCH", "/sandbox/settings", body).await.with(400);
    assert_eq!(refused["detail"], "webhook_order takes per_resource, any or newest_first");
    let named = async || {
        let mut person = ada();
        person["verification_status"] = json!("ACCEPTED");
        caller.post("/v2/persons", person).await.status
    };
    assert_eq!(named().await, 400, "none was changed");
    let body = json!({ "refuse_read_only_properties": false });
    caller.call("PATCH", "/sandbox/settings", body).await.with(200);
    assert_eq!(named().await, 201);
    let refused = caller.call("PATCH", "/sandbox/settings", json!({ "mood": 1 })).await;
    assert_eq!(refused.with(400)["detail"], "there is no setting mood");
}

#[tokio::test]
async fn the_books_are_checked_from_outside() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let card = json!({
        "type": "DEBIT",
        "card_details": {
            "form": "VIRTUAL", "account_id": account, "customer_id": holder,
            "card_product_id": caller.get("/v2/cards/products").await.body["card_products"][0]["id"],
        },
    });
    let card = caller.post("/v2/cards", card).await.with(201);
    let body = json!({
        "card_id": card["card_details"]["id"], "amount": 30_00, "mid": "123456789012345",
    });
    caller.post("/v2/cards/transaction_simulations/authorization", body).await.with(201);

    let checked = caller.get("/sandbox/check").await.with(200);
    assert_eq!(
        checked,
        json!({
            "adds_up": true, "postings": 2, "sum": 0, "unbalanced_transactions": 0,
            "wrong_balances": 0, "open_holds": 1, "wrong_holds": 0,
            "closed_with_balance": 0,
            "workspaces": [{ "workspace": "1_1", "postings": 2, "sum": 0 }],
        })
    );
}

#[tokio::test]
async fn what_it_serves_and_holds_is_told() {
    let caller = Caller::new().await;
    caller.post("/v2/persons", ada()).await.with(201);
    assert_eq!(caller.get("/sandbox/health").await.with(200)["status"], "ok");
    let state = caller.get("/sandbox").await.with(200);
    assert_eq!(state["resources"]["person"], 1);
    assert_eq!(state["kept"], "in memory");
    assert_eq!(state["failed_jobs"], json!([]));
    assert_eq!(state["operations"]["v0"], json!({ "served": 39, "unserved": 0 }));
    let operations = caller.get("/sandbox/operations").await.with(200);
    let unserved = operations["v2"]["unserved"].as_array().unwrap();
    assert_eq!(unserved.len(), state["operations"]["v2"]["unserved"]);
    assert_eq!(caller.get("/sandbox/nowhere").await.status, 404);
    assert_eq!(caller.post("/sandbox/health", json!({})).await.status, 405);
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let caller = Caller::new().await;
    let fresh = caller.get("/sandbox").await.with(200);
    let first = caller.post("/v2/persons", ada()).await;
    let body = json!({ "workspace": "7_7", "api_key": "another" });
    caller.post("/sandbox/keys", body).await.with(201);
    caller.post("/sandbox/faults", json!({ "status": 503 })).await.with(201);
    caller.call("PATCH", "/sandbox/settings", json!({ "ach_hold_days": 9 })).await.with(200);
    caller.post("/sandbox/clock", json!({ "advance": { "days": 3 } })).await.with(200);

    caller.post("/sandbox/reset", Value::Null).await.with(200);
    assert_eq!(caller.get("/sandbox").await.with(200), fresh);
    assert_eq!(caller.sandbox.audit().unwrap().postings, 0);
    // The same again, to the id.
    let again = caller.post("/v2/persons", ada()).await;
    assert_eq!(first.body, again.body);
    assert_eq!(first.headers["x-request-id"], again.headers["x-request-id"]);
    let gone = caller.as_key("another", "GET", "/v2/persons", Value::Null).await;
    assert_eq!(gone.status, 401);
}

#[tokio::test]
async fn deliveries_are_counted_and_made() {
    let caller = Caller::new().await;
    let subscriber = Subscriber::start().await;
    let body = json!({
        "url": subscriber.url(), "enabled_events": ["PERSON.*"], "is_enabled": true,
        "description": "all of them",
    });
    caller.post("/v2/webhooks", body).await.with(201);
    let slow = json!({ "webhook_delay_seconds": 60, "webhook_copies": 2 });
    caller.call("PATCH", "/sandbox/settings", slow).await.with(200);
    caller.post("/v2/persons", ada()).await.with(201);
    let waiting = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!((&waiting["on_their_way"], &waiting["due"]), (&json!(1), &json!(0)));
    let [event] = waiting["events"].as_array().unwrap().as_slice() else { panic!("{waiting}") };
    // Held until the delay is over.
    assert_eq!(event["next_attempt_at"], "2026-11-24T14:01:00.000Z");
    assert_eq!((&event["attempts"], &event["last_error"]), (&json!(0), &Value::Null));
    assert_eq!(subscriber.take_types().len(), 0);

    caller.post("/sandbox/clock", json!({ "advance": { "minutes": 1 } })).await.with(200);
    let over = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(over, json!({ "on_their_way": 0, "due": 0, "events": [] }));
    assert_eq!(subscriber.take_types(), ["PERSON.CREATED", "PERSON.CREATED"]);
}

#[tokio::test]
async fn what_only_a_console_can_do_is_done_here() {
    let caller = Caller::new().await;
    let person = caller.verified().await;
    let body = json!({ "person_id": person });
    caller.post("/v2/monitoring/subscriptions", body).await.with(201);
    let body = json!({ "party_id": person, "type": "WATCHLIST" });
    let raised = caller.post("/sandbox/alerts", body).await.with(201);
    let alerts = caller.get("/v2/monitoring/alerts").await.with(200);
    assert_eq!(alerts["alerts"][0]["id"], raised["alert_id"]);
    // What the platform has no word for would be in no answer of its.
    let body = json!({ "party_id": person, "type": "WEATHER" });
    let refused = caller.post("/sandbox/alerts", body).await.with(400);
    assert!(refused["detail"].as_str().unwrap().contains("type"), "{refused}");

    let (account, number) = caller.checking(&person).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let body = json!({ "account_id": account, "originator_name": "Sandbox Bank" });
    caller.post("/sandbox/stop_payments", body).await.with(201);
    caller.receive(&number, 20_00, "debit").await.with(201);
    assert_eq!(caller.balance(&account).await, 500_00);
    let entries = caller.get(&format!("/v2/ach/incoming?account_id={account}")).await.with(200);
    let reason = entries["transactions"][1]["decline_reason"].as_str().unwrap();
    assert!(reason.starts_with("R08"), "{reason}");
}

#[tokio::test]
async fn web_pages_are_not_listened_to() {
    let caller = Caller::new().await;
    let page = caller.request("POST", "/sandbox/reset").header("origin", "http://example.com");
    assert_eq!(answer(page).await.status, 403);
}

/// An address of this machine that is not loopback: who calls from there is like another machine.
pub(super) fn other_address() -> Option<IpAddr> {
    // Nothing is sent: this only asks which address would be used.
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("198.51.100.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

#[tokio::test]
async fn others_control_it_with_its_token_alone() {
    let Some(address) = other_address() else {
        println!("skipped: this machine has no address but loopback");
        return;
    };
    let caller = |token: Option<&'static str>, sent: &'static str| async move {
        let builder = repeatable().address((address, 0).into());
        let builder = match token {
            Some(token) => builder.control_token(token),
            None => builder,
        };
        let mut caller = Caller::on(builder).await;
        assert_eq!(caller.get("/v2/persons").await.status, 200);
        caller.key = sent.to_owned();
        caller
    };
    let advance = json!({ "advance": { "days": 1 } });
    for sent in ["", "s3cret"] {
        let refused = caller(None, sent).await.post("/sandbox/clock", advance.clone()).await;
        assert_eq!(refused.status, 403, "{refused:?}");
        assert!(refused.text("detail").contains("without a control token"), "{refused:?}");
    }
    for sent in ["", "s3cre", "sandbox-key"] {
        let refused =
            caller(Some("s3cret"), sent).await.post("/sandbox/clock", advance.clone()).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        assert_eq!(refused.text("code"), "UNAUTHENTICATED");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    let caller = caller(Some("s3cret"), "s3cret").await;
    let moved = caller.post("/sandbox/clock", advance).await.with(200);
    assert_eq!(moved["now"], "2026-11-25T14:00:00.000Z");
    // The token is no API key.
    assert_eq!(caller.get("/v2/persons").await.status, 401);
    let page = caller.request("POST", "/sandbox/reset").header("origin", "http://example.com");
    assert_eq!(answer(page).await.status, 403);
}

#[tokio::test]
async fn a_control_token_is_not_told() {
    let builder = Sandbox::builder().control_token("s3cret");
    assert!(!format!("{builder:?}").contains("s3cret"), "{builder:?}");
    let sandbox = builder.start().await.unwrap();
    assert!(!format!("{sandbox:?}").contains("s3cret"));
    for token in ["", "two words", "s3crét"] {
        let wrong = Sandbox::builder().control_token(token).start().await.unwrap_err();
        let why = "a control token has 1 to 256 visible characters of ASCII";
        assert_eq!(
            (wrong.to_string().as_str(), format!("{wrong:?}").contains("s3cr")),
            (why, false)
        );
    }
}

/// Whatever a request is, and wherever its refusal comes from.
#[tokio::test]
async fn each_refusal_is_json_with_a_code_for_its_status() {
    let caller = Caller::new().await;
    caller.post("/sandbox/forks", json!({ "name": "a" })).await.with(201);
    let large = |bytes: usize| format!("{{\"set\": \"{}\"}}", "x".repeat(bytes)).into_bytes();
    let mut cases: Vec<(&str, String, Vec<u8>, u16, &str)> = Vec::new();
    let nothing = [
        ("GET", "/sandbox/none"),
        ("GET", "/sandbox/"),
        ("POST", "/sandbox/clock/"),
        ("DELETE", "/sandbox/faults/1"),
        ("DELETE", "/sandbox/keys/none"),
        ("DELETE", "/sandbox/forks/none"),
        ("DELETE", "/sandbox/snapshots/none"),
        // Bytes that are no text.
        ("DELETE", "/sandbox/faults/%ff"),
        ("DELETE", "/sandbox/keys/%ff"),
        ("DELETE", "/sandbox/bans/%ff"),
        ("DELETE", "/sandbox/forks/%ff"),
        ("DELETE", "/sandbox/snapshots/%ff"),
        ("GET", "/sandbox/snapshots/%ff/file"),
        ("POST", "/sandbox/snapshots/%ff/restore"),
    ];
    for (method, path) in nothing {
        cases.push((method, path.to_owned(), Vec::new(), 404, "RESOURCE_NOT_FOUND"));
    }
    for (body, status) in [
        (b"{".to_vec(), 400),
        (b"{\"set\": \"\xff\"}".to_vec(), 400),
        (large(3_000_000), 400),
        (large(5_000_000), 413),
    ] {
        cases.push(("POST", "/sandbox/clock".to_owned(), body, status, "BAD_REQUEST"));
    }
    for path in ["/sandbox/banking_days?date=%ff", "/sandbox/openapi.json?version=v9"] {
        cases.push(("GET", path.to_owned(), Vec::new(), 400, "BAD_REQUEST"));
    }
    for method in ["PUT", "DELETE", "TRACE", "MADEUP"] {
        cases.push((method, "/sandbox/clock".to_owned(), Vec::new(), 405, "BAD_REQUEST"));
    }
    for (method, path, body, status, code) in cases {
        for of in ["", "/forks/a"] {
            let request = caller.request(method, &format!("{of}{path}")).body(body.clone());
            let refused = answer(request).await;
            assert_eq!(refused.status, status, "{method} {path}: {refused:?}");
            assert_eq!(refused.headers["content-type"], "application/json", "{method} {path}");
            assert_eq!(
                (refused.text("code"), &refused.body["status"]),
                (code.to_owned(), &json!(status))
            );
            assert!(!refused.text("detail").is_empty());
        }
    }
}

#[tokio::test]
async fn a_request_has_one_authorization() {
    let caller = Caller::new().await;
    for path in ["/v2/persons", "/v0/persons", "/sandbox/clock"] {
        for second in ["Bearer sandbox-key", "Bearer other"] {
            let twice = caller.request("GET", path).header("authorization", second);
            let refused = answer(twice).await.with(400);
            assert_eq!(refused["detail"], "a request has one Authorization header", "{path}");
        }
    }
}

#[tokio::test]
async fn what_has_no_sense_is_refused_with_what_was_meant() {
    let caller = Caller::new().await;
    for (method, path, body, why) in [
        (
            "PATCH",
            "/sandbox/settings",
            json!({ "ach_return_code": "XX" }),
            "ach_return_code takes a return code of the ACH network, R01 to R99",
        ),
        (
            "PATCH",
            "/sandbox/settings",
            json!({ "webhook_copies": 0 }),
            "webhook_copies takes a whole number, 1 to 100",
        ),
        (
            "PATCH",
            "/sandbox/settings",
            json!({ "ach_hold_day": 1 }),
            "there is no setting ach_hold_day; there is ach_hold_days",
        ),
        (
            "POST",
            "/sandbox/faults",
            json!({ "drop": true, "operation": "createPersons" }),
            "there is no operation createPersons; there is create_person",
        ),
        (
            "POST",
            "/sandbox/faults",
            json!({ "drop": true, "method": "FETCH" }),
            "method must be GET, POST, PUT, PATCH or DELETE",
        ),
    ] {
        assert_eq!(caller.call(method, path, body).await.with(400)["detail"], why);
    }
    let in_rust = caller.sandbox.add_fault(Fault::dropped().on_operation("createPersons"));
    assert_eq!(
        in_rust.unwrap_err().to_string(),
        "there is no operation createPersons; there is create_person"
    );
    assert!(caller.sandbox.faults().is_empty());
}
