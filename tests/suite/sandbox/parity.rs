//! The control API over HTTP, and its counterparts in Rust: the same operations, the same effects,
//! the same reasons when something is refused.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use synctera::PersonId;
use synctera::types::{AccountStatus, EventType};
use synctera_sandbox::{
    ApplicationDecision, Error, Fault, LogFilter, Sandbox, SettingType, control_operations,
    served_operations, unserved_operations,
};

use super::control_document::ControlDocument;
use super::{Caller, ada};

/// What both sandboxes hold to begin with; their seed is the same, and so are the ids.
struct Facts {
    person: String,
    account: String,
    number: String,
    key_id: String,
    card: String,
    application: String,
    code: String,
    token: String,
    /// The numbers of requests: one raised an event, one posted.
    raised: u64,
    posted: u64,
}

type Target = fn(&Facts) -> String;
type Body = fn(&Facts) -> Value;
type InRust = for<'a> fn(&'a Sandbox, &'a Facts) -> BoxFuture<'a, Value>;

/// A request, and what does the same in Rust: its result in the form of the HTTP answer.
struct Case {
    method: &'static str,
    path: &'static str,
    target: Target,
    body: Body,
    in_rust: InRust,
}

macro_rules! case {
    ($method:literal $path:literal, $body:expr, |$sandbox:ident, $facts:ident| $rust:expr) => {
        case!($method $path => |_facts| $path.to_owned(), $body, |$sandbox, $facts| $rust)
    };
    ($method:literal $path:literal => $target:expr, $body:expr,
     |$sandbox:ident, $facts:ident| $rust:expr) => {{
        fn in_rust<'a>($sandbox: &'a Sandbox, $facts: &'a Facts) -> BoxFuture<'a, Value> {
            let _ = $facts;
            Box::pin(async move { $rust })
        }
        Case { method: $method, path: $path, target: $target, body: $body, in_rust }
    }};
}

fn nothing(_: &Facts) -> Value {
    Value::Null
}

/// What was done, or why it was refused.
fn done(outcome: Result<Value, impl ToString>) -> Value {
    outcome.unwrap_or_else(|why| json!({ "refused": why.to_string() }))
}

fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn clock(sandbox: &Sandbox) -> Value {
    let run = if sandbox.is_clock_held() { "held" } else { "real" };
    json!({ "now": moment(sandbox.now()), "run": run })
}

fn turned(sandbox: &Sandbox, outcome: Result<(), Error>) -> Value {
    done(outcome.map(|()| clock(sandbox)))
}

/// Tokens, of which Rust has the ids alone.
fn tokens(ids: Result<Vec<String>, Error>) -> Value {
    done(ids.map(|ids| json!({ "fdx_token_ids": ids })))
}

/// A document but for its server, which is another one of each sandbox.
fn document(text: &str) -> Value {
    let mut document: Value = serde_json::from_str(text).unwrap();
    document.as_object_mut().unwrap().remove("servers");
    document["..."] = json!(true);
    document
}

fn operations(count: bool) -> Value {
    let mut shown = json!({});
    for (of, all) in [("served", served_operations()), ("unserved", unserved_operations())] {
        for interface in ["v2", "v0"] {
            let named = all.iter().filter(|(name, _)| *name == interface);
            let ids: Vec<&str> = named.map(|(_, operation)| operation.id).collect();
            shown[interface][of] = if count { json!(ids.len()) } else { json!(ids) };
        }
    }
    shown
}

fn state(sandbox: &Sandbox) -> Value {
    let state = sandbox.state().unwrap();
    assert_eq!(state.resources, sandbox.counts().unwrap());
    json!({
        "version": state.version, "clock": clock(sandbox),
        "kept": if state.is_in_a_file { "in a file" } else { "in memory" },
        "workspaces": state.workspaces, "resources": state.resources,
        "failed_jobs": Value::from(vec![Value::Null; state.failed_jobs.len()]),
        "operations": operations(true),
    })
}

fn banking_days(sandbox: &Sandbox, date: Option<&str>, add: Option<u32>) -> Value {
    let calendar = sandbox.banking_days();
    let date = date.map_or(calendar.today(), |date| date.parse().unwrap());
    let mut shown = json!({
        "today": calendar.today(), "date": date, "is_banking_day": calendar.is_banking_day(date),
        "previous": calendar.previous(date), "next": calendar.next(date),
        "on_or_after": calendar.on_or_after(date),
        "next_ach_file": calendar.next_ach_file().map(moment),
        "next_same_day_ach_file": calendar.next_same_day_ach_file().map(moment),
        "next_statements": calendar.next_statements().unwrap().map(moment),
    });
    if let Some(days) = add {
        shown["added"] = json!(calendar.add(date, days));
    }
    shown
}

