//! Webhooks: from the bytes of a delivery to an event that is known to be the platform's.
//!
//! Verify, read, handle are three things. A [`Verifier`] makes a [`VerifiedBody`] of headers and raw
//! bytes; only that gives an [`Event`]; an [`EventRouter`] hands each event to its handler once. So
//! no body is read before it is verified: there is no other way to an [`Event`].
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use synctera::webhooks::{EventResource, Signer, Verifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Shown once by `create_webhook_secret`; kept since then where your secrets are.
//! let secret = "5f".repeat(32);
//! let verifier = Verifier::new(&secret)?;
//!
//! // What your server received. (A test signs for itself.)
//! let body = r#"{"id":"6d1f2c7e-6f0c-4f52-8f7a-0d3b1c5d9a10","type":"INTERNAL_ACCOUNT.CREATED",
//!     "webhook_id":"0b9a4e1c-3c53-4b7e-9c0e-52d2f3f4a111","event_time":"2026-11-24T14:00:00Z",
//!     "url":"https://bank.example/events","metadata":"",
//!     "event_resource":"{\"currency\":\"USD\",\"status\":\"ACTIVE\"}"}"#;
//! let headers = Signer::new(&secret)?.sign(Utc::now(), body.as_bytes()).headers()?;
//!
//! let event = verifier.verify(&headers, body)?.event()?;
//! match event.resource()? {
//!     EventResource::InternalAccount(account) => println!("{:?}", account.status),
//!     other => println!("{} is not for us: {other:?}", event.event_type),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Answer within five seconds with success, or the platform sends the event again, for about 55
//! hours. Events may come twice and out of order: compare [`Event::event_time`], and read the
//! resource again when it matters.
//!
//! Behind the features `axum` and `actix` there are extractors: a handler that takes a
//! [`VerifiedEvent`] runs for verified events alone.

#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
mod event;
#[cfg(any(feature = "axum", feature = "actix"))]
mod extracted;
mod resource;
mod router;
mod seen;
mod signer;
mod verifier;

pub use event::{Event, EventError};
#[cfg(any(feature = "axum", feature = "actix"))]
pub use extracted::{Rejection, VerifiedEvent};
pub use resource::{EventResource, Untyped};
pub use router::{EventRouter, HandleResult, HandlerError, RouterError};
pub use seen::{Claim, EventStore, InMemoryEvents, StoreError};
pub use signer::{Signed, Signer};
pub use verifier::{SIGNATURE_HEADER, TIMESTAMP_HEADER, VerifiedBody, Verifier, VerifyError};
