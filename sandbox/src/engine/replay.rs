//! Replays: the fingerprint of a request, and the stored response to its idempotency key.

use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;

use super::Request;
use crate::model::{ApiError, Outcome, Reply};
use crate::spec::Interface;
use crate::store::StoredResponse;

/// The fingerprint by which a request with the same key is recognized.
pub(super) fn fingerprint(request: &Request) -> String {
    let mut digest = Sha256::new();
    for part in [
        request.method.as_bytes(),
        request.path.as_bytes(),
        request.query.as_bytes(),
        &request.body,
    ] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    // A form has another boundary on each attempt; its parts are the same.
    for part in request.form.iter().flatten() {
        let file_name = part.file_name.as_deref().unwrap_or_default();
        for text in [part.name.as_bytes(), file_name.as_bytes(), &part.bytes] {
            digest.update(text.len().to_be_bytes());
            digest.update(text);
        }
    }
    hex::encode(digest.finalize())
}

/// The stored response, or the error for another request with the same key.
pub(super) fn replay(interface: Interface, known: StoredResponse, fingerprint: &str) -> Outcome {
    let reply = if known.fingerprint == fingerprint {
        Reply {
            status: known.status,
            body: known.body,
            is_problem: known.status >= 400 && interface == Interface::V0,
            request_id: None,
            file: None,
        }
    } else {
        let detail = "this idempotency key was used for another request";
        Reply::error(interface, ApiError::rule(ErrorCode::IdempotencyInvalidReuse, detail))
    };
    Ok(reply)
}
