//! Sends events to webhooks, in the background or until none is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::error::Error;
use crate::model::outgoing_client::OutgoingClient;
use crate::model::{ApiError, Attempt, OutboundEvent};

/// Events in flight at the same time.
const OUT_MAX: usize = 64;

/// How much of a response is read.
const ANSWER_BYTES_MAX: usize = 4096;

/// The longest pause of the background round: what is scheduled meanwhile does not notify it.
const REST_MAX: Duration = Duration::from_secs(5);

pub(crate) struct WebhookDispatcher {
    engine: Arc<Engine>,
    http: Arc<OutgoingClient>,
    /// There is one round at a time, so that nothing is sent twice at once.
    round: Mutex<()>,
    /// No further event is sent.
    is_stopping: AtomicBool,
}

impl WebhookDispatcher {
    pub(crate) fn new(engine: Arc<Engine>) -> Result<Self, Error> {
        let http = OutgoingClient::new().map_err(|e| Error::Webhooks(e.to_string()))?;
        let (round, is_stopping) = (Mutex::new(()), AtomicBool::new(false));
        Ok(Self { engine, http: Arc::new(http), round, is_stopping })
    }

    /// Sends events until it is aborted.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            // What fails stays queued for the next round.
            let _failed = self.deliver_due().await;
            tokio::select! {
                () = self.engine.notified() => {}
                () = self.rest() => {}
            }
        }
    }

    /// Waits until something is due.
    async fn rest(&self) {
        let engine = self.engine.clone();
        match blocking(move || engine.next_due()).await {
            Ok(Some(due)) => {
                let wait = (due - self.engine.now()).to_std().unwrap_or_default();
                // At least a little, so that repeated failures are no busy loop.
                tokio::time::sleep(wait.clamp(Duration::from_millis(100), REST_MAX)).await;
            }
            Ok(None) => std::future::pending().await,
            Err(_) => tokio::time::sleep(REST_MAX).await,
        }
    }

    /// Sends no further event.
    pub(crate) fn end(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Sends no further event, and waits for the answers to those that are out.
    pub(crate) async fn stop(&self) {
        self.end();
        let _round = self.round.lock().await;
    }

    /// Suspends deliveries until the guard is dropped.
    pub(crate) async fn pause(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.round.lock().await
    }

    /// Delivers every event that is due, and those that follow from it.
    pub(crate) async fn deliver_due(&self) -> Result<(), ApiError> {
        let _round = self.round.lock().await;
        let mut out: JoinSet<(OutboundEvent, Attempt)> = JoinSet::new();
        let mut places: Vec<i64> = Vec::new();
        loop {
            let is_stopping = self.is_stopping.load(Ordering::Relaxed);
            let room = if is_stopping { 0 } else { OUT_MAX.saturating_sub(places.len()) };
            let timeout = self.engine.settings().webhook_timeout_seconds;
            let timeout = Duration::from_secs(timeout.into());
            let (engine, known) = (self.engine.clone(), places.clone());
            for outbound in blocking(move || engine.outbound_events(&known, room)).await? {
                places.push(outbound.delivery.seq);
                out.spawn(send(self.http.clone(), outbound, timeout));
            }
            let Some(returned) = out.join_next().await else {
                return Ok(());
            };
            let (outbound, attempt) = returned.map_err(|e| ApiError::Internal(e.to_string()))?;
            places.retain(|place| *place != outbound.delivery.seq);
            let engine = self.engine.clone();
            blocking(move || engine.sent(&outbound, &attempt)).await?;
        }
    }
}

async fn send(
    http: Arc<OutgoingClient>,
    outbound: OutboundEvent,
    timeout: Duration,
) -> (OutboundEvent, Attempt) {
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("request-timestamp", &outbound.timestamp);
    if let Some(signature) = &outbound.signature {
        set("synctera-signature", signature);
    }
    let attempt = match http.post(&outbound.url, headers, outbound.body.clone(), timeout).await {
        Ok(response) => {
            let status = Some(response.status().as_u16());
            match read(response).await {
                Ok(answer) => Attempt { status, answer },
                // A truncated response counts as none.
                Err(error) => Attempt { status: None, answer: reason(&error) },
            }
        }
        Err(error) => Attempt { status: None, answer: reason(&error) },
    };
    (outbound, attempt)
}

/// The beginning of a response.
async fn read(mut response: reqwest::Response) -> reqwest::Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn reason(error: &reqwest::Error) -> String {
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "no response"
    };
    reason.to_owned()
}

/// The store blocks; the threads that serve connections must not.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| ApiError::Internal(e.to_string()))?
}
