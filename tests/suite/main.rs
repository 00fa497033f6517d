//! The whole, from the outside: the facade against the real sandbox, and the generated client.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

mod bulk;
mod card_network;
mod cards;
mod configuration;
mod disputes;
mod error_bodies;
mod every_operation;
mod filters;
mod journeys;
mod kills;
mod mutations;
mod pages;
mod properties;
mod reconcile;
mod refusals;
mod retries;
mod secrets;
mod spend_controls;
mod statements;
mod surface;
mod webhooks;
mod wire;
mod wire_cards;
