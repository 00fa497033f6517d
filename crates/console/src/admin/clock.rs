//! The clock: where it is, how it is moved, and what happens then.

use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::command::{Command, Kind, given};
use crate::context::{Context, encoded};
use crate::field::{id as id_of, time};
use crate::format::{plain, short_id, words};
use crate::page::Page;
use crate::texts::{self, clock};

pub(super) static ADVANCE: Command = Command {
    name: "advance",
    page: "clock",
    label: clock::ADVANCE,
    done: clock::DONE,
    method: "POST",
    path: "/sandbox/clock",
    fields: &[
        given("/advance/days", clock::DAYS, Kind::Number),
        given("/advance/hours", clock::HOURS, Kind::Number).example(""),
        given("/advance/minutes", clock::MINUTES, Kind::Number).example(""),
    ],
    is_final: false,
};

pub(super) static BANKING_DAYS: Command = Command {
    name: "banking_days",
    page: "clock",
    label: clock::ADVANCE,
    done: clock::DONE,
    method: "POST",
    path: "/sandbox/clock",
    fields: &[given("/advance/banking_days", clock::BANKING_DAYS, Kind::Number)],
    is_final: false,
};

pub(super) static SET: Command = Command {
    name: "set_clock",
    page: "clock",
    label: clock::SET,
    done: clock::DONE,
    method: "POST",
    path: "/sandbox/clock",
    fields: &[given("/set", clock::MOMENT, Kind::Text).example("2099-01-01T00:00:00Z")],
    is_final: false,
};

pub(super) static RUN: Command = Command {
    name: "run_clock",
    page: "clock",
    label: texts::administrator::SETTING_CHANGE,
    done: clock::DONE,
    method: "POST",
    path: "/sandbox/clock",
    fields: &[given("/run", clock::THE_CLOCK, Kind::Choice(&["held", "real"]))],
    is_final: false,
};

/// Jobs that the page lists, and those of all workspaces that they are among.
const JOBS: usize = 100;
const JOBS_OF_ALL: usize = 1000;

/// What was done by the clock in this workspace, in order, the last first.
async fn happened(context: &Context) -> Markup {
    let answer =
        context.control(&format!("/sandbox/jobs?limit={JOBS_OF_ALL}")).await.unwrap_or_default();
    let jobs = answer.get("jobs").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_here =
        |job: &&Value| job.get("workspace").and_then(Value::as_str) == Some(&context.workspace);
    let jobs: Vec<&Value> = jobs.iter().filter(is_here).take(JOBS).collect();
    let text = |of: &Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    html! {
        h2 { (clock::HAPPENED) }
        @if jobs.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(clock::HAPPENED) {
                table {
                    thead {
                        tr {
                            @for label in clock::HAPPENED_COLUMNS {
                                th scope="col" { (label) }
                            }
                        }
                    }
                    tbody {
                        @for job in &jobs {
                            tr {
                                th scope="row" .number { (text(job, "number")) }
                                td { (time(&text(job, "at"))) }
                                td {
                                    (job_name(&text(job, "job")))
                                    @if !text(job, "failure").is_empty() {
                                        " " span .status data-tone="bad" title=(text(job, "failure")) { (clock::FAILED) }
                                    }
                                }
                                td { (found(context, &text(job, "subject"))) }
                                td {
                                    @for id in job.get("transaction_ids").and_then(Value::as_array).into_iter().flatten() {
                                        (id_of(context, "transactions", &plain(id))) " "
                                    }
                                }
                                td .number { (text(job, "events")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a job does, in words.
fn job_name(name: &str) -> String {
    let known = clock::JOBS.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| words(name), |(_, what)| (*what).to_owned())
}

/// An id of an unknown kind: a link to the search.
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
        h1 { (texts::CLOCK) }
        p { (clock::TIME_ZONE) }
        div .grid {
            section .card {
                h2 { (clock::NOW) }
                p .figure { (time(&text(&clock, "now"))) }
                p { @if text(&clock, "run") == "held" { (clock::HELD) } @else { (texts::platform::RUNS) } }
            }
            section .card {
                h2 { (clock::CALENDAR) }
                dl {
                    @for (label, name) in [
                        (clock::TODAY, "today"), (clock::IS_BANKING_DAY, "is_banking_day"),
                        (clock::NEXT_BANKING_DAY, "next"),
                    ] {
                        div { dt { (label) } dd { (text(&days, name)) } }
                    }
                    @for (label, name) in [
                        (clock::NEXT_ACH_FILE, "next_ach_file"),
                        (clock::NEXT_SAME_DAY_ACH_FILE, "next_same_day_ach_file"),
                        (clock::NEXT_STATEMENTS, "next_statements"),
                    ] {
                        @if !text(&days, name).is_empty() {
                            div { dt { (label) } dd { (time(&text(&days, name))) } }
                        }
                    }
                }
            }
        }
        (ADVANCE.section(&context, clock::MOVE, clock::WHAT_IS_DUE))
        (BANKING_DAYS.form(&context, &[]))
        (SET.form(&context, &[]))
        (RUN.form(&context, &[]))
        (happened(&context).await)
        @if let Some(failed) = failed.filter(|failed| !failed.is_empty()) {
            h2 { (clock::FAILED_JOBS) }
            ul { @for job in failed { li { (text(job, "job")) ": " (text(job, "why")) } } }
        }
    };
    Page::new(texts::CLOCK, content).of(&context)
}
