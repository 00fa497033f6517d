//! A pinned document, and what a schema holds once its parts are put together.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use serde_json::Value;

/// A pinned document.
pub(crate) struct Document<'d> {
    pub(crate) root: &'d Value,
}

/// An operation, with what its path says for all methods.
pub(crate) struct Operation<'d> {
    pub(crate) path: &'d str,
    pub(crate) method: &'d str,
    pub(crate) item: &'d Value,
    pub(crate) definition: &'d Value,
}

/// A schema whose parts are put together.
#[derive(Clone, Default)]
pub(crate) struct Flat<'d> {
    pub(crate) properties: BTreeMap<&'d str, &'d Value>,
    pub(crate) required: BTreeSet<&'d str>,
    /// The variants of its first union whose variants stay apart, with the property that tells them
    /// apart.
    pub(crate) union: Option<Union<'d>>,
}

/// A union whose variants stay apart.
#[derive(Clone)]
pub(crate) struct Union<'d> {
    pub(crate) tag: Option<&'d str>,
    /// The name, or the value of the tag, and the schema of each.
    pub(crate) variants: Vec<(String, &'d Value)>,
}

/// The name of an operation, as the generated client has it.
pub(crate) fn id(operation: &Value) -> String {
    operation["operationId"].as_str().unwrap_or_default().to_snake_case()
}

impl<'d> Document<'d> {
    pub(crate) fn operations(&self) -> Vec<Operation<'d>> {
        let paths = self.root["paths"].as_object().into_iter().flatten();
        paths
            .flat_map(|(path, item)| {
                let methods = item.as_object().into_iter().flatten();
                let methods = methods.filter(|(method, _)| *method != "parameters");
                methods.map(move |(method, definition)| Operation {
                    path,
                    method,
                    item,
                    definition,
                })
            })
            .collect()
    }

    /// A value, or what it refers to.
    pub(crate) fn deref(&self, mut value: &'d Value) -> &'d Value {
        while let Some(target) = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| self.root.pointer(reference.trim_start_matches('#')))
        {
            value = target;
        }
        value
    }

    /// What a schema holds: those of its parts included, and of unions that are one type.
    pub(crate) fn flat(&self, schema: &'d Value) -> Flat<'d> {
        let mut flat = Flat::default();
        self.add(schema, &mut flat, true, usize::MAX);
        flat
    }

    /// The same with the first variant only of a union that is one type: members of several variants need
    /// not go together.
    pub(crate) fn flat_of_one(&self, schema: &'d Value) -> Flat<'d> {
        let mut flat = Flat::default();
        self.add(schema, &mut flat, true, 1);
        flat
    }

    fn add(&self, schema: &'d Value, flat: &mut Flat<'d>, is_required: bool, merged_max: usize) {
        let schema = self.deref(schema);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            flat.properties.insert(name, property);
        }
        if is_required {
            let required = schema["required"].as_array().into_iter().flatten();
            flat.required.extend(required.filter_map(Value::as_str));
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.add(part, flat, is_required, merged_max);
        }
        for kind in ["oneOf", "anyOf"] {
            let Some(variants) = schema[kind].as_array() else { continue };
            if schema["x-synctera-union"] == "merged" || variants.len() == 1 {
                for variant in variants.iter().take(merged_max) {
                    self.add(variant, flat, variants.len() == 1, merged_max);
                }
            } else if flat.union.is_none() {
                flat.union = Some(self.union(schema, variants));
            }
        }
    }

    fn union(&self, schema: &'d Value, variants: &'d [Value]) -> Union<'d> {
        let discriminator = &schema["discriminator"];
        let tag = discriminator["propertyName"].as_str();
        let mapping = discriminator["mapping"].as_object().into_iter().flatten();
        let mapped: Vec<(String, &Value)> = mapping
            .filter_map(|(name, target)| {
                let target = target.as_str()?;
                let names = |variant: &&Value| variant["$ref"] == target;
                Some((name.clone(), variants.iter().find(names)?))
            })
            .collect();
        if tag.is_some() && !mapped.is_empty() {
            return Union { tag, variants: mapped };
        }
        let named: Vec<&str> = variants.iter().map(component).collect();
        let shared = shared_words(&named);
        let name = |name: &str| name.get(shared..).unwrap_or(name).replace('_', "-");
        Union { tag: None, variants: named.iter().map(|it| name(it)).zip(variants).collect() }
    }
}

/// The name of what a schema refers to.
fn component(schema: &Value) -> &str {
    let reference = schema["$ref"].as_str().unwrap_or_default();
    reference.rsplit('/').next().unwrap_or_default()
}

/// How much of all names is the same, up to the last `_` of it.
fn shared_words(names: &[&str]) -> usize {
    let Some(first) = names.first() else { return 0 };
    let same = |end: &usize| names.iter().all(|name| name.get(..*end) == first.get(..*end));
    let ends = first.match_indices('_').map(|(at, _)| at + 1);
    ends.filter(same).max().unwrap_or_default()
}

/// Whether a member is never sent.
pub(crate) fn is_read_only<'d>(document: &Document<'d>, property: &'d Value) -> bool {
    property["readOnly"] == true || document.deref(property)["readOnly"] == true
}
