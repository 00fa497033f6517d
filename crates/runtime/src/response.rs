//! A successful response: the decoded value, with status, headers and body.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};

use super::body;
use super::error::Error;
use super::failure::Failure;
use super::head::Head;
use super::limits::Limits;
use super::operation::Operation;
use super::trace::CallTrace;

/// A successful response. It dereferences to the decoded value.
// Boxed, because values are large and are moved from function to function.
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

    /// The decoded value.
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

    /// The body as it was received; empty for a streamed body.
    pub fn bytes(&self) -> &Bytes {
        &self.0.body
    }

    /// The platform's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.0.head.trace.request_id.as_deref()
    }

    /// The idempotency key with which the request was sent.
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

/// A streamed body, such as a document or an image.
pub struct ByteStream {
    pieces: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    operation: &'static Operation,
    status: StatusCode,
    trace: CallTrace,
    limits: Limits,
    url: Box<Url>,
}

impl ByteStream {
    pub(crate) fn new(
        operation: &'static Operation,
        head: &Head,
        response: reqwest::Response,
    ) -> Self {
        let url = Box::new(response.url().clone());
        Self {
            pieces: Box::pin(response.bytes_stream()),
            operation,
            status: head.status,
            trace: head.trace.clone(),
            limits: head.limits,
            url,
        }
    }

    /// Reads the complete body, up to the client's [`Limits::download`].
    ///
    /// # Errors
    /// [`ResponseTooLarge`](super::ErrorKind::ResponseTooLarge) when it is longer;
    /// [`Interrupted`](super::ErrorKind::Interrupted) or [`Timeout`](super::ErrorKind::Timeout) when
    /// the connection breaks before its end.
    pub async fn collect(self) -> Result<Bytes, Error> {
        let bytes_max = self.limits.download;
        self.collect_within(bytes_max, "Limits::download").await
    }

    /// Reads the complete body, up to this many bytes instead of the client's [`Limits::download`].
    ///
    /// # Errors
    /// As [`ByteStream::collect`].
    pub async fn collect_up_to(self, bytes_max: usize) -> Result<Bytes, Error> {
        self.collect_within(bytes_max, "collect_up_to").await
    }

    async fn collect_within(mut self, bytes_max: usize, limit: &str) -> Result<Bytes, Error> {
        let mut whole = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await {
            if !body::append(&mut whole, &piece?, bytes_max) {
                return Err(self.error(Failure::too_large(self.status, bytes_max, limit)));
            }
        }
        Ok(whole.into())
    }

    fn error(&self, failure: Failure) -> Error {
        Error::from_failure(self.operation, &failure.with_trace(self.trace.clone()))
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.as_mut().poll_next(cx).map(|piece| {
            let piece = piece?;
            Some(piece.map_err(|source| {
                self.error(Failure::broken_body(source, self.status, Some(&self.url)))
            }))
        })
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}
