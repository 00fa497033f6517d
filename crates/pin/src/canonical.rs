//! One text for one interface: the order in which a document happens to list things is no fact.

use serde_json::Value;

use synctera_codegen::json;

/// Arrays in which order carries no meaning.
const SETS: [&str; 6] = ["allOf", "anyOf", "enum", "oneOf", "parameters", "required"];

/// Keywords that say nothing when they are `false`.
const DEFAULT_FALSE: [&str; 5] = ["deprecated", "nullable", "readOnly", "required", "writeOnly"];

/// Sorts what has no order and drops what has no effect.
pub(crate) fn canonicalize(root: &mut Value) {
    tidy(root);
    json::sort_keys(root);
    sort_sets(root);
}

fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            // What is inside first: it may turn out to say nothing.
            map.values_mut().for_each(tidy);
            map.retain(|key, child| {
                !(DEFAULT_FALSE.contains(&key.as_str()) && *child == Value::Bool(false))
            });
            // `{"allOf": [{}, X]}` is what is left of prose beside a reference.
            if let Some(Value::Array(parts)) = map.get_mut("allOf") {
                parts.retain(|part| part.as_object().is_none_or(|part| !part.is_empty()));
                if parts.is_empty() {
                    map.remove("allOf");
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn sort_sets(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                sort_sets(child);
                if let (true, Value::Array(items)) = (SETS.contains(&key.as_str()), child) {
                    items.sort_by_cached_key(sort_key);
                    items.dedup();
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(sort_sets),
        _ => {}
    }
}

/// Parameters by where and what they are, everything else by its text.
fn sort_key(item: &Value) -> String {
    match (item.get("in"), item.get("name")) {
        (Some(Value::String(place)), Some(Value::String(name))) => format!("{place} {name}"),
        _ => item.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_interfaces_become_equal_texts() {
        let mut a = json!({
            "required": ["b", "a"], "nullable": false,
            "allOf": [{"nullable": false}, {"$ref": "#/components/schemas/x"}],
            "properties": {"z": {"enum": ["Q", "P"]}, "a": {"type": "string", "allOf": [{}]}},
        });
        let mut b = json!({
            "allOf": [{"$ref": "#/components/schemas/x"}],
            "properties": {"a": {"type": "string"}, "z": {"enum": ["P", "Q", "Q"]}},
            "required": ["a", "b"],
        });
        canonicalize(&mut a);
        canonicalize(&mut b);
        assert_eq!(json::to_text(&a), json::to_text(&b));
        let once = a.clone();
        canonicalize(&mut a);
        assert_eq!(a, once, "canonical form is a fixed point");
    }
}
