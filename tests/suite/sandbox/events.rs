//! Events: each type of the document is raised by something, and a test event has a resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use synctera::types::{EventFilter, EventType};
use synctera_tests::subscriber::{Answer, Subscriber};

use super::populated::{Made, populate};
use super::{Caller, ada, answer};

/// Types of events that nothing in the sandbox raises, and why.
const NEVER_RAISED: &[(&str, &str)] = &[
    ("CASH_PICKUP.CREATED", "no operation of the document makes a cash pickup"),
    ("CASH_PICKUP.UPDATED", "no operation of the document makes a cash pickup"),
];

impl Caller {
    /// A subscriber to events of these types.
    async fn listening(&self, types: &[&str]) -> Subscriber {
        let subscriber = Subscriber::start().await;
        let body = json!({ "url": subscriber.url(), "enabled_events": types, "is_enabled": true });
        self.post("/v2/webhooks", body).await.with(201);
        subscriber
    }

    async fn settle(&self) {
        self.sandbox.deliver_webhooks().await.unwrap();
    }

    /// The first item of a list.
    async fn first(&self, path: &str, items: &str) -> Value {
        self.get(path).await.with(200)[items][0].clone()
    }
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// The types that were delivered since the last call, and how often.
fn types(subscriber: &Subscriber) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in subscriber.take_types() {
        *counts.entry(event).or_default() += 1;
    }
    counts
}

/// Changes what the world made, and does what it lacks, so that every event has a cause.
async fn change_everything(caller: &Caller, made: &Made) {
    let place = |name: &str| made.at(name).as_str().unwrap().to_owned();
    let person = place("person.id");
    let checking = place("checking.id");
    let change = async |path: String, body: Value| caller.change(&path, body).await.with(200);
    change(format!("/v2/accounts/{checking}"), json!({ "nickname": "daily" })).await;
    let address = caller.first("/v2/addresses?address_type=BILLING", "addresses").await;
    change(format!("/v2/addresses/{}", id(&address)), json!({ "city": "Oakland" })).await;
    let ahead = json!({
        "account_number": place("checking.account_number"), "amount": 1_00, "dc_sign": "credit",
        "effective_date": "2026-12-01",
    });
    let path = "/v2/ach/transaction_simulations/receiving_transaction";
    caller.post(path, ahead).await.with(201);
    let application = caller.first("/v2/applications", "applications").await;
    let approved = json!({ "status": "CREDIT_APPROVED" });
    change(format!("/v2/applications/{}", id(&application)), approved).await;
    let card = place("card.card_details.id");
    change(format!("/v2/cards/{card}"), json!({ "memo": "mine" })).await;
    let body = json!({ "card_id": card, "amount": 25_00 });
    caller.post("/sandbox/three_ds", body).await.with(201);
    let simulate = async |what: &str, body: Value| {
        let path = format!("/v2/cards/transaction_simulations/{what}");
        caller.post(&path, body).await.with(201)["transaction"]["token"].clone()
    };
    let body = json!({ "card_id": card, "amount": 1_00, "mid": "shop-1" });
    let authorized = simulate("authorization", body).await;
    let body = json!({ "original_transaction_id": authorized, "amount": 1_00 });
    let cleared = simulate("clearing", body).await;
    let body = json!({ "original_transaction_id": cleared, "purchase_order": "po-1" });
    simulate("clearing/l2l3", body).await;
    let image = json!({
        "customer_id": person, "card_product_id": made.at("products.card_products.1.id"),
    });
    let image = caller.post("/v2/cards/images", image).await.id();
    let request = caller.request("POST", &format!("/v2/cards/images/{image}/data"));
    let picture = vec![0xff, 0xd8, 0xff, 0xe0];
    answer(request.header("content-type", "image/jpeg").body(picture)).await.with(200);
    change(format!("/v2/cards/images/{image}"), json!({ "status": "APPROVED" })).await;

    let front = place("front.id");
    change(format!("/v2/documents/{front}"), json!({ "description": "d" })).await;
    let contents = caller.request("GET", &format!("/v2/documents/{front}/contents"));
    assert_eq!(contents.send().await.unwrap().status(), 200);
    change(format!("/v2/documents/{front}"), json!({ "deletion_reason": "old" })).await;
    caller.call("DELETE", &format!("/v2/documents/{front}"), Value::Null).await.with(200);

    let edd = caller.first("/v2/edd?related_resource_type=CUSTOMER", "edd_reports").await;
    caller.call("DELETE", &format!("/v2/edd/{}", id(&edd)), Value::Null).await.with(200);

    let body = json!({ "customer_id": person, "name": "Ada Byron", "token": "pending-1" });
    let pending = caller.post("/v2/external_cards/tokens", body).await.id();
    let body = json!({
        "type": "PULL", "originating_account_id": checking, "external_card_id": pending,
        "amount": 1_00, "currency": "USD",
    });
    caller.post("/v2/external_cards/transfers", body).await.with(201);
    let foreign = format!("/v2/external_cards/{}", place("foreign.id"));
    change(foreign.clone(), json!({ "status": "SUSPENDED" })).await;
    caller.call("DELETE", &foreign, Value::Null).await.with(200);

    let funds = place("funds.id");
    let body = json!({ "description": "ours" });
    change(format!("/v2/internal_accounts/{funds}"), body).await;
    let path = format!("/v2/notes?related_resource_type=CUSTOMER&related_resource_id={person}");
    let note = caller.first(&path, "notes").await;
    let path = format!("/v2/notes/{}?related_resource_type=CUSTOMER", id(&note));
    change(path, json!({ "status": "RESOLVED" })).await;
    let body = json!({
        "description": "soon", "schedule": {
            "start_date": "2026-11-30", "frequency": "WEEKLY", "interval": 1, "count": 1,
        },
        "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": {
            "originating_account_id": checking, "receiving_account_id": place("saving.id"),
            "amount": 500_000_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        } },
    });
    caller.post("/v2/payment_schedules", body).await.with(201);
    let control = caller.first("/v2/spend_controls", "spend_controls").await;
    let path = format!("/v2/spend_controls/{}", id(&control));
    change(path, json!({ "amount_limit": 1_00 })).await;
    let body = json!({ "spend_control_ids": [id(&control)] });
    change(format!("/v2/accounts/{checking}"), body).await;
    let body = json!({
        "originating_account_id": checking, "receiving_account_id": funds, "amount": 5_00,
        "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
    });
    caller.post("/v2/transactions/internal_transfer", body).await.with(422);
    change(format!("/v2/accounts/{checking}"), json!({ "spend_control_ids": [] })).await;

    let product = caller.first("/v2/accounts/products?product_type=INTEREST", "account_products");
    let body = json!({ "interest_product_id": id(&product.await) });
    change(format!("/v2/accounts/{}", place("saving.id")), body).await;
    // A wallet takes the card up, the month ends, and a year of interest begins.
    caller.sandbox.advance_to("2027-01-02T14:00:00Z".parse().unwrap()).unwrap();
}