fn settings(sandbox: &Sandbox) -> Value {
    let all = sandbox.settings().list().into_iter().map(|setting| {
        assert_eq!(sandbox.settings().get(setting.name).unwrap(), setting);
        let mut shown = json!({
            "name": setting.name, "value": setting.value, "default": setting.default,
            "takes": setting.accepts.to_string(), "reason": setting.reason,
        });
        shown["type"] = match setting.accepts {
            SettingType::Boolean => json!("boolean"),
            SettingType::Integer { .. } => json!("integer"),
            SettingType::Choice(values) => {
                shown["values"] = json!(values);
                json!("string")
            }
            _ => json!("string"),
        };
        shown
    });
    json!({ "settings": all.collect::<Vec<_>>() })
}

fn faults(sandbox: &Sandbox) -> Value {
    let all = sandbox.faults().into_iter().map(|(number, fault)| {
        let mut shown = json!(fault);
        shown["number"] = json!(number);
        shown
    });
    json!({ "faults": all.collect::<Vec<_>>() })
}

fn keys(sandbox: &Sandbox) -> Value {
    let all = sandbox.api_keys().into_iter().map(|key| {
        json!({ "id": key.id, "workspace": key.workspace, "given_at_start": key.is_given_at_start })
    });
    json!({ "keys": all.collect::<Vec<_>>() })
}

fn queue(sandbox: &Sandbox) -> Value {
    let queue = sandbox.webhook_queue().unwrap();
    let events = queue.events.into_iter().map(|event| {
        json!({
            "workspace": event.workspace, "webhook_id": event.webhook_id,
            "event_id": event.event_id, "attempts": event.attempts,
            "next_attempt_at": event.next_attempt_at.map(moment), "last_error": event.last_error,
        })
    });
    let events: Vec<Value> = events.collect();
    json!({ "on_their_way": queue.queued, "due": queue.due, "events": events })
}

fn audit(sandbox: &Sandbox) -> Value {
    let audit = sandbox.audit().unwrap();
    let workspaces = audit
        .workspaces
        .iter()
        .map(|of| json!({ "workspace": of.workspace, "postings": of.postings, "sum": of.sum }));
    json!({
        "adds_up": audit.adds_up(), "postings": audit.postings, "sum": audit.sum,
        "unbalanced_transactions": audit.unbalanced_transactions,
        "wrong_balances": audit.wrong_balances, "open_holds": audit.open_holds,
        "wrong_holds": audit.wrong_holds,
        "closed_with_balance": audit.closed_with_balance, "workspaces": workspaces.collect::<Vec<_>>(),
    })
}

fn set_status(sandbox: &Sandbox, account: &str, status: &str, note: &str) -> Value {
    let set = sandbox.set_account_status(account, &AccountStatus::from(status), note);
    done(set.map(|status| json!({ "account_id": account, "status": status })))
}

/// Persons that a ban concerns.
fn people(outcome: Result<Vec<PersonId>, Error>) -> Value {
    done(outcome.map(|ids| json!({ "person_ids": ids })))
}

/// Requests of the log without their bodies.
fn logged(sandbox: &Sandbox, filter: LogFilter, is_more: bool) -> Value {
    let entries = sandbox.request_log(&filter).unwrap().into_iter().map(|request| {
        let mut entry = json!(request);
        let of_one =
            |name: &str| name.ends_with("_body") || ["ledger_entries", "events"].contains(&name);
        entry.as_object_mut().unwrap().retain(|name, _| !of_one(name));
        entry
    });
    timeless(json!({ "entries": entries.collect::<Vec<_>>(), "is_more": is_more }))
}

