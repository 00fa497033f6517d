//! What the benchmarks share.
//!
//! Pages of a hundred that the sandbox made, and three ways to decode each.
//!
//! `cargo xtask bench decode` runs the two programs of this package: `decode_time` and
//! `decode_allocations`. They are apart because counting costs time. `cargo xtask bench request` runs
//! `request_time` and `request_allocations`, and `request_calls` is for profilers; see [`request`]. `cargo xtask bench sandbox` runs
//! `sandbox_load`; see [`load`] and [`writes`].

mod hand;
pub mod load;
pub mod memory;
mod page;
pub mod request;
pub mod rows;
pub mod writes;

pub use page::{Decode, Error, Page, pages};

/// The client that progenitor alone makes.
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    dead_code,
    unused_imports,
    unreachable_pub,
    rustdoc::all,
    reason = "generated, and not by us"
)]
mod naive {
    include!(concat!(env!("OUT_DIR"), "/naive.rs"));
}
