//! Operations of the platform, and what goes wrong with them on request.

use std::io::{Cursor, Error};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use chrono::Duration;
use futures_util::{StreamExt, stream};
use serde_json::json;
use synctera_api::runtime::ErrorCode;

use super::AppState;
use super::app_state::DELAYS_MAX;
use super::request_log::{Recording, Seen};
use super::response::{NoAnswer, usual_code};
use crate::engine::Request;
use crate::model::{Part, Problem, Reply};
use crate::server::faults::{About, Effect, Fault};
use crate::spec::{Interface, Match, Version};

/// A body that is read and checked in no time.
const BRIEF_BYTES_MAX: usize = 32 * 1024;
/// Asks for something to go wrong with this request.
const FAULT: &str = "sandbox-fault";
/// Names the query parameters that the operation does not have.
const UNKNOWN_PARAMETERS: &str = "sandbox-unknown-parameters";
/// How many of them, and how many characters of each.
const NAMES_MAX: usize = 10;
const NAME_LENGTH_MAX: usize = 64;
/// The key under which a write is done once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Its greatest length; the platform documents none.
const IDEMPOTENCY_KEY_MAX: usize = 1024;

/// What a request is answered with, if it is, and what the log says of it.
struct Decided {
    answer: Result<Response<Body>, NoAnswer>,
    seen: Seen,
}

/// A request of a page: the log does not have it, since it shows what programs do, and its lists begin
/// with the newest.
#[derive(Clone)]
#[cfg_attr(not(feature = "console"), allow(dead_code, reason = "only the console makes them"))]
pub(super) struct OfPage;

/// A request of an operator: faults are for programs.
#[derive(Clone)]
#[cfg_attr(not(feature = "console"), allow(dead_code, reason = "only the console makes them"))]
pub(super) struct OfOperator;

pub(super) async fn answer(
    app: &AppState,
    head: Parts,
    body: Vec<u8>,
) -> Result<Response<Body>, NoAnswer> {
    let log = app.log.as_ref().filter(|_| head.extensions.get::<OfPage>().is_none());
    let begun = log.map(|log| (log.clone(), app.engine.now(), Instant::now()));
    let request = Arc::new(request(app, &head, body).await);
    let recording = begun.map(|(log, at, begun)| Recording::new(log, at, begun, request.clone()));
    let Decided { answer, seen } = decide(app, &head, &request).await;
    if let Some(recording) = recording {
        recording.finish(seen);
    }
    answer
}

/// A request as the engine has it.
async fn request(app: &AppState, head: &Parts, body: Vec<u8>) -> Request {
    let header = |name: &str| header(head, name);
    let content_type = header("content-type").unwrap_or_default();
    let (body, form) = match multer::parse_boundary(&content_type) {
        Ok(boundary) => (Vec::new(), read_form(boundary, body.into()).await.ok()),
        Err(_) => (body, None),
    };
    let (idempotency_key, bad_idempotency_key) = match idempotency_key(&head.headers) {
        Ok(key) => (key, None),
        Err(reason) => (None, Some(reason)),
    };
    Request {
        method: method(head).to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: header("authorization"),
        idempotency_key,
        bad_idempotency_key,
        content_type,
        base: header("host").unwrap_or_default() + &app.path,
        body,
        form,
        is_newest_first: head.extensions.get::<OfPage>().is_some(),
    }
}

