//! The built program, on a sandbox in this process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "in a test a panic is the answer, and figures are for who runs it"
)]

mod bulk;
mod completion;
mod fake;
mod harness;
#[cfg(unix)]
mod interrupted;
mod listen;
mod local;
mod mcp;
mod operations;
mod output;
mod production;
mod readme;
mod secrets;
#[cfg(target_os = "linux")]
mod terminal;
mod tree;
