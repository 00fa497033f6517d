//! A server that answers what it is told to, and writes down what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use http::{HeaderMap, Method, Response, Uri};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::recorder::Recorded;

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Canned {
    /// The status.
    pub status: u16,
    /// The media type, if there is a body.
    pub media_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Canned {
    /// A JSON body with status 200.
    pub fn json(body: &serde_json::Value) -> Self {
        let media_type = Some("application/json".to_owned());
        Self { status: 200, media_type, body: body.to_string().into_bytes() }
    }
}

/// The server.
pub struct Stub {
    shared: Arc<Mutex<Shared>>,
    base_url: String,
    server: JoinHandle<()>,
}

/// Makes the answer to a request.
pub type Responder = Box<dyn FnMut(&Recorded) -> Canned + Send>;

#[derive(Default)]
struct Shared {
    first: VecDeque<Canned>,
    answer: Canned,
    responder: Option<Responder>,
    log: Vec<Recorded>,
}

impl Stub {
    /// Starts one.
    pub async fn start() -> Self {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ended = axum::serve(listener, router).await;
        });
        Self { shared, base_url, server }
    }

    /// Where it listens.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What it answers from now on.
    pub fn answer(&self, answer: Canned) {
        let mut shared = lock(&self.shared);
        shared.answer = answer;
        shared.responder = None;
    }

    /// What it answers to each request from now on.
    pub fn respond(&self, responder: impl FnMut(&Recorded) -> Canned + Send + 'static) {
        lock(&self.shared).responder = Some(Box::new(responder));
    }

    /// What it answers next, one by one, before what it answers from then on.
    pub fn answer_first(&self, answers: impl IntoIterator<Item = Canned>) {
        lock(&self.shared).first = answers.into_iter().collect();
    }

    /// What was sent since the last call, in order.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut lock(&self.shared).log)
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(mutex: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut shared = lock(&shared);
    let request = Recorded::of(&method, &uri, &headers, &body);
    let next = match (shared.first.pop_front(), &mut shared.responder) {
        (Some(first), _) => first,
        (None, Some(responder)) => responder(&request),
        (None, None) => shared.answer.clone(),
    };
    shared.log.push(request);
    let Canned { status, media_type, body } = next;
    let mut response = Response::builder().status(status);
    if let Some(media_type) = media_type {
        response = response.header("content-type", media_type);
    }
    response.body(Body::from(body)).unwrap()
}
