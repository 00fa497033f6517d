//! Drops everything of a published document that is not an interface fact.

use serde_json::Value;
use synctera_codegen::described::TITLE;

/// Keywords whose values are written for people.
const PROSE: [&str; 10] = [
    "contact",
    "description",
    "example",
    "examples",
    "externalDocs",
    "license",
    "summary",
    "tags",
    "termsOfService",
    "title",
];

/// Vendor extensions that our own overlays set and the generator reads.
const OURS: &str = "x-synctera-";

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    /// Keywords of the specification.
    Keywords,
    /// Names chosen by the document (of properties, schemas, paths, statuses ...).
    Names,
}

/// Removes prose keywords and foreign vendor extensions; returns how many keys went.
///
/// Names are not keywords: a property called `description` stays.
pub(crate) fn strip(root: &mut Value) -> usize {
    strip_level(root, Keys::Keywords, true)
}

fn strip_level(value: &mut Value, keys: Keys, is_root: bool) -> usize {
    match value {
        Value::Object(map) => {
            let before = map.len();
            if keys == Keys::Keywords {
                // An operation's tags place it in a family; the root's only describe them.
                map.retain(|key, _| (key == "tags" && !is_root) || !is_prose(key));
            }
            let mut removed = before - map.len();
            for (key, child) in map {
                let below = match (keys, key.as_str()) {
                    // Literal values, not structure.
                    (
                        Keys::Keywords,
                        "default" | "enum" | "mapping" | "required" | "security" | "tags",
                    ) => continue,
                    (Keys::Keywords, "parameters") if child.is_array() => Keys::Keywords,
                    (
                        Keys::Keywords,
                        "properties" | "patternProperties" | "schemas" | "parameters" | "responses"
                        | "headers" | "content" | "paths" | "callbacks" | "securitySchemes"
                        | "requestBodies" | "links" | "encoding" | "variables",
                    ) => Keys::Names,
                    // A callback's name holds a path item under an expression, which is a name too.
                    (Keys::Names, _) if is_callback(child) => Keys::Names,
                    _ => Keys::Keywords,
                };
                removed += strip_level(child, below, false);
            }
            removed
        }
        Value::Array(items) => {
            items.iter_mut().map(|item| strip_level(item, Keys::Keywords, false)).sum()
        }
        _ => 0,
    }
}

fn is_prose(key: &str) -> bool {
    PROSE.contains(&key) || (key.starts_with("x-") && !key.starts_with(OURS))
}

/// A callback object maps runtime expressions (`{$request.body#/url}`) to path items.
fn is_callback(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|map| !map.is_empty() && map.keys().all(|key| key.starts_with('{')))
}

/// The JSON pointers of prose that is still in a document; empty for a pinned one.
pub fn prose_left(root: &Value) -> Vec<String> {
    let mut stripped = root.clone();
    strip(&mut stripped);
    let mut places = Vec::new();
    compare(root, &stripped, "", &mut places);
    // The title is ours.
    places.retain(|place| place != "/info/title" || root["info"]["title"] != TITLE);
    places
}

fn compare(before: &Value, after: &Value, place: &str, places: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let here = synctera_codegen::json::push(place, key);
                match after.get(key) {
                    Some(kept) => compare(value, kept, &here, places),
                    None => places.push(here),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (index, (value, kept)) in before.iter().zip(after).enumerate() {
                compare(
                    value,
                    kept,
                    &synctera_codegen::json::push(place, &index.to_string()),
                    places,
                );
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prose_goes_and_names_stay() {
        let mut document = json!({
            "info": {"title": "T", "description": "D", "version": "v2"},
            "tags": [{"name": "Persons", "description": "D"}],
            "paths": {"/x": {"summary": "S", "get": {
                "tags": ["Persons"], "description": "D", "x-external": true,
                "parameters": [{"name": "title", "in": "query", "description": "D"}],
                "responses": {"200": {"description": "ok", "content": {"application/json": {
                    "example": {"id": 1},
                    "schema": {"$ref": "#/components/schemas/thing"}}}}},
                "callbacks": {"decide": {"{$request.body#/url}": {"post": {"summary": "S"}}}},
            }}},
            "components": {"schemas": {"thing": {
                "title": "Thing", "x-go-type": "T", "x-synctera-union": "merged",
                "properties": {
                    "description": {"type": "string", "description": "D", "example": "e"},
                    "title": {"type": "string", "default": "title"},
                    "tags": {"type": "array", "items": {"type": "string", "example": "e"}},
                },
                "discriminator": {"propertyName": "title", "mapping": {"description": "#/x"}},
            }}},
        });
        assert_eq!(prose_left(&document).len(), 15);
        assert_eq!(strip(&mut document), 15);
        insta::assert_json_snapshot!(document, @r##"
        {
          "components": {
            "schemas": {
              "thing": {
                "discriminator": {
                  "mapping": {
                    "description": "#/x"
                  },
                  "propertyName": "title"
                },
                "properties": {
                  "description": {
                    "type": "string"
                  },
                  "tags": {
                    "items": {
                      "type": "string"
                    },
                    "type": "array"
                  },
                  "title": {
                    "default": "title",
                    "type": "string"
                  }
                },
                "x-synctera-union": "merged"
              }
            }
          },
          "info": {
            "version": "v2"
          },
          "paths": {
            "/x": {
              "get": {
                "callbacks": {
                  "decide": {
                    "{$request.body#/url}": {
                      "post": {}
                    }
                  }
                },
                "parameters": [
                  {
                    "in": "query",
                    "name": "title"
                  }
                ],
                "responses": {
                  "200": {
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/thing"
                        }
                      }
                    }
                  }
                },
                "tags": [
                  "Persons"
                ]
              }
            }
          }
        }
        "##);
        assert!(prose_left(&document).is_empty());
    }
}
