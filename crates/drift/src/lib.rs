//! What a new document of the Synctera API changes, and what that breaks for users of this crate.
//!
//! Two documents are compared by what they mean ([`shape`]), place by place ([`walk`]). Each
//! difference is a kind of change with a judgment of its own ([`rules`]); a [`Report`] says whom
//! it touches.
#![allow(rustdoc::private_intra_doc_links, reason = "its readers are those who change it")]

mod class;
mod place;
pub mod pointer;
pub mod proposals;
pub mod render;
pub mod report;
pub mod rules;
mod rust;
mod shape;
mod text;
pub mod touch;
mod walk;

pub use class::{Calls, Class, Direction, Verdict};
pub use place::Location;
pub use report::{Change, Report, Step};
pub use rules::Rule;
pub use rust::{field_of, filters_of};
