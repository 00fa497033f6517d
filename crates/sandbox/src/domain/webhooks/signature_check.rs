//! Whether a delivery has a signature of this workspace, and if not, what is probably wrong with it.

use chrono::{DateTime, Duration, Utc};

use crate::domain::webhooks::delivery::digest;
use crate::model::ApiError;
use crate::model::state::SignatureCheck;

/// Signatures that a delivery has at most, with dots between them.
const SIGNATURES_MAX: usize = 10;
/// How old a delivery may be before a receiver should refuse it, and how far ahead of its clock.
const TOLERANCE: Duration = Duration::minutes(5);

/// Checks a delivery as its receiver has it, with the secrets that sign now.
pub(crate) fn check(
    secrets: &[String],
    now: DateTime<Utc>,
    timestamp: &str,
    signature: &str,
    body: &str,
) -> Result<SignatureCheck, ApiError> {
    let signatures: Vec<&str> = signature.trim().split('.').collect();
    let is_one = |text: &&str| text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit());
    let (is_valid, reason) = if secrets.is_empty() {
        (false, "the workspace has no webhook secret, so nothing is signed: make one first")
    } else if signatures.len() > SIGNATURES_MAX || !signatures.iter().all(is_one) {
        (
            false,
            "the signature is not 64 hexadecimal digits, or several such with dots between them",
        )
    } else if has_one(secrets, timestamp, body, &signatures)? {
        (true, matching(now, timestamp))
    } else {
        (false, probable_cause(secrets, timestamp, body, &signatures)?)
    };
    Ok(SignatureCheck { is_valid, reason: reason.to_owned() })
}

/// Whether one of the signatures is that of one of the secrets.
fn has_one(
    secrets: &[String],
    timestamp: &str,
    body: &str,
    signatures: &[&str],
) -> Result<bool, ApiError> {
    for secret in secrets {
        let right = digest(secret, timestamp, body)?;
        if signatures.iter().any(|given| given.eq_ignore_ascii_case(&right)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is said of a signature that is right.
fn matching(now: DateTime<Utc>, timestamp: &str) -> &'static str {
    let sent = timestamp.parse().ok().and_then(|it| DateTime::from_timestamp(it, 0));
    match sent {
        Some(sent) if (now - sent).abs() <= TOLERANCE => {
            "it is signed by a secret of the workspace"
        }
        Some(_) => {
            "it is signed by a secret of the workspace, but more than five minutes from the bank's \
             time: a receiver that goes by another clock than the sandbox's refuses it as too old or too early"
        }
        None => {
            "it is signed by a secret of the workspace; the timestamp is not a number of seconds"
        }
    }
}

/// What receivers usually get wrong.
fn probable_cause(
    secrets: &[String],
    timestamp: &str,
    body: &str,
    signatures: &[&str],
) -> Result<&'static str, ApiError> {
    let is = |timestamp: &str, body: &str| has_one(secrets, timestamp, body, signatures);
    if timestamp != timestamp.trim() && is(timestamp.trim(), body)? {
        return Ok("the timestamp has blanks around it");
    }
    if body != body.trim() && is(timestamp, body.trim())? {
        return Ok(
            "the body has blanks or line ends around it that were not sent: take its exact bytes",
        );
    }
    if let Ok(parsed) = serde_json::from_str::<serde_json::Value>(body)
        && is(timestamp, &parsed.to_string())?
    {
        return Ok("the body was parsed and written again: take the exact bytes that arrived");
    }
    Ok(
        "no secret of the workspace gives this signature for this timestamp and body: take all three \
        from the same delivery, and its exact bytes",
    )
}
