//! What the tests share: a world with a sandbox, a recorder in front of it, and a client.
//!
//! Time stands still in there, on a Tuesday at nine in New York, until a test moves it; the ids
//! that the sandbox hands out are the same each time. Snapshots need no redaction for that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

pub mod clock;
pub mod compare;
pub mod document;
pub mod endless;
pub mod expected;
pub mod facade;
pub mod harness;
pub mod journeys;
pub mod log_capture;
pub mod operations;
mod patterns;
pub mod recorder;
pub mod sample;
pub mod schema;
pub mod scripted;
pub mod shape;
pub mod stub;
pub mod subscriber;
pub mod tls;
pub mod world;

pub use recorder::{Fault, Recorder};
pub use world::World;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
