//! External calls: requests to an integrator's own server that a handler needs the reply of.
//!
//! No call is made while the store is locked, since the called server may call back. A handler that
//! needs a reply returns [`ApiError::ExternalCall`](super::ApiError), its transaction is undone, the call
//! is made, and the request is handled again with the reply at hand.

use std::time::Duration;
use uuid::Uuid;

use axum::http::HeaderMap;
use reqwest::Response;
use serde_json::Value;

use super::outgoing_client::OutgoingClient;

/// How much of the body of a reply is read, in bytes: far more than a decision has.
const BODY_MAX: usize = 16 * 1024;

/// A call.
#[derive(Clone)]
pub(crate) struct ExternalCall {
    /// The id of its subject; the same when the request is handled again.
    pub(crate) subject: Uuid,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) wait: Duration,
}

impl std::fmt::Debug for ExternalCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Headers may be secrets, and bodies hold personal data.
        f.debug_struct("ExternalCall").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The reply to a call.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum ExternalReply {
    /// A response. A body that is not a text is empty.
    Response { status: u16, body: String },
    /// No response, none in time, or none whose body arrives whole and is short enough.
    NoReply,
}

/// Makes the call, from a thread that may block.
pub(crate) fn send(http: &OutgoingClient, call: &ExternalCall) -> ExternalReply {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return ExternalReply::NoReply;
    };
    let sent = http.post(&call.url, call.headers.clone(), call.body.to_string(), call.wait);
    runtime.block_on(async {
        let Ok(response) = sent.await else {
            return ExternalReply::NoReply;
        };
        let status = response.status().as_u16();
        match whole_body(response).await {
            Some(bytes) => ExternalReply::Response {
                status,
                body: String::from_utf8(bytes).unwrap_or_default(),
            },
            None => ExternalReply::NoReply,
        }
    })
}

/// A body that arrives whole and is no longer than what is read.
async fn whole_body(mut response: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= BODY_MAX => bytes.extend(&chunk),
            Ok(None) => return Some(bytes),
            Ok(Some(_)) | Err(_) => return None,
        }
    }
}
