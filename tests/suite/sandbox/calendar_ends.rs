//! Days and moments at the ends of the calendar: each is refused by name or taken, and no list is
//! lost because of one.

use serde_json::{Value, json};

use super::{Caller, ada};

/// Years without four digits, once written in UTC.
const BEYOND: [&str; 4] = [
    "9999-12-31T23:59:59-12:00",
    "9999-12-31T23:59:59.999-00:01",
    "0000-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00+00:01",
];

#[tokio::test]
async fn a_moment_beyond_the_calendar_is_refused_by_name() {
    let caller = Caller::new().await;
    let person = caller.post("/v2/persons", ada()).await.id();
    let at = |moment: &str| {
        [
            (
                "/v2/disclosures".to_owned(),
                "disclosure_date",
                json!({ "type": "TERMS_AND_CONDITIONS", "version": "1.0",
                    "event_type": "ACKNOWLEDGED", "disclosure_date": moment, "person_id": person }),
            ),
            (
                "/v2/adverse_actions".to_owned(),
                "notification_time",
                json!({ "purpose": "OTHER", "reasons": ["INCOME"], "notification_time": moment,
                    "related_resource_id": person, "related_resource_type": "CUSTOMER" }),
            ),
            (
                "/v2/verifications".to_owned(),
                "verification_time",
                json!({ "person_id": person, "result": "ACCEPTED", "verification_time": moment,
                    "verification_type": "IDENTITY", "vendor_info": { "vendor": "own",
                        "content_type": "application/json", "json": {} } }),
            ),
            (
                format!("/v0/customers/{person}/disclosures"),
                "timestamp",
                json!({ "type": "E_SIGN", "version": "1.0", "event_type": "VIEWED",
                    "timestamp": moment }),
            ),
            (
                format!("/v0/customers/{person}/employment"),
                "employment_from",
                json!({ "employer_name": "Engines", "employment_from": moment }),
            ),
            (
                format!("/v0/customers/{person}/verifications"),
                "verification_time",
                json!({ "result": "ACCEPTED", "verification_time": moment,
                    "verification_type": "kyc" }),
            ),
        ]
    };
    for moment in BEYOND {
        for (path, member, body) in at(moment) {
            let refused = caller.post(&path, body).await;
            assert_eq!(refused.fields("invalid"), [member], "{path} {moment}: {}", refused.body);
        }
    }
    // The last moments of the calendar and the first ones are moments, whatever a rule says of them.
    for moment in ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"] {
        for (path, _, body) in at(moment) {
            let answer = caller.post(&path, body).await;
            assert!(answer.status < 500, "{path} {moment}: {answer:?}");
        }
    }
    for path in [
        format!("/v2/disclosures?person_id={person}"),
        "/v2/adverse_actions".to_owned(),
        format!("/v2/verifications?person_id={person}"),
        format!("/v0/customers/{person}/disclosures"),
        format!("/v0/customers/{person}/employment"),
        format!("/v0/customers/{person}/verifications"),
    ] {
        caller.get(&path).await.with(200);
    }
}

#[tokio::test]
async fn money_does_not_move_beyond_the_banking_calendar() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let (other, _) = caller.checking(&holder).await;
    caller.receive(&number, 100_00, "credit").await.with(201);
    let external = caller.elsewhere(&holder).await;
    for date in ["9999-12-31", "9999-12-30", "9999-12-24"] {
        let incoming = json!({ "account_number": number, "amount": 1, "dc_sign": "credit",
            "effective_date": date });
        let path = "/v2/ach/transaction_simulations/receiving_transaction";
        let refused = caller.post(path, incoming).await;
        assert_eq!(refused.fields("invalid"), ["effective_date"]);
        let outgoing = json!({ "customer_id": holder, "originating_account_id": account,
            "receiving_account_id": external, "amount": 12_00, "currency": "USD",
            "dc_sign": "credit", "effective_date": date });
        let refused = caller.post("/v2/ach", outgoing).await;
        assert_eq!(refused.fields("invalid"), ["effective_date"]);
        let refused = caller.post("/v2/payment_schedules", schedule(&account, &other, date)).await;
        assert_eq!(refused.fields("invalid"), ["schedule.start_date"]);
        let wanted = format!("/v0/customers/{holder}/watchlists/subscriptions");
        let body = json!({ "customer_consent": true, "period_start": date });
        assert_eq!(caller.post(&wanted, body).await.fields("invalid"), ["period_start"]);
    }
    let incoming = caller.get("/v2/ach/incoming").await.with(200);
    assert_eq!(incoming["transactions"].as_array().unwrap().len(), 1, "{incoming}");
    for list in ["/v2/ach", "/v2/payment_schedules", "/v2/transactions/pending"] {
        caller.get(list).await.with(200);
    }
}

#[tokio::test]
async fn a_schedule_ends_with_the_banking_calendar() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let (other, _) = caller.checking(&holder).await;
    let mut body = schedule(&account, &other, "2026-11-25");
    body["schedule"] = json!({ "frequency": "MONTHLY", "interval": 120_000,
        "start_date": "2026-11-25", "end_date": "9999-12-31" });
    let made = caller.post("/v2/payment_schedules", body).await;
    assert!(made.status < 500, "{made:?}");
    caller.sandbox.advance_banking_days(2).unwrap();
    let schedules = caller.get("/v2/payment_schedules").await.with(200);
    for schedule in schedules["payment_schedules"].as_array().unwrap() {
        assert_eq!(schedule["status"], "EXPIRED", "{schedule}");
    }
}

fn schedule(from: &str, to: &str, start: &str) -> Value {
    json!({
        "description": "rent",
        "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": {
            "amount": 1_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
            "originating_account_id": from, "receiving_account_id": to,
        } },
        "schedule": { "frequency": "MONTHLY", "interval": 1, "start_date": start, "count": 3 },
    })
}
