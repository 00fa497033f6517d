//! Signing in and out, and choosing a password at a link.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Form, Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::access::{cookie, is_page_of};
use crate::audit_entry::AuditEntry;
use crate::bank::{Bank, Peer};
use crate::document::{PATH, bare, respond};
use crate::operators::{Operator, Operators};
use crate::texts::{self, operators, sign_in};

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
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Response {
    let field = |name: &str| given.get(name).cloned().unwrap_or_default();
    let (name, password, to) = (field("name").trim().to_owned(), field("password"), field(TO));
    let (known, of, from) = (operators.clone(), name.clone(), address(peer));
    let work = move || known.sign_in(&of, &password, from);
    let outcome = hashing(&operators, from, StatusCode::FORBIDDEN, work).await;
    let status = outcome.as_ref().map_or_else(|(status, _)| *status, |_| StatusCode::OK);
    // An unknown name is not recorded: it may be a password in the wrong field.
    let shown = operators.list().into_iter().find(|it| it.name == name);
    let (name, role) = shown.map_or((String::new(), ""), |it| (it.name, it.role.name()));
    let entry = AuditEntry::new(&name, role, texts::SIGN_IN, sign_in::SESSION, status.as_u16());
    bank.record(entry);
    match outcome {
        Ok(session) => begun(&bank, &headers, &session, &to),
        Err((status, why)) => {
            let form = sign_in_form(&bank, &to, Some(&why));
            respond(status, &page(&bank, texts::SIGN_IN, &form))
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
        None => dead(&bank),
    }
}

/// Takes the password that was chosen, and begins a session.
pub(crate) async fn chosen(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Extension(operators): Extension<Arc<Operators>>,
    Path(ticket): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Response {
    let Some(name) = operators.invited(&ticket) else {
        return dead(&bank);
    };
    let password = given.get("password").cloned().unwrap_or_default();
    let (known, of) = (operators.clone(), ticket.clone());
    let work = move || known.accept(&of, &password);
    match hashing(&operators, address(peer), StatusCode::BAD_REQUEST, work).await {
        Ok(session) => {
            let role = operators.operator(Some(&session), false).map_or("", |it| it.role.name());
            let action = texts::CHOOSE_PASSWORD;
            bank.record(AuditEntry::new(&name, role, action, sign_in::SESSION, 200));
            begun(&bank, &headers, &session, "")
        }
        // Meanwhile another request used the link, or it became too old.
        Err(_) if operators.invited(&ticket).is_none() => dead(&bank),
        Err((status, why)) => {
            let form = choose_form(&bank, &ticket, &name, Some(&why));
            respond(status, &page(&bank, texts::CHOOSE_PASSWORD, &form))
        }
    }
}

/// Ends the session. It needs no token: that the page is one of this server is checked before.
pub(crate) async fn sign_out(
    Extension(bank): Extension<Arc<dyn Bank>>,
    Extension(operators): Extension<Arc<Operators>>,
    operator: Option<Extension<Operator>>,
    headers: HeaderMap,
) -> Response {
    if let Some(Extension(operator)) = operator
        && let Some(session) = &operator.session
    {
        operators.sign_out(session);
        let role = operator.role.name();
        bank.record(AuditEntry::new(&operator.name, role, texts::SIGN_OUT, sign_in::SESSION, 200));
    }
    // Without a session this machine acts as an administrator: that is for the next person to decide.
    let mut response = Redirect::to(&format!("{}{SIGN_IN}", bank.prefix())).into_response();
    if let Some(cookie) = cookie(None, &headers) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Sets the cookie, and redirects to the page that was requested.
fn begun(bank: &Arc<dyn Bank>, headers: &HeaderMap, session: &str, to: &str) -> Response {
    let first = format!("{}{PATH}", bank.prefix());
    let to = if is_page_of(&first, to) { to } else { &first };
    let mut response = Redirect::to(to).into_response();
    if let Some(cookie) = cookie(Some(session), headers) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Says that a link cannot be used, and records that somebody tried.
fn dead(bank: &Arc<dyn Bank>) -> Response {
    bank.record(AuditEntry::new("", "", operators::DEAD_LINK_ACTION, sign_in::SESSION, 404));
    let gone = html! {
        h1 { (texts::NOT_FOUND) }
        p { (sign_in::OLD_LINK) }
        p { a href={ (bank.prefix()) (SIGN_IN) } { (texts::SIGN_IN) } }
    };
    respond(StatusCode::NOT_FOUND, &page(bank, texts::NOT_FOUND, &gone))
}

fn address(peer: Option<Extension<Peer>>) -> IpAddr {
    peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |Extension(peer)| peer.address)
}

/// Hashes a password on another thread, few at the same time. `refused` is the status if the work fails.
async fn hashing<T: Send + 'static>(
    operators: &Operators,
    from: IpAddr,
    refused: StatusCode,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, (StatusCode, String)> {
    let turn = operators.turn_to_hash(from).await;
    let turn = turn.map_err(|why| (StatusCode::TOO_MANY_REQUESTS, why))?;
    let work = move || {
        // Until the work is over, even if the client does not wait for it.
        let _turn = turn;
        work()
    };
    let outcome = tokio::task::spawn_blocking(work).await;
    let outcome = outcome.map_err(|why| (StatusCode::INTERNAL_SERVER_ERROR, why.to_string()))?;
    outcome.map_err(|why| (refused, why))
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
