//! The page of one resource, and what is done on it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::future::join_all;
use maud::{Markup, html};
use serde_json::Value;

use crate::action;
use crate::bank::Call;
use crate::code;
use crate::context::{Context, encoded, rows};
use crate::done;
use crate::failure::Failure;
use crate::field::REVEAL;
use crate::format::{plain, short_id};
use crate::mask::{is_masked, masked};
use crate::names;
use crate::operators::Permission;
use crate::page::Page;
use crate::problem;
use crate::resource::{Listed, Resource};
use crate::resources;
use crate::sections;
use crate::submitted::{Submitted, TOKEN};
use crate::table;
use crate::texts::{self, failures};

/// Rows of a list of what belongs to the resource.
const RELATED_ROWS: usize = 20;

pub(crate) async fn show(
    context: Context,
    Path((_, name, id)): Path<(String, String, String)>,
) -> Response {
    let Some(resource) = resources::find(&name).filter(|it| !it.item.is_empty()) else {
        return Failure::not_found(failures::no_page_named(&name)).of_page(&context);
    };
    page(&context, resource, &id, None).await
}

/// A resource, and the moment by the bank's clock.
async fn read(
    context: &Context,
    resource: &Resource,
    id: &str,
) -> Result<(Value, String), Failure> {
    let mut of = context.get(&resource.target(id)).await?;
    // Where no operation reads one, a list is asked for it.
    if resource.item.contains('?') {
        let first = rows(of).into_iter().next();
        of = first.ok_or_else(|| Failure::not_found(failures::no_resource(id)))?;
    }
    let clock = context.control("/sandbox/clock").await?;
    Ok((of, clock.get("now").map(plain).unwrap_or_default()))
}

async fn page(
    context: &Context,
    resource: &Resource,
    id: &str,
    notice: Option<Markup>,
) -> Response {
    let target = resource.target(id);
    let (of, now) = match read(context, resource, id).await {
        Ok(found) => found,
        Err(failure) => return failure.of_page(context),
    };
    let listed = join_all(resource.related.iter().map(async |related| {
        let listed = resources::find(related.resource)?;
        let separator = if listed.list.contains('?') { '&' } else { '?' };
        let query = related.query.replace("{id}", &encoded(id));
        let target = format!("{}{separator}{query}&limit={RELATED_ROWS}", listed.list);
        let rows = context.rows(&target).await;
        let more = Some(query).filter(|_| rows.len() >= RELATED_ROWS);
        Some(Listed { title: related.title, resource: listed, rows, more })
            .filter(|it| !it.rows.is_empty())
    }));
    let listed: Vec<Listed> = listed.await.into_iter().flatten().collect();
    let own = sections::of(context, resource.name, (id, &of), &listed).await;
    let title = names::name(&of);
    let title = title.unwrap_or_else(|| format!("{} {}", resource.one, short_id(id)));
    let content = html! {
        @if let Some(notice) = notice { (notice) }
        p .path { a href=(context.page(resource.name)) { (resource.many) } }
        h1 { (title) }
        div .grid {
            @for group in resource.groups {
                @if group.fields.iter().any(|field| field.is_there(&of)) {
                    section .card { h2 { (group.title) } (table::details(context, group.fields, &of).await) }
                }
            }
        }
        (own)
        @for Listed { title, resource, rows, more } in &listed {
            section {
                h2 { (title) }
                (table::of_resource(context, resource, rows).await)
                @if let Some(query) = more {
                    p { a href={ (context.page(resource.name)) "?" (query) } { (texts::ALL) } }
                }
            }
        }
        @if context.may(Permission::Reveal) {
            form #(REVEAL) method="post" action=(context.page(&format!("{}/{}/reveal", resource.name, encoded(id)))) {
                input type="hidden" name=(TOKEN) value=(context.token());
            }
        }
        (action::forms(context, resource, (id, &of, &now)))
        details .members {
            summary { (texts::ALL_MEMBERS) }
            pre tabindex="0" { code { (format!("{:#}", masked(&of))) } }
        }
        (code::show(context, "GET", &target, None))
    };
    Page::new(title, content).of(context)
}

/// Shows one masked member, and records who wanted to see it. The page is the answer to the form: no URL
/// leads to it.
pub(crate) async fn reveal(
    Path((_, name, id)): Path<(String, String, String)>,
    Submitted { mut context, given }: Submitted,
) -> Response {
    let Some(resource) = resources::find(&name).filter(|it| !it.item.is_empty()) else {
        return Failure::not_found(failures::no_page_named(&name)).of_page(&context);
    };
    let at = given.get("at").cloned().unwrap_or_default();
    let mut fields = resource.groups.iter().flat_map(|group| group.fields);
    if !is_masked(&at) || !fields.any(|field| field.at.split(' ').any(|known| known == at)) {
        return Failure::not_found(failures::NOT_MASKED).of_page(&context);
    }
    let target = format!("{} {at}", resource.target(&id));
    if let Err(failure) = context.require(Permission::Reveal, texts::REVEAL, &target).await {
        return failure.of_page(&context);
    }
    if let Err(failure) = read(&context, resource, &id).await {
        context.record(texts::REVEAL, None, &target, failure.status.as_u16()).await;
        return failure.of_page(&context);
    }
    context.record(texts::REVEAL, None, &target, 200).await;
    context.revealed = Some(at);
    page(&context, resource, &id, None).await
}

/// Does an action, and shows the page again, or why it was refused.
pub(crate) async fn act(
    Path((_, name, id, action)): Path<(String, String, String, String)>,
    Submitted { context, given }: Submitted,
) -> Response {
    let found = resources::find(&name).and_then(|it| Some((it, it.action(&action)?)));
    let Some((resource, action)) = found else {
        return Failure::not_found(failures::NO_ACTION).of_page(&context);
    };
    let of_resource = resource.target(&id);
    if let Err(failure) = context.require(Permission::Act, action.label, &of_resource).await {
        return failure.of_page(&context);
    }
    let (of, now) = match read(&context, resource, &id).await {
        Ok(found) => found,
        Err(failure) => {
            let status = failure.status.as_u16();
            context.record(action.label, None, &of_resource, status).await;
            return failure.of_page(&context);
        }
    };
    let filling = (id.as_str(), &of, now.as_str());
    let target = action::target(action, filling);
    // A browser asks for what must be given; a program that sends the form may not.
    let is_given = |at: &str| given.get(at).is_some_and(|value| !value.trim().is_empty());
    if let Some(input) = action.inputs.iter().find(|it| it.is_required && !is_given(it.at)) {
        context.record(action.label, Some(action.method), &target, 400).await;
        return Failure::bad(failures::not_given(input.label)).of_page(&context);
    }
    let call = Call {
        method: action.method,
        target: target.clone(),
        // What only the platform's staff can do is an operation of the control API.
        workspace: (!target.starts_with("/sandbox/")).then(|| context.workspace.clone()),
        body: action::body(action, filling, &given),
        idempotency_key: None,
    };
    let answer = match context.write(Permission::Act, action.label, call).await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    if answer.is_success() {
        let path = context.page(&format!("{}/{}", resource.name, encoded(&id)));
        return done::redirect(&context, &path, action.done);
    }
    let mut refused = page(&context, resource, &id, Some(problem::show(&target, &answer))).await;
    *refused.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    refused
}
