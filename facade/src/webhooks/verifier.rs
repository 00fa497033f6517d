//! Verifies that a delivery comes from the platform, by its signature and its age.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hmac::Mac;
use http::HeaderMap;
use synctera_api::runtime::Clock;
use synctera_api::{Error, Sensitive};

use super::signer::{SIGNATURE_HEADER, TIMESTAMP_HEADER, checked, mac};
use super::{Event, EventError};
use crate::clock::SystemClock;

/// The default maximum difference between the time of a delivery and ours.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// The length of a SHA-256 digest, in bytes.
const DIGEST_LENGTH: usize = 32;
/// The platform signs with two secrets at most.
const DIGESTS_MAX: usize = 2;

/// Verifies that deliveries come from the platform.
///
/// Clones share their secrets: a server has one verifier, and [`Verifier::roll_to`] on any clone
/// changes the secret of all. `Debug` does not show the secrets, and they are wiped from memory when
/// they are dropped.
#[derive(Clone)]
pub struct Verifier {
    secrets: Arc<RwLock<Secrets>>,
    tolerance: Duration,
    body_limit: usize,
    clock: Arc<dyn Clock>,
}

struct Secrets {
    current: Sensitive<String>,
    /// Also accepted, while a new secret replaces the old one.
    other: Option<Sensitive<String>>,
}

impl Verifier {
    /// The largest body that is accepted unless [`body_limit`](Self::body_limit) is set: 1 MiB.
    pub const DEFAULT_BODY_LIMIT: usize = 1 << 20;

    /// Verifies with the secret that [`create_webhook_secret`](crate::Synctera::create_webhook_secret)
    /// returned. White space at its ends is removed.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the secret does not have 64
    /// characters: one that was cut off, or is empty, would not protect anything.
    pub fn new(secret: impl AsRef<str>) -> Result<Self, Error> {
        let secrets = Secrets { current: checked(secret.as_ref())?, other: None };
        Ok(Self {
            secrets: Arc::new(RwLock::new(secrets)),
            tolerance: TOLERANCE,
            body_limit: Self::DEFAULT_BODY_LIMIT,
            clock: Arc::new(SystemClock),
        })
    }

    /// Accepts another secret as well: the one that was in use before, or the next one. A second call
    /// replaces the secret of the first.
    ///
    /// # Errors
    /// As [`Verifier::new`].
    pub fn also_accept(self, secret: impl AsRef<str>) -> Result<Self, Error> {
        let other = checked(secret.as_ref())?;
        self.change(|secrets| secrets.other = Some(other));
        Ok(self)
    }

    /// The maximum difference between the time of a delivery and ours: five minutes unless set. An
    /// older delivery may be a recorded one that is sent again.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The largest body that is accepted, in bytes; [`DEFAULT_BODY_LIMIT`](Self::DEFAULT_BODY_LIMIT)
    /// unless set. The extractors stop reading a request there.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    #[cfg(any(feature = "axum", feature = "actix"))]
    pub(super) fn body_limit_bytes(&self) -> usize {
        self.body_limit
    }

    /// Reads the time from this clock instead of the machine's, such as the clock of a sandbox.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Changes to a new secret, and keeps accepting the previous one.
    ///
    /// # Errors
    /// As [`Verifier::new`].
    pub fn roll_to(&self, secret: impl AsRef<str>) -> Result<(), Error> {
        let next = checked(secret.as_ref())?;
        self.change(|secrets| {
            // A second call with the same secret, after a crash, must not lose the previous one.
            if secrets.current != next {
                secrets.other = Some(std::mem::replace(&mut secrets.current, next));
            }
        });
        Ok(())
    }

    /// Accepts only the current secret from now on.
    pub fn finish_roll(&self) {
        self.change(|secrets| secrets.other = None);
    }

