//! From the published Synctera OpenAPI documents to the raw client.
//!
//! Two steps, each a list of small named transformations:
//!
//! 1. [`pin`]: published document → `spec/*.json`. Facts only, canonical, corrected by the
//!    reviewed overlays. Run by hand (`cargo xtask regen`), reviewed as a diff.
//! 2. [`generate`]: `spec/*.json` → Rust. [`passes`] bring the document into a form that the
//!    client generator gets right, and note what it has no word for; `lower` rewrites what it
//!    wrote; `emit` adds the rest. Run by `build.rs`; [`surface`] shows the result in short.
#![allow(rustdoc::private_intra_doc_links, reason = "its readers are those who change it")]

pub mod described;
pub mod docs;
pub mod document;
mod emit;
pub mod error;
pub mod families;
pub mod generate;
pub mod harness;
mod json;
mod lower;
pub mod passes;
pub mod pin;
mod references;
pub mod spec;
mod structure;
pub mod surface;
mod text;
pub mod types;

pub use document::{Document, OperationKey};
pub use emit::operations::Operation;
pub use error::{Error, Result};
pub use families::Families;
pub use types::TypeRules;
