//! Webhooks: from the bytes of a delivery to a verified event.
//!
//! There are three steps. A [`Verifier`] makes a [`VerifiedBody`] of headers and raw bytes; only that
//! returns an [`Event`]; an [`EventRouter`] calls the handler for each event once. So no body is
//! parsed before it is verified: there is no other way to an [`Event`].
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use synctera::webhooks::{EventResource, Signer, Verifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Returned once by `create_webhook_secret`; keep it with your other secrets.
//! let secret = "5f".repeat(32);
//! let verifier = Verifier::new(&secret)?;
//!
//! // What your server received. (A test signs its own deliveries.)
//! let body = r#"{"id":"6d1f2c7e-6f0c-4f52-8f7a-0d3b1c5d9a10","type":"INTERNAL_ACCOUNT.CREATED",
//!     "webhook_id":"0b9a4e1c-3c53-4b7e-9c0e-52d2f3f4a111","event_time":"2026-11-24T14:00:00Z",
//!     "url":"https://bank.example/events","metadata":"",
//!     "event_resource":"{\"currency\":\"USD\",\"status\":\"ACTIVE\"}"}"#;
//! let headers = Signer::new(&secret)?.sign(Utc::now(), body.as_bytes()).headers()?;
//!
//! let event = verifier.verify(&headers, body)?.event()?;
//! match event.resource()? {
//!     EventResource::InternalAccount(account) => println!("{:?}", account.status),
//!     other => println!("{}: {other:?}", event.event_type),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Answer with success within five seconds, or the platform sends the event again, for about 55
//! hours. Events may be delivered twice and out of order: compare [`Event::event_time`], and read
//! the resource from the platform when the order matters.
//!
//! The features `axum` and `actix` add extractors: a handler that takes a [`VerifiedEvent`] runs only
//! for verified events.

mod ach_return;
#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
mod event;
mod event_error;
#[cfg(any(feature = "axum", feature = "actix"))]
mod extracted;
mod resource;
mod router;
mod signer;
mod store;
mod verifier;

pub use event::Event;
pub use event_error::EventError;
#[cfg(any(feature = "axum", feature = "actix"))]
pub use extracted::{Rejection, VerifiedEvent};
pub use resource::{EventResource, Untyped};
pub use router::{EventRouter, HandleResult, HandlerError, RouterError};
pub use signer::{SIGNATURE_HEADER, Signed, Signer, TIMESTAMP_HEADER};
pub use store::{Claim, EventStore, InMemoryEvents, StoreError, StoreFull};
pub use verifier::{VerifiedBody, Verifier, VerifyError};
