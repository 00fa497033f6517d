//! What happened to a customer, in order: each row is a resource of theirs that has a moment.

use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, id, text, time};
use crate::format::plain;
use crate::resource::{Listed, Resource};
use crate::texts::sections;

/// A kind of resource in the timeline.
struct Source {
    resource: &'static str,
    /// What happened when one came about.
    what: &'static str,
    /// Where its moment is.
    at: &'static str,
    /// What is said of it.
    says: &'static [Field],
}

const fn source(
    resource: &'static str,
    what: &'static str,
    at: &'static str,
    says: &'static [Field],
) -> Source {
    Source { resource, what, at, says }
}

const VERIFICATION: &[Field] =
    &[field("", "/verification_type", Shown::Status), field("", "/result", Shown::Status)];
const ALERT: &[Field] = &[field("", "/type", Shown::Status), field("", "/status", Shown::Status)];
const DISCLOSURE: &[Field] =
    &[field("", "/type", Shown::Status), field("", "/event_type", Shown::Status)];
const ACCOUNT: &[Field] = &[text("", "/nickname"), field("", "/status", Shown::Status)];
const CARD: &[Field] =
    &[text("", "/card_details/last_four"), field("", "/card_details/card_status", Shown::Status)];
const NOTE: &[Field] = &[text("", "/content")];
const DOCUMENT: &[Field] = &[text("", "/name /file_name")];

const SOURCES: &[Source] = &[
    source("verifications", sections::VERIFIED, "/verification_time", VERIFICATION),
    source("alerts", sections::ALERT_RAISED, "/creation_time", ALERT),
    source("disclosures", sections::DISCLOSURE, "/creation_time", DISCLOSURE),
    source("accounts", sections::ACCOUNT_OPENED, "/creation_time", ACCOUNT),
    source("cards", sections::CARD_ISSUED, "/card_details/creation_time", CARD),
    source("notes", sections::NOTE_WRITTEN, "/creation_time", NOTE),
    source("documents", sections::DOCUMENT_ADDED, "/creation_time", DOCUMENT),
];

/// What happened, when, and to which resource.
struct Event {
    at: String,
    what: &'static str,
    about: Option<(&'static Resource, String)>,
    says: Markup,
}

/// The timeline of a customer, from what the page lists of them anyway.
pub(super) fn show(context: &Context, customer: &str, of: &Value, listed: &[Listed]) -> Markup {
    let rows = |source: &Source| {
        let of_kind = listed.iter().filter(|it| it.resource.name == source.resource);
        of_kind.flat_map(|it| it.rows.iter().map(|row| (it.resource, row))).collect::<Vec<_>>()
    };
    let mut events: Vec<Event> = SOURCES
        .iter()
        .flat_map(|source| {
            let found = rows(source).into_iter();
            found.filter_map(|(resource, row)| event(context, source, resource, row))
        })
        .collect();
    for (what, at) in
        [(sections::CREATED, "/creation_time"), (sections::CHANGED_LAST, "/last_updated_time")]
    {
        let changed = of.pointer(at).and_then(Value::as_str);
        // What was created and not changed since has the same moment twice.
        let is_repeated =
            |event: &Event| event.about.is_none() && Some(event.at.as_str()) == changed;
        if let Some(at) = changed.filter(|_| !events.iter().any(is_repeated)) {
            events.push(Event { at: at.to_owned(), what, about: None, says: html! {} });
        }
    }
    // All moments have the same format, so the order of the texts is the order of the moments.
    events.sort_by(|one, other| other.at.cmp(&one.at));
    let log = format!("{}?resource={}", context.admin("log"), encoded(customer));
    html! {
        section {
            h2 { (sections::TIMELINE) }
            ol .timeline {
                @for event in &events {
                    li {
                        (time(&event.at)) " "
                        strong { (event.what) } " "
                        @if let Some((resource, about)) = &event.about {
                            @if !resource.item.is_empty() { (id(context, resource.name, about)) " " }
                        }
                        (event.says)
                    }
                }
            }
            @if listed.iter().any(|it| it.more.is_some()) { p .quiet { (sections::TIMELINE_CUT) } }
            p { a href=(log) { (sections::TIMELINE_REQUESTS) } }
        }
    }
}

fn event(
    context: &Context,
    source: &Source,
    resource: &'static Resource,
    row: &Value,
) -> Option<Event> {
    let at = row.pointer(source.at).and_then(Value::as_str)?.to_owned();
    let about = row.pointer(resource.id).map(plain).map(|id| (resource, id));
    let says = html! {
        @for field in source.says {
            @if field.is_there(row) { (field.show(context, row)) " " }
        }
    };
    Some(Event { at, what: source.what, about, says })
}
