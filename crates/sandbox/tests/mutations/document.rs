//! What the pinned documents say of bodies and parameters, read by code of its own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

static V2: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(synctera_api::spec::V2).unwrap());
static V0: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(synctera_api::spec::V0).unwrap());

/// The document of an interface.
pub(crate) fn document(interface: &str) -> &'static Value {
    if interface == "v2" { &V2 } else { &V0 }
}

/// What a reference leads to.
pub(crate) fn deref(root: &'static Value, mut value: &'static Value) -> &'static Value {
    while let Some(reference) = value["$ref"].as_str() {
        value = root.pointer(reference.trim_start_matches('#')).unwrap();
    }
    value
}

/// The schema of the JSON body of an operation.
pub(crate) fn body_schema(interface: &str, method: &str, path: &str) -> Option<&'static Value> {
    let root = document(interface);
    let operation = &root["paths"][path][method.to_lowercase()];
    let body = deref(root, &operation["requestBody"]);
    body["content"]["application/json"].get("schema")
}

/// The parameters of an operation that stand in its query, by name.
pub(crate) fn query_parameters(
    interface: &str,
    method: &str,
    path: &str,
) -> BTreeMap<&'static str, &'static Value> {
    let root = document(interface);
    let item = &root["paths"][path];
    let listed = [&item["parameters"], &item[method.to_lowercase()]["parameters"]];
    let parameters = listed.into_iter().filter_map(Value::as_array).flatten();
    parameters
        .map(|parameter| deref(root, parameter))
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| (parameter["name"].as_str().unwrap(), deref(root, &parameter["schema"])))
        .collect()
}

/// All members that a schema describes for a value; of a union with a tag, those of its variant.
pub(crate) fn members(
    root: &'static Value,
    schemas: &[&'static Value],
    value: &Value,
) -> BTreeMap<String, Vec<&'static Value>> {
    let mut members: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    let mut open = schemas.to_vec();
    while let Some(schema) = open.pop() {
        let schema = deref(root, schema);
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            members.entry(name.clone()).or_default().push(member);
        }
        open.extend(schema["allOf"].as_array().into_iter().flatten());
        if let Some(target) = variant(root, schema, value) {
            open.push(target);
        } else if schema.get("discriminator").is_none() {
            let variants = [&schema["oneOf"], &schema["anyOf"]];
            open.extend(variants.into_iter().filter_map(Value::as_array).flatten());
        }
    }
    members
}

fn variant(root: &'static Value, schema: &'static Value, value: &Value) -> Option<&'static Value> {
    let tag = value[schema["discriminator"]["propertyName"].as_str()?].as_str()?;
    root.pointer(schema["discriminator"]["mapping"][tag].as_str()?.trim_start_matches('#'))
}

/// Whether a member decides which variant of a union the object is.
pub(crate) fn is_tag(root: &'static Value, schemas: &[&'static Value], name: &str) -> bool {
    let mut open = schemas.to_vec();
    while let Some(schema) = open.pop() {
        let schema = deref(root, schema);
        if schema["discriminator"]["propertyName"] == name {
            return true;
        }
        open.extend(schema["allOf"].as_array().into_iter().flatten());
    }
    false
}

/// Whether only the platform sets a member.
pub(crate) fn is_read_only(root: &'static Value, schemas: &[&'static Value]) -> bool {
    let says = |schema: &&'static Value| schema["readOnly"] == true;
    schemas.iter().any(|schema| says(schema) || says(&deref(root, schema)))
}

/// The schemas of the items of a list.
pub(crate) fn items(root: &'static Value, schemas: &[&'static Value]) -> Vec<&'static Value> {
    schemas.iter().filter_map(|schema| deref(root, schema).get("items")).collect()
}

/// The object at a pointer, to be changed.
pub(crate) fn object_at<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Map<String, Value> {
    value.pointer_mut(pointer).unwrap().as_object_mut().unwrap()
}
