//! JSON pointers.

use serde_json::Value;

/// A name as a token of a JSON pointer.
pub fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Where a reference leads, as a pointer.
pub fn follow(root: &Value, pointer: &str) -> String {
    match root.pointer(pointer).and_then(|value| value["$ref"].as_str()) {
        Some(reference) => follow(root, reference.trim_start_matches('#')),
        None => pointer.to_owned(),
    }
}