/// Without the real time that requests took.
fn timeless(mut shown: Value) -> Value {
    match &mut shown {
        Value::Object(members) => {
            for (name, member) in members {
                *member = match name.as_str() {
                    "micros" | "p50_micros" | "p99_micros" => {
                        assert!(member.is_u64(), "{member}");
                        json!(0)
                    }
                    // While the clock runs, it does not stand at the same moment in both.
                    "at" => json!(member.as_str().unwrap()[..16]),
                    // Their order is that in which requests are handled, not that in which they came.
                    "request_id" => {
                        assert!(member.is_string() || member.is_null(), "{member}");
                        json!(member.is_null())
                    }
                    _ => timeless(member.take()),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = timeless(item.take());
            }
        }
        _ => {}
    }
    shown
}

/// Every operation at least once, in an order in which each has something to do. A member `"..."`
/// stands for what only the HTTP answer has.
fn cases() -> Vec<Case> {
    use synctera::types::MonitoringAlertType::{NegativeNews, Watchlist};
    vec![
        case!("GET" "/sandbox", nothing, |sandbox, facts| state(sandbox)),
        case!("GET" "/sandbox/health", nothing, |sandbox, facts| {
            let status = if sandbox.is_running() { "ok" } else { "stopped" };
            json!({ "status": status, "version": sandbox.state().unwrap().version })
        }),
        case!("GET" "/sandbox/operations", nothing, |_sandbox, facts| operations(false)),
        case!("GET" "/sandbox/control.json", nothing,
            |sandbox, facts| document(&sandbox.control_document())),
        case!("GET" "/sandbox/openapi.json", nothing,
            |sandbox, facts| document(&sandbox.openapi_document())),
        case!("GET" "/sandbox/openapi.json" => |_| "/sandbox/openapi.json?version=v0".to_owned(), nothing,
            |sandbox, facts| document(&sandbox.older_openapi_document())),
        case!("GET" "/sandbox/clock", nothing, |sandbox, facts| clock(sandbox)),
        case!("GET" "/sandbox/deliveries", nothing, |sandbox, facts| queue(sandbox)),
        case!("POST" "/sandbox/deliveries/settle", nothing, |sandbox, facts| {
            sandbox.deliver_webhooks().await.unwrap();
            queue(sandbox)
        }),
        case!("POST" "/sandbox/webhook_signatures",
        |_| json!({ "workspace": "1_1", "timestamp": "1", "signature": "x", "body": "{}" }),
        |sandbox, facts| {
            done(sandbox.check_webhook_signature("1_1", "1", "x", "{}").map(|check| {
                json!({ "is_valid": check.is_valid, "reason": check.reason })
            }))
        }),
        case!("POST" "/sandbox/webhook_signatures",
        |_| json!({ "workspace": "9_9", "timestamp": "1", "signature": "x", "body": "{}" }),
        |sandbox, facts| {
            done(sandbox.check_webhook_signature("9_9", "1", "x", "{}").map(|_| Value::Null))
        }),
        // Settings.
        case!("GET" "/sandbox/settings", nothing, |sandbox, facts| settings(sandbox)),
        case!("PATCH" "/sandbox/settings", |_| json!({ "ach_hold_days": 5, "webhook_order": "any" }),
        |sandbox, facts| {
            let changes = [("ach_hold_days", json!(5)), ("webhook_order", json!("any"))];
            done(sandbox.set_settings(changes).map(|()| settings(sandbox)))
        }),
        case!("PATCH" "/sandbox/settings", |_| json!({ "ach_return_code": "R02" }),
        |sandbox, facts| {
            done(sandbox.set_setting("ach_return_code", "R02").map(|()| settings(sandbox)))
        }),
        case!("PATCH" "/sandbox/settings", |_| json!({ "webhook_copies": 2, "week_begins": "sunday" }),
        |sandbox, facts| {
            let updated = sandbox.update_settings(|settings| {
                settings.webhook_copies = 2;
                settings.week_begins = chrono::Weekday::Sun;
            });
            done(updated.map(|()| settings(sandbox)))
        }),
        case!("PATCH" "/sandbox/settings", |_| json!({ "check_hold_days": 9, "mood": 1 }),
        |sandbox, facts| {
            let changes = [("check_hold_days", 9), ("mood", 1)];
            done(sandbox.set_settings(changes).map(|()| settings(sandbox)))
        }),
        case!("PATCH" "/sandbox/settings",
        |_| json!({ "ach_hold_days": 9, "webhook_copies": 1_000_001 }),
        |sandbox, facts| {
            let updated = sandbox.update_settings(|settings| {
                settings.ach_hold_days = 9;
                settings.webhook_copies = 1_000_001;
            });
            done(updated.map(|()| settings(sandbox)))
        }),
        // Faults.
        case!("POST" "/sandbox/faults", |_| json!({ "status": 503, "operation": "listCards", "times": 2 }),
        |sandbox, facts| {
            let fault = Fault::status(503).on_operation("listCards").times(2);
            done(sandbox.add_fault(fault).map(|number| json!({ "number": number })))
        }),
        case!("POST" "/sandbox/faults", |_| json!({ "drop": true, "operation": "createPerson" }),
        |sandbox, facts| {
            let fault = Fault::dropped().on_operation("createPerson");
            done(sandbox.add_fault(fault).map(|number| json!({ "number": number })))
        }),
        case!("POST" "/sandbox/faults", |_| json!({ "method": "GET", "path": "/v2/nowhere",
            "status": 429, "code": "TOO_MANY_REQUESTS", "retry_after": 3, "delay_ms": 5, "after": true }),
        |sandbox, facts| {
            let fault = Fault::status(429).on("GET", "/v2/nowhere").code("TOO_MANY_REQUESTS");
            let fault = fault.retry_after(3).delay(std::time::Duration::from_millis(5)).after_acting();
            done(sandbox.add_fault(fault).map(|number| json!({ "number": number })))
        }),
        case!("POST" "/sandbox/faults", |_| json!({ "truncate": 20, "operation": "listCards" }),
        |sandbox, facts| {
            let fault = Fault::truncated(20).on_operation("listCards");
            done(sandbox.add_fault(fault).map(|number| json!({ "number": number })))
        }),
        case!("POST" "/sandbox/faults", |_| json!({ "status": 200 }), |sandbox, facts| {
            done(sandbox.add_fault(Fault::status(200)).map(|number| json!({ "number": number })))
        }),
        case!("GET" "/sandbox/faults", nothing, |sandbox, facts| faults(sandbox)),
        case!("DELETE" "/sandbox/faults/{number}" => |_| "/sandbox/faults/1".to_owned(), nothing,
        |sandbox, facts| match sandbox.remove_fault(1) {
            true => faults(sandbox),
            false => json!("it was not there"),
        }),
        case!("DELETE" "/sandbox/faults/{number}" => |_| "/sandbox/faults/1".to_owned(), nothing,
        |sandbox, facts| match sandbox.remove_fault(1) {
            true => json!("it was there"),
            false => json!({ "refused": "there is no such fault" }),
        }),
        case!("DELETE" "/sandbox/faults", nothing, |sandbox, facts| {
            sandbox.clear_faults();
            faults(sandbox)
        }),
        // Keys.
        case!("POST" "/sandbox/keys", |_| json!({}), |sandbox, facts| {
            done(sandbox.create_workspace().map(|made| {
                json!({ "id": made.id, "workspace": made.workspace, "api_key": made.api_key })
            }))
        }),
        case!("POST" "/sandbox/keys", |_| json!({ "workspace": "3_4" }), |sandbox, facts| {
            done(sandbox.create_api_key("3_4").map(|made| {
                assert!(!format!("{made:?}").contains(&made.api_key), "a key shows");
                json!({ "id": made.id, "workspace": made.workspace, "api_key": made.api_key })
            }))
        }),
        case!("POST" "/sandbox/keys", |_| json!({ "workspace": "5_6", "api_key": "given" }),
        |sandbox, facts| done(sandbox.add_api_key("given", "5_6").map(|key| {
            json!({ "id": key.id, "workspace": key.workspace, "api_key": "given" })
        }))),
        case!("POST" "/sandbox/keys", |_| json!({ "workspace": "1_1", "api_key": "given" }),
            |sandbox, facts| done(sandbox.add_api_key("given", "1_1").map(|_| json!("twice")))),
        case!("POST" "/sandbox/keys", |_| json!({ "workspace": "three" }),
            |sandbox, facts| done(sandbox.create_api_key("three").map(|_| json!("nowhere")))),
        case!("GET" "/sandbox/keys", nothing, |sandbox, facts| keys(sandbox)),
        case!("DELETE" "/sandbox/keys/{id}" => |facts| format!("/sandbox/keys/{}", facts.key_id),
            nothing,
            |sandbox, facts| done(sandbox.remove_api_key(&facts.key_id).map(|()| keys(sandbox)))),
        case!("DELETE" "/sandbox/keys/{id}" => |facts| format!("/sandbox/keys/{}", facts.key_id),
            nothing,
            |sandbox, facts| done(sandbox.remove_api_key(&facts.key_id).map(|()| keys(sandbox)))),
        // What only the platform's staff can do.
        case!("POST" "/sandbox/events",
        |facts| json!({ "type": "PERSON.UPDATED", "resource_id": facts.person }),
        |sandbox, facts| {
            let raised = sandbox.raise_event(&EventType::PersonUpdated, &facts.person);
            done(raised.map(|ids| json!({ "event_ids": ids })))
        }),
        case!("POST" "/sandbox/events",
        |facts| json!({ "type": "CARD.UPDATED", "resource_id": facts.person }),
        |sandbox, facts| {
            let raised = sandbox.raise_event(&EventType::CardUpdated, &facts.person);
            done(raised.map(|ids| json!({ "event_ids": ids })))
        }),
        case!("POST" "/sandbox/alerts",
        |facts| json!({ "party_id": facts.person, "type": "WATCHLIST" }),
        |sandbox, facts| {
            let raised = sandbox.raise_alert(&facts.person, &Watchlist);
            done(raised.map(|id| json!({ "alert_id": id })))
        }),
        case!("POST" "/sandbox/alerts",
        |facts| json!({ "party_id": facts.account, "type": "NEGATIVE_NEWS" }),
        |sandbox, facts| {
            let raised = sandbox.raise_alert(&facts.account, &NegativeNews);
            done(raised.map(|id| json!({ "alert_id": id })))
        }),
        case!("POST" "/sandbox/stop_payments",
        |facts| json!({ "account_id": facts.account, "originator_name": "Sandbox Bank" }),
        |sandbox, facts| {
            let stopped = sandbox.stop_payment(&facts.account, "Sandbox Bank");
            done(stopped.map(|id| json!({ "stop_payment_id": id, "...": true })))
        }),
        case!("POST" "/sandbox/stop_payments",
            |facts| json!({ "account_id": facts.person, "originator_name": "Sandbox Bank" }),
            |sandbox, facts| done(sandbox.stop_payment(&facts.person, "Sandbox Bank").map(Value::from))),
        case!("POST" "/sandbox/account_statuses",
            |facts| json!({ "account_id": facts.account, "status": "FAILED_KYC", "note": "odd" }),
            |sandbox, facts| set_status(sandbox, &facts.account, "FAILED_KYC", "odd")),
        case!("POST" "/sandbox/account_statuses",
            |facts| json!({ "account_id": facts.account, "status": "CLOSED" }),
            |sandbox, facts| set_status(sandbox, &facts.account, "CLOSED", "")),
        case!("POST" "/sandbox/account_statuses",
            |facts| json!({ "account_id": facts.person, "status": "RESTRICTED" }),
            |sandbox, facts| set_status(sandbox, &facts.person, "RESTRICTED", "")),
        case!("POST" "/sandbox/account_statuses",
            |facts| json!({ "account_id": facts.account, "status": "ACTIVE_OR_DISBURSED" }),
            |sandbox, facts| set_status(sandbox, &facts.account, "ACTIVE_OR_DISBURSED", "")),
        case!("POST" "/sandbox/bans", |facts| json!({ "person_id": facts.person }),
            |sandbox, facts| people(sandbox.ban_person(&facts.person))),
        case!("POST" "/sandbox/bans", |facts| json!({ "person_id": facts.account }),
            |sandbox, facts| people(sandbox.ban_person(&facts.account))),
        case!("DELETE" "/sandbox/bans/{person_id}" =>
            |facts| format!("/sandbox/bans/{}", facts.person), nothing,
            |sandbox, facts| people(sandbox.lift_ban(&facts.person))),
        case!("DELETE" "/sandbox/bans/{person_id}" =>
            |facts| format!("/sandbox/bans/{}", facts.account), nothing,
            |sandbox, facts| people(sandbox.lift_ban(&facts.account))),
        case!("GET" "/sandbox/check", nothing, |sandbox, facts| audit(sandbox)),
        case!("GET" "/sandbox/fixtures", nothing, |sandbox, facts| {
            let all = sandbox.fixtures().unwrap().into_iter().map(|fixture| {
                json!({ "name": fixture.name, "journey": fixture.journey, "id": fixture.id })
            });
            json!({ "fixtures": all.collect::<Vec<_>>() })
        }),
        // What a reader of data does, while its code is good.
        case!("POST" "/sandbox/fdx_tokens", |facts| json!({ "authorization_code": facts.code }),
            |sandbox, facts| tokens(sandbox.exchange_fdx_code(&facts.code))),
        case!("POST" "/sandbox/fdx_tokens", |facts| json!({ "authorization_code": facts.code }),
            |sandbox, facts| tokens(sandbox.exchange_fdx_code(&facts.code))),
        case!("POST" "/sandbox/fdx_tokens", |facts| json!({ "refresh_token": facts.token }),
            |sandbox, facts| tokens(sandbox.refresh_fdx_token(&facts.token))),
        case!("POST" "/sandbox/fdx_tokens", |facts| json!({ "refresh_token": facts.person }),
            |sandbox, facts| tokens(sandbox.refresh_fdx_token(&facts.person))),
        case!("POST" "/sandbox/fdx_tokens", |facts| json!({ "revoke": facts.token }),
            |sandbox, facts| tokens(sandbox.revoke_fdx_token(&facts.token))),
        case!("POST" "/sandbox/fdx_tokens", |facts| json!({ "revoke": facts.person }),
            |sandbox, facts| tokens(sandbox.revoke_fdx_token(&facts.person))),
        // Time.
        case!("GET" "/sandbox/banking_days", nothing,
            |sandbox, facts| banking_days(sandbox, None, None)),
        case!("GET" "/sandbox/banking_days" =>
            |_| "/sandbox/banking_days?date=2026-11-28&add=1".to_owned(), nothing,
            |sandbox, facts| banking_days(sandbox, Some("2026-11-28"), Some(1))),
        case!("GET" "/sandbox/banking_days" =>
            |_| "/sandbox/banking_days?date=2199-12-31&add=4000000000".to_owned(), nothing,
            |sandbox, facts| banking_days(sandbox, Some("2199-12-31"), Some(4_000_000_000))),
        case!("POST" "/sandbox/clock", |_| json!({ "advance": { "days": 1, "hours": 2 } }),
            |sandbox, facts| turned(sandbox, sandbox.advance(chrono::Duration::hours(26)))),
        case!("POST" "/sandbox/clock", |_| json!({ "advance": { "banking_days": 2 } }),
            |sandbox, facts| turned(sandbox, sandbox.advance_banking_days(2))),
        case!("POST" "/sandbox/clock", |_| json!({ "set": "2026-12-05T14:00:00Z" }),
        |sandbox, facts| {
            turned(sandbox, sandbox.advance_to("2026-12-05T14:00:00Z".parse().unwrap()))
        }),
        // From that Saturday to the Monday.
        case!("GET" "/sandbox/jobs" => |_| "/sandbox/jobs?limit=3".to_owned(), nothing,
        |sandbox, facts| {
            let jobs = sandbox.done_jobs(3);
            let jobs = jobs.iter().map(|done| {
                json!({
                    "number": done.number, "at": moment(done.at), "job": done.job,
                    "workspace": done.workspace, "subject": done.subject,
                    "transaction_ids": done.transaction_ids, "events": done.events,
                    "failure": done.failure,
                })
            });
            json!({ "jobs": jobs.collect::<Vec<_>>() })
        }),
        case!("POST" "/sandbox/clock", |_| json!({ "set": "2026-12-07T14:00:00Z" }),
            |sandbox, facts| turned(sandbox, sandbox.advance_to_next_banking_day())),
        case!("POST" "/sandbox/clock", |_| json!({ "set": "2026-12-01T00:00:00Z" }),
        |sandbox, facts| {
            turned(sandbox, sandbox.advance_to("2026-12-01T00:00:00Z".parse().unwrap()))
        }),
        case!("POST" "/sandbox/clock", |_| json!({ "advance": { "days": 4000 } }),
            |sandbox, facts| turned(sandbox, sandbox.advance(chrono::Duration::days(4000)))),
        case!("POST" "/sandbox/clock", |_| json!({ "advance": { "banking_days": 4_000_000_000_u32 } }),
            |sandbox, facts| turned(sandbox, sandbox.advance_banking_days(4_000_000_000))),
        case!("POST" "/sandbox/clock", |_| json!({ "run": "real" }), |sandbox, facts| {
            sandbox.run_clock().unwrap();
            json!({ "run": clock(sandbox)["run"], "...": true })
        }),
        case!("POST" "/sandbox/clock", |_| json!({ "run": "held" }), |sandbox, facts| {
            sandbox.hold_clock().unwrap();
            json!({ "run": clock(sandbox)["run"], "...": true })
        }),
        case!("POST" "/sandbox/clock", |_| json!({ "set": "2027-01-04T14:00:00Z" }),
        |sandbox, facts| {
            turned(sandbox, sandbox.advance_to("2027-01-04T14:00:00Z".parse().unwrap()))
        }),
        // What the bank, a vendor or a shop does.
        case!("POST" "/sandbox/three_ds",
        |facts| json!({ "card_id": facts.card, "amount": 25_00, "is_answered": false }),
        |sandbox, facts| {
            let made = sandbox.authenticate_cardholder(&facts.card, 25_00, false).await;
            done(made.map(|made| {
                let status = if made.is_successful { "SUCCESS" } else { "FAILED" };
                json!({ "...": "", "id": made.id, "decision": made.decision, "status": status })
            }))
        }),
        case!("POST" "/sandbox/three_ds",
        |facts| json!({ "card_id": facts.account, "amount": 25_00 }),
        |sandbox, facts| {
            let made = sandbox.authenticate_cardholder(&facts.account, 25_00, true).await;
            done(made.map(|made| json!({ "id": made.id })))
        }),
        case!("POST" "/sandbox/application_decisions",
        |facts| json!({ "application_id": facts.application, "decision": "APPROVED",
            "credit_limit": 100_00, "interest_rate": 1250 }),
        |sandbox, facts| {
            let approval = ApplicationDecision::approve(&facts.application);
            let approval = approval.credit_limit(100_00).interest_rate(1250);
            done(sandbox.decide_application(&approval).map(|()| {
                json!({ "...": "", "id": facts.application, "credit_limit": 100_00,
                    "interest_rate": 1250, "decision": "approved" })
            }))
        }),
        case!("POST" "/sandbox/application_decisions",
        |facts| json!({ "application_id": facts.application, "decision": "DENIED",
            "rejection_reasons": ["income"] }),
        |sandbox, facts| {
            let denial = ApplicationDecision::deny(&facts.application).reason("income");
            done(sandbox.decide_application(&denial).map(|()| json!({})))
        }),
        case!("POST" "/sandbox/application_decisions",
        |facts| json!({ "application_id": facts.person, "decision": "INFO_REQUESTED" }),
        |sandbox, facts| {
            let asked = ApplicationDecision::request_info(&facts.person);
            done(sandbox.decide_application(&asked).map(|()| json!({})))
        }),
        // Snapshots, which in Rust are values without a name.
        case!("POST" "/sandbox/snapshots", |_| json!({ "name": "before" }), |sandbox, facts| {
            let bytes = sandbox.snapshot().await.unwrap().size().unwrap();
            json!({ "name": "before", "taken_at": moment(sandbox.now()), "bytes": bytes })
        }),
        case!("GET" "/sandbox/snapshots", nothing, |sandbox, facts| {
            let bytes = sandbox.snapshot().await.unwrap().size().unwrap();
            let one = json!({ "name": "before", "taken_at": moment(sandbox.now()), "bytes": bytes });
            json!({ "snapshots": [one] })
        }),
        case!("GET" "/sandbox/snapshots/{name}/file" =>
            |_| "/sandbox/snapshots/none/file".to_owned(), nothing,
            |_sandbox, facts| json!({ "refused": "there is no snapshot none" })),
        case!("POST" "/sandbox/snapshots/{name}/restore" =>
            |_| "/sandbox/snapshots/before/restore".to_owned(), nothing,
        |sandbox, facts| {
            let before = sandbox.snapshot().await.unwrap();
            done(sandbox.restore(&before).await.map(|()| clock(sandbox)))
        }),
        case!("DELETE" "/sandbox/snapshots/{name}" =>
            |_| "/sandbox/snapshots/before".to_owned(), nothing,
            |_sandbox, facts| json!({ "snapshots": [] })),
        // Forks, which in Rust are sandboxes of their own.
        case!("GET" "/sandbox/forks", nothing, |_sandbox, facts| json!({ "forks": [] })),
        case!("POST" "/sandbox/forks", |_| json!({ "name": "copy" }), |sandbox, facts| {
            let fork = sandbox.fork().await.unwrap();
            assert_eq!(fork.state().unwrap().resources, sandbox.state().unwrap().resources);
            json!({ "...": "", "name": "copy", "path": "/forks/copy" })
        }),
        case!("DELETE" "/sandbox/forks/{name}" =>
            |_| "/sandbox/forks/copy".to_owned(), nothing,
            |_sandbox, facts| json!({ "forks": [] })),
        case!("DELETE" "/sandbox/forks/{name}" =>
            |_| "/sandbox/forks/copy".to_owned(), nothing,
            |_sandbox, facts| json!({ "refused": "there is no fork copy" })),
        // The log.
        case!("GET" "/sandbox/log" => |_| "/sandbox/log?limit=3&after=2&before=90".to_owned(), nothing,
            |sandbox, facts| logged(sandbox, LogFilter::new().limit(3).after(2).before(90), true)),
        case!("GET" "/sandbox/log" =>
            |facts| format!("/sandbox/log?limit=500&workspace=1_1&status=2xx&operation=createPerson\
                &method=post&resource={}", facts.person), nothing,
        |sandbox, facts| {
            let filter = LogFilter::new().limit(500).workspace("1_1").status_class(2);
            let filter = filter.operation("create_person").method("POST").resource(&facts.person);
            logged(sandbox, filter, false)
        }),
        case!("GET" "/sandbox/log" =>
        |_| "/sandbox/log?status=404&code=RESOURCE_NOT_FOUND".to_owned(), nothing,
        |sandbox, facts| {
            logged(sandbox, LogFilter::new().status(404).code("RESOURCE_NOT_FOUND"), false)
        }),
        case!("GET" "/sandbox/log/{number}" => |_| "/sandbox/log/1".to_owned(), nothing,
            |sandbox, facts| timeless(json!(sandbox.logged_request(1).unwrap().unwrap()))),
        // One that raised an event, and one that posted.
        case!("GET" "/sandbox/log/{number}" => |facts| format!("/sandbox/log/{}", facts.raised),
        nothing, |sandbox, facts| {
            let logged = sandbox.logged_request(facts.raised).unwrap().unwrap();
            assert!(!logged.events.is_empty(), "{logged:?}");
            timeless(json!(logged))
        }),
        case!("GET" "/sandbox/log/{number}" => |facts| format!("/sandbox/log/{}", facts.posted),
        nothing, |sandbox, facts| {
            let logged = sandbox.logged_request(facts.posted).unwrap().unwrap();
            assert!(!logged.ledger_entries.is_empty(), "{logged:?}");
            timeless(json!(logged))
        }),
        case!("GET" "/sandbox/log/{number}" => |_| "/sandbox/log/9000".to_owned(), nothing,
        |sandbox, facts| {
            assert_eq!(sandbox.logged_request(9000).unwrap(), None);
            let why = "the request log has no entry 9000: it is too old, or never was";
            json!({ "refused": why })
        }),
        case!("GET" "/sandbox/log/summary" =>
        |_| "/sandbox/log/summary?workspace=1_1&minutes=1440".to_owned(), nothing,
        |sandbox, facts| {
            timeless(json!(sandbox.request_log_summary(Some("1_1"), 1440).unwrap()))
        }),
        case!("DELETE" "/sandbox/log", nothing, |sandbox, facts| {
            sandbox.clear_request_log().unwrap();
            logged(sandbox, LogFilter::new(), false)
        }),
        case!("POST" "/sandbox/reset", nothing, |sandbox, facts| {
            sandbox.reset().await.unwrap();
            clock(sandbox)
        }),
    ]
}

async fn began() -> (Caller, Facts) {
    let caller =
        Caller::on(Sandbox::builder().seed(7).api_key("one", "1_1").request_log(true)).await;
    let person = caller.verified().await;
    let (account, number) = caller.checking(&person).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let watched = json!({ "person_id": person });
    caller.post("/v2/monitoring/subscriptions", watched).await.with(201);
    let body = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    caller.post("/v2/webhooks", body).await.with(201);
    let mut grace = ada();
    grace["first_name"] = json!("Grace");
    caller.post("/v2/persons", grace).await.with(201);
    let body = json!({ "workspace": "1_1", "api_key": "another" });
    let key_id = caller.post("/sandbox/keys", body).await.id();
    let card = caller.virtual_card(&account, &person).await;
    let card = card.as_str().unwrap().to_owned();
    let personal = json!({ "type": "personal", "personal": { "person_id": person } });
    let application = caller.applied("LOC", "LINE_OF_CREDIT", personal).await.id();
    let code = caller.granted_code(&person).await;
    let other = json!({ "authorization_code": caller.granted_code(&person).await });
    let tokens = caller.post("/sandbox/fdx_tokens", other).await.with(201);
    let token = tokens["fdx_tokens"][1]["id"].as_str().unwrap().to_owned();
    caller.sandbox.deliver_webhooks().await.unwrap();
    let last = |filter: LogFilter| caller.sandbox.request_log(&filter.limit(500)).unwrap();
    let raised = last(LogFilter::new().operation("create_person"))[0].number;
    let whole = |number| caller.sandbox.logged_request(number).unwrap().unwrap();
    let all = last(LogFilter::new());
    let posted = all.iter().map(|it| whole(it.number)).find(|it| !it.ledger_entries.is_empty());
    let posted = posted.unwrap().number;
    let facts =
        Facts { person, account, number, key_id, card, application, code, token, raised, posted };
    (caller, facts)
}

/// All that can be seen of a sandbox, a path each.
async fn seen(caller: &Caller, facts: &Facts) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    let account = format!("/v2/accounts/{}", facts.account);
    for path in [
        "/sandbox",
        "/sandbox/settings",
        "/sandbox/faults",
        "/sandbox/keys",
        "/sandbox/check",
        "/sandbox/deliveries",
        "/v2/monitoring/alerts",
        "/v2/persons",
        "/v2/applications",
        "/v2/fdx_tokens",
        // Which there is not: an error for the log.
        "/v2/persons/00000000-0000-4000-8000-000000000000",
        account.as_str(),
    ] {
        all.insert(path.to_owned(), caller.get(path).await.body);
    }
    all
}

