//! Discriminators as the later passes take them: on a `oneOf`, whose variants are all components.
//!
//! Others only remark on something: a schema that is the base of others lists them in its mapping,
//! and a variant that is written in place has no tag.

use serde_json::Value;

use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut touched = 0;
    visit::schemas(document, &mut |schema, place| {
        let Some(map) = schema.as_object_mut().filter(|map| map.contains_key("discriminator"))
        else {
            return Ok(());
        };
        // Of several one holds, since the tag says which.
        if !map.contains_key("oneOf")
            && let Some(variants) = map.remove("anyOf")
        {
            map.insert("oneOf".to_owned(), variants);
        }
        let is_union = map.contains_key("oneOf");
        let is_tagged = map["discriminator"]["propertyName"].is_string()
            && variants(map.get("oneOf")).all(|variant| json::schema_ref(variant).is_some())
            && targets(&map["discriminator"]).all(|target| {
                target.as_str().and_then(json::component_of).is_some_and(|(of, _)| of == "schemas")
            });
        if !is_union || !is_tagged {
            map.remove("discriminator");
            touched += 1;
        }
        if is_union && !is_tagged {
            facts.note(place, "its variants have no names, so that its tag tells nothing");
        }
        Ok(())
    })?;
    Ok(touched)
}

fn variants(union: Option<&Value>) -> impl Iterator<Item = &Value> {
    union.and_then(Value::as_array).into_iter().flatten()
}

fn targets(discriminator: &Value) -> impl Iterator<Item = &Value> {
    discriminator["mapping"].as_object().into_iter().flat_map(|mapping| mapping.values())
}
