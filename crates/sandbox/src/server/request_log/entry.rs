//! What is kept of a request: values that are there anyway, shared, so that it costs next to nothing.

use std::sync::Arc;

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::logged::LoggedRequest;
use crate::engine::Request;
use crate::model::{Added, KnownKey};

/// Headers and URLs of this length together are kept as they came; longer ones are cut.
const HEAD_BYTES_MAX: usize = 512;
/// What is kept of a longer path and of its query.
const CUT_BYTES: usize = 1024;
/// What an entry has of memory beside its texts, roughly.
const LINE_BYTES: usize = 512;

/// What an entry of the ledger or an event takes of memory, roughly.
const EFFECT_BYTES: usize = 160;

/// What came of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// None if there was no answer.
    pub(crate) status: Option<u16>,
    /// The answer, if it is JSON.
    pub(crate) body: Option<Bytes>,
    /// The size of the answer if it is a file.
    pub(crate) file_bytes: usize,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) key: Option<Arc<KnownKey>>,
    /// Whether a fault decided it.
    pub(crate) is_fault: bool,
    pub(crate) is_replay: bool,
    pub(crate) effects: Option<Added>,
}

/// A request of this process.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) at: DateTime<Utc>,
    pub(super) micros: u64,
    pub(super) request: Arc<Request>,
    /// The size of the request's body, which may be gone.
    pub(super) request_bytes: usize,
    pub(super) response_bytes: usize,
    /// Whether the request's body is one that is never shown.
    pub(super) is_opaque: bool,
    /// Whether long parts of its head were cut.
    #[cfg(feature = "console")]
    is_cut: bool,
    pub(super) are_bodies_dropped: bool,
    /// The code of an answer whose body was dropped.
    pub(super) code: Option<Box<str>>,
    pub(super) seen: Seen,
}

impl Entry {
    pub(super) fn new(
        at: DateTime<Utc>,
        micros: u64,
        request: Arc<Request>,
        mut seen: Seen,
    ) -> Self {
        let is_opaque = request.form.is_some() || is_media(&request.content_type);
        let form = request.form.iter().flatten().map(|part| part.bytes.len());
        let request_bytes = request.body.len() + form.sum::<usize>();
        let response_bytes = seen.body.as_ref().map_or(seen.file_bytes, Bytes::len);
        seen.body = seen.body.filter(|body| !body.is_empty());
        let is_long = head_bytes(&request) > HEAD_BYTES_MAX;
        let request = if is_opaque {
            Arc::new(cut(&request, Vec::new()))
        } else if is_long {
            Arc::new(cut(&request, request.body.clone()))
        } else {
            request
        };
        Self {
            at,
            micros,
            request,
            request_bytes,
            response_bytes,
            is_opaque,
            #[cfg(feature = "console")]
            is_cut: is_long,
            are_bodies_dropped: false,
            code: None,
            seen,
        }
    }

    /// The memory of its bodies.
    fn body_bytes(&self) -> usize {
        self.request.body.len() + self.seen.body.as_ref().map_or(0, Bytes::len)
    }

    /// The request, if it is kept as it came.
    #[cfg(feature = "console")]
    pub(super) fn whole(&self) -> Option<&Arc<Request>> {
        let is_whole = !self.is_opaque && !self.are_bodies_dropped;
        Some(&self.request).filter(|_| is_whole && !self.is_cut)
    }

    fn drop_bodies(&mut self) {
        self.code = self.code().map(Into::into);
        self.are_bodies_dropped = true;
        self.seen.body = None;
        if !self.request.body.is_empty() {
            self.request = Arc::new(cut(&self.request, Vec::new()));
        }
    }

    /// The code of an answer that is an error.
    pub(super) fn code(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Refusal {
            code: String,
        }
        if let Some(code) = &self.code {
            return Some(code.to_string());
        }
        let body = self.seen.body.as_ref().filter(|_| self.seen.status >= Some(400))?;
        serde_json::from_slice(body).ok().map(|Refusal { code }| code)
    }
}

/// Whether a body of this type is a file or a form.
fn is_media(content_type: &str) -> bool {
    content_type.starts_with("multipart/") || content_type.starts_with("image/")
}

/// The texts of a request but for its body.
fn head_bytes(request: &Request) -> usize {
    let given = [&request.authorization, &request.idempotency_key].into_iter().flatten();
    let texts = [&request.path, &request.query, &request.content_type, &request.base];
    texts.into_iter().chain(given).map(String::len).sum()
}

/// A request with only what is shown of it.
fn cut(request: &Request, body: Vec<u8>) -> Request {
    let cut = |text: &str| text.get(..floor(text, CUT_BYTES)).unwrap_or_default().to_owned();
    Request {
        method: request.method.clone(),
        path: cut(&request.path),
        query: cut(&request.query),
        idempotency_key: request.idempotency_key.clone(),
        body,
        ..Request::default()
    }
}

/// The longest length up to this one at which a text may be cut.
pub(super) fn floor(text: &str, length: usize) -> usize {
    (0..=length.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// An entry of the log.
#[derive(Clone)]
pub(super) enum Kept {
    Live(Entry),
    /// Read from the file of an earlier process.
    Read(Arc<LoggedRequest>),
}

impl Kept {
    pub(super) fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Live(entry) => entry.at,
            Self::Read(logged) => logged.at,
        }
    }

    pub(super) fn body_bytes(&self) -> usize {
        match self {
            Self::Live(entry) => entry.body_bytes(),
            Self::Read(logged) => logged.body_bytes(),
        }
    }

    /// The memory of the rest.
    pub(super) fn line_bytes(&self) -> usize {
        match self {
            Self::Live(entry) => {
                let effects = entry.seen.effects.as_deref();
                let added = effects.map_or(0, |it| it.entries.len() + it.events.len());
                LINE_BYTES + head_bytes(&entry.request) + added * EFFECT_BYTES
            }
            Self::Read(logged) => {
                let added = logged.ledger_entries.len() + logged.events.len();
                LINE_BYTES + logged.path.len() + added * EFFECT_BYTES
            }
        }
    }

    pub(super) fn drop_bodies(&mut self) {
        match self {
            Self::Live(entry) => entry.drop_bodies(),
            Self::Read(logged) => {
                if logged.body_bytes() > 0 {
                    let mut bare = LoggedRequest::clone(logged);
                    bare.drop_bodies();
                    *logged = Arc::new(bare);
                }
            }
        }
    }
}
