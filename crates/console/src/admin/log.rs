//! The request log: what programs asked for, what came of it and why, and the way to do it again.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use crate::action::sure;
use crate::code;
use crate::context::{Context, encoded};
use crate::done;
use crate::failure::Failure;
use crate::field::{Field, Shown, copied, field, status, time};
use crate::format::{micros, plain, short_id};
use crate::operators::Permission;
use crate::page::{Page, part};
use crate::submitted::{Submitted, TOKEN};
use crate::table;
use crate::texts::{self, log};

/// Events of a request that its page shows.
const EVENTS_MAX: usize = 50;

const LEDGER_ENTRIES: &[Field] = &[
    field(texts::ACCOUNT, "/account_id", Shown::Account),
    field(texts::AMOUNT, "/amount", Shown::Money("")),
    field(texts::POSTED_AFTER, "/balance", Shown::Money("")),
    field(log::TRANSACTION, "/transaction_id", Shown::Id("transactions")),
];

/// The filter of requests that came without a key of this sandbox, such as a wrong one.
const WORKSPACE: &str = "workspace";
const NO_WORKSPACE: &str = "none";

/// Rows of a page.
const ROWS: usize = 100;

/// The filters: parameter, label, and what they take.
const FILTERS: &[(&str, &str, &[&str])] = &[
    ("status", texts::STATUS, &["2xx", "4xx", "5xx"]),
    ("method", log::METHOD, &["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ("operation", texts::OPERATION, &[]),
    ("code", texts::CODE, &[]),
    ("resource", log::RESOURCE, &[]),
];

fn text(of: &Value, name: &str) -> String {
    of.get(name).map(plain).unwrap_or_default()
}

pub(super) async fn list(
    context: Context,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let is_unassigned = query.get(WORKSPACE).is_some_and(|value| value == NO_WORKSPACE);
    let workspace = if is_unassigned { NO_WORKSPACE } else { &context.workspace };
    let mut target = format!("/sandbox/log?limit={ROWS}&workspace={workspace}");
    let known = FILTERS.iter().map(|(name, ..)| *name).chain(["before"]);
    for name in known {
        if let Some(value) = query.get(name).map(|it| it.trim()).filter(|it| !it.is_empty()) {
            target += &format!("&{name}={}", encoded(value));
        }
    }
    let answer = match context.control(&target).await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let rows = rows(&context, &answer, &query);
    // What renews itself is the table alone.
    if query.contains_key("part") {
        return part(&rows);
    }
    let is_live = !query.contains_key("before");
    let mut live: BTreeMap<&str, &str> =
        query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    live.insert("part", "1");
    let live: Vec<String> =
        live.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let content = html! {
        h1 { (texts::REQUEST_LOG) }
        form .filters method="get" {
            @for (name, label, values) in FILTERS {
                @let given = query.get(*name).map(String::as_str).unwrap_or_default();
                div {
                    label for={ "filter-" (name) } { (label) }
                    @if values.is_empty() {
                        input id={ "filter-" (name) } type="text" name=(name) value=(given) maxlength="200";
                    } @else {
                        select id={ "filter-" (name) } name=(name) {
                            option value="" { (texts::ANY) }
                            @for value in *values { option value=(value) selected[given == *value] { (value) } }
                        }
                    }
                }
            }
            div {
                label for="filter-workspace" { (log::API_KEY) }
                select #filter-workspace name=(WORKSPACE) {
                    option value="" { (log::OF_WORKSPACE) }
                    option value=(NO_WORKSPACE) selected[is_unassigned] { (log::OF_NO_WORKSPACE) }
                }
            }
            button type="submit" { (texts::FILTER) }
        }
        @if is_live {
            div hx-get=(context.admin(&format!("log?{}", live.join("&")))) hx-trigger="every 3s" hx-swap="innerHTML" {
                (rows)
            }
        } @else {
            (rows)
        }
    };
    Page::new(texts::REQUEST_LOG, content).of(&context)
}

fn rows(context: &Context, answer: &Value, query: &BTreeMap<String, String>) -> Markup {
    let entries = answer.get("entries").and_then(Value::as_array).cloned().unwrap_or_default();
    let last = entries.last().map(|entry| text(entry, "number")).unwrap_or_default();
    let kept = query
        .iter()
        .filter(|(name, value)| !["before", "part"].contains(&name.as_str()) && !value.is_empty());
    let kept: String = kept.map(|(name, value)| format!("{name}={}&", encoded(value))).collect();
    html! {
        @if entries.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::REQUESTS) {
                table {
                    thead {
                        tr {
                            @for label in log::HEADINGS { th scope="col" { (label) } }
                            th scope="col" .number { (log::TOOK) }
                        }
                    }
                    tbody {
                        @for entry in &entries {
                            tr {
                                th scope="row" { a href=(context.admin(&format!("log/{}", text(entry, "number")))) { (text(entry, "number")) } }
                                td { (time(&text(entry, "at"))) }
                                td .call { code { (text(entry, "method")) " " (text(entry, "path")) } }
                                td { (of_status(entry)) }
                                td { code { (text(entry, "code")) } }
                                td { (decided_by(entry)) }
                                td .number { (micros(entry.get("micros").and_then(Value::as_u64).unwrap_or_default())) }
                            }
                        }
                    }
                }
            }
        }
        @if answer.get("is_more") == Some(&Value::Bool(true)) {
            p .pages { a href={ (context.admin("log")) "?" (kept) "before=" (last) } rel="next" { (texts::NEXT) } }
        }
    }
}