fn header(head: &Parts, name: &str) -> Option<String> {
    head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn decide(app: &AppState, head: &Parts, request: &Arc<Request>) -> Decided {
    let versioned = Version::of(&request.path);
    let interface = versioned.map_or(Interface::V2, |(version, _)| version.refusals());
    let authorization = request.authorization.as_deref();
    // A refusal that the engine is not asked for.
    let refused = |status: StatusCode, why: &str| {
        let code = usual_code(status.as_u16());
        let body = json!({ "code": code, "status": status.as_u16(), "detail": why });
        let reply = Reply::new(status.as_u16(), Some(body.to_string()));
        respond(Reply { key: app.engine.key_of(authorization).ok(), ..reply })
    };
    // What a request asks for itself needs a key, as what it does.
    let is_of_program = head.extensions.get::<OfOperator>().is_none();
    let wanted = header(head, FAULT).filter(|_| app.engine.is_known(authorization));
    let fault = match wanted.map(|text| text.parse::<Fault>()) {
        Some(Ok(fault)) => Some(fault),
        Some(Err(why)) => return refused(StatusCode::BAD_REQUEST, &why.to_string()),
        None if app.faults.is_empty() || !is_of_program => None,
        None => app.faults.take(&about(request)),
    };
    let wait = fault.as_ref().map_or_else(Duration::zero, Fault::wait);
    if wait > Duration::zero() {
        let Ok(_delay) = app.common.delays.try_acquire() else {
            let why = format!("{DELAYS_MAX} answers are being delayed already");
            return refused(StatusCode::SERVICE_UNAVAILABLE, &why);
        };
        app.engine.wait(wait).await;
    }
    if let Some(effect) = fault.as_ref().and_then(|fault| fault.effect(false)) {
        let key = app.engine.key_of(authorization).ok();
        let nothing = Decided { answer: Err(NoAnswer), seen: Seen { key, ..Seen::default() } };
        return instead(interface, effect, nothing);
    }
    let decided = respond(handle(app, request.clone()).await);
    match fault.as_ref().and_then(|fault| fault.effect(true)) {
        Some(effect) => instead(interface, effect, decided),
        None => decided,
    }
}

/// The method as operations have it: HEAD is GET, whose body the connection leaves out.
fn method(head: &Parts) -> &str {
    if head.method == Method::HEAD { "GET" } else { head.method.as_str() }
}

/// The idempotency key, if there is one, or what is wrong with it.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = given.next() else {
        return Ok(None);
    };
    if given.any(|other| other != key) {
        return Err("is given twice");
    }
    let key = key.as_bytes().trim_ascii();
    match key.len() {
        0 => return Err("is empty"),
        length if length > IDEMPOTENCY_KEY_MAX => return Err("has more than 1024 characters"),
        _ => {}
    }
    if !key.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err("has characters other than visible ASCII");
    }
    Ok(Some(String::from_utf8_lossy(key).into_owned()))
}

/// Requests of one store follow one another: who waits here, first come, first served, takes no
/// thread. What is done in less time than it takes to hand it to another thread is done on this
/// one; the rest is not, for the threads that serve connections must not block.
async fn handle(app: &AppState, request: Arc<Request>) -> Reply {
    let _under_way = app.common.under_way.acquire().await.ok();
    let turn = app.turns.clone().acquire_owned().await.ok();
    let is_brief = request.method == "GET" || !app.is_durable;
    if is_brief && request.body.len() <= BRIEF_BYTES_MAX {
        let at_once = guarded(|| app.engine.handle_at_once(&request));
        if let Some(reply) = at_once.unwrap_or_else(|| Some(app.engine.broken(&request))) {
            return reply;
        }
    }
    let (engine, handled) = (app.engine.clone(), request.clone());
    let reply = tokio::task::spawn_blocking(move || engine.handle(&handled, turn)).await;
    reply.unwrap_or_else(|_| app.engine.broken(&request))
}

/// What comes of a handler; one that panics breaks its request, and no connection.
fn guarded<T>(handle: impl FnOnce() -> T) -> Option<T> {
    // Its transaction is taken back, so nothing half-done is left to be seen.
    catch_unwind(AssertUnwindSafe(handle)).ok()
}

fn about(request: &Request) -> About<'_> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    let operation = match Version::of(path).map(|(version, inner)| version.route(method, inner)) {
        Some(Match::Found(routed)) => Some(routed.operation.id),
        _ => None,
    };
    About { method, path, operation }
}

/// What a fault makes of an answer, or of none.
fn instead(interface: Interface, effect: Effect, decided: Decided) -> Decided {
    let Seen { request_id, key, effects, .. } = decided.seen.clone();
    let mut decided = match effect {
        Effect::Drop => Decided { answer: Err(NoAnswer), seen: Seen::default() },
        Effect::Respond { status, code, retry_after } => {
            refusal(interface, status, code, retry_after)
        }
        Effect::Truncate(bytes) => {
            Decided { answer: decided.answer.map(|answer| truncated(answer, bytes)), ..decided }
        }
    };
    decided.seen = Seen { request_id, key, effects, is_fault: true, ..decided.seen };
    decided
}

