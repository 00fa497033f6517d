//! From the pinned documents of the Synctera API (`spec/*.json`) to the raw client.
//!
//! A list of small named transformations: [`passes`] bring a document into a form that the client
//! generator gets right, and note what it has no word for; `lower` rewrites what it wrote; `emit` adds
//! the rest. Run by `build.rs` ([`generate`]); [`surface`] shows the result in short. How a published
//! document becomes a pinned one is in the crate `synctera-pin`.
#![allow(rustdoc::private_intra_doc_links, reason = "its readers are those who change it")]

mod checked;
pub mod described;
pub mod docs;
pub mod document;
mod emit;
pub mod error;
pub mod families;
pub mod generate;
pub mod json;
mod lower;
mod naming;
pub mod passes;
mod path_items;
mod references;
pub mod spec;
mod structure;
pub mod surface;
pub mod syntax;
pub mod types;

pub use document::{Document, OperationKey};
pub use emit::operations::Operation;
pub use error::{Error, Result};
pub use families::Families;
pub use references::retarget_all;
pub use structure::check_depth;
pub use types::TypeRules;
