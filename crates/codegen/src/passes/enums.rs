//! String enums become facts; the emitted type keeps values that it does not know.

use serde_json::{Value, json};

use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    for (name, schema) in document.components("schemas") {
        if schema["type"] == "string" && schema.get("enum").is_some() {
            let mut values: Vec<String> =
                json::strings(schema, "enum").into_iter().map(str::to_owned).collect();
            values.sort();
            values.dedup();
            // Nothing but `null`.
            if values.is_empty() {
                continue;
            }
            facts.enums.insert(name.clone(), values);
        }
    }
    // An enum of anything but strings only narrows its type.
    visit::schemas(document, &mut |schema, _| {
        let is_named =
            |value: &Value| value.as_array().is_some_and(|v| v.iter().any(Value::is_string));
        if schema.get("enum").is_some_and(|values| schema["type"] != "string" || !is_named(values))
        {
            schema.as_object_mut().map(|map| map.remove("enum"));
        }
        Ok(())
    })?;
    for name in facts.enums.keys() {
        if let Some(schema) = document.schemas_mut().get_mut(name) {
            *schema = json!({"type": "string"});
        }
    }
    Ok(facts.enums.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_as_facts() {
        let values = json!(["B", "A", "B"]);
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}},
                "components": {"schemas": {
                    "status": {"type": "string", "enum": values},
                    "level": {"type": "integer", "enum": [1, 2]},
                }},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 1);
        assert_eq!(facts.enums["status"], ["A", "B"]);
        assert_eq!(document.schema("level"), Some(&json!({"type": "integer"})));
    }
}
