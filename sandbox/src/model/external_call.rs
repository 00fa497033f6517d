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
    /// A response, with as much of its body as is read.
    Response { status: u16, body: String },
    /// No response, or none in time.
    NoReply,
}

/// Makes the call, from a thread that may block.
pub(crate) fn send(http: &OutgoingClient, call: &ExternalCall) -> ExternalReply {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return ExternalReply::NoReply;
    };
    let sent = http.post(&call.url, call.headers.clone(), call.body.to_string(), call.wait);
    runtime.block_on(async {
        match sent.await {
            Ok(response) => ExternalReply::Response {
                status: response.status().as_u16(),
                body: text_of(response).await,
            },
            Err(_) => ExternalReply::NoReply,
        }
    })
}

/// A body that arrives whole, is a text and is no longer than what is read; otherwise nothing.
async fn text_of(mut response: Response) -> String {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= BODY_MAX => bytes.extend(&chunk),
            Ok(None) => return String::from_utf8(bytes).unwrap_or_default(),
            Ok(Some(_)) | Err(_) => return String::new(),
        }
    }
}
