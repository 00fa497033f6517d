//! The engine behind HTTP: connections, and what they may cost.
//!
//! Clients may be slow, send too much, or send nonsense: connections, heads, bodies, the large bodies
//! held at the same time, and the time of each have limits.

mod app_state;
#[cfg(feature = "console")]
mod audit_log;
mod banking_days;
mod body;
mod busy;
#[cfg(feature = "console")]
mod console;
mod control;
pub(crate) mod faults;
mod forks;
mod host;
mod json_lines;
mod kept_snapshots;
#[cfg(not(feature = "console"))]
mod no_console;
mod platform;
pub(crate) mod request_log;
mod response;
pub(crate) mod webhook_dispatcher;
mod widgets;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use synctera_api::runtime::ErrorCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use body::Bodies;
use busy::{Busy, Sending};
use response::{NoAnswer, coded_problem, problem};

pub(crate) use app_state::AppState;
pub use banking_days::BankingDays;
#[cfg(feature = "console")]
pub(crate) use console::Console;
pub(crate) use control::access::{ControlAccess, ControlToken};
pub(crate) use control::documents;
pub use control::{ControlOperation, control_operations};
pub(crate) use host::{HostNames, plain as host_name};
#[cfg(not(feature = "console"))]
pub(crate) use no_console::Console;

/// Connections at the same time.
const CONNECTIONS_MAX: usize = 1024;
/// Connections beyond those, for the control API alone: it can end what the
/// others wait for. Further ones wait.
const RESERVED_CONNECTIONS: usize = 64;
/// How long a client may take on such a connection, at most.
const RESERVED_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection may last without a request under way once the server stops: what was
/// answered just now is on its way to the client.
const LINGER: Duration = Duration::from_millis(200);
/// Headers of a request.
const HEADERS_MAX: usize = 100;
/// The head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The rest after a connection could not be taken, such as for want of file handles.
const BREATH: Duration = Duration::from_millis(50);

struct Server {
    app: Arc<AppState>,
    bodies: Bodies,
    /// What is not an operation of the platform.
    beside: Router,
    console: Option<Console>,
}