fn of_status(entry: &Value) -> Markup {
    let status = entry.get("status").and_then(Value::as_u64);
    let tone = match status {
        Some(200..=299) => "good",
        Some(400..=499) => "care",
        _ => "bad",
    };
    html! {
        span .status data-tone=(tone) {
            @if let Some(status) = status { (status) } @else { (log::NO_ANSWER) }
        }
    }
}

fn decided_by(entry: &Value) -> &'static str {
    let is = |name: &str| entry.get(name) == Some(&Value::Bool(true));
    match (is("is_fault"), is("is_replay"), text(entry, "code").is_empty()) {
        (true, ..) => log::BY_FAULT,
        (_, true, _) => log::BY_STORED_ANSWER,
        (.., false) => log::BY_RULE,
        _ => log::BY_OPERATION,
    }
}

pub(super) async fn one(context: Context, Path((_, number)): Path<(String, String)>) -> Response {
    let entry = match read(&context, &number).await {
        Ok(entry) => entry,
        Err(failure) => return failure.of_page(&context),
    };
    let (method, path) = (text(&entry, "method"), text(&entry, "path"));
    let sent = json_of(&entry, "request_body");
    let content = html! {
        p .path { a href=(context.admin("log")) { (texts::REQUEST_LOG) } }
        h1 { (method) " " (path) }
        div .grid {
            section .card {
                h2 { (log::REQUEST) }
                dl {
                    div { dt { (texts::TIME) } dd { (time(&text(&entry, "at"))) } }
                    div { dt { (log::TOOK) } dd { (micros(entry.get("micros").and_then(Value::as_u64).unwrap_or_default())) } }
                    div { dt { (texts::OPERATION) } dd { code { (text(&entry, "operation")) } } }
                    div { dt { (log::API_KEY) } dd { code { (text(&entry, "key_id")) } } }
                    div { dt { (log::IDEMPOTENCY_KEY) } dd { code { (text(&entry, "idempotency_key")) } } }
                    div { dt { (log::REQUEST_ID) } dd { (copied(&text(&entry, "request_id"))) } }
                }
            }
            section .card {
                h2 { (texts::ANSWER) }
                dl {
                    div { dt { (texts::STATUS) } dd { (of_status(&entry)) } }
                    div { dt { (texts::CODE) } dd { code { (text(&entry, "code")) } } }
                    div { dt { (log::DECIDED_BY) } dd { (decided_by(&entry)) } }
                }
            }
        }
        @if let Some(refused) = json_of(&entry, "response_body").filter(|_| !text(&entry, "code").is_empty()) {
            h2 { (log::WHY) }
            (crate::problem::show(&path, &crate::bank::Answer::new(status_of(&entry), refused)))
        }
        (body(log::REQUEST_BODY, &entry, "request_body"))
        (body(log::ANSWER_BODY, &entry, "response_body"))
        (ledger_effect(&context, &entry).await)
        (events(&context, &entry).await)
        @if context.may(if is_destructive(&entry) { Permission::Administer } else { Permission::SendAgain }) {
            form method="post" action=(context.admin(&format!("log/{}/replay", encoded(&number)))) {
                input type="hidden" name=(TOKEN) value=(context.token());
                (sure(is_destructive(&entry)))
                button type="submit" .final[is_destructive(&entry)] { (log::REPLAY) }
            }
        }
        @if !is_hidden(&entry) { (code::show(&context, static_method(&method), &path, sent.as_ref())) }
    };
    Page::new(format!("{method} {path}"), content).of(&context)
}

/// Whether it deletes, or wipes the workspace.
fn is_destructive(entry: &Value) -> bool {
    let path = text(entry, "path");
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    text(entry, "method") == "DELETE" || path.ends_with("/wipe")
}

