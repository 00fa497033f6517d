//! What all ACH transfers have in common.

use serde_json::{Value, json};

pub(crate) const RAIL: &str = "is_ach_enabled";

/// What is wrong with a date on which nothing can settle.
pub(super) const BEYOND_CALENDAR: &str = "is beyond the banking calendar";

pub(crate) fn external_data(body: &Value) -> Value {
    match &body["external_data"] {
        Value::Null => json!({}),
        data => data.clone(),
    }
}
