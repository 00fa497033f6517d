//! The clock: where it is, how it is moved, and what happens then.

use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::command::{Command, Kind, given};
use crate::code;
use crate::context::{Context, encoded};
use crate::field::{id as id_of, time};
use crate::format::{plain, short_id, words};
use crate::page::Page;
use crate::texts;

pub(super) static ADVANCE: Command = Command {
    name: "advance",
    page: "clock",
    label: "Advance",
    method: "POST",
    path: "/sandbox/clock",
    fields: &[
        given("/advance/days", "Days", Kind::Number),
        given("/advance/hours", "Hours", Kind::Number),
        given("/advance/minutes", "Minutes", Kind::Number),
    ],
    is_final: false,
};

pub(super) static BANKING_DAYS: Command = Command {
    name: "banking_days",
    page: "clock",
    label: "Advance",
    method: "POST",
    path: "/sandbox/clock",
    fields: &[given("/advance/banking_days", "Banking days", Kind::Number)],
    is_final: false,
};

pub(super) static SET: Command = Command {
    name: "set_clock",
    page: "clock",
    label: "Set",
    method: "POST",
    path: "/sandbox/clock",
    fields: &[given("/set", "Moment, such as 2026-12-01T14:00:00Z", Kind::Text)],
    is_final: false,
};

pub(super) static RUN: Command = Command {
    name: "run_clock",
    page: "clock",
    label: "Change",
    method: "POST",
    path: "/sandbox/clock",
    fields: &[given("/run", "The clock", Kind::Choice(&["held", "real"]))],
    is_final: false,
};

/// Jobs that the page lists.
const JOBS: usize = 100;

const NUMBER: &str = "Number";
const TIME: &str = "Time";
const JOB: &str = "What was done";
const SUBJECT: &str = "About";
const TRANSACTIONS: &str = "Posted";
const EVENTS: &str = "Events";
const HAPPENED: &str = "What happened last";
const FAILED: &str = "failed";

/// What was done by the clock in this workspace, in order, the last first.
async fn happened(context: &Context) -> Markup {
    let answer = context.control(&format!("/sandbox/jobs?limit={JOBS}")).await.unwrap_or_default();
    let jobs = answer.get("jobs").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_here =
        |job: &&Value| job.get("workspace").and_then(Value::as_str) == Some(&context.workspace);
    let jobs: Vec<&Value> = jobs.iter().filter(is_here).collect();
    let text = |of: &Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    html! {
        h2 { (HAPPENED) }
        @if jobs.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(HAPPENED) {
                table {
                    thead {
                        tr {
                            @for label in [NUMBER, TIME, JOB, SUBJECT, TRANSACTIONS, EVENTS] {
                                th scope="col" { (label) }
                            }
                        }
                    }
                    tbody {
                        @for job in &jobs {
                            tr {
                                th scope="row" { (text(job, "number")) }
                                td { (time(&text(job, "at"))) }
                                td {
                                    (words(&text(job, "job")))
                                    @if !text(job, "failure").is_empty() {
                                        " " span .status data-tone="bad" title=(text(job, "failure")) { (FAILED) }
                                    }
                                }
                                td { (found(context, &text(job, "subject"))) }
                                td {
                                    @for id in job.get("transaction_ids").and_then(Value::as_array).into_iter().flatten() {
                                        (id_of(context, "transactions", &plain(id))) " "
                                    }
                                }
                                td { (text(job, "events")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An id of which it is not known what it is of: a link to where it is looked for.
fn found(context: &Context, id: &str) -> Markup {
    html! { a href={ (context.page("search")) "?q=" (encoded(id)) } title=(id) { (short_id(id)) } }
}

pub(super) async fn show(context: Context) -> Response {
    let clock = context.control("/sandbox/clock").await;
    let days = context.control("/sandbox/banking_days").await;
    let (clock, days) = match (clock, days) {
        (Ok(clock), Ok(days)) => (clock, days),
        (Err(failure), _) | (_, Err(failure)) => return failure.of_page(&context),
    };
    let text = |of: &serde_json::Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    let state = context.control("/sandbox").await.unwrap_or_default();
    let failed = state.get("failed_jobs").and_then(serde_json::Value::as_array);
    let content = html! {
        h1 { "Clock" }
        div .grid {
            section .card {
                h2 { "Now" }
                p .figure { (time(&text(&clock, "now"))) }
                p { @if text(&clock, "run") == "held" { "Held until it is moved" } @else { "Runs" } }
            }
            section .card {
                h2 { "The bank's calendar" }
                dl {
                    @for (label, name) in [
                        ("Today", "today"), ("Is a banking day", "is_banking_day"),
                        ("Next banking day", "next"),
                    ] {
                        div { dt { (label) } dd { (text(&days, name)) } }
                    }
                    @for (label, name) in [
                        ("Next ACH file", "next_ach_file"),
                        ("Next same-day ACH file", "next_same_day_ach_file"),
                        ("Next statements", "next_statements"),
                    ] {
                        @if !text(&days, name).is_empty() {
                            div { dt { (label) } dd { (time(&text(&days, name))) } }
                        }
                    }
                }
            }
        }
        h2 { "Move it" }
        p { "What falls due on the way is done, in order: files leave, holds end, interest is paid, events are sent." }
        (ADVANCE.form(&context, &[]))
        (BANKING_DAYS.form(&context, &[]))
        (SET.form(&context, &[]))
        (RUN.form(&context, &[]))
        (happened(&context).await)
        @if let Some(failed) = failed.filter(|failed| !failed.is_empty()) {
            h2 { "Jobs that failed" }
            ul { @for job in failed { li { (text(job, "job")) ": " (text(job, "why")) } } }
        }
        (code::show(&context, "POST", "/sandbox/clock",
            Some(&serde_json::json!({ "advance": { "banking_days": 1 } }))))
    };
    Page::new("Clock", content).of(&context)
}
