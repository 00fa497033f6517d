//! What the requests of the last hour took, and which were refused.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::format::{micros, plain, timestamp};
use crate::page::Page;
use crate::texts::{self, administrator, log};

fn text(of: &Value, name: &str) -> String {
    of.get(name).map(plain).unwrap_or_default()
}

fn number(of: &Value, name: &str) -> u64 {
    of.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn list(of: &Value, name: &str) -> Vec<Value> {
    of.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn target(context: &Context) -> String {
    format!("/sandbox/log/summary?workspace={}", context.workspace)
}

pub(super) async fn show(
    context: Context,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let summary = match context.control(&target(&context)).await {
        Ok(summary) => summary,
        Err(failure) => return failure.of_page(&context),
    };
    let mut operations = list(&summary, "operations");
    operations.sort_by_key(|operation| std::cmp::Reverse(number(operation, "count")));
    let content = html! {
        h1 { (texts::PERFORMANCE) }
        p { (administrator::performance_about(number(&summary, "count"), number(&summary, "errors"))) }
        @if operations.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            (chart(&operations))
            (of_operation(&context, &operations, query.get("operation")))
            div .scroll tabindex="0" role="region" aria-label=(administrator::PERFORMANCE_OPERATIONS) {
                table {
                    thead {
                        tr {
                            th scope="col" { (texts::OPERATION) }
                            @for label in administrator::PERFORMANCE_FIGURES { th scope="col" .number { (label) } }
                        }
                    }
                    tbody {
                        @for operation in &operations {
                            tr {
                                @let name = text(operation, "operation");
                                th scope="row" {
                                    @if name.is_empty() { (log::NO_OPERATION) } @else { a href={ "?operation=" (encoded(&name)) } { (name) } }
                                }
                                td .number { (number(operation, "count")) }
                                td .number { (number(operation, "errors")) }
                                td .number { (micros(number(operation, "p50_micros"))) }
                                td .number { (micros(number(operation, "p99_micros"))) }
                            }
                        }
                    }
                }
            }
        }
    };
    Page::new(texts::PERFORMANCE, content).of(&context)
}

/// Minutes that the chart has, at most.
const MINUTES: i64 = 60;

/// Requests by minute, of all operations.
fn chart(operations: &[Value]) -> Markup {
    let mut minutes: BTreeMap<String, u64> = BTreeMap::new();
    for operation in operations {
        for minute in list(operation, "by_minute") {
            *minutes.entry(text(&minute, "minute")).or_default() += number(&minute, "count");
        }
    }
    // A minute without requests has its place, too.
    let first = minutes.keys().next().and_then(|it| it.parse::<DateTime<Utc>>().ok());
    let last = minutes.keys().next_back().and_then(|it| it.parse::<DateTime<Utc>>().ok());
    if let (Some(first), Some(last)) = (first, last) {
        let between = (1..MINUTES).map(|minute| first + TimeDelta::minutes(minute));
        for minute in between.take_while(|minute| *minute < last) {
            minutes.entry(timestamp(minute)).or_default();
        }
    }
    let most = minutes.values().copied().max().unwrap_or_default().max(1);
    let width = 600 / minutes.len().max(1);
    html! {
        svg .chart viewBox="0 0 640 140" role="img"
            aria-label=(administrator::performance_chart(most)) {
            @for (place, (minute, count)) in minutes.iter().enumerate() {
                @let height = count * 90 / most;
                rect x=(20 + place * width) y=(110 - height) width=(width.clamp(2, 40).saturating_sub(1)) height=(height) {
                    title { (crate::format::moment(minute)) ": " (count) }
                }
            }
            text x="20" y="130" { (minutes.keys().next().map(|it| crate::format::moment(it)).unwrap_or_default()) }
            @if minutes.len() > 1 { text x="620" y="130" text-anchor="end" { (minutes.keys().next_back().map(|it| crate::format::moment(it)).unwrap_or_default()) } }
            text x="20" y="10" { (administrator::performance_rate(most)) }
        }
    }
}

/// Rate and times of one operation, by minute: the one that was chosen, or the most frequent one.
fn of_operation(context: &Context, operations: &[Value], chosen: Option<&String>) -> Markup {
    let is_chosen = |it: &&Value| chosen.is_some_and(|name| text(it, "operation") == *name);
    let named = operations.iter().filter(|it| !text(it, "operation").is_empty());
    let Some(operation) = operations.iter().find(is_chosen).or(named.into_iter().next()) else {
        return html! {};
    };
    let name = text(operation, "operation");
    let minutes = list(operation, "by_minute");
    html! {
        section {
            h2 { code { (name) } }
            p { a href={ (context.admin("log")) "?operation=" (encoded(&name)) } { (texts::REQUESTS) } }
            @for (label, member, is_time) in administrator::PERFORMANCE_CHARTS {
                h3 { (label) }
                (line(&minutes, label, member, *is_time))
            }
        }
    }
}

/// One figure by minute.
fn line(minutes: &[Value], label: &str, member: &str, is_time: bool) -> Markup {
    let shown = |figure: u64| if is_time { micros(figure) } else { figure.to_string() };
    let most = minutes.iter().map(|minute| number(minute, member)).max().unwrap_or_default();
    let width = (600 / minutes.len().max(1)).clamp(2, 40);
    let moment = |minute: Option<&Value>| {
        minute.map(|it| crate::format::moment(&text(it, "minute"))).unwrap_or_default()
    };
    html! {
        svg .chart viewBox="0 0 640 140" role="img" aria-label=(administrator::performance_most(label, &shown(most))) {
            text x="20" y="12" { (shown(most)) }
            @for (place, minute) in minutes.iter().enumerate() {
                @let figure = number(minute, member);
                @let height = u64::try_from(u128::from(figure) * 90 / u128::from(most.max(1))).unwrap_or(90);
                rect x=(20 + place * width) y=(110 - height) width=(width.saturating_sub(1)) height=(height) {
                    title { (moment(Some(minute))) ": " (shown(figure)) }
                }
            }
            text x="20" y="130" { (moment(minutes.first())) }
            @if minutes.len() > 1 { text x="620" y="130" text-anchor="end" { (moment(minutes.last())) } }
        }
    }
}

pub(super) async fn errors(context: Context) -> Response {
    let summary = match context.control(&target(&context)).await {
        Ok(summary) => summary,
        Err(failure) => return failure.of_page(&context),
    };
    let mut refusals = list(&summary, "refusals");
    // Who has no key of the sandbox belongs to no workspace.
    let others = context.control("/sandbox/log/summary?workspace=none").await.unwrap_or_default();
    let (own, others) = (refusals.len(), list(&others, "refusals"));
    refusals.extend(others);
    let content = html! {
        h1 { (texts::ERRORS) }
        p { (administrator::ERRORS_ABOUT) }
        @if refusals.is_empty() {
            div .empty { p { (administrator::ERRORS_NONE) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::ERRORS) {
                table {
                    thead { tr { th scope="col" { (texts::OPERATION) } th scope="col" { (texts::CODE) } th scope="col" .number { (texts::REQUESTS) } } }
                    tbody {
                        @for (place, refusal) in refusals.iter().enumerate() {
                            @let (operation, code) = (text(refusal, "operation"), text(refusal, "code"));
                            tr {
                                th scope="row" { @if operation.is_empty() { (log::NO_OPERATION) } @else { (operation) } }
                                td { a href={ (context.admin("log")) "?operation=" (encoded(&operation)) "&code=" (encoded(&code)) @if place >= own { "&workspace=none" } } { code { (code) } } }
                                td .number { (number(refusal, "count")) }
                            }
                        }
                    }
                }
            }
        }
    };
    Page::new(texts::ERRORS, content).of(&context)
}
