//! The pinned documents that the client is generated from, for programs that want to look
//! something up in them or to check a body against them.

#[cfg(feature = "server")]
use serde_json::{Map, Value};

/// The current interface, as JSON.
pub const V2: &str = include_str!("../spec/v2.json");

/// The current interface with our documentation, as JSON: for tools that read OpenAPI.
#[cfg(feature = "server")]
pub const V2_DESCRIBED: &str = include_str!(concat!(env!("OUT_DIR"), "/v2.described.json"));

/// The legacy interface with our documentation, as JSON.
#[cfg(feature = "server")]
pub const V0_DESCRIBED: &str = include_str!(concat!(env!("OUT_DIR"), "/v0.described.json"));

/// The operations that only the legacy interface has, as JSON.
pub const V0: &str = include_str!("../spec/v0.json");

/// The names of the members whose value is never shown, in whatever schema they are.
#[cfg(feature = "server")]
const HIDDEN: (&[&str], &[&str], &[&str]) = include!(concat!(env!("OUT_DIR"), "/hidden_names.rs"));

/// Whether the value of a member of this name, in snake case, is never to be shown, for programs that print
/// what they were sent: the rules say so, or they say nothing of the name, and it has a word such as
/// `number` or `secret`.
///
/// ```
/// use synctera_api::spec::is_hidden;
///
/// assert!(is_hidden("ssn") && is_hidden("new_secret"));
/// assert!(!is_hidden("status") && !is_hidden("tracking_number"));
/// ```
#[cfg(feature = "server")]
pub fn is_hidden(name: &str) -> bool {
    let (names, words, shown) = HIDDEN;
    let has = |list: &[&str]| list.binary_search(&name).is_ok();
    let spaced = format!("_{name}_");
    has(names) || (!has(shown) && words.iter().any(|word| spaced.contains(&format!("_{word}_"))))
}

/// A body with `mask` in place of each value that is never to be shown, at any depth, for programs that print
/// what they were sent. A text that is JSON itself, such as the resource of an event, is masked within.
///
/// ```
/// use serde_json::json;
/// use synctera_api::spec::masked;
///
/// let person = json!({ "ssn": "456-78-9012", "first_name": "Ada" });
/// assert_eq!(masked(&person, "***"), json!({ "ssn": "***", "first_name": "Ada" }));
/// ```
#[cfg(feature = "server")]
pub fn masked(value: &Value, mask: &str) -> Value {
    let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| {
                    let shown = match member {
                        Value::String(_) | Value::Number(_) if is_hidden(name) => mask.into(),
                        Value::Array(items) if is_hidden(name) && items.iter().all(is_scalar) => {
                            mask.into()
                        }
                        other => masked(other, mask),
                    };
                    (name.clone(), shown)
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(|item| masked(item, mask)).collect(),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            let inner = serde_json::from_str::<Value>(text).ok();
            let shown = inner.as_ref().map(|inner| masked(inner, mask));
            let shown = shown.filter(|shown| Some(shown) != inner.as_ref());
            shown.map_or_else(|| text.as_str().into(), |shown| shown.to_string().into())
        }
        other => other.clone(),
    }
}
