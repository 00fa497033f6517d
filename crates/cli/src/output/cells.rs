//! The values of an object, each under the path to it.

use serde_json::Value;

/// The values of an object with their paths, such as `legal_address.city`. A list of values is one
/// value; the objects of a list are numbered.
pub(crate) fn cells(value: &Value) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    add(value, String::new(), &mut cells);
    cells
}

fn add(value: &Value, path: String, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                add(member, path, cells);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (place, item) in items.iter().enumerate() {
                add(item, format!("{path}[{place}]"), cells);
            }
        }
        other => cells.push((path, plain(other))),
    }
}

/// A value without quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// The value at a path of an object.
pub(crate) fn at(value: &Value, path: &str) -> Option<String> {
    if let Some(found) = value.get(path) {
        return Some(whole(found));
    }
    let mut found = value;
    for name in path.split('.') {
        let (name, place) = match name.split_once('[') {
            Some((name, place)) => (name, Some(place.strip_suffix(']')?)),
            None => (name, None),
        };
        found = found.get(name)?;
        if let Some(place) = place {
            found = found.get(place.parse::<usize>().ok()?)?;
        }
    }
    Some(whole(found))
}

/// A value for one cell: an object, or a list of objects, is JSON.
pub(crate) fn whole(value: &Value) -> String {
    match value {
        Value::Object(_) => value.to_string(),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            value.to_string()
        }
        other => plain(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_by_their_paths() {
        let value =
            json!({ "id": 1, "a": { "b": ["x", "y"] }, "l": [{ "c": null }, { "c": true }] });
        let cells = cells(&value);
        let expected = [("a.b", "x, y"), ("id", "1"), ("l[0].c", ""), ("l[1].c", "true")];
        assert_eq!(cells, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
        for (path, text) in cells {
            assert_eq!(at(&value, &path), Some(text));
        }
        assert_eq!(at(&value, "a").unwrap(), r#"{"b":["x","y"]}"#);
        assert!(at(&value, "l[9].c").is_none() && at(&value, "l[x").is_none());
    }
}
