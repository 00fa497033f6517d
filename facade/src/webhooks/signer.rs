//! Signs bodies as the platform does, for tests and for verification.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use synctera_api::{Error, Sensitive};

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "synctera-signature";
/// The header with the time of sending, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "request-timestamp";

/// The length of a secret, in characters.
const SECRET_LENGTH: usize = 64;

/// Signs bodies as the platform does, for tests of your own handlers.
#[derive(Clone, Debug)]
pub struct Signer {
    secrets: Vec<Sensitive<String>>,
}

/// The two headers of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// `Request-Timestamp`: Unix seconds.
    pub timestamp: String,
    /// `Synctera-Signature`: one digest in hexadecimal, or two with a dot between them.
    pub signature: String,
}

impl Signer {
    /// Signs with this secret.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the secret does not have 64
    /// characters.
    pub fn new(secret: impl AsRef<str>) -> Result<Self, Error> {
        Ok(Self { secrets: vec![checked(secret.as_ref())?] })
    }

    /// Signs with this secret as well, as the platform does while a new secret replaces the old one.
    ///
    /// # Errors
    /// As [`Signer::new`].
    pub fn also_sign_with(mut self, secret: impl AsRef<str>) -> Result<Self, Error> {
        self.secrets.push(checked(secret.as_ref())?);
        Ok(self)
    }

    /// The headers of a delivery of this body at this time.
    pub fn sign(&self, at: DateTime<Utc>, body: &[u8]) -> Signed {
        let timestamp = at.timestamp().to_string();
        let digests: Vec<String> = self
            .secrets
            .iter()
            .filter_map(|secret| mac(secret, timestamp.as_bytes(), body))
            .map(|mac| hex::encode(mac.finalize().into_bytes()))
            .collect();
        Signed { timestamp, signature: digests.join(".") }
    }
}

impl Signed {
    /// As a map of headers.
    ///
    /// # Errors
    /// Never for headers that [`Signer::sign`] returned.
    pub fn headers(&self) -> Result<HeaderMap, Error> {
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| {
                Error::configuration(
                    "the signature contains characters that are not valid in a header",
                )
            })
        };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(TIMESTAMP_HEADER), value(&self.timestamp)?);
        headers.insert(HeaderName::from_static(SIGNATURE_HEADER), value(&self.signature)?);
        Ok(headers)
    }
}

/// Checks the length of a secret. With an empty one, from a variable that is not set, anyone could
/// sign.
pub(super) fn checked(secret: &str) -> Result<Sensitive<String>, Error> {
    let secret = secret.trim();
    if secret.chars().count() == SECRET_LENGTH {
        return Ok(Sensitive::new(secret.to_owned()));
    }
    Err(Error::configuration(format!("the webhook secret must have {SECRET_LENGTH} characters")))
}

/// HMAC-SHA256 over the timestamp, a dot and the body. HMAC accepts keys of any length, so this is
/// never `None`.
pub(super) fn mac(
    secret: &Sensitive<String>,
    timestamp: &[u8],
    body: &[u8],
) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    for part in [timestamp, b".", body] {
        mac.update(part);
    }
    Some(mac)
}
