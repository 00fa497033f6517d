//! The few JSON helpers that every pass uses.

use jsonptr::Token;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Objects and arrays within each other; what the JSON parser allows, too.
pub(crate) const NESTING_MAX: usize = 127;

/// Reads a text; `name` is how errors call it.
///
/// # Errors
/// With the line and the column of what is wrong.
pub fn parse(name: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|e| {
        let reason = e.to_string();
        // The parser has no other way to say so.
        if reason.starts_with("recursion limit exceeded") {
            let (line, column) = (e.line(), e.column());
            return Error::NotADocument {
                document: name.to_owned(),
                reason: format!(
                    "nested deeper than {NESTING_MAX} levels at line {line}, column {column}, \
                     which is not supported"
                ),
            };
        }
        Error::NotJson {
            document: name.to_owned(),
            line: e.line(),
            column: e.column(),
            reason,
            truncated: e.is_eof(),
        }
    })
}

/// Appends one escaped token to a JSON pointer.
pub fn push(pointer: &str, token: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + 1 + token.len());
    longer.push_str(pointer);
    push_to(&mut longer, token);
    longer
}

/// The same to a pointer that is at hand.
pub fn push_to(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(Token::new(token).encoded());
}

/// A name as a token of a JSON pointer.
pub fn token(name: &str) -> String {
    Token::new(name).into_encoded().into_owned()
}

/// The name that a token of a JSON pointer stands for.
pub fn name_of(token: &str) -> String {
    let read = Token::from_encoded(token);
    read.map_or_else(|_| token.to_owned(), |token| token.decoded().into_owned())
}

/// Sorts the keys of every object, whatever map type serde_json was built with, so that equal
/// documents are equal texts.
pub fn sort_keys(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            for (key, mut child) in entries {
                sort_keys(&mut child);
                map.insert(key, child);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(sort_keys),
        _ => {}
    }
}

/// The text that is written to `spec/`: two-space indent, one final newline.
pub fn to_text(value: &Value) -> String {
    let mut text = format!("{value:#}");
    text.push('\n');
    text
}

/// The component that a local reference names: `("schemas", "person")`.
pub fn component_of(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("#/components/")?.split_once('/')
}

/// The schema component that an object refers to, if it is a reference to one.
pub fn schema_ref(schema: &Value) -> Option<&str> {
    match component_of(schema.get("$ref")?.as_str()?)? {
        ("schemas", name) => Some(name),
        _ => None,
    }
}

/// `{"$ref": "#/components/schemas/<name>"}`.
pub fn ref_to(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The string members of an array-valued keyword.
pub fn strings<'a>(schema: &'a Value, key: &str) -> Vec<&'a str> {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

/// The `properties` of an object schema.
pub fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// An object's map, or an empty one put in its place.
pub fn object_mut(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("just made an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_escaped() {
        assert_eq!(push("#/paths", "/persons/{id}"), "#/paths/~1persons~1{id}");
        assert_eq!(push("", "a~/b"), "/a~0~1b");
        assert_eq!(push("#", ""), "#/");
    }
}
