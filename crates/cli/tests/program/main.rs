//! The built program, on a sandbox in this process.

mod harness;
mod local;
mod operations;
mod output;
mod production;
mod readme;
mod secrets;
mod tree;
