//! Operations of the platform, and what goes wrong with them on request.

use std::io::{Cursor, Error};
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::{StreamExt, stream};
use serde_json::json;
use synctera_api::runtime::ErrorCode;

use super::AppState;
use super::response::{NoAnswer, problem};
use crate::engine::Request;
use crate::model::{Part, Problem, Reply};
use crate::server::faults::{About, Effect, Fault};
use crate::spec::{Interface, Match, Spec};

/// A body that is read and checked in no time.
const BRIEF_BYTES_MAX: usize = 32 * 1024;
/// Asks for something to go wrong with this request.
const FAULT: &str = "sandbox-fault";

pub(super) async fn answer(
    app: &AppState,
    head: Parts,
    body: Vec<u8>,
) -> Result<Response<Body>, NoAnswer> {
    let header = |name: &str| {
        head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let interface = Interface::ALL.into_iter().find(|it| head.uri.path().starts_with(it.prefix()));
    let interface = interface.unwrap_or(Interface::V2);
    let fault = match header(FAULT).map(|text| text.parse::<Fault>()) {
        Some(Ok(fault)) => Some(fault),
        Some(Err(why)) => return Ok(problem(StatusCode::BAD_REQUEST, &why.to_string())),
        None if app.faults.is_empty() => None,
        None => app.faults.take(&about(&head, interface)),
    };
    if let Some(fault) = &fault {
        app.engine.wait(fault.wait()).await;
    }
    if let Some(effect) = fault.as_ref().and_then(|fault| fault.effect(false)) {
        return instead(interface, effect, None);
    }
    let content_type = header("content-type").unwrap_or_default();
    let (body, form) = match multer::parse_boundary(&content_type) {
        Ok(boundary) => (Vec::new(), read_form(boundary, body.into()).await.ok()),
        Err(_) => (body, None),
    };
    let request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: header("authorization"),
        idempotency_key: header("idempotency-key"),
        content_type,
        host: header("host").unwrap_or_default(),
        body,
        form,
    };
    let response = respond(handle(app, request).await);
    match fault.as_ref().and_then(|fault| fault.effect(true)) {
        Some(effect) => instead(interface, effect, Some(response)),
        None => Ok(response),
    }
}

/// Requests of one store follow one another: who waits here, first come, first served, takes no
/// thread. What is done in less time than it takes to hand it to another thread is done on this
/// one; the rest is not, for the threads that serve connections must not block.
async fn handle(app: &AppState, request: Request) -> Reply {
    let turn = app.turns.clone().acquire_owned().await.ok();
    let is_brief = request.method == "GET" || !app.is_durable;
    if is_brief && request.body.len() <= BRIEF_BYTES_MAX {
        match guarded(|| app.engine.handle_at_once(&request)) {
            Some(Some(reply)) => return reply,
            Some(None) => {}
            None => return app.engine.failed(PANICKED),
        }
    }
    let engine = app.engine.clone();
    let reply = tokio::task::spawn_blocking(move || engine.handle(&request, turn)).await;
    reply.unwrap_or_else(|_| app.engine.failed(PANICKED))
}

/// Why a request has no answer of its handler.
const PANICKED: &str = "its handler panicked";

/// What comes of a handler, if it does not panic; a panic breaks no connection.
fn guarded<T>(handle: impl FnOnce() -> T) -> Option<T> {
    // Its transaction is taken back, so nothing half-done is left to be seen.
    catch_unwind(AssertUnwindSafe(handle)).ok()
}

fn about(head: &Parts, interface: Interface) -> About<'_> {
    let (method, path) = (head.method.as_str(), head.uri.path());
    let inner = path.strip_prefix(interface.prefix()).unwrap_or_default();
    let operation = match Spec::of(interface).route(method, inner) {
        Match::Found(routed) => Some(routed.operation.id),
        Match::WrongMethod | Match::Nothing => None,
    };
    About { method, path, operation }
}

/// What a fault makes of an answer.
fn instead(
    interface: Interface,
    effect: Effect,
    answer: Option<Response<Body>>,
) -> Result<Response<Body>, NoAnswer> {
    match effect {
        Effect::Drop => Err(NoAnswer),
        Effect::Respond { status, code, retry_after } => {
            Ok(refusal(interface, status, code, retry_after))
        }
        Effect::Truncate(bytes) => Ok(truncated(answer.unwrap_or_default(), bytes)),
    }
}

fn refusal(
    interface: Interface,
    status: u16,
    code: Option<String>,
    retry_after: Option<u32>,
) -> Response<Body> {
    let code = code.map_or_else(|| usual_code(status), |code| ErrorCode::from(code.as_str()));
    let mut body = Problem::new(code, "a fault asks for it").body(interface);
    body["status"] = json!(status);
    if let Some(seconds) = retry_after {
        body["retry_after"] = json!(seconds);
    }
    let reply = Reply {
        status,
        body: Some(body.to_string()),
        is_problem: interface == Interface::V0,
        request_id: None,
        file: None,
    };
    let mut response = respond(reply);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The platform's code that mostly goes with a status.
fn usual_code(status: u16) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::ResourceNotFound,
        409 => ErrorCode::DuplicateResource,
        422 => ErrorCode::UnableToTransact,
        429 => ErrorCode::TooManyRequests,
        501 => ErrorCode::NotImplemented,
        504 => ErrorCode::GatewayTimeout,
        500..=599 => ErrorCode::InternalError,
        _ => ErrorCode::BadRequest,
    }
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

fn respond(reply: Reply) -> Response<Body> {
    let (body, media_type) = match (reply.body, reply.file) {
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
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_that_panics_breaks_its_request_alone() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| -> u8 { panic!("on purpose") }), None);
    }
}
