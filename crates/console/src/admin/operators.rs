//! Operators: who there is, in which role, and what each role may do.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use maud::{Markup, html};

use crate::context::Context;
use crate::done;
use crate::failure::Failure;
use crate::field::copied;
use crate::operators::{LOCAL, Operators, Permission, Role, TABLE};
use crate::page::Page;
use crate::submitted::{Submitted, TOKEN};
use crate::texts::{self, operators};

/// What is wanted when the page is shown, and recorded if it is refused.
const SEE: &str = texts::OPERATORS;

pub(super) async fn show(
    context: Context,
    Extension(operators): Extension<Arc<Operators>>,
) -> Response {
    if let Err(failure) = context.require(Permission::ManageOperators, SEE, "operators").await {
        return failure.of_page(&context);
    }
    let all = operators.list();
    let content = html! {
        h1 { (texts::OPERATORS) }
        @if operators.is_sign_in_required() {
            p { (operators::ALL_SIGN_IN) }
        } @else {
            p { (operators::without_sign_in(LOCAL)) }
        }
        @if all.is_empty() {
            div .empty { p { (operators::NO_OTHERS) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::OPERATORS) {
                table {
                    thead { tr { @for label in operators::HEADINGS { th scope="col" { (label) } } } }
                    tbody {
                        @for operator in &all {
                            tr {
                                th scope="row" { (operator.name) }
                                td { (operator.role.name()) }
                                td { @if operator.has_password { (operators::PASSWORD_CHOSEN) } @else { (operators::PASSWORD_NOT_CHOSEN) } }
                                td { (remove_form(&context, &operator.name)) }
                            }
                        }
                    }
                }
            }
        }
        h2 { (operators::INVITE_TITLE) }
        p { (operators::INVITE_ABOUT) }
        form .command method="post" action=(context.admin("operators/invite")) {
            input type="hidden" name=(TOKEN) value=(context.token());
            label for="invite-name" { (texts::NAME) }
            input #invite-name type="text" name="name" required maxlength="64" autocomplete="off";
            label for="invite-role" { (texts::ROLE) }
            select #invite-role name="role" {
                @for role in Role::ALL { option value=(role.name()) { (role.name()) } }
            }
            button type="submit" { (operators::INVITE) }
        }
        (roles())
    };
    Page::new(texts::OPERATORS, content).of(&context)
}

fn remove_form(context: &Context, name: &str) -> Markup {
    html! {
        form .command method="post" action=(context.admin("operators/remove")) {
            input type="hidden" name=(TOKEN) value=(context.token());
            input type="hidden" name="name" value=(name);
            button .final type="submit" aria-label={ (texts::REMOVE) " " (name) } { (texts::REMOVE) }
        }
    }
}

/// What each role may do.
fn roles() -> Markup {
    html! {
        h2 { (operators::ROLES) }
        div .scroll tabindex="0" role="region" aria-label=(operators::ROLES) {
            table {
                thead {
                    tr {
                        th scope="col" { (operators::MAY) }
                        @for role in Role::ALL { th scope="col" { (role.name()) } }
                    }
                }
                tbody {
                    @for row in &TABLE {
                        tr {
                            th scope="row" { (row.label) }
                            @for is_allowed in row.roles { td { @if is_allowed { (texts::YES) } @else { (texts::NO) } } }
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
    let action = operators::invite_action(role_name);
    if let Err(failure) = context.require(Permission::ManageOperators, &action, &name).await {
        return failure.of_page(context);
    }
    let Some(role) = role else {
        context.record(&action, None, &name, 400).await;
        return Failure::bad(operators::NO_ROLE).of_page(context);
    };
    if name == context.operator.name && role != context.operator.role {
        context.record(&action, None, &name, 400).await;
        return Failure::bad(operators::OWN_ROLE).of_page(context);
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
        h1 { (operators::link_for(&name)) }
        div .notice data-tone="good" role="status" {
            p { (operators::link_notice(&name)) }
        }
        p { (copied(&format!("{}{link}", context.origin.as_deref().unwrap_or_default()))) }
        p { a href=(context.admin("operators")) { (operators::ALL) } }
    };
    Page::new(operators::LINK, content).of(context)
}

/// Removes an operator.
pub(super) async fn remove(
    Extension(operators): Extension<Arc<Operators>>,
    submitted: Submitted,
) -> Response {
    let context = &submitted.context;
    let name = submitted.text("name").to_owned();
    let action = operators::REMOVE_ACTION;
    if let Err(failure) = context.require(Permission::ManageOperators, action, &name).await {
        return failure.of_page(context);
    }
    if name == context.operator.name {
        context.record(action, None, &name, 400).await;
        return Failure::bad(operators::OWN_REMOVAL).of_page(context);
    }
    let removed = operators.remove(&name);
    let status = if removed.is_ok() { 200 } else { 404 };
    context.record(action, None, &name, status).await;
    match removed {
        Ok(()) => done::redirect(context, &context.admin("operators"), operators::REMOVED),
        Err(why) => Failure::bad(why).of_page(context),
    }
}
