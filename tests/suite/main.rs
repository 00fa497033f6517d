//! The whole, from the outside: the facade against the real sandbox, and the generated client.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

mod accounts;
mod blocking;
mod cancelling;
mod care;
mod closing;
mod configuration;
mod delivery;
mod error_bodies;
mod every_operation;
mod faults;
mod filters;
mod journeys;
mod legacy;
mod mutations;
mod onboarding;
mod pages;
mod patience;
mod people;
mod properties;
mod refusals;
mod repeated_writes;
mod retries;
mod secrets;
mod statements;
mod surface;
mod watching;
mod webhooks;
mod wire;
mod wire_accounts;
