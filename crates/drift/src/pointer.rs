//! JSON pointers.

use serde_json::Value;

pub use synctera_codegen::json::{name_of, token};

/// Where a reference leads, as a pointer.
pub fn follow(root: &Value, pointer: &str) -> String {
    match root.pointer(pointer).and_then(|value| value["$ref"].as_str()) {
        Some(reference) => follow(root, reference.trim_start_matches('#')),
        None => pointer.to_owned(),
    }
}
