//! Bodies, read whole: not too large, not too slow, and not too many large ones at the same time.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The largest body: a document of 32 MB with what is said about it.
const BYTES_MAX: usize = 33 * 1024 * 1024;
/// The largest body of JSON.
const JSON_BYTES_MAX: usize = 4 * 1024 * 1024;
/// From here on a body is large.
const LARGE: usize = 1024 * 1024;
/// Large bodies at the same time; further ones wait.
const LARGE_AT_ONCE: usize = 6;

/// A whole body may take as long as so many pieces of it.
const PIECES: u32 = 4;
/// How long a body may take to begin with, however slowly it comes.
const GRACE: Duration = Duration::from_secs(5);
/// Beyond that, how many bytes of it a second are to come, on average.
const BYTES_PER_SECOND_MIN: u64 = 4 * 1024;
/// Bodies that are being waited for at the same time; fewer than connections, so that there are always
/// some for requests that are there whole. Further ones are refused.
const WAITED_FOR_MAX: usize = 768;

/// Why a body is refused with this status, in words.
pub(super) fn why_refused(status: StatusCode) -> &'static str {
    match status {
        StatusCode::REQUEST_TIMEOUT => "the body came too slowly",
        StatusCode::SERVICE_UNAVAILABLE => "too many bodies are being sent at the same time",
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large",
        StatusCode::BAD_REQUEST => "the body broke off",
        other => other.canonical_reason().unwrap_or_default(),
    }
}

/// Reads bodies.
pub(super) struct Bodies {
    large: Arc<Semaphore>,
    waited_for: Semaphore,
    patience: Duration,
}

/// A body, and the leave to keep it if it is large.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    pub(super) leave: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub(super) fn new(patience: Duration) -> Self {
        let large = Arc::new(Semaphore::new(LARGE_AT_ONCE));
        Self { large, waited_for: Semaphore::new(WAITED_FOR_MAX), patience }
    }

    /// Reads a body to its end, or says with which status it is refused. One that `is_always_read`
    /// is waited for however many others are.
    pub(super) async fn read(
        &self,
        headers: &HeaderMap,
        incoming: Incoming,
        is_json: bool,
        is_always_read: bool,
    ) -> Result<Whole, StatusCode> {
        let mut whole = pin!(self.read_pieces(headers, incoming, is_json));
        // Most are there with their head.
        if let Poll::Ready(whole) = poll_fn(|cx| Poll::Ready(whole.as_mut().poll(cx))).await {
            return whole;
        }
        let _turn = match self.waited_for.try_acquire() {
            Ok(turn) => Some(turn),
            Err(_) if is_always_read => None,
            Err(_) => return Err(StatusCode::SERVICE_UNAVAILABLE),
        };
        let in_time = tokio::time::timeout(self.patience * PIECES, whole).await;
        in_time.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    async fn read_pieces(
        &self,
        headers: &HeaderMap,
        mut incoming: Incoming,
        is_json: bool,
    ) -> Result<Whole, StatusCode> {
        let most = if is_json { JSON_BYTES_MAX } else { BYTES_MAX };
        let declared = headers.get(header::CONTENT_LENGTH);
        let declared: usize =
            declared.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
        if declared > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let (mut bytes, mut leave) = (Vec::new(), None);
        let mut slowest = Instant::now() + GRACE.min(self.patience);
        loop {
            let latest = slowest.min(Instant::now() + self.patience);
            let frame = tokio::time::timeout_at(latest, incoming.frame());
            let Some(frame) = frame.await.map_err(|_| StatusCode::REQUEST_TIMEOUT)? else {
                return Ok(Whole { bytes, leave });
            };
            // A body that breaks off; the client may be gone.
            let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let size = bytes.len() + data.len();
            if size > most {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let earned = data.len() as u64 * 1000 / BYTES_PER_SECOND_MIN;
            slowest += Duration::from_millis(earned);
            if size > LARGE && leave.is_none() {
                let begun = Instant::now();
                let acquired = self.large.clone().acquire_owned().await;
                leave = Some(acquired.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?);
                // It was not the client that took its time.
                slowest += begun.elapsed();
            }
            bytes.extend_from_slice(&data);
        }
    }
}
