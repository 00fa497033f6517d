//! Questions to the outside: what an integrator's own server is asked before a request is decided.
//!
//! Nobody is asked while the store is locked, since whoever is asked may ask back. A handler that
//! needs an answer gives up with [`Refusal::Ask`](super::Refusal), its transaction is undone, the
//! question goes out, and the request is handled again with the answer at hand.

use std::time::Duration;

use serde_json::Value;

use super::outgoing_client::OutgoingClient;

/// A question.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// What it is about; the same when the request is handled again.
    pub(crate) subject: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) wait: Duration,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// An answer of this status.
    Status(u16),
    /// No answer, or none in time.
    Nothing,
}

/// Asks, from a thread that may block.
pub(crate) fn ask(http: &OutgoingClient, ask: &Ask) -> Heard {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return Heard::Nothing;
    };
    let mut request = http
        .post(&ask.url)
        .timeout(ask.wait)
        .header("content-type", "application/json")
        .body(ask.body.to_string());
    for (name, value) in &ask.headers {
        request = request.header(name, value);
    }
    match runtime.block_on(request.send()) {
        Ok(response) => Heard::Status(response.status().as_u16()),
        Err(_) => Heard::Nothing,
    }
}
