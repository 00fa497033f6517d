//! From the published Synctera OpenAPI documents to the raw client.
//!
//! Two steps, each a list of small named transformations:
//!
//! 1. [`pin`]: published document → `spec/*.json`. Facts only, canonical, corrected by the
//!    reviewed overlays. Run by hand (`cargo xtask regen`), reviewed as a diff.

pub mod docs;
pub mod document;
mod emit;
pub mod error;
pub mod families;
pub mod generate;
mod json;
mod lower;
pub mod passes;
pub mod pin;
pub mod spec;
pub mod types;

pub use document::{Document, OperationKey};
pub use emit::operations::Operation;
pub use error::{Error, Result};
pub use families::Families;
pub use types::TypeRules;