/// Takes connections until it is to stop, and then lets the requests under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Arc<AppState>,
    console: Option<Console>,
    mut stop: watch::Receiver<bool>,
) {
    let bodies = Bodies::new(app.common.patience);
    let beside = control::router().merge(widgets::router());
    let server = Arc::new(Server { app, bodies, beside, console });
    let slots = Slots::default();
    let mut connections = JoinSet::new();
    let stopping = stop.clone();
    loop {
        let accepted = async {
            match listener.accept().await {
                Ok(accepted) => slots.next().await.map(|slot| (slot, accepted)),
                Err(_) => {
                    tokio::time::sleep(BREATH).await;
                    None
                }
            }
        };
        let accepted = tokio::select! {
            _ = stop.wait_for(|stops| *stops) => break,
            accepted = accepted => accepted,
        };
        if let Some((slot, (stream, peer))) = accepted {
            let (server, stopping) = (server.clone(), stopping.clone());
            connections.spawn(async move {
                // An error on one connection does not affect the others.
                let _closed = connection(server, stream, peer, slot.is_reserved, stopping).await;
                drop(slot);
            });
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Leave for connections.
struct Slots {
    all: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
}

/// Leave for one connection.
struct Slot {
    /// It is for the control API.
    is_reserved: bool,
    _permit: OwnedSemaphorePermit,
}

impl Default for Slots {
    fn default() -> Self {
        let of = |count| Arc::new(Semaphore::new(count));
        Self { all: of(CONNECTIONS_MAX), reserved: of(RESERVED_CONNECTIONS) }
    }
}

impl Slots {
    async fn next(&self) -> Option<Slot> {
        let (all, reserved) = (self.all.clone(), self.reserved.clone());
        tokio::select! {
            biased;
            permit = all.acquire_owned() => {
                Some(Slot { is_reserved: false, _permit: permit.ok()? })
            }
            permit = reserved.acquire_owned() => {
                Some(Slot { is_reserved: true, _permit: permit.ok()? })
            }
        }
    }
}

async fn connection(
    server: Arc<Server>,
    stream: TcpStream,
    peer: SocketAddr,
    is_reserved: bool,
    mut stop: watch::Receiver<bool>,
) -> Result<(), hyper::Error> {
    let mut patience = server.app.common.patience;
    if is_reserved {
        patience = patience.min(RESERVED_PATIENCE);
    }
    // Answers are small, and written at once.
    let _refused = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience));
    let busy = Busy::default();
    let requests = busy.clone();
    let service = service_fn(move |request| {
        let (server, _under_way) = (server.clone(), requests.begin());
        async move {
            let answer = server.answer(request, peer, is_reserved).await?;
            Ok::<_, NoAnswer>(answer.map(|body| Sending { body, _under_way }))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = pin!(connection);
    tokio::select! {
        outcome = connection.as_mut() => return outcome,
        _ = stop.wait_for(|stops| *stops) => {}
    }
    connection.as_mut().graceful_shutdown();
    loop {
        match tokio::time::timeout(LINGER, connection.as_mut()).await {
            Ok(outcome) => return outcome,
            Err(_) if busy.is_busy() => {}
            Err(_) => return Ok(()),
        }
    }
}

impl Server {
    async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        is_reserved: bool,
    ) -> Result<Response<Body>, NoAnswer> {
        let (mut head, incoming) = request.into_parts();
        let common = &self.app.common;
        if let Err((status, why)) = common.hosts.check(&head) {
            return Ok(problem(status, &why));
        }
        if head.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
            let why = "a request has one Authorization header";
            return Ok(problem(StatusCode::BAD_REQUEST, why));
        }
        let named = forks::within(&head.uri);
        let fork = named.map(|(name, target)| {
            head.uri = target;
            common.forks.find(&name).ok_or(name)
        });
        let path = head.uri.path();
        let is_control = path == "/sandbox" || path.starts_with("/sandbox/");
        if is_reserved && !is_control {
            let why = format!("{CONNECTIONS_MAX} connections are open; close some");
            let mut refused = problem(StatusCode::SERVICE_UNAVAILABLE, &why);
            refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            return Ok(refused);
        }
        let fork = match fork.transpose() {
            Ok(fork) => fork,
            Err(name) => return Ok(self.unknown_fork(&name, is_control, &head.headers, peer)),
        };
        if let Some(encoding) = content_encoding(&head.headers) {
            let why = format!("the body is encoded ({encoding}); send it as it is");
            return Ok(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, &why));
        }
        let media_type = head.headers.get(header::CONTENT_TYPE);
        let is_json = !media_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|text| text.starts_with("multipart/") || text.starts_with("image/"));
        let is_platforms = !is_control && !path.starts_with("/widgets/") && !self.is_consoles(path);
        let read = self.bodies.read(&head.headers, incoming, is_json, is_reserved);
        let body = match read.await {
            Ok(body) => body,
            Err(status) => {
                let mut refused = problem(status, body::why_refused(status));
                // The rest of the body is not waited for.
                refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                return Ok(refused);
            }
        };
        // Given back when the request is over.
        let _leave = body.leave;
        let Some(fork) = fork else {
            return self.pass_on(&self.app, head, body.bytes, is_platforms, peer).await;
        };
        tokio::select! {
            // A request that removes its own fork is answered, too.
            biased;
            answer = self.pass_on(&fork.app, head, body.bytes, is_platforms, peer) => answer,
            () = fork.over() => {
                let why = "the fork was removed meanwhile";
                Ok(coded_problem(StatusCode::NOT_FOUND, &ErrorCode::ResourceNotFound, why))
            }
        }
    }

    /// Whether a path is one of the console's, if there is one.
    fn is_consoles(&self, path: &str) -> bool {
        self.console.is_some() && Console::has(path)
    }

    /// What a sandbox answers: this one, or a fork of it.
    async fn pass_on(
        &self,
        app: &Arc<AppState>,
        head: Parts,
        body: Vec<u8>,
        is_platforms: bool,
        peer: SocketAddr,
    ) -> Result<Response<Body>, NoAnswer> {
        if is_platforms {
            return platform::answer(app, head, body).await;
        }
        if let Some(console) = &self.console
            && Console::has(head.uri.path())
        {
            return Ok(console.answer(app, head, body, peer).await);
        }
        let mut request = Request::from_parts(head, Body::from(body));
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(app.clone());
        let answer: Result<_, Infallible> = self.beside.clone().oneshot(request).await;
        Ok(answer.unwrap_or_else(|never| match never {}))
    }

    /// The answer under the path of no fork; whom the control API refuses, it refuses here, too.
    fn unknown_fork(
        &self,
        name: &str,
        is_control: bool,
        headers: &HeaderMap,
        peer: SocketAddr,
    ) -> Response<Body> {
        if is_control && let Err((status, why)) = self.app.common.control.check(peer, headers) {
            return control::access::refused(status, why);
        }
        let why = format!("there is no fork {name}");
        coded_problem(StatusCode::NOT_FOUND, &ErrorCode::ResourceNotFound, &why)
    }
}

/// How a body is encoded, such as `gzip`; none if it is sent as it is.
fn content_encoding(headers: &HeaderMap) -> Option<String> {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let encodings = encodings.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    encodings.into_iter().find(|encoding| {
        let encoding = encoding.trim();
        !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity")
    })
}
