//! What all ACH transfers have in common.

use serde_json::{Value, json};

pub(crate) const RAIL: &str = "is_ach_enabled";

pub(crate) fn external_data(body: &Value) -> Value {
    match &body["external_data"] {
        Value::Null => json!({}),
        data => data.clone(),
    }
}
