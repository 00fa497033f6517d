//! Which properties a PATCH can clear: those that the document lets be `null`. The platform refuses
//! `null` everywhere else.

use serde_json::Value;

use super::Facts;
use crate::document::Document;
use crate::json;

/// Set to false by an overlay on a property that may be null but cannot be cleared.
const MARK: &str = "x-synctera-clearable";

pub(super) fn run(document: &Document, facts: &mut Facts) -> usize {
    let mut count = 0;
    for name in &facts.patches {
        let Some(schema) = document.schema(name) else {
            continue;
        };
        let properties =
            json::properties(schema).filter(|(_, property)| is_clearable(document, property));
        for (property, _) in properties {
            facts.clearable.entry(name.clone()).or_default().insert(property.clone());
            count += 1;
        }
    }
    count
}

fn is_clearable(document: &Document, property: &Value) -> bool {
    let is_nullable = property["nullable"] == true || document.deref(property)["nullable"] == true;
    is_nullable && property[MARK] != false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_may_be_null_in_a_patch_can_be_cleared() {
        let properties = json!({
            "limit": {"type": "integer", "nullable": true},
            "place": json::ref_to("place"),
            "check": {"$ref": "#/components/schemas/place", MARK: false},
            "name": {"type": "string"},
        });
        let document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"patch": {"operationId": "x"}}},
                "components": {"schemas": {
                    "thing_patch": {"type": "object", "properties": properties},
                    "thing": {"type": "object", "properties": properties},
                    "place": {"type": "string", "nullable": true},
                }},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        facts.patches.insert("thing_patch".to_owned());
        assert_eq!(run(&document, &mut facts), 2);
        assert_eq!(facts.clearable.len(), 1);
        assert_eq!(facts.clearable["thing_patch"].iter().collect::<Vec<_>>(), ["limit", "place"]);
    }
}
