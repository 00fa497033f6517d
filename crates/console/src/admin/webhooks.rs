//! Webhooks: their events, each attempt to deliver one, and the way to send it again.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::command::Command;
use crate::bank::Call;
use crate::code;
use crate::context::{Context, encoded, rows};
use crate::done;
use crate::failure::Failure;
use crate::field::{copied, status, time};
use crate::format::{plain, short_id, words};
use crate::mask::masked;
use crate::operators::Permission;
use crate::page::Page;
use crate::submitted::{Submitted, TOKEN};
use crate::texts::{self, webhooks};

pub(super) static DELIVER: Command = Command {
    name: "deliver",
    page: "webhooks",
    label: webhooks::DELIVER,
    done: webhooks::DELIVERED,
    method: "POST",
    path: "/sandbox/deliveries/settle",
    fields: &[],
    is_final: false,
};

fn text(of: &Value, name: &str) -> String {
    of.get(name).map(plain).unwrap_or_default()
}

pub(super) async fn list(context: Context) -> Response {
    let webhooks = context.rows("/v2/webhooks?limit=100").await;
    let queue = context.control("/sandbox/deliveries").await.unwrap_or_default();
    let content = html! {
        h1 { (texts::WEBHOOKS) }
        div .grid {
            @for (label, name) in [(webhooks::ON_THEIR_WAY, "on_their_way"), (webhooks::DUE, "due")] {
                section .card { h2 { (label) } p .figure { (text(&queue, name)) } }
            }
        }
        (DELIVER.form(&context, &[]))
        @if webhooks.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } (code::first(&context, webhooks::FIRST)) }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::WEBHOOKS) {
                table {
                    thead { tr { @for label in webhooks::HEADINGS { th scope="col" { (label) } } } }
                    tbody {
                        @for webhook in &webhooks {
                            @let id = text(webhook, "id");
                            tr {
                                th scope="row" { a href=(context.admin(&format!("webhooks/{}", encoded(&id)))) title=(id) { (short_id(&id)) } }
                                td { (text(webhook, "url")) }
                                td { (text(webhook, "is_enabled")) }
                                td { (text(webhook, "enabled_events")) }
                            }
                        }
                    }
                }
            }
        }
        (signature_form(&context, None))
    };
    Page::new(texts::WEBHOOKS, content).of(&context)
}

