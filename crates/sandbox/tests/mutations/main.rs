//! Everything that can be sent is refused with the name of what is wrong, or done; and nothing that
//! is done breaks a list or the books.
//!
//! For each served operation there is a call that succeeds, and each member of its body, each
//! parameter of its query and each id of its path is replaced by what does not belong there. How many
//! requests are made says `SYNCTERA_MUTATIONS`; `cargo xtask mutations` runs it in release as well.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]
#![allow(clippy::print_stdout, reason = "figures are for who runs it")]

mod document;
mod isolation;
mod mutation;
mod older;
mod round_trip;
mod suite;
mod world;
