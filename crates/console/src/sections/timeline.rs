//! What happened to a customer, in order: each row is a resource of theirs that has a moment.

use futures_util::future::join_all;
use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, id, text, time};
use crate::format::plain;
use crate::resource::Resource;
use crate::resources;
use crate::texts::sections;

/// Rows of each kind.
const ROWS: usize = 50;

/// A kind of resource in the timeline.
struct Source {
    /// What happened when it came about.
    what: &'static str,
    resource: &'static str,
    /// The query of its list: `{id}` stands for the customer.
    query: &'static str,
    /// Where its moment is.
    at: &'static str,
    /// What is said of it.
    says: &'static [Field],
}

const fn source(
    what: &'static str,
    resource: &'static str,
    query: &'static str,
    at: &'static str,
    says: &'static [Field],
) -> Source {
    Source { what, resource, query, at, says }
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

const OF_PERSON: &[Source] = &[
    source(
        sections::VERIFIED,
        "verifications",
        "person_id={id}&include_history=true",
        "/verification_time",
        VERIFICATION,
    ),
    source(sections::ALERT_RAISED, "alerts", "person_id={id}", "/creation_time", ALERT),
    source(sections::DISCLOSURE, "disclosures", "person_id={id}", "/creation_time", DISCLOSURE),
    source(sections::ACCOUNT_OPENED, "accounts", "customer_id={id}", "/creation_time", ACCOUNT),
    source(sections::CARD_ISSUED, "cards", "customer_id={id}", "/card_details/creation_time", CARD),
    source(
        sections::NOTE_WRITTEN,
        "notes",
        "related_resource_id={id}&related_resource_type=CUSTOMER",
        "/creation_time",
        NOTE,
    ),
    source(
        sections::DOCUMENT_ADDED,
        "documents",
        "related_resource_id={id}",
        "/creation_time",
        DOCUMENT,
    ),
];

const OF_BUSINESS: &[Source] = &[
    source(
        sections::VERIFIED,
        "verifications",
        "business_id={id}&include_history=true",
        "/verification_time",
        VERIFICATION,
    ),
    source(sections::ALERT_RAISED, "alerts", "business_id={id}", "/creation_time", ALERT),
    source(sections::DISCLOSURE, "disclosures", "business_id={id}", "/creation_time", DISCLOSURE),
    source(sections::ACCOUNT_OPENED, "accounts", "business_id={id}", "/creation_time", ACCOUNT),
    source(
        sections::NOTE_WRITTEN,
        "notes",
        "related_resource_id={id}&related_resource_type=BUSINESS",
        "/creation_time",
        NOTE,
    ),
    source(
        sections::DOCUMENT_ADDED,
        "documents",
        "related_resource_id={id}",
        "/creation_time",
        DOCUMENT,
    ),
];

/// What happened, when, and to which resource.
struct Event {
    at: String,
    what: &'static str,
    about: Option<(&'static Resource, String)>,
    says: Markup,
}

pub(super) async fn of_person(context: &Context, customer: &str, of: &Value) -> Markup {
    show(context, customer, of, OF_PERSON).await
}

pub(super) async fn of_business(context: &Context, customer: &str, of: &Value) -> Markup {
    show(context, customer, of, OF_BUSINESS).await
}

async fn show(context: &Context, customer: &str, of: &Value, sources: &[Source]) -> Markup {
    let found = join_all(sources.iter().map(async |source| {
        let Some(resource) = resources::find(source.resource) else { return Vec::new() };
        let query = source.query.replace("{id}", &encoded(customer));
        let target = format!("{}?{query}&limit={ROWS}", resource.list);
        let rows = context.items(&target, resource.items).await;
        rows.iter().filter_map(|row| event(context, source, resource, row)).collect()
    }));
    let mut events: Vec<Event> = found.await.into_iter().flatten().collect();
    for (what, at) in
        [(sections::CREATED, "/creation_time"), (sections::CHANGED_LAST, "/last_updated_time")]
    {
        if let Some(at) = of.pointer(at).and_then(Value::as_str) {
            events.push(Event { at: at.to_owned(), what, about: None, says: html! {} });
        }
    }
    // The same form throughout, so the texts are in the order of the moments.
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
