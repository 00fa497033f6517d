//! An operation of one document.

use serde_json::Value;
use synctera_codegen::OperationKey;

use crate::place::Place;
use crate::pointer::token;

/// Sent with every write; a parameter for the document, a matter of the transport for us.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// An operation of one document.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    pub(super) key: OperationKey,
    pub(super) shape: Shape,
    pub(super) value: &'a Value,
    /// What all methods of the path share.
    pub(super) item: &'a Value,
}

/// Path with its parameters' names left out, and method: what identifies an operation on the wire.
pub(super) type Shape = (String, String);

impl<'a> Operation<'a> {
    pub(super) fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    pub(super) fn place(&self, part: &str, pointer: &str) -> Place<'a> {
        let title =
            if part.is_empty() { self.key.to_string() } else { format!("{}, {part}", self.key) };
        Place::part(title, format!("{}{pointer}", self.key.pointer()))
    }
}

/// A pointer below an operation.
pub(super) fn below(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("/{}", token(part))).collect()
}
