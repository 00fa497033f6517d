//! The list of a resource.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use crate::code;
use crate::context::{Context, encoded, rows};
use crate::failure::Failure;
use crate::format::{plain, short_id, words};
use crate::names;
use crate::page::Page;
use crate::resource::{Filter, Resource};
use crate::resources;
use crate::table;
use crate::texts::{self, failures, platform};

/// Rows of a page.
const ROWS: usize = 50;
/// Resources that are offered where one must be chosen.
const CHOICES: usize = 50;
/// The member of a query with the token of the next page.
const PAGE_TOKEN: &str = "page_token";

pub(crate) async fn show(
    context: Context,
    Path((_, name)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let Some(resource) = resources::find(&name) else {
        return Failure::not_found(failures::no_page_named(&name)).of_page(&context);
    };
    let target = target(resource, &query);
    let is_given = |name: &str| query.get(name).is_some_and(|value| !value.is_empty());
    let missing = resource.filters.iter().find(|it| it.is_required() && !is_given(it.name));
    if let Some(filter) = missing {
        let content = html! {
            h1 { (resource.many) }
            (filters(resource, &query))
            (choices(&context, filter).await)
        };
        return Page::new(resource.many, content).of(&context);
    }
    match context.get(&target).await {
        Ok(answer) => {
            let content = content(&context, resource, &query, &target, answer).await;
            Page::new(resource.many, content).of(&context)
        }
        // A filter may be what is missing, so it is there beside the reason.
        Err(failure) => {
            let content = html! {
                h1 { (resource.many) }
                @if !resource.filters.is_empty() { (filters(resource, &query)) }
                (failure.notice())
            };
            failure.within(&context, resource.many, &content)
        }
    }
}

/// What a filter that is needed can be: the newest resources.
async fn choices(context: &Context, filter: &Filter) -> Markup {
    let Some(of) = resources::find(filter.of) else { return html! {} };
    let rows = context.rows(&format!("{}?limit={CHOICES}", of.list)).await;
    html! {
        @if rows.is_empty() {
            (empty(context, of, false))
        } @else {
            p { (texts::choose_one(of.one)) }
            ul {
                @for row in &rows {
                    @let id = row.pointer(of.id).map(plain).unwrap_or_default();
                    li {
                        a href={ "?" (filter.name) "=" (encoded(&id)) } title=(id) {
                            bdi { (names::name(row).unwrap_or_else(|| short_id(&id).to_owned())) }
                        }
                    }
                }
            }
        }
    }
}

/// The query that the bank is asked with: the filters that the resource has.
fn target(resource: &Resource, query: &BTreeMap<String, String>) -> String {
    let separator = if resource.list.contains('?') { '&' } else { '?' };
    let mut target = format!("{}{separator}limit={ROWS}", resource.list);
    let own = resource.filters.iter().map(|filter| filter.name);
    for name in own.chain(hidden_filters(resource)).chain([PAGE_TOKEN]) {
        if let Some(value) = query.get(name).filter(|value| !value.is_empty()) {
            target += &format!("&{name}={}", encoded(value));
        }
    }
    target
}

/// The filters by which pages of other resources lead to the list, and which its form does not have.
fn hidden_filters(resource: &Resource) -> BTreeSet<&'static str> {
    let related = resources::all().flat_map(|it| it.related);
    let related = related.filter(|it| it.resource == resource.name);
    let names = related.flat_map(|it| it.query.split('&')).filter_map(|it| it.split('=').next());
    names.filter(|name| !resource.filters.iter().any(|own| own.name == *name)).collect()
}

async fn content(
    context: &Context,
    resource: &Resource,
    query: &BTreeMap<String, String>,
    target: &str,
    answer: Value,
) -> Markup {
    let next = answer.get("next_page_token").and_then(Value::as_str).filter(|it| !it.is_empty());
    let next = next.map(|token| next_page(query, token));
    let rows = rows(answer);
    let is_free =
        |name: &str| !resource.filters.iter().any(|it| it.name == name && it.is_required());
    let is_filtered = query.iter().any(|(name, value)| is_free(name) && !value.is_empty());
    html! {
        h1 { (resource.many) }
        @if !resource.filters.is_empty() { (filters(resource, query)) }
        @if rows.is_empty() {
            (empty(context, resource, is_filtered))
        } @else {
            (table::of_resource(context, resource, &rows).await)
        }
        @if let Some(next) = next {
            p .pages { a href=(next) rel="next" { (texts::NEXT) } }
        }
        (code::show(context, "GET", target, None))
        @if !rows.is_empty() { p .quiet { (platform::ORDER) } }
    }
}

fn filters(resource: &Resource, query: &BTreeMap<String, String>) -> Markup {
    let given = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    html! {
        form .filters method="get" {
            @for filter in resource.filters {
                div {
                    label for={ "filter-" (filter.name) } { (filter.label) }
                    @if filter.values.is_empty() {
                        input id={ "filter-" (filter.name) } type="text" name=(filter.name)
                            value=(given(filter.name)) maxlength="200";
                    } @else {
                        select id={ "filter-" (filter.name) } name=(filter.name) {
                            option value="" { (texts::ANY) }
                            @for value in filter.values {
                                option value=(value) selected[given(filter.name) == *value] {
                                    (words(value))
                                }
                            }
                        }
                    }
                }
            }
            @for name in hidden_filters(resource) {
                @if !given(name).is_empty() {
                    input type="hidden" name=(name) value=(given(name));
                }
            }
            button type="submit" { (texts::FILTER) }
        }
    }
}

fn next_page(query: &BTreeMap<String, String>, token: &str) -> String {
    let kept = query.iter().filter(|(name, value)| *name != PAGE_TOKEN && !value.is_empty());
    let kept = kept.map(|(name, value)| format!("{}={}&", encoded(name), encoded(value)));
    format!("?{}{PAGE_TOKEN}={}", kept.collect::<String>(), encoded(token))
}

/// What is shown instead of no rows: how to make the first one.
fn empty(context: &Context, resource: &Resource, is_filtered: bool) -> Markup {
    html! {
        div .empty {
            p { @if is_filtered { (texts::NOTHING_FITS) } @else { (texts::NOTHING_YET) } }
            @if !is_filtered && !resource.first.is_empty() { (code::first(context, resource.first)) }
        }
    }
}