#[tokio::test]
async fn every_type_of_the_document_is_raised_by_something() {
    let caller = Caller::new().await;
    let subscriber = caller.listening(EventType::KNOWN).await;
    let made = populate(&caller, 0).await;
    change_everything(&caller, &made).await;
    caller.settle().await;
    let raised: BTreeSet<String> = types(&subscriber).into_keys().collect();
    let never: BTreeMap<&str, &str> = NEVER_RAISED.iter().copied().collect();
    let known: BTreeSet<&str> = EventType::KNOWN.iter().copied().collect();
    assert!(never.iter().all(|(event, why)| known.contains(event) && !why.is_empty()));
    let missing: Vec<&str> = known
        .iter()
        .copied()
        .filter(|event| !raised.contains(*event) && !never.contains_key(event))
        .collect();
    assert_eq!(missing, [] as [&str; 0], "neither raised nor listed with a reason");
    let stale: Vec<&&str> = never.keys().filter(|event| raised.contains(**event)).collect();
    assert_eq!(stale, [] as [&&str; 0], "listed, and raised");
}

#[tokio::test]
async fn what_asks_for_unknown_events_is_told_the_names_and_the_wildcards() {
    let caller = Caller::new().await;
    let body = |event: &str| json!({ "url": "https://bank.example", "enabled_events": [event], "is_enabled": true });
    for event in EventFilter::KNOWN {
        caller.post("/v2/webhooks", body(event)).await.with(201);
    }
    for unknown in ["DISPUTE.*", "CARD.THREE_DS.*", "ADDRESS.*", "CARD"] {
        let refused = caller.post("/v2/webhooks", body(unknown)).await.with(400);
        let reason = refused["invalid"]["enabled_events[0]"].as_str().unwrap().to_owned();
        let named: BTreeSet<&str> =
            reason.trim_start_matches("must be one of ").split(", ").collect();
        assert_eq!(named, EventFilter::KNOWN.iter().copied().collect(), "{unknown}");
    }
}

