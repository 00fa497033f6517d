//! Signing in and out, and choosing a password at a link.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Form, Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::access::cookie;
use crate::bank::{AuditEntry, Bank};
use crate::document::{bare, respond};
use crate::operators::{Operator, Operators};
use crate::texts::{self, sign_in};

/// The path of the page.
pub(crate) const SIGN_IN: &str = "/console/sign-in";
/// The field with the page to show afterward.
const TO: &str = "to";

type Given = BTreeMap<String, String>;

/// The page that asks for name and password.
pub(crate) async fn show(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Query(query): Query<Given>,
) -> Response {
    let to = query.get(TO).map(String::as_str).unwrap_or_default();
    respond(StatusCode::OK, &page(&bank, texts::SIGN_IN, &sign_in_form(&bank, to, None)))
}

/// Begins a session.
pub(crate) async fn sign_in(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Extension(operators): Extension<Arc<Operators>>,
    Form(given): Form<Given>,
) -> Response {
    let field = |name: &str| given.get(name).cloned().unwrap_or_default();
    let (name, password, to) = (field("name").trim().to_owned(), field("password"), field(TO));
    let (known, of) = (operators.clone(), name.clone());
    let outcome = hashing(&operators, move || known.sign_in(&of, &password)).await;
    let status = if outcome.is_ok() { 200 } else { 403 };
    // An unknown name is not recorded: it may be a password in the wrong field.
    let shown = operators.list().into_iter().find(|it| it.name == name);
    let (name, role) = shown.map_or((String::new(), ""), |it| (it.name, it.role.name()));
    bank.record(AuditEntry::new(&name, role, texts::SIGN_IN, sign_in::SESSION, status));
    match outcome {
        Ok(session) => begun(&bank, &session, &to),
        Err(why) => {
            let form = sign_in_form(&bank, &to, Some(&why));
            respond(StatusCode::FORBIDDEN, &page(&bank, texts::SIGN_IN, &form))
        }
    }
}

/// The page of a link, at which a password is chosen. Looking at it does not use the link.
pub(crate) async fn choose(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Extension(operators): Extension<Arc<Operators>>,
    Path(ticket): Path<String>,
) -> Response {
    match operators.invited(&ticket) {
        Some(name) => {
            let form = choose_form(&bank, &ticket, &name, None);
            respond(StatusCode::OK, &page(&bank, texts::CHOOSE_PASSWORD, &form))
        }
        None => {
            let gone = html! {
                h1 { (texts::NOT_FOUND) }
                p { (sign_in::OLD_LINK) }
                p { a href={ (bank.prefix()) (SIGN_IN) } { (texts::SIGN_IN) } }
            };
            respond(StatusCode::NOT_FOUND, &page(&bank, texts::NOT_FOUND, &gone))
        }
    }
}

/// Takes the password that was chosen, and begins a session.
pub(crate) async fn chosen(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Extension(operators): Extension<Arc<Operators>>,
    Path(ticket): Path<String>,
    Form(given): Form<Given>,
) -> Response {
    let name = operators.invited(&ticket).unwrap_or_default();
    let password = given.get("password").cloned().unwrap_or_default();
    let (known, of) = (operators.clone(), ticket.clone());
    match hashing(&operators, move || known.accept(&of, &password)).await {
        Ok(session) => {
            let role = operators.operator(Some(&session), false).map_or("", |it| it.role.name());
            bank.record(AuditEntry::new(
                &name,
                role,
                texts::CHOOSE_PASSWORD,
                sign_in::SESSION,
                200,
            ));
            begun(&bank, &session, "")
        }
        Err(why) => {
            let form = choose_form(&bank, &ticket, &name, Some(&why));
            respond(StatusCode::BAD_REQUEST, &page(&bank, texts::CHOOSE_PASSWORD, &form))
        }
    }
}

/// Ends the session. It needs no token: that the page is one of this server is checked before.
pub(crate) async fn sign_out(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Extension(operators): Extension<Arc<Operators>>,
    operator: Option<Extension<Operator>>,
) -> Response {
    if let Some(Extension(operator)) = operator
        && let Some(session) = &operator.session
    {
        operators.sign_out(session);
        let role = operator.role.name();
        bank.record(AuditEntry::new(&operator.name, role, texts::SIGN_OUT, sign_in::SESSION, 200));
    }
    let mut response = Redirect::to(&format!("{}/console", bank.prefix())).into_response();
    if let Some(cookie) = cookie(None) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Sets the cookie, and redirects to the page that was requested.
fn begun(bank: &Arc<dyn Bank>, session: &str, to: &str) -> Response {
    let first = format!("{}/console", bank.prefix());
    // Only a page of this console: no other server, and no path that a browser reads as another server.
    let is_ours = to.starts_with(&format!("{first}/")) && !to.contains(['\\', '\n', '\r']);
    let mut response = Redirect::to(if is_ours { to } else { &first }).into_response();
    if let Some(cookie) = cookie(Some(session)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Hashes a password on another thread, few at the same time.
async fn hashing<T: Send + 'static>(
    operators: &Operators,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let _turn = operators.turn_to_hash().await;
    let outcome = tokio::task::spawn_blocking(work).await;
    outcome.unwrap_or_else(|why| Err(why.to_string()))
}

fn page(bank: &Arc<dyn Bank>, title: &str, content: &Markup) -> Markup {
    bare(bank.prefix(), title, &html! { div .alone { (content) } })
}

fn refused(why: Option<&str>) -> Markup {
    html! {
        @if let Some(why) = why { div .notice data-tone="bad" role="alert" { p { (why) } } }
    }
}

fn sign_in_form(bank: &Arc<dyn Bank>, to: &str, why: Option<&str>) -> Markup {
    html! {
        h1 { (texts::SIGN_IN) }
        (refused(why))
        form .stacked method="post" action={ (bank.prefix()) (SIGN_IN) } {
            input type="hidden" name=(TO) value=(to);
            label for="name" { (texts::NAME) }
            input #name type="text" name="name" required maxlength="64" autocomplete="username";
            label for="password" { (texts::PASSWORD) }
            input #password type="password" name="password" required maxlength="256" autocomplete="current-password";
            button type="submit" { (texts::SIGN_IN) }
        }
        p { (sign_in::WITHOUT_PASSWORD) }
    }
}

fn choose_form(bank: &Arc<dyn Bank>, ticket: &str, name: &str, why: Option<&str>) -> Markup {
    html! {
        h1 { (texts::CHOOSE_PASSWORD) }
        (refused(why))
        form .stacked method="post" action={ (bank.prefix()) (SIGN_IN) "/" (ticket) } {
            label for="name" { (texts::NAME) }
            input #name type="text" name="name" value=(name) readonly autocomplete="username";
            label for="password" { (sign_in::NEW_PASSWORD) }
            input #password type="password" name="password" required minlength="12" maxlength="256" autocomplete="new-password";
            button type="submit" { (texts::CHOOSE_PASSWORD) }
        }
    }
}