#[tokio::test]
async fn what_http_can_do_rust_can_do() {
    let cases = cases();
    let known: BTreeSet<_> =
        control_operations().iter().map(|operation| (operation.method, operation.path)).collect();
    let played: BTreeSet<_> = cases.iter().map(|case| (case.method, case.path)).collect();
    assert_eq!(played, known, "an operation has no counterpart in Rust, or no case here");

    let ((over_http, facts), (in_rust, same)) = tokio::join!(began(), began());
    assert_eq!((&facts.account, &facts.number), (&same.account, &same.number));
    let mut is_same_time = true;
    let mut answers = Vec::new();
    for Case { method, path, target, body, in_rust: act } in cases {
        let (target, body) = (target(&facts), body(&facts));
        let answer = over_http.call(method, &target, body.clone()).await;
        answers.push((method, path, body.clone(), answer.clone()));
        let mut told = match answer.status {
            400.. => json!({ "refused": answer.body["detail"] }),
            _ => answer.body,
        };
        if let Some(tokens) = told["fdx_tokens"].as_array() {
            let ids: Vec<&Value> = tokens.iter().map(|token| &token["id"]).collect();
            told = json!({ "fdx_token_ids": ids });
        }
        let mut done = act(&in_rust.sandbox, &facts).await;
        if path.starts_with("/sandbox/log") {
            told = timeless(told);
        }
        let what = format!("{method} {target} {body} ({path})");
        if let Some(members) = done.as_object_mut()
            && members.remove("...").is_some()
        {
            told.as_object_mut().unwrap().retain(|name, _| members.contains_key(name));
        }
        assert_eq!(told, done, "{what}");
        // Clocks that ran differ until they are set.
        is_same_time = (is_same_time && body.get("run").is_none()) || body.get("set").is_some();
        // What is due is sent in the background, on either side at its own pace.
        for caller in [&over_http, &in_rust] {
            caller.sandbox.deliver_webhooks().await.unwrap();
        }
        let (left, mut left_in_rust) =
            tokio::join!(seen(&over_http, &facts), seen(&in_rust, &facts));
        for (at, mut state) in left {
            let mut same = left_in_rust.remove(&at).unwrap();
            if at == "/sandbox" && !is_same_time {
                state["clock"]["now"] = Value::Null;
                same["clock"]["now"] = Value::Null;
            }
            assert_eq!(state, same, "{at} after {what}");
        }
    }
    let mut document = ControlDocument::new(&over_http.sandbox);
    for (method, path, body, answer) in answers {
        document.judge((method, path), &body, &answer);
    }
    document.was_seen();
}

/// The README's table names the same operations, and functions that there are.
#[test]
fn the_readme_tells_every_operation_and_its_counterpart() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/sandbox");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let surface = synctera_tests::facade::surface(&root.join("src"));
    let library = std::fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let functions = surface.into_values().chain([library]).collect::<String>();
    let (_, section) = readme.split_once("\n## The control API\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut told = BTreeSet::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (operation, rust) = (cells[1].trim_matches('`'), cells[2]);
        assert!(told.insert(operation.to_owned()), "{operation} is told twice");
        let names: Vec<&str> = rust.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{operation} has no counterpart");
        for name in names {
            let found = [format!("fn {name}("), format!("fn {name}<")];
            assert!(found.iter().any(|name| functions.contains(name)), "there is no {name}");
        }
    }
    let known = control_operations();
    let known = known.iter().map(|operation| format!("{} {}", operation.method, operation.path));
    assert_eq!(told, known.collect::<BTreeSet<_>>());
}