#[tokio::test]
async fn a_test_event_has_the_newest_resource_that_it_could_be_about() {
    let caller = Caller::new().await;
    let subscriber = caller.listening(&["CASE.*", "INTEREST.*", "CARD.*"]).await;
    let body = json!({ "status": "ACTIVE", "is_customer": true, "first_name": "Ada",
        "last_name": "Review", "dob": "1985-12-10", "email": "ada@example.com",
        "phone_number": "+14155550123", "ssn": "456-78-9012", "legal_address": {
            "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
            "postal_code": "94105", "country_code": "US" } });
    let doubtful = caller.post("/v2/persons", body).await.id();
    let body = json!({ "person_id": doubtful, "customer_consent": true });
    caller.post("/v2/verifications/verify", body).await.with(201);
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 50_00, "credit").await.with(201);
    caller.settle().await;
    subscriber.take();
    for (event, member, expected) in [
        ("CASE.CREATED", "related_resource_id", doubtful.as_str()),
        ("CASE.UPDATED", "case_reason", "VERIFICATION_REVIEW"),
        ("INTEREST.MONTHLY_PAYOUT", "type", "ach"),
    ] {
        caller.post("/v2/webhooks/trigger", json!({ "event": event })).await.with(200);
        caller.settle().await;
        let [told] = &subscriber.take()[..] else { panic!("one event: {event}") };
        assert_eq!(told.text("type"), event);
        assert_eq!(told.resource()[member], expected, "{event}");
    }
    // Of what there is none of, there is nothing to tell.
    let event = json!({ "event": "CARD.THREE_DS.DECISION" });
    caller.post("/v2/webhooks/trigger", event).await.with(200);
    caller.settle().await;
    let [told] = &subscriber.take()[..] else { panic!("one event") };
    assert_eq!(told.json()["event_resource"], Value::Null);
    let _ = account;
}

#[tokio::test]
async fn a_case_is_opened_once_and_resolved_with_its_cause() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let subscriber = caller.listening(&["CASE.*"]).await;
    let told = async || {
        caller.settle().await;
        let mut all = Vec::new();
        for event in subscriber.take() {
            let case = event.resource();
            let text = |name: &str| case[name].as_str().unwrap().to_owned();
            all.push((event.text("type"), text("case_reason"), text("status")));
        }
        all
    };
    let opened = |reason: &str| ("CASE.CREATED".to_owned(), reason.to_owned(), "OPEN".to_owned());
    let resolved =
        |reason: &str| ("CASE.UPDATED".to_owned(), reason.to_owned(), "RESOLVED".to_owned());

    // A doubtful identity, checked twice, and then decided on by hand.
    let path = format!("/v2/persons/{holder}");
    caller.change(&path, json!({ "last_name": "Review" })).await.with(200);
    let body = json!({ "person_id": holder, "customer_consent": true });
    for _ in 0..2 {
        caller.post("/v2/verifications/verify", body.clone()).await.with(201);
    }
    assert_eq!(told().await, [opened("VERIFICATION_REVIEW")]);
    let body = json!({
        "person_id": holder, "verification_type": "MANUAL_REVIEW", "result": "ACCEPTED",
        "verification_time": "2026-11-24T13:00:00Z",
    });
    caller.post("/v2/verifications", body).await.with(201);
    assert_eq!(told().await, [resolved("VERIFICATION_REVIEW")]);

    // An alert, put aside and taken up again.
    let watched = json!({ "person_id": holder });
    caller.post("/v2/monitoring/subscriptions", watched).await.with(201);
    let body = json!({ "party_id": holder, "type": "WATCHLIST" });
    caller.post("/sandbox/alerts", body).await.with(201);
    let alert = caller.first("/v2/monitoring/alerts", "alerts").await;
    let path = format!("/v2/monitoring/alerts/{}", id(&alert));
    assert_eq!(told().await, [opened("MONITORING_ALERT")]);
    caller.change(&path, json!({ "status": "SUPPRESSED" })).await.with(200);
    assert_eq!(told().await, [resolved("MONITORING_ALERT")]);
    caller.change(&path, json!({ "status": "ACTIVE" })).await.with(200);
    assert_eq!(told().await, [opened("MONITORING_ALERT")]);
}

