//! Answers.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::model::api_error::ApiError;
use crate::model::known_key::KnownKey;
use crate::spec::Interface;
use crate::store::Effects;

/// What a request added to the ledger, and the events that it raised.
pub(crate) type Added = Arc<Effects>;

/// What a handler returns.
pub(crate) type Outcome = Result<Reply, ApiError>;

/// An answer without its network.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// JSON, as it leaves.
    pub(crate) body: Option<String>,
    /// Dressed as `application/problem+json`.
    pub(crate) is_problem: bool,
    pub(crate) request_id: Option<Uuid>,
    /// What is answered instead of JSON.
    pub(crate) file: Option<File>,
    /// The methods that a path has.
    pub(crate) allow: Option<String>,
    /// Query parameters that the operation does not have, as they came.
    pub(crate) unknown_parameters: Vec<String>,
    /// The key that the request came with.
    pub(crate) key: Option<Arc<KnownKey>>,
    /// Whether it was stored for an idempotency key, and is given again.
    pub(crate) is_replay: bool,
    /// What it added to the ledger, and the events that it raised.
    pub(crate) effects: Option<Added>,
}

/// Bytes that were uploaded before.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    /// A success of this status with a body.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Outcome {
        let text = serde_json::to_string(body).map_err(|e| ApiError::Internal(e.to_string()))?;
        Self::text(status, text)
    }

    /// An answer of this status without a body.
    pub(crate) fn empty(status: u16) -> Outcome {
        Ok(Self::new(status, None))
    }

    pub(crate) fn new(status: u16, body: Option<String>) -> Self {
        Self {
            status,
            body,
            is_problem: false,
            request_id: None,
            file: None,
            allow: None,
            unknown_parameters: Vec::new(),
            key: None,
            is_replay: false,
            effects: None,
        }
    }

    /// The id of what was made.
    pub(crate) fn id(&self) -> Option<String> {
        let body: Value = serde_json::from_str(self.body.as_deref()?).ok()?;
        body.get("id")?.as_str().map(str::to_owned)
    }

    /// A 200 with a file.
    pub(crate) fn file(media_type: &str, bytes: Vec<u8>) -> Outcome {
        let file = File { media_type: media_type.to_owned(), bytes };
        Ok(Self { file: Some(file), ..Self::new(200, None) })
    }

    /// A success of this status with a body that was shown before.
    pub(crate) fn text(status: u16, body: String) -> Outcome {
        Ok(Self::new(status, Some(body)))
    }

    /// A refusal; that of a failure names the id under which it is logged.
    pub(crate) fn error(interface: Interface, refusal: ApiError, id: Uuid) -> Self {
        let problem = refusal.into_problem(id);
        Self {
            is_problem: interface == Interface::V0,
            request_id: Some(id),
            allow: problem.allow.clone(),
            ..Self::new(problem.status(), Some(problem.body(interface).to_string()))
        }
    }
}
