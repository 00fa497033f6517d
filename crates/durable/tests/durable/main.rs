//! The queue on a real PostgreSQL and the sandbox. Without an installed PostgreSQL the tests are
//! skipped, and say so.
#![cfg(unix)]
#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed, and prints its figures"
)]

mod begin;
mod claims;
mod cluster;
mod failures;
mod figures;
mod kills;
mod ledger;
mod privacy;
mod process;
mod program;
mod service;
mod setting;
mod tenants;
mod waits;
mod world;
