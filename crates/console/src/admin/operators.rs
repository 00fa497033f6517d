//! Operators: who there is, in which role, and what each role may do.

use std::sync::Arc;

use axum::Extension;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::context::Context;
use crate::failure::Failure;
use crate::field::copied;
use crate::operators::{LOCAL, Operators, Permission, Role, TABLE};
use crate::page::Page;
use crate::submitted::{Submitted, TOKEN};

const INVITE: &str = "Make a link";
const REMOVE: &str = "Remove";

/// What is wanted when the page is shown, and recorded if it is refused.
const SEE: &str = "Operators";

pub(super) async fn show(
    context: Context,
    Extension(operators): Extension<Arc<Operators>>,
) -> Response {
    if let Err(failure) = context.require(Permission::ManageOperators, SEE, "operators").await {
        return failure.of_page(&context);
    }
    let all = operators.list();
    let content = html! {
        h1 { "Operators" }
        @if operators.is_sign_in_required() {
            p { "Nobody sees a page without signing in." }
        } @else {
            p { "On this machine nobody needs to sign in: whoever does not is " code { (LOCAL) } ", an administrator." }
        }
        @if all.is_empty() {
            div .empty { p { "There are no others yet. Make a link for one below." } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label="Operators" {
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Password" } th scope="col" { "Remove" } } }
                    tbody {
                        @for operator in &all {
                            tr {
                                th scope="row" { (operator.name) }
                                td { (operator.role.name()) }
                                td { @if operator.has_password { "chosen" } @else { "not chosen yet" } }
                                td { (remove_form(&context, &operator.name)) }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Add one, or change a role" }
        p { "The operator chooses a password at the link. It can be used once, within an hour." }
        form .command method="post" action=(context.admin("operators/invite")) {
            input type="hidden" name=(TOKEN) value=(context.token());
            label for="invite-name" { "Name" }
            input #invite-name type="text" name="name" required maxlength="64" autocomplete="off";
            label for="invite-role" { "Role" }
            select #invite-role name="role" {
                @for role in Role::ALL { option value=(role.name()) { (role.name()) } }
            }
            button type="submit" { (INVITE) }
        }
        (roles())
    };
    Page::new("Operators", content).of(&context)
}

fn remove_form(context: &Context, name: &str) -> Markup {
    html! {
        form .command method="post" action=(context.admin("operators/remove")) {
            input type="hidden" name=(TOKEN) value=(context.token());
            input type="hidden" name="name" value=(name);
            button .final type="submit" aria-label={ (REMOVE) " " (name) } { (REMOVE) }
        }
    }
}

/// What each role may do.
fn roles() -> Markup {
    html! {
        h2 { "Roles" }
        div .scroll tabindex="0" role="region" aria-label="Roles" {
            table {
                thead {
                    tr {
                        th scope="col" { "May" }
                        @for role in Role::ALL { th scope="col" { (role.name()) } }
                    }
                }
                tbody {
                    @for row in &TABLE {
                        tr {
                            th scope="row" { (row.label) }
                            @for is_allowed in row.roles { td { @if is_allowed { "yes" } @else { "no" } } }
                        }
                    }
                }
            }
        }
    }
}

/// Adds an operator, or changes the role of one, and shows their link.
pub(super) async fn invite(
    Extension(operators): Extension<Arc<Operators>>,
    submitted: Submitted,
) -> Response {
    let context = &submitted.context;
    let name = submitted.text("name").to_owned();
    let role = Role::named(submitted.text("role"));
    let role_name = role.map_or("", Role::name);
    let action = format!("Operators: {role_name}");
    if let Err(failure) = context.require(Permission::ManageOperators, &action, &name).await {
        return failure.of_page(context);
    }
    let Some(role) = role else {
        return Failure::bad("the role is view, act or administer").of_page(context);
    };
    if name == context.operator.name && role != context.operator.role {
        return Failure::bad("another administrator changes your role").of_page(context);
    }
    let link = match operators.invite(&name, role) {
        Ok(link) => link,
        Err(why) => {
            context.record(&action, None, &name, 400).await;
            return Failure::bad(why).of_page(context);
        }
    };
    context.record(&action, None, &name, 200).await;
    let content = html! {
        h1 { "A link for " (name) }
        div .notice data-tone="good" role="status" {
            p { "This page alone shows it. Give it to " (name) ": whoever opens it first chooses the password." }
        }
        p { "After the address of this sandbox:" }
        p { (copied(&link)) }
        p { a href=(context.admin("operators")) { "All operators" } }
    };
    Page::new("A link", content).of(context)
}

/// Removes an operator.
pub(super) async fn remove(
    Extension(operators): Extension<Arc<Operators>>,
    submitted: Submitted,
) -> Response {
    let context = &submitted.context;
    let name = submitted.text("name").to_owned();
    let action = "Operators: remove";
    if let Err(failure) = context.require(Permission::ManageOperators, action, &name).await {
        return failure.of_page(context);
    }
    if name == context.operator.name {
        return Failure::bad("another administrator removes you").of_page(context);
    }
    let removed = operators.remove(&name);
    let status = if removed.is_ok() { 200 } else { 404 };
    context.record(action, None, &name, status).await;
    match removed {
        Ok(()) => Redirect::to(&context.admin("operators")).into_response(),
        Err(why) => Failure::bad(why).of_page(context),
    }
}
