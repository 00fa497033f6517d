//! Bodies, read whole: not too large, not too slow, and not too many large ones at the same time.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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

/// Reads bodies.
pub(super) struct Bodies {
    large: Arc<Semaphore>,
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
        Self { large: Arc::new(Semaphore::new(LARGE_AT_ONCE)), patience }
    }

    /// Reads a body to its end, or says with which status it is refused.
    pub(super) async fn read(
        &self,
        headers: &HeaderMap,
        incoming: Incoming,
        is_json: bool,
    ) -> Result<Whole, StatusCode> {
        let whole = self.read_pieces(headers, incoming, is_json);
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
        loop {
            let frame = tokio::time::timeout(self.patience, incoming.frame());
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
            if size > LARGE && leave.is_none() {
                let acquired = self.large.clone().acquire_owned().await;
                leave = Some(acquired.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?);
            }
            bytes.extend_from_slice(&data);
        }
    }
}