    fn change(&self, change: impl FnOnce(&mut Secrets)) {
        change(&mut self.secrets.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Verifies a delivery by its headers and its raw body, byte for byte as it was received.
    ///
    /// # Errors
    /// Why it is not accepted. Answer with 400, 401 or 413 and nothing else: the platform sends its
    /// own deliveries again.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<VerifiedBody, VerifyError> {
        let (timestamp, signature) = signature_headers(headers)?;
        self.verify_parts(timestamp, signature, body)
    }

    /// Verifies a delivery by the values of its two headers, where they do not come as a
    /// [`HeaderMap`].
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_parts(
        &self,
        timestamp: impl AsRef<[u8]>,
        signature: impl AsRef<[u8]>,
        body: impl Into<Bytes>,
    ) -> Result<VerifiedBody, VerifyError> {
        let (timestamp, body) = (timestamp.as_ref(), body.into());
        if body.len() > self.body_limit {
            return Err(VerifyError::TooLarge { limit: self.body_limit });
        }
        let sent_at =
            timestamp_of(timestamp).ok_or(VerifyError::MalformedHeader(TIMESTAMP_HEADER))?;
        let digests =
            digests(signature.as_ref()).ok_or(VerifyError::MalformedHeader(SIGNATURE_HEADER))?;
        if !self.is_signed(timestamp, &body, &digests) {
            return Err(VerifyError::Mismatch);
        }
        let now = self.clock.now();
        let age = (now - sent_at).abs().to_std().unwrap_or(Duration::MAX);
        match age > self.tolerance {
            true if sent_at < now => Err(VerifyError::TooOld { by: age - self.tolerance }),
            true => Err(VerifyError::FromTheFuture { by: age - self.tolerance }),
            false => Ok(VerifiedBody { body, sent_at }),
        }
    }

    /// Whether one of the digests was made with one of our secrets. All pairs are compared, each in
    /// constant time, so that the time taken reveals nothing.
    fn is_signed(&self, timestamp: &[u8], body: &[u8], digests: &[[u8; DIGEST_LENGTH]]) -> bool {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        let mut is_signed = false;
        for secret in [Some(&secrets.current), secrets.other.as_ref()].into_iter().flatten() {
            let Some(ours) = mac(secret, timestamp, body) else {
                continue;
            };
            for digest in digests {
                is_signed |= ours.clone().verify_slice(digest).is_ok();
            }
        }
        is_signed
    }
}

/// The values of the two headers, each of which must occur exactly once.
pub(super) fn signature_headers(headers: &HeaderMap) -> Result<(&[u8], &[u8]), VerifyError> {
    let of = |name: &'static str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Err(VerifyError::MissingHeader(name)),
            (Some(value), None) => Ok(value.as_bytes()),
            (Some(_), Some(_)) => Err(VerifyError::MalformedHeader(name)),
        }
    };
    Ok((of(TIMESTAMP_HEADER)?, of(SIGNATURE_HEADER)?))
}

/// Unix seconds, digits only.
fn timestamp_of(text: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(text).ok()?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    DateTime::from_timestamp(text.parse().ok()?, 0)
}

/// One digest, or two with a dot between them.
fn digests(text: &[u8]) -> Option<Vec<[u8; DIGEST_LENGTH]>> {
    let digests: Option<Vec<_>> = text.split(|byte| *byte == b'.').map(digest).collect();
    digests.filter(|digests| digests.len() <= DIGESTS_MAX)
}

fn digest(text: &[u8]) -> Option<[u8; DIGEST_LENGTH]> {
    let mut digest = [0; DIGEST_LENGTH];
    // Any other length is refused.
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(digest)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("tolerance", &self.tolerance).finish_non_exhaustive()
    }
}

/// A body that the platform signed, at a time within the tolerance. Only a [`Verifier`] makes one.
#[derive(Clone)]
pub struct VerifiedBody {
    body: Bytes,
    sent_at: DateTime<Utc>,
}

impl VerifiedBody {
    /// Reads the event.
    ///
    /// # Errors
    /// When the body is not an event; the error has the path of the wrong value.
    pub fn event(self) -> Result<Event, EventError> {
        Event::read(self.body)
    }

    /// The body as it was received.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// When this delivery was sent; the event itself may be older.
    pub fn sent_at(&self) -> DateTime<Utc> {
        self.sent_at
    }
}

impl fmt::Debug for VerifiedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedBody")
            .field("bytes", &self.body.len())
            .field("sent_at", &self.sent_at)
            .finish()
    }
}

/// Why a delivery is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// This header is missing. The platform signs nothing until a secret is created.
    MissingHeader(&'static str),
    /// This header occurs twice, or does not have the form that the platform sends.
    MalformedHeader(&'static str),
    /// The body is larger than the verifier accepts.
    TooLarge {
        /// The maximum number of bytes.
        limit: usize,
    },
    /// The signature was not made with one of our secrets over these bytes: it was made with
    /// another secret, or the body was changed, for instance by decoding and encoding it again.
    Mismatch,
    /// The signature is valid, but too old.
    TooOld {
        /// The excess over the tolerance.
        by: Duration,
    },
    /// The signature is valid, but its time is in the future: one of the clocks is wrong.
    FromTheFuture {
        /// The excess over the tolerance.
        by: Duration,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader(name) => write!(f, "the delivery has no header {name}"),
            Self::MalformedHeader(name) => write!(f, "the delivery's header {name} is malformed"),
            Self::TooLarge { limit } => write!(f, "the delivery has more than {limit} bytes"),
            Self::Mismatch => f.write_str("the signature does not match any of the secrets"),
            Self::TooOld { by } => write!(f, "the delivery is {} s too old", by.as_secs()),
            Self::FromTheFuture { by } => {
                write!(f, "the delivery is {} s too far in the future", by.as_secs())
            }
        }
    }
}

impl std::error::Error for VerifyError {}