#[tokio::test]
async fn a_control_opens_a_case_when_it_says_so_for_a_refusal_too() {
    let caller = Caller::new().await;
    let subscriber = caller.listening(&["CASE.*", "SPEND_CONTROL.*"]).await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    for (name, opens_case) in [("quiet", false), ("opens a case", true)] {
        let body = json!({
            "name": name, "is_active": true, "action_case": opens_case, "action_decline": true,
            "amount_limit": 10_00, "direction": "DEBITS",
            "time_range": { "time_range_type": "SINGLE_TRANSACTION" },
        });
        let control = caller.post("/v2/spend_controls", body).await.id();
        let body = json!({ "spend_control_ids": [control] });
        caller.change(&format!("/v2/accounts/{account}"), body).await.with(200);
        caller.settle().await;
        subscriber.take();
        let debit = caller.receive(&number, 20_00, "debit").await;
        assert!(debit.status == 201 || debit.status == 422, "{debit:?}");
        let to = json!({ "currency": "USD", "status": "ACTIVE" });
        let to = caller.post("/v2/internal_accounts", to).await.id();
        let body = json!({
            "originating_account_id": account, "receiving_account_id": to, "amount": 20_00,
            "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        });
        caller.post("/v2/transactions/internal_transfer", body).await.with(422);
        caller.settle().await;
        let told = types(&subscriber);
        assert!(told["SPEND_CONTROL.VIOLATED"] > 0, "{told:?}");
        assert_eq!(told.contains_key("CASE.CREATED"), opens_case, "{name}: {told:?}");
    }
}

#[tokio::test]
async fn reading_a_file_is_told_and_what_is_not_read_is_not() {
    let caller = Caller::new().await;
    let made = populate(&caller, 0).await;
    let subscriber = caller.listening(&["DOCUMENT.*"]).await;
    let front = made.at("front.id").as_str().unwrap().to_owned();
    let read = async |path: String| {
        let response = caller.request("GET", &path).send().await.unwrap();
        caller.settle().await;
        (response.status().as_u16(), types(&subscriber))
    };
    let retrieved = BTreeMap::from([("DOCUMENT.RETRIEVED".to_owned(), 1)]);
    for part in ["contents", "versions/1/contents"] {
        let path = format!("/v2/documents/{front}/{part}");
        assert_eq!(read(path).await, (200, retrieved.clone()), "{part}");
    }
    for (part, status) in [("", 200), ("/versions/1", 200), ("/versions/9/contents", 404)] {
        let path = format!("/v2/documents/{front}{part}");
        assert_eq!(read(path).await, (status, BTreeMap::new()), "{part}");
    }
}

#[tokio::test]
async fn interest_that_is_paid_is_told_and_what_is_owed_is_not() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let product = json!({
        "product_type": "INTEREST", "calculation_method": "COMPOUNDED_DAILY",
        "accrual_payout_schedule": "MONTHLY",
        "rates": [{ "rate": 2_500, "accrual_period": "DAILY", "valid_from": "2026-01-01" }],
    });
    let product = caller.post("/v2/accounts/products", product).await.id();
    let open = async |account_type: &str| {
        let body = json!({
            "account_type": account_type, "interest_product_id": product,
            "relationships": [
                { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder },
            ],
        });
        caller.post("/v2/accounts", body).await
    };
    let saving = open("SAVING").await;
    let line = open("LINE_OF_CREDIT").await;
    let limit = json!({ "credit_limit": 900_00 });
    caller.change(&format!("/v2/accounts/{}", line.id()), limit).await.with(200);
    let draw = json!({
        "originating_account_id": line.id(), "receiving_account_id": saving.id(),
        "amount": 500_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
    });
    caller.post("/v2/transactions/internal_transfer", draw).await.with(200);
    let subscriber = caller.listening(&["INTEREST.*"]).await;
    caller.sandbox.advance_to("2026-12-02T14:00:00Z".parse().unwrap()).unwrap();
    caller.settle().await;
    let [told] = &subscriber.take()[..] else { panic!("one payout") };
    assert_eq!(told.text("type"), "INTEREST.MONTHLY_PAYOUT");
    let transaction = told.resource();
    assert_eq!(transaction["type"], "interest");
    assert_eq!(told.text("resource_id"), transaction["uuid"].as_str().unwrap());
    let lines = transaction["data"]["lines"].as_array().unwrap();
    let owed = json!(line.id());
    assert!(lines.iter().all(|line| line["account_id"] != owed), "{lines:?}");
    assert!(lines.iter().any(|line| line["account_id"] == json!(saving.id())), "{lines:?}");
}

#[tokio::test]
async fn a_gateway_decides_whether_the_cardholder_is_asked() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let card = caller.virtual_card(&account, &holder).await;
    let subscriber = caller.listening(&["CARD.*"]).await;
    let authenticate = async |is_answered: bool| {
        let body = json!({ "card_id": card, "amount": 25_00, "is_answered": is_answered });
        let made = caller.post("/sandbox/three_ds", body).await.with(201);
        caller.settle().await;
        let told = subscriber.take_types();
        assert_eq!(told, ["CARD.THREE_DS.DECISION", "CARD.THREE_DS.AUTHENTICATION"]);
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("decision"), text("status"))
    };
    let is = |decision: &str, status: &str| (decision.to_owned(), status.to_owned());
    // The product of the card exempts it.
    assert_eq!(authenticate(false).await, is("EXEMPT", "SUCCESS"));

    let gateway = Subscriber::start().await;
    let products = caller.get("/v2/cards/products").await.with(200);
    let body = json!({
        "decision_url": gateway.url(), "is_active": true, "fallback_decision": "SMS_OTP",
        "card_products": [products["card_products"][0]["id"]],
    });
    caller.post("/v2/cards/three_ds_decision_gateways", body).await.with(201);
    gateway.next([Answer::Body(r#"{"decision":"SMS_OTP"}"#)]);
    assert_eq!(authenticate(false).await, is("SMS_OTP", "FAILED"));
    let question = gateway.take()[0].json();
    assert_eq!((&question["card_id"], &question["transaction_amount"]), (&card, &json!(25_00)));
    gateway.next([Answer::Body(r#"{"decision":"SMS_OTP"}"#)]);
    assert_eq!(authenticate(true).await, is("SMS_OTP", "SUCCESS"));
    gateway.next([Answer::Body(r#"{"decision":"EXEMPT"}"#)]);
    assert_eq!(authenticate(false).await, is("EXEMPT", "SUCCESS"));
    // Whatever else is answered is no decision.
    let no_decisions = [Answer::Body(r#"{"decision":"MAYBE"}"#), Answer::Status(500)];
    for answer in no_decisions {
        gateway.next([answer]);
        assert_eq!(authenticate(false).await, is("SMS_OTP", "FAILED"));
    }

    for (body, reason) in [
        (json!({ "card_id": account, "amount": 1 }), "card_id"),
        (json!({ "card_id": card, "amount": -1 }), "amount"),
        (json!({ "card_id": card }), "amount"),
    ] {
        let refused = caller.post("/sandbox/three_ds", body).await.with(400);
        assert!(refused["detail"].as_str().unwrap().contains(reason), "{refused}");
    }
}

/// The clock may pass all the time for which an event is kept before the event is sent.
#[tokio::test]
async fn an_event_on_its_way_outlives_its_retention() {
    let caller = Caller::new().await;
    let subscriber = Subscriber::start().await;
    let webhook = json!({
        "url": subscriber.url(), "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    let webhook = caller.post("/v2/webhooks", webhook).await.id();
    let events = format!("/v2/webhooks/{webhook}/events");
    let listed = async || {
        let events = caller.get(&events).await.with(200);
        let events = events["event_list"].as_array().unwrap().clone();
        events.iter().map(|event| event["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // So that nothing is sent before the clock moves.
    caller.sandbox.set_setting("webhook_delay_seconds", 60).unwrap();
    for _ in 0..3 {
        caller
            .post("/v2/persons", json!({ "status": "PROSPECT", "is_customer": true }))
            .await
            .with(201);
    }
    subscriber.next([Answer::Status(500)]);
    let advance = async |days: u32| {
        caller.post("/sandbox/clock", json!({ "advance": { "days": days } })).await.with(200);
        caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200)
    };
    let settled = advance(400).await;
    assert_eq!(settled["on_their_way"], 0, "{settled}");
    assert_eq!(subscriber.take_types(), ["PERSON.CREATED"; 3]);
    let mut statuses = listed().await;
    statuses.sort();
    // Its first attempt was its last: the window for others is over.
    assert_eq!(statuses, ["FAILED", "SUCCESS", "SUCCESS"]);
    // What became of them can be read for a day.
    advance(1).await;
    assert_eq!(listed().await, [""; 0]);
}

/// The events of a webhook that is disabled wait; those of others do not wait for them.
#[tokio::test]
async fn events_that_wait_do_not_hold_up_others() {
    let caller = Caller::new().await;
    let subscriber = Subscriber::start().await;
    caller.sandbox.set_setting("webhook_events_wait_while_disabled", true).unwrap();
    let hook = |url: &str, is_enabled: bool, types: &str| json!({ "url": url, "enabled_events": [types], "is_enabled": is_enabled });
    let disabled = hook(subscriber.url(), false, "PERSON.*");
    let path = format!("/v2/webhooks/{}", caller.post("/v2/webhooks", disabled).await.id());
    for _ in 0..100 {
        caller
            .post("/v2/persons", json!({ "status": "PROSPECT", "is_customer": true }))
            .await
            .with(201);
    }
    caller.post("/v2/webhooks", hook(subscriber.url(), true, "BUSINESS.*")).await.with(201);
    caller
        .post("/v2/businesses", json!({ "status": "PROSPECT", "is_customer": true }))
        .await
        .with(201);
    let settled = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(settled["on_their_way"], 100);
    assert_eq!(subscriber.take_types(), ["BUSINESS.CREATED"]);
    caller.call("PUT", &path, hook(subscriber.url(), true, "PERSON.*")).await.with(200);
    let settled = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(settled["on_their_way"], 0);
    assert_eq!(subscriber.take_types(), ["PERSON.CREATED"; 100]);
}

/// Of the events about one resource, the queue shows the one that the others wait for.
#[tokio::test]
async fn the_queue_shows_what_is_sent_next() {
    let caller = Caller::new().await;
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    caller.post("/v2/webhooks", webhook).await.with(201);
    let path = format!("/v2/persons/{}", caller.post("/v2/persons", ada()).await.id());
    caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    for name in ["Augusta", "Ada"] {
        caller.call("PATCH", &path, json!({ "first_name": name })).await.with(200);
    }
    let queue = caller.get("/sandbox/deliveries").await.with(200);
    assert_eq!(queue["on_their_way"], 3);
    let [event] = queue["events"].as_array().unwrap().as_slice() else { panic!("{queue}") };
    assert_eq!((&event["attempts"], &event["last_error"]), (&json!(1), &json!("no connection")));
}

/// Who repaired a subscriber sends the event again, and does not wait for its next attempt.
#[tokio::test]
async fn an_event_that_failed_is_sent_again_at_once() {
    let caller = Caller::new().await;
    let subscriber = Subscriber::start().await;
    subscriber.next([Answer::Status(500)]);
    let webhook = json!({
        "url": subscriber.url(), "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    let path = format!("/v2/webhooks/{}/events", caller.post("/v2/webhooks", webhook).await.id());
    caller.post("/v2/persons", ada()).await.with(201);
    caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    let events = caller.get(&path).await.with(200);
    let event = format!("{path}/{}", events["event_list"][0]["id"].as_str().unwrap());
    assert_eq!(caller.get(&event).await.with(200)["status"], "RETRYING");
    caller.post(&format!("{event}/resend"), Value::Null).await.with(200);
    let settled = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(settled["on_their_way"], 0, "{settled}");
    let sent = caller.get(&event).await.with(200);
    assert_eq!(sent["status"], "SUCCESS");
    assert_eq!(sent["response_history"].as_array().unwrap().len(), 2);
    assert_eq!(subscriber.take_types(), ["PERSON.CREATED"; 2]);
}