pub(super) async fn one(
    context: Context,
    Path((_, id)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let path = format!("/v2/webhooks/{}", encoded(&id));
    let webhook = match context.get(&path).await {
        Ok(webhook) => webhook,
        Err(failure) => return failure.of_page(&context),
    };
    let token = query.get("page_token").map(|token| format!("&page_token={}", encoded(token)));
    let target = format!("{path}/events?limit=100{}", token.unwrap_or_default());
    let list = context.find(&target).await.unwrap_or_default();
    let next = list.get("next_page_token").and_then(Value::as_str).map(encoded);
    let events = rows(list);
    let content = html! {
        p .path { a href=(context.admin("webhooks")) { (texts::WEBHOOKS) } }
        h1 { (text(&webhook, "url")) }
        section .card {
            h2 { (webhooks::WEBHOOK) }
            dl {
                div { dt { (webhooks::ENABLED) } dd { (text(&webhook, "is_enabled")) } }
                div { dt { (texts::EVENTS) } dd { (text(&webhook, "enabled_events")) } }
                div { dt { (texts::ID) } dd { (copied(&id)) } }
            }
        }
        h2 { (texts::EVENTS) }
        @if events.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::EVENTS) {
                table {
                    thead { tr { @for label in webhooks::EVENTS_HEADINGS { th scope="col" { (label) } } } }
                    tbody {
                        @for event in &events {
                            @let event_id = text(event, "id");
                            tr {
                                th scope="row" { a href=(context.admin(&format!("webhooks/{}/events/{}", encoded(&id), encoded(&event_id)))) title=(event_id) { (short_id(&event_id)) } }
                                td { code { (text(event, "type")) } }
                                td { (status(&text(event, "status"))) }
                                td { (time(&text(event, "event_time"))) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(next) = next {
            p .pages { a href={ "?page_token=" (next) } rel="next" { (texts::NEXT) } }
        }
        (code::show(&context, "GET", &format!("{path}/events"), None))
    };
    Page::new(webhooks::WEBHOOK, content).of(&context)
}

pub(super) async fn event(
    context: Context,
    Path((_, id, event_id)): Path<(String, String, String)>,
) -> Response {
    let path = format!("/v2/webhooks/{}/events/{}", encoded(&id), encoded(&event_id));
    let event = match context.get(&path).await {
        Ok(event) => event,
        Err(failure) => return failure.of_page(&context),
    };
    let content = html! {
        p .path { a href=(context.admin(&format!("webhooks/{}", encoded(&id)))) { (webhooks::WEBHOOK) } }
        h1 { (text(&event, "type")) }
        section .card {
            h2 { (webhooks::EVENT) }
            dl {
                div { dt { (texts::STATUS) } dd { (status(&text(&event, "status"))) } }
                div { dt { (texts::TIME) } dd { (time(&text(&event, "event_time"))) } }
                div { dt { (webhooks::ABOUT) } dd {
                    a href={ (context.page("search")) "?q=" (text(&event, "resource_id")) } { (short_id(&text(&event, "resource_id"))) }
                } }
                div { dt { (texts::ID) } dd { (copied(&event_id)) } }
            }
        }
        (attempts(&event))
        @if context.may(Permission::SendAgain) {
            form method="post" action=(context.admin(&format!("webhooks/{}/events/{}/resend", encoded(&id), encoded(&event_id)))) {
                input type="hidden" name=(TOKEN) value=(context.token());
                button type="submit" { (webhooks::RESEND) }
            }
        }
        @for (label, name) in [(webhooks::CONTENT, "event_resource"), (webhooks::CHANGES, "event_resource_changed_fields")] {
            @if let Some(body) = event.get(name).and_then(Value::as_str).and_then(|it| serde_json::from_str::<Value>(it).ok()) {
                h2 { (label) }
                pre tabindex="0" { code { (format!("{:#}", masked(&body))) } }
            }
        }
        (code::show(&context, "POST", &format!("{path}/resend"), None))
    };
    Page::new(webhooks::EVENT, content).of(&context)
}

/// Each attempt to deliver an event, the last one first.
fn attempts(event: &Value) -> Markup {
    let history = event.get("response_history").and_then(Value::as_array);
    html! {
        h2 { (webhooks::ATTEMPTS) }
        @match history.filter(|history| !history.is_empty()) {
            None => div .empty { p { (webhooks::NOT_SENT) } },
            Some(history) => {
                div .scroll tabindex="0" role="region" aria-label=(webhooks::ATTEMPTS) {
                    table {
                        thead { tr { @for label in webhooks::ATTEMPTS_HEADINGS { th scope="col" { (label) } } } }
                        tbody {
                            @for attempt in history.iter().rev() {
                                tr {
                                    td { (time(&text(attempt, "sent_time"))) }
                                    td { (time(&text(attempt, "response_time"))) }
                                    td { @if text(attempt, "code").is_empty() { (webhooks::NO_STATUS) } @else { (text(attempt, "code")) } }
                                    td { (text(attempt, "response_body")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The form that checks the signature of a delivery.
fn signature_form(context: &Context, given: Option<&Submitted>) -> Markup {
    let given = |name: &str| given.map(|it| it.given.get(name).cloned().unwrap_or_default());
    html! {
        h2 { (webhooks::SIGNATURE_TITLE) }
        p { (webhooks::SIGNATURE_ABOUT) }
        form .stacked method="post" action=(context.admin("webhooks/signature")) {
            input type="hidden" name=(TOKEN) value=(context.token());
            label for="signature-timestamp" { (webhooks::SIGNATURE_TIMESTAMP) }
            input #signature-timestamp type="text" name="timestamp" value=[given("timestamp")] required maxlength="100";
            label for="signature-value" { (webhooks::SIGNATURE_VALUE) }
            input #signature-value type="text" name="signature" value=[given("signature")] required maxlength="2000";
            label for="signature-body" { (webhooks::SIGNATURE_BODY) }
            textarea #signature-body name="body" required maxlength="50000" { (given("body").unwrap_or_default()) }
            button type="submit" { (webhooks::SIGNATURE_CHECK) }
        }
    }
}

/// Says whether a delivery is signed by a secret of the workspace.
pub(super) async fn check_signature(submitted: Submitted) -> Response {
    let context = &submitted.context;
    let field = |name: &str| submitted.given.get(name).cloned().unwrap_or_default();
    // A browser sends line ends as CR and LF, also if the body had LF.
    let delivery = json!({
        "workspace": context.workspace, "timestamp": field("timestamp"),
        "signature": field("signature"), "body": field("body").replace("\r\n", "\n"),
    });
    let call = Call::control("POST", "/sandbox/webhook_signatures", Some(delivery));
    let answer = context.bank.call(call).await;
    if !answer.is_success() {
        return Failure::of("/sandbox/webhook_signatures", answer).of_page(context);
    }
    let tone = if text(&answer.body, "is_valid") == texts::YES { "good" } else { "bad" };
    let content = html! {
        p .path { a href=(context.admin("webhooks")) { (texts::WEBHOOKS) } }
        h1 { (webhooks::SIGNATURE) }
        div .notice data-tone=(tone) role="status" { p { (text(&answer.body, "reason")) } }
        (signature_form(context, Some(&submitted)))
    };
    Page::new(webhooks::SIGNATURE, content).of(context)
}

/// Sends an event again.
pub(super) async fn resend(
    Path((_, id, event_id)): Path<(String, String, String)>,
    Submitted { context, .. }: Submitted,
) -> Response {
    let target = format!("/v2/webhooks/{}/events/{}/resend", encoded(&id), encoded(&event_id));
    let call = Call {
        method: "POST",
        target: target.clone(),
        workspace: Some(context.workspace.clone()),
        ..Call::default()
    };
    let answer = match context.write(Permission::SendAgain, webhooks::RESEND, call).await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    if !answer.is_success() {
        return Failure::of(&target, answer).of_page(&context);
    }
    // So that the page shows what came of it.
    context.bank.call(Call::control("POST", "/sandbox/deliveries/settle", None)).await;
    let page = format!("webhooks/{}/events/{}", encoded(&id), encoded(&event_id));
    let event = format!("/v2/webhooks/{}/events/{}", encoded(&id), encoded(&event_id));
    let event = context.find(&event).await.unwrap_or_default();
    let state = event.get("status").map(plain).unwrap_or_default();
    done::redirect(&context, &context.admin(&page), &webhooks::resent(&words(&state)))
}
