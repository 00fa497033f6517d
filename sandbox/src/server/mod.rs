//! The engine behind HTTP: connections, and what they may cost.
//!
//! Clients may be slow, send too much, or send nonsense: connections, heads, bodies, the large bodies
//! held at the same time, and the time of each have limits.

mod app_state;
mod banking_days;
mod body;
mod control;
pub(crate) mod faults;
mod platform;
mod response;
pub(crate) mod webhook_dispatcher;
mod widgets;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use body::Bodies;
use response::{NoAnswer, problem};

pub(crate) use app_state::AppState;
pub use banking_days::BankingDays;
pub use control::{ControlOperation, control_operations};

/// Connections at the same time; further ones wait.
const CONNECTIONS_MAX: usize = 1024;
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
}

/// Takes connections, for ever.
pub(crate) async fn serve(listener: TcpListener, app: Arc<AppState>) {
    let beside = control::router(app.clone()).merge(widgets::router(app.engine.clone()));
    let bodies = Bodies::new(app.patience);
    let server = Arc::new(Server { app, bodies, beside });
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let server = server.clone();
                connections.spawn(async move {
                    // An error on one connection does not affect the others.
                    let _closed = connection(server, stream, peer).await;
                    drop(slot);
                });
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(
    server: Arc<Server>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Result<(), hyper::Error> {
    let patience = server.app.patience;
    // Answers are small, and written at once.
    let _refused = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience));
    let service = service_fn(move |request| {
        let server = server.clone();
        async move { server.answer(request, peer).await }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .await
}

impl Server {
    async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<Body>, NoAnswer> {
        let (head, incoming) = request.into_parts();
        let media_type = head.headers.get(header::CONTENT_TYPE);
        let is_json = !media_type
            .and_then(|value| value.to_str().ok())
            .is_some_and(|text| text.starts_with("multipart/") || text.starts_with("image/"));
        let path = head.uri.path();
        let is_platforms =
            !(path == "/sandbox" || path.starts_with("/sandbox/") || path.starts_with("/widgets/"));
        let body = match self.bodies.read(&head.headers, incoming, is_json).await {
            Ok(body) => body,
            Err(status) => {
                return Ok(problem(status, status.canonical_reason().unwrap_or_default()));
            }
        };
        // Given back when the request is over.
        let _leave = body.leave;
        if is_platforms {
            return platform::answer(&self.app, head, body.bytes).await;
        }
        let mut request = Request::from_parts(head, Body::from(body.bytes));
        request.extensions_mut().insert(peer);
        let answer: Result<_, Infallible> = self.beside.clone().oneshot(request).await;
        Ok(answer.unwrap_or_else(|never| match never {}))
    }
}
