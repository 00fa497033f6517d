//! A success: the value, and everything that came with it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::error::Error;
use super::transport::{CallTrace, Failure};

/// How long an answer's `Retry-After` asks to wait, in seconds or until a date; a date that is past
/// asks for nothing.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = httpdate::parse_http_date(text).ok()?;
    Some(moment.duration_since(SystemTime::now()).unwrap_or_default())
}

/// What comes before a body.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) trace: CallTrace,
}

/// A successful answer. It reads like the value that it holds.
// In a box, because values are large, and are handed on from function to function.
pub struct Response<T>(Box<Whole<T>>);

struct Whole<T> {
    value: T,
    head: Head,
    body: Bytes,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, head: Head, body: Bytes) -> Self {
        Self(Box::new(Whole { value, head, body }))
    }

    /// The value, given away.
    pub fn into_inner(self) -> T {
        self.0.value
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.head.status
    }

    /// The response headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.head.headers
    }

    /// The body as it came; empty for a body that streams.
    pub fn bytes(&self) -> &Bytes {
        &self.0.body
    }

    /// The id that the platform gave the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.head.trace.request_id.as_deref()
    }

    /// The idempotency key under which the request was sent.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.head.trace.idempotency_key.as_deref()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.head.trace.attempts
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.0.head.status)
            .field("value", &self.0.value)
            .finish_non_exhaustive()
    }
}

/// A body that arrives piece by piece, such as a document or an image.
pub struct ByteStream {
    pieces: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    operation: &'static str,
    status: StatusCode,
    trace: CallTrace,
}

impl ByteStream {
    pub(crate) fn new(
        operation: &'static str,
        status: StatusCode,
        trace: CallTrace,
        response: reqwest::Response,
    ) -> Self {
        Self { pieces: Box::pin(response.bytes_stream()), operation, status, trace }
    }

    /// Waits for the whole body.
    ///
    /// # Errors
    /// When the connection breaks before the end.
    pub async fn collect(mut self) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.freeze())
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.pieces.as_mut().poll_next(cx);
        piece.map(|piece| {
            piece.map(|piece| {
                piece.map_err(|source| {
                    let failure = Failure::from_body(source, self.status);
                    Error::from_failure(self.operation, &failure.with_trace(self.trace.clone()))
                })
            })
        })
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            retry_after(&headers)
        };
        assert_eq!(asked(" 7 "), Some(Duration::from_secs(7)));
        let soon = SystemTime::now() + Duration::from_secs(90);
        let wait = asked(&httpdate::fmt_http_date(soon)).unwrap();
        assert!(wait > Duration::from_secs(85) && wait <= Duration::from_secs(90), "{wait:?}");
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("Sunday, 06-Nov-94 08:49:37 GMT"), Some(Duration::ZERO));
        for unclear in ["soon", "-1", "1.5", ""] {
            assert_eq!(asked(unclear), None, "{unclear}");
        }
    }
}
