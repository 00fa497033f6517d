//! What refers to a component: `$ref`, and what the values of a tag lead to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::json;

/// Calls `f` for every `$ref` and every discriminator mapping below `value`.
pub(crate) fn visit_refs<'a>(value: &'a Value, f: &mut impl FnMut(&'a str)) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                refs_at(key, child).for_each(&mut *f);
                visit_refs(child, f);
            }
        }
        Value::Array(items) => items.iter().for_each(|child| visit_refs(child, f)),
        _ => {}
    }
}

/// The references that a member holds by itself.
fn refs_at<'a>(key: &str, child: &'a Value) -> impl Iterator<Item = &'a str> {
    let own = child.as_str().filter(|_| key == "$ref");
    let mapping = child.as_object().filter(|_| key == "mapping");
    own.into_iter()
        .chain(mapping.into_iter().flat_map(|map| map.values()).filter_map(Value::as_str))
}

/// The first of some references in the order of the document, and the place that holds it.
pub(crate) fn first_of<'a>(
    value: &'a Value,
    place: &str,
    references: &BTreeSet<&str>,
) -> Option<(&'a str, String)> {
    if references.is_empty() {
        return None;
    }
    match value {
        Value::Object(map) => map.iter().find_map(|(key, child)| {
            let here = json::push(place, key);
            let wanted = refs_at(key, child).find(|reference| references.contains(reference));
            match wanted {
                Some(reference) if key == "$ref" => Some((reference, place.to_owned())),
                Some(reference) => Some((reference, here)),
                None => first_of(child, &here, references),
            }
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, child)| {
            first_of(child, &json::push(place, &index.to_string()), references)
        }),
        _ => None,
    }
}

/// Points every reference to `old` at `new`.
pub(crate) fn retarget(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                match child {
                    Value::String(reference) if key == "$ref" && reference == old => {
                        *reference = new.to_owned();
                    }
                    Value::Object(mapping) if key == "mapping" => {
                        for target in mapping.values_mut() {
                            if target == old {
                                *target = Value::String(new.to_owned());
                            } else {
                                retarget(target, old, new);
                            }
                        }
                    }
                    _ => retarget(child, old, new),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|child| retarget(child, old, new)),
        _ => {}
    }
}
