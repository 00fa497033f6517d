//! What waits for somebody: reviews, alerts, disputes, applications, accounts in closing.

use axum::response::Response;
use futures_util::future::join_all;
use maud::html;
use serde_json::Value;

use crate::context::Context;
use crate::page::Page;
use crate::resources;
use crate::table;
use crate::texts::{self, platform};

/// A list of what waits: its heading, the resource, the query, and which rows of its answer.
struct Waiting {
    title: &'static str,
    resource: &'static str,
    query: &'static str,
    keep: Option<(&'static str, &'static str)>,
}

const fn waiting(title: &'static str, resource: &'static str, query: &'static str) -> Waiting {
    Waiting { title, resource, query, keep: None }
}

const LISTS: &[Waiting] = &[
    waiting(platform::PERSONS_IN_REVIEW, "persons", "verification_status=REVIEW"),
    waiting(platform::PERSONS_PROVISIONAL, "persons", "verification_status=PROVISIONAL"),
    Waiting {
        keep: Some(("/verification_status", "REVIEW")),
        ..waiting(platform::BUSINESSES_IN_REVIEW, "businesses", "")
    },
    Waiting { keep: Some(("/status", "ACTIVE")), ..waiting(texts::ALERTS, "alerts", "") },
    waiting(texts::DISPUTES, "disputes", "status=OPEN"),
    waiting(texts::APPLICATIONS, "applications", "status=REVIEW_ON_SYNCTERA"),
    waiting(platform::CREDIT_APPLICATIONS, "applications", "type=CREDIT&status=SUBMITTED"),
    waiting(platform::ACCOUNTS_IN_CLOSING, "accounts", "status=IN_CLOSING"),
];

pub(crate) async fn show(context: Context) -> Response {
    let lists = join_all(LISTS.iter().map(async |list| {
        let resource = resources::find(list.resource)?;
        let target = format!("{}?{}", resource.list, list.query);
        let (mut rows, is_more) = context.all(target.trim_end_matches('?')).await;
        if let Some((at, value)) = list.keep {
            rows.retain(|row| row.pointer(at).and_then(Value::as_str) == Some(value));
        }
        (!rows.is_empty()).then_some((list.title, resource, rows, is_more))
    }));
    let lists: Vec<_> = lists.await.into_iter().flatten().collect();
    let content = html! {
        h1 { (texts::CASES) }
        @if lists.is_empty() { div .empty { p { (platform::NOTHING_WAITS) } } }
        @for (title, resource, rows, is_more) in &lists {
            section {
                h2 { (title) " (" (rows.len()) @if *is_more { "+" } ")" }
                (table::of_resource(&context, resource, rows).await)
            }
        }
    };
    Page::new(texts::CASES, content).of(&context)
}
