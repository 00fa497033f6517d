//! What waits for somebody: reviews, alerts, disputes, applications, accounts in closing.

use std::collections::BTreeSet;

use axum::response::Response;
use futures_util::future::join_all;
use maud::html;
use serde_json::Value;

use crate::context::Context;
use crate::page::Page;
use crate::resource::Resource;
use crate::resources;
use crate::table;
use crate::texts::{self, platform};

/// A list of what waits: its heading, the resource, the query, and which rows of its answer.
struct Waiting {
    title: &'static str,
    resource: &'static str,
    query: &'static str,
    keep: Option<(&'static str, &'static [&'static str])>,
    /// A list whose rows name the resources: a query of it, and where the id is. For a list of many, of which no
    /// operation chooses those that wait.
    through: Option<(&'static str, &'static str)>,
}

const fn waiting(title: &'static str, resource: &'static str, query: &'static str) -> Waiting {
    Waiting { title, resource, query, keep: None, through: None }
}

const LISTS: &[Waiting] = &[
    waiting(platform::PERSONS_IN_REVIEW, "persons", "verification_status=REVIEW"),
    waiting(platform::PERSONS_PROVISIONAL, "persons", "verification_status=PROVISIONAL"),
    Waiting {
        keep: Some(("/verification_status", &["REVIEW"])),
        through: Some(("/v2/verifications?result=REVIEW", "/business_id")),
        ..waiting(platform::BUSINESSES_IN_REVIEW, "businesses", "")
    },
    Waiting { keep: Some(("/status", &["ACTIVE"])), ..waiting(texts::ALERTS, "alerts", "") },
    waiting(texts::DISPUTES, "disputes", "status=OPEN"),
    waiting(texts::APPLICATIONS, "applications", "status=REVIEW_ON_SYNCTERA"),
    waiting(platform::CREDIT_APPLICATIONS, "applications", "type=CREDIT&status=SUBMITTED"),
    waiting(
        platform::RESTRICTED_APPLICATIONS,
        "applications",
        "type=RESTRICTED_ACCOUNT&status=SUBMITTED",
    ),
    Waiting {
        keep: Some(("/status", &["PENDING", "PROCESSING"])),
        ..waiting(platform::LINE_APPLICATIONS, "applications", "type=LOC")
    },
    waiting(platform::ACCOUNTS_IN_CLOSING, "accounts", "status=IN_CLOSING"),
];

pub(crate) async fn show(context: Context) -> Response {
    let lists = join_all(LISTS.iter().map(async |list| {
        let resource = resources::find(list.resource)?;
        let (mut rows, is_more) = rows(&context, list, resource).await;
        if let Some((at, values)) = list.keep {
            rows.retain(|row| {
                row.pointer(at).and_then(Value::as_str).is_some_and(|it| values.contains(&it))
            });
        }
        // Of more rows than were read, others may wait.
        let is_cut = is_more && list.keep.is_some();
        (!rows.is_empty() || is_cut).then_some((list.title, resource, rows, is_more, is_cut))
    }));
    let lists: Vec<_> = lists.await.into_iter().flatten().collect();
    let content = html! {
        h1 { (texts::CASES) }
        @if lists.is_empty() { div .empty { p { (platform::NOTHING_WAITS) } } }
        @for (title, resource, rows, is_more, is_cut) in &lists {
            section {
                h2 { (title) " (" (rows.len()) @if *is_more { "+" } ")" }
                @if *is_cut { p .quiet { (platform::NEWEST_LOOKED_AT) } }
                @if !rows.is_empty() { (table::of_resource(&context, resource, rows).await) }
            }
        }
    };
    Page::new(texts::CASES, content).of(&context)
}

/// The rows that may wait, and whether there are more.
async fn rows(context: &Context, list: &Waiting, resource: &Resource) -> (Vec<Value>, bool) {
    let Some((named_by, at)) = list.through else {
        let target = format!("{}?{}", resource.list, list.query);
        return context.all(target.trim_end_matches('?')).await;
    };
    let (naming, is_more) = context.all(named_by).await;
    let ids: BTreeSet<&str> =
        naming.iter().filter_map(|row| row.pointer(at).and_then(Value::as_str)).collect();
    let found = join_all(ids.into_iter().map(async |id| context.find(&resource.target(id)).await));
    (found.await.into_iter().flatten().collect(), is_more)
}
