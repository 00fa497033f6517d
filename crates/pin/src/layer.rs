//! The older interface in layers: from each document only what no newer one has.

use std::collections::BTreeSet;

use serde_json::Value;

use synctera_codegen::document::{Document, OperationKey, SECTIONS};
use synctera_codegen::error::{Error, Result};

/// Set on each kept operation: the version of the document that describes it.
pub(crate) const SOURCE: &str = "x-synctera-source";

/// Keeps the operations of `document` that are not in `newer`, and the components they reach.
pub(crate) fn keep_only_older(document: &mut Document, newer: &BTreeSet<OperationKey>) {
    let version = document.version().to_owned();
    for key in document.operations() {
        if newer.contains(&key) {
            if let Some(item) =
                document.root_mut()["paths"].get_mut(&key.path).and_then(Value::as_object_mut)
            {
                item.remove(&key.method);
            }
        } else if let Some(operation) = document.operation_mut(&key) {
            operation[SOURCE] = Value::String(version.clone());
        }
    }
    drop_empty_paths(document);
    document.drop_unreachable();
}

/// Path items without an operation are internal leftovers of the published documents.
pub(crate) fn drop_empty_paths(document: &mut Document) {
    let with_operations: BTreeSet<String> =
        document.operations().into_iter().map(|key| key.path).collect();
    if let Some(paths) = document.root_mut()["paths"].as_object_mut() {
        paths.retain(|path, _| with_operations.contains(path));
    }
}

/// Adds an older layer's operations and components to a newer one's.
///
/// A component that both have is shared when the newer one says all that the older one says;
/// otherwise the older one is kept beside it under a name of its own.
pub(crate) fn lay_under(newer: &mut Document, mut older: Document) -> Result<()> {
    for section in SECTIONS {
        let shared: Vec<String> = older
            .components(section)
            .map(|(name, _)| name.clone())
            .filter(|name| newer.root()["components"][section].get(name).is_some())
            .collect();
        for name in shared {
            let ours = &newer.root()["components"][section][&name];
            let theirs = &older.root()["components"][section][&name];
            if covers(ours, theirs) {
                continue;
            }
            if section != "schemas" {
                return Err(Error::at(
                    format!("#/components/{section}/{name}"),
                    format!(
                        "{} and {} disagree about it; settle it in an overlay",
                        newer.version(),
                        older.version()
                    ),
                ));
            }
            let version = older.version().replace('.', "_");
            older.rename_schema(&name, &format!("{name}_v{version}"))?;
        }
    }
    let root = older.into_root();
    if let (Some(Value::Object(from)), Value::Object(to)) =
        (root.get("paths"), &mut newer.root_mut()["paths"])
    {
        for (path, item) in from {
            let target =
                to.entry(path.clone()).or_insert_with(|| Value::Object(Default::default()));
            if let (Some(target), Value::Object(item)) = (target.as_object_mut(), item) {
                target.extend(item.clone());
            }
        }
    }
    for section in SECTIONS {
        if let Some(Value::Object(from)) = root["components"].get(section) {
            let target = newer.section_mut(section);
            for (name, component) in from {
                target.entry(name.clone()).or_insert_with(|| component.clone());
            }
        }
    }
    Ok(())
}

/// Whether `newer` states at least everything that `older` states.
fn covers(newer: &Value, older: &Value) -> bool {
    match (newer, older) {
        (Value::Object(newer), Value::Object(older)) => {
            older.iter().all(|(key, value)| newer.get(key).is_some_and(|ours| covers(ours, value)))
                // A newer `required` would make an old body invalid.
                && newer.contains_key("required") == older.contains_key("required")
        }
        (newer, older) => newer == older,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(version: &str, paths: Value, schemas: Value) -> Document {
        Document::from_value(
            version,
            json!({
                "openapi": "3.0.3", "info": {"version": version}, "paths": paths,
                "components": {"schemas": schemas},
            }),
        )
        .unwrap()
    }

    fn get(id: &str, schema: &str) -> Value {
        json!({"get": {"operationId": id, "responses": {"200": {"content": {"application/json": {
            "schema": {"$ref": format!("#/components/schemas/{schema}")}}}}}}})
    }

    #[test]
    fn a_layer_holds_what_no_newer_document_has() {
        let mut newer = document(
            "0.2.0",
            json!({"/a": get("a", "one"), "/b": get("b", "two"), "/internal": {}}),
            json!({"one": {"type": "string"}, "two": {"properties": {"p": {"type": "string"}, "q": {}}}}),
        );
        let mut older = document(
            "0.1.0",
            json!({"/b": get("b", "two"), "/c": get("c", "two"), "/d": get("d", "one")}),
            json!({"one": {"type": "integer"}, "two": {"properties": {"p": {"type": "string"}}}}),
        );
        let in_v2 = BTreeSet::from([OperationKey { path: "/a".into(), method: "get".into() }]);
        let mut known = newer.operations();
        keep_only_older(&mut newer, &in_v2);
        known.extend(in_v2);
        keep_only_older(&mut older, &known);
        lay_under(&mut newer, older).unwrap();
        insta::assert_json_snapshot!(newer.root(), @r##"
        {
          "components": {
            "schemas": {
              "one": {
                "type": "integer"
              },
              "two": {
                "properties": {
                  "p": {
                    "type": "string"
                  },
                  "q": {}
                }
              }
            }
          },
          "info": {
            "version": "0.2.0"
          },
          "openapi": "3.0.3",
          "paths": {
            "/b": {
              "get": {
                "operationId": "b",
                "responses": {
                  "200": {
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/two"
                        }
                      }
                    }
                  }
                },
                "x-synctera-source": "0.2.0"
              }
            },
            "/c": {
              "get": {
                "operationId": "c",
                "responses": {
                  "200": {
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/two"
                        }
                      }
                    }
                  }
                },
                "x-synctera-source": "0.1.0"
              }
            },
            "/d": {
              "get": {
                "operationId": "d",
                "responses": {
                  "200": {
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/one"
                        }
                      }
                    }
                  }
                },
                "x-synctera-source": "0.1.0"
              }
            }
          }
        }
        "##);
    }

    #[test]
    fn shapes_that_disagree_are_kept_apart() {
        let mut newer =
            document("0.2.0", json!({"/a": get("a", "one")}), json!({"one": {"type": "string"}}));
        let older =
            document("0.1.0", json!({"/b": get("b", "one")}), json!({"one": {"type": "integer"}}));
        lay_under(&mut newer, older).unwrap();
        assert_eq!(newer.schema("one_v0_1_0"), Some(&json!({"type": "integer"})));
    }
}
