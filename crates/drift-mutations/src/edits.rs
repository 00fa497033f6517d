//! What a mutation puts where.

use serde_json::{Value, json};
use synctera_drift::pointer::name_of;

use super::sites::items;

/// A place, and what is put there; nothing takes away what is there.
pub(super) type Edit = (String, Option<Value>);

/// Makes an edit; returns the one that undoes it.
pub(super) fn put(root: &mut Value, (pointer, value): &Edit) -> Edit {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let key = name_of(key);
    let before = match (root.pointer_mut(parent), value) {
        (Some(Value::Object(map)), Some(value)) => map.insert(key, value.clone()),
        (Some(Value::Object(map)), None) => map.remove(&key),
        (Some(Value::Array(items)), Some(value)) => match key.parse::<usize>() {
            Ok(index) if index < items.len() => {
                Some(std::mem::replace(&mut items[index], value.clone()))
            }
            _ => {
                items.push(value.clone());
                None
            }
        },
        (Some(Value::Array(items)), None) => match key.parse::<usize>() {
            Ok(index) if index < items.len() => Some(items.remove(index)),
            _ => None,
        },
        _ => None,
    };
    (pointer.clone(), before)
}

/// The value at a place with one keyword changed.
pub(super) fn set(pointer: &str, keyword: &str, value: Value) -> Edit {
    (format!("{pointer}/{keyword}"), Some(value))
}

pub(super) fn unset(pointer: &str, keyword: &str) -> Edit {
    (format!("{pointer}/{keyword}"), None)
}

/// A list without one of its items.
pub(super) fn without(list: &Value, gone: &Value) -> Value {
    json!(items(list).filter(|item| *item != gone).collect::<Vec<_>>())
}