/// The entries of the ledger that it posted.
async fn ledger_effect(context: &Context, entry: &Value) -> Markup {
    let entries = entry.get("ledger_entries").and_then(Value::as_array);
    html! {
        @if let Some(entries) = entries.filter(|entries| !entries.is_empty()) {
            h2 { (texts::LEDGER_ENTRIES) }
            (table::plain_rows(context, texts::LEDGER_ENTRIES, LEDGER_ENTRIES, entries).await)
        }
    }
}

/// The events that it raised, with what became of each.
async fn events(context: &Context, entry: &Value) -> Markup {
    let raised = entry.get("events").and_then(Value::as_array).map(Vec::as_slice);
    let mut rows = Vec::new();
    for raised in raised.unwrap_or_default().iter().take(EVENTS_MAX) {
        let (webhook, event) = (text(raised, "webhook_id"), text(raised, "event_id"));
        let path = format!("/v2/webhooks/{}/events/{}", encoded(&webhook), encoded(&event));
        rows.push((webhook, event, context.find(&path).await.unwrap_or_default()));
    }
    html! {
        @if !rows.is_empty() {
            h2 { (texts::EVENTS) }
            ul {
                @for (webhook, id, event) in &rows {
                    li {
                        a href=(context.admin(&format!("webhooks/{}/events/{}", encoded(webhook), encoded(id)))) {
                            @match text(event, "type").as_str() { "" => (short_id(id)), name => (name) }
                        }
                        " " @if event.get("status").is_some() { (status(&text(event, "status"))) }
                    }
                }
            }
        }
    }
}

async fn read(context: &Context, number: &str) -> Result<Value, Failure> {
    let target =
        |workspace: &str| format!("/sandbox/log/{}?workspace={workspace}", encoded(number));
    match context.control(&target(&context.workspace)).await {
        Err(failure) if failure.status == StatusCode::NOT_FOUND => {
            context.control(&target(NO_WORKSPACE)).await
        }
        found => found,
    }
}

fn status_of(entry: &Value) -> u16 {
    let status = entry.get("status").and_then(Value::as_u64);
    status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default()
}

fn json_of(entry: &Value, name: &str) -> Option<Value> {
    let text = entry.get(name)?.get("text")?.as_str()?;
    serde_json::from_str(text).ok()
}

fn body(label: &str, entry: &Value, name: &str) -> Markup {
    let state = entry.get(name).map(|body| text(body, "state")).unwrap_or_default();
    html! {
        @if state != "none" {
            h2 { (label) }
            @match json_of(entry, name) {
                Some(json) => pre tabindex="0" { code { (format!("{json:#}")) } },
                None => {
                    p { @match state.as_str() {
                        "cut" => (log::BODY_CUT),
                        "dropped" => (log::BODY_DROPPED),
                        _ => (log::BODY_HIDDEN),
                    } }
                    @if let Some(text) = entry.get(name).and_then(|body| body.get("text")).and_then(Value::as_str) {
                        pre tabindex="0" { code { (text) } }
                    }
                }
            }
        }
    }
}

/// Whether the body is not JSON that the log shows, so that the call cannot be shown.
fn is_hidden(entry: &Value) -> bool {
    let state = entry.get("request_body").map(|body| text(body, "state")).unwrap_or_default();
    state != "none" && json_of(entry, "request_body").is_none()
}

fn static_method(method: &str) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("GET")
}

/// Makes the same call again, in this sandbox.
pub(super) async fn replay(
    Path((_, number)): Path<(String, String)>,
    Submitted { context, .. }: Submitted,
) -> Response {
    let action = log::REPLAY_ACTION;
    if let Err(failure) = context.require(Permission::SendAgain, action, &number).await {
        return failure.of_page(&context);
    }
    let entry = match read(&context, &number).await {
        Ok(entry) => entry,
        Err(failure) => {
            context.record(action, None, &number, failure.status.as_u16()).await;
            return failure.of_page(&context);
        }
    };
    let (method, target) = (static_method(&text(&entry, "method")), text(&entry, "path"));
    // It would delete again, perhaps more than there was then.
    if is_destructive(&entry)
        && let Err(failure) = context.require(Permission::Administer, action, &target).await
    {
        return failure.of_page(&context);
    }
    let number = number.parse().unwrap_or_default();
    let Some(answer) = context.bank.send_again(&context.workspace, number).await else {
        context.record(action, Some(method), &target, 410).await;
        return Failure::bad(log::NOT_KEPT).of_page(&context);
    };
    context.record(action, Some(method), &target, answer.status).await;
    if !answer.is_success() {
        return Failure::of(&target, answer).of_page(&context);
    }
    done::redirect(&context, &context.admin("log"), log::REPLAYED)
}
