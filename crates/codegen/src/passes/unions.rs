//! Tagged unions become facts; their variants lose the tag where the union can write it.
//!
//! A variant that one tag value leads to, and that nothing but unions with that tag holds, has no
//! need of the property: the union's variant says it. Where several values lead to one variant
//! (a debit and a prepaid card, say) the property stays, since it distinguishes them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::flatten::{CONFLICT, is_tagged};
use super::{Facts, Union};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::json;
use crate::references::visit_refs;

/// Names that only refer to other names are followed this far.
const ALIASES_MAX: usize = 16;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut unions = BTreeMap::new();
    let mut untold = Vec::new();
    for (name, schema) in document.components("schemas") {
        if is_tagged(schema) {
            match read(document, name, schema) {
                Ok(union) => {
                    unions.insert(name.clone(), union);
                }
                Err(Error::Unsupported { place, reason }) => {
                    facts.note(place, format!("{reason}: read as JSON"));
                    untold.push(name.clone());
                }
                Err(other) => return Err(other),
            }
        }
    }
    for name in untold {
        document.schemas_mut().insert(name, json!({ CONFLICT: true }));
    }
    let elsewhere = held_elsewhere(document, &unions);
    let mut tags: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for union in unions.values() {
        for (value, variant) in &union.variants {
            tags.entry(variant.clone()).or_default().insert((union.tag.clone(), value.clone()));
        }
    }
    for (variant, tags) in &tags {
        let (1, Some((tag, _)), false) = (tags.len(), tags.first(), elsewhere.contains(variant))
        else {
            continue;
        };
        if let Some(schema) = document.schemas_mut().get_mut(variant) {
            if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                properties.remove(tag);
            }
            if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| name != tag);
            }
        }
        let bare = document
            .schema(variant)
            .is_some_and(|schema| json::properties(schema).next().is_none());
        for union in unions.values_mut().filter(|u| u.variants.values().any(|v| v == variant)) {
            union.tag_in_union.insert(variant.clone());
            if bare {
                union.bare.insert(variant.clone());
            }
        }
    }
    let count = unions.len();
    facts.unions = unions;
    Ok(count)
}

fn read(document: &Document, name: &str, schema: &Value) -> Result<Union> {
    let fail = |reason: &str| Err(Error::at(format!("#/components/schemas/{name}"), reason));
    let Some(tag) = schema["discriminator"]["propertyName"].as_str() else {
        return fail("its discriminator names no property");
    };
    let mut variants = BTreeMap::new();
    for (value, target) in schema["discriminator"]["mapping"].as_object().into_iter().flatten() {
        match target.as_str().and_then(json::component_of) {
            Some(("schemas", variant)) => {
                variants.insert(value.clone(), without_alias(document, variant).to_owned());
            }
            _ => return fail("its mapping leads to something that is not a schema"),
        }
    }
    let named: BTreeSet<&str> = variants.values().map(String::as_str).collect();
    for variant in schema["oneOf"].as_array().into_iter().flatten() {
        match json::schema_ref(variant) {
            Some(variant) if named.contains(without_alias(document, variant)) => {}
            Some(variant) => return fail(&format!("no tag value leads to its variant {variant}")),
            None => return fail("a variant is written in place"),
        }
    }
    if let Some(variant) =
        named.iter().find(|v| document.schema(v).is_none_or(|s| s.get("properties").is_none()))
    {
        return fail(&format!("its variant {variant} is not an object with properties"));
    }
    Ok(Union { tag: tag.to_owned(), variants, ..Union::default() })
}

/// The component behind names that only refer to another one.
fn without_alias<'a>(document: &'a Document, mut name: &'a str) -> &'a str {
    // More steps than this are a circle of names, which leads to no object with properties.
    for _ in 0..ALIASES_MAX {
        match document.schema(name).and_then(json::schema_ref) {
            Some(target) => name = target,
            None => break,
        }
    }
    name
}

/// Components that something other than a union refers to.
fn held_elsewhere(document: &Document, unions: &BTreeMap<String, Union>) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    let mut note = |value: &Value| {
        visit_refs(value, &mut |reference| {
            if let Some(("schemas", name)) = json::component_of(reference) {
                held.insert(name.to_owned());
            }
        });
    };
    note(&document.root()["paths"]);
    for (name, schema) in document.components("schemas") {
        if !unions.contains_key(name) {
            note(schema);
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(mapping: Value) -> Document {
        let variant = json!({"type": "object", "required": ["type"], "properties": {
            "type": {"type": "string"}, "x": {"type": "string"}}});
        Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x", "responses": {"2XX": json::ref_to("card")}}}},
                "components": {"schemas": {
                    "debit": variant, "credit": variant,
                    "card": {
                        "oneOf": [json::ref_to("debit"), json::ref_to("credit")],
                        "discriminator": {"propertyName": "type", "mapping": mapping},
                    },
                }},
            }),
        )
        .unwrap()
    }

    #[test]
    fn the_tag_leaves_variants_that_it_alone_leads_to() {
        let mut document = document(json!({
            "DEBIT": "#/components/schemas/debit", "PREPAID": "#/components/schemas/debit",
            "CREDIT": "#/components/schemas/credit",
        }));
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 1);
        let union = &facts.unions["card"];
        assert_eq!(union.tag, "type");
        assert_eq!(union.variants["PREPAID"], "debit");
        assert_eq!(union.tag_in_union.iter().collect::<Vec<_>>(), ["credit"]);
        assert!(document.schema("debit").unwrap()["properties"].get("type").is_some());
        assert!(document.schema("credit").unwrap()["properties"].get("type").is_none());
        assert_eq!(document.schema("credit").unwrap()["required"], json!([]));
    }

    #[test]
    fn a_variant_that_is_only_its_tag_is_bare() {
        let mut document = document(json!({
            "DEBIT": "#/components/schemas/debit", "CREDIT": "#/components/schemas/credit",
        }));
        if let Some(credit) = document.schemas_mut().get_mut("credit") {
            credit["properties"].as_object_mut().unwrap().remove("x");
        }
        let mut facts = Facts::default();
        run(&mut document, &mut facts).unwrap();
        assert_eq!(facts.unions["card"].bare.iter().collect::<Vec<_>>(), ["credit"]);
    }

    #[test]
    fn a_variant_without_a_tag_value_is_tagged_with_its_name() {
        let mut document = document(json!({"DEBIT": "#/components/schemas/debit"}));
        let mut facts = Facts::default();
        run(&mut document, &mut facts).unwrap();
        assert_eq!(facts.unions["card"].variants["credit"], "credit");
        assert_eq!(facts.unions["card"].variants["DEBIT"], "debit");
    }
}
