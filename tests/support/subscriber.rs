//! A server that events are sent to: it takes them down, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A delivery as it came.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub body: Bytes,
}

impl Delivered {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A member of the body that is a text.
    pub fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    /// The resource inside, which is JSON in a text.
    pub fn resource(&self) -> Value {
        serde_json::from_str(&self.text("event_resource")).unwrap()
    }
}

/// How a delivery is answered.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// With this status.
    Status(u16),
    /// With 200 and this body.
    Body(&'static str),
    /// Not at all.
    Never,
}

#[derive(Default)]
struct Shared {
    delivered: Mutex<Vec<Delivered>>,
    answers: Mutex<VecDeque<Answer>>,
}

/// The server.
pub struct Subscriber {
    shared: Arc<Shared>,
    url: String,
    server: JoinHandle<()>,
}

impl Subscriber {
    /// Starts one that answers 200.
    pub async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ended = axum::serve(listener, router).await;
        });
        Self { shared, url, server }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What came since the last call, in order.
    pub fn take(&self) -> Vec<Delivered> {
        std::mem::take(&mut lock(&self.shared.delivered))
    }

    /// The types of what came since the last call, in order.
    pub fn take_types(&self) -> Vec<String> {
        self.take().iter().map(|delivered| delivered.text("type")).collect()
    }

    /// How the next deliveries are answered, one after the other.
    pub fn next(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.shared.answers).extend(answers);
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    lock(&shared.delivered).push(Delivered { headers, body });
    let answer = lock(&shared.answers).pop_front();
    match answer {
        None => (StatusCode::OK, "thanks"),
        Some(Answer::Body(body)) => (StatusCode::OK, body),
        Some(Answer::Status(status)) => (StatusCode::from_u16(status).unwrap(), "as told"),
        Some(Answer::Never) => std::future::pending().await,
    }
}