fn refusal(
    interface: Interface,
    status: u16,
    code: Option<String>,
    retry_after: Option<u32>,
) -> Decided {
    let code = code.map_or_else(|| usual_code(status), |code| ErrorCode::from(code.as_str()));
    let mut body = Problem::new(code, "a fault asks for it").body(interface);
    body["status"] = json!(status);
    if let Some(seconds) = retry_after {
        body["retry_after"] = json!(seconds);
    }
    let is_problem = interface == Interface::V0;
    let reply = Reply { is_problem, ..Reply::new(status, Some(body.to_string())) };
    let mut refusal = respond(reply);
    if let (Some(seconds), Ok(response)) = (retry_after, &mut refusal.answer) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    refusal
}

/// An answer of which the body breaks off after so many bytes; its head tells the whole length.
fn truncated(answer: Response<Body>, bytes: usize) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    let size = http_body::Body::size_hint(&body).lower();
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    let mut left = bytes;
    let beginning = body.into_data_stream().map(move |piece| {
        let piece = piece.map_err(Error::other)?;
        let part = piece.slice(..piece.len().min(left));
        left -= part.len();
        Ok::<Bytes, Error>(part)
    });
    // The end comes late enough for the beginning to leave first.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(Error::other("a fault asks for it"))
    });
    Response::from_parts(head, Body::from_stream(beginning.chain(end)))
}

/// The parts of a form.
async fn read_form(boundary: String, body: Bytes) -> multer::Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut form = multer::Multipart::with_reader(Cursor::new(body), boundary);
    while let Some(field) = form.next_field().await? {
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            bytes: field.bytes().await?.to_vec(),
        });
    }
    Ok(parts)
}

fn respond(reply: Reply) -> Decided {
    let text = reply.body.map(Bytes::from);
    let seen = Seen {
        status: Some(reply.status),
        body: text.clone(),
        file_bytes: reply.file.as_ref().map_or(0, |file| file.bytes.len()),
        request_id: reply.request_id,
        key: reply.key,
        is_fault: false,
        is_replay: reply.is_replay,
        effects: reply.effects,
    };
    let (body, media_type) = match (text, reply.file) {
        (Some(body), _) if reply.is_problem => (body.into(), "application/problem+json".to_owned()),
        (Some(body), _) => (body.into(), "application/json".to_owned()),
        (None, Some(file)) => (Body::from(file.bytes), file.media_type),
        (None, None) => (Body::empty(), String::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(media_type) =
        HeaderValue::from_str(&media_type).ok().filter(|_| !media_type.is_empty())
    {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    if let Some(id) = reply.request_id.and_then(|id| HeaderValue::from_str(&id.to_string()).ok()) {
        headers.insert("x-request-id", id);
    }
    let listed = |names: &str| HeaderValue::from_str(names).ok();
    if let Some(methods) = reply.allow.as_deref().and_then(listed) {
        headers.insert(header::ALLOW, methods);
    }
    if let Some(names) = unknown(&reply.unknown_parameters).as_deref().and_then(listed) {
        headers.insert(UNKNOWN_PARAMETERS, names);
    }
    Decided { answer: Ok(response), seen }
}

/// The names of query parameters that nothing was done with, as far as a header takes them.
fn unknown(names: &[String]) -> Option<String> {
    let plain = names.iter().take(NAMES_MAX).map(|name| {
        name.chars().filter(char::is_ascii_graphic).take(NAME_LENGTH_MAX).collect::<String>()
    });
    (!names.is_empty()).then(|| plain.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_that_panics_breaks_its_request_alone() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| -> u8 { panic!("on purpose") }), None);
    }

    #[test]
    fn a_header_takes_some_names() {
        assert_eq!(unknown(&[]), None);
        assert_eq!(unknown(&["a".to_owned(), "b%20c".to_owned()]).as_deref(), Some("a, b%20c"));
        let many = vec!["x".repeat(1000); 1000];
        assert!(unknown(&many).is_some_and(|names| names.len() < 1000));
    }
}
