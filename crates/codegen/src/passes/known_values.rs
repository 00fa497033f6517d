//! Values that are known but not all there are: `x-synctera-known-values` reads as `enum`, since every
//! enum keeps the values that it does not know.
//!
//! An overlay uses it where a guide names values and the document has a bare string. An `enum` there
//! would say that other values are wrong.

use super::visit;
use crate::document::Document;
use crate::error::Result;

const KEYWORD: &str = "x-synctera-known-values";

pub(super) fn run(document: &mut Document) -> Result<usize> {
    let mut count = 0;
    visit::schemas(document, &mut |schema, _| {
        if let Some(values) = schema.as_object_mut().and_then(|map| map.remove(KEYWORD)) {
            schema["enum"] = values;
            count += 1;
        }
        Ok(())
    })?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn known_values_are_an_enum() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x", "parameters": [
                    {"name": "kind", "in": "query", "schema": {"type": "string", KEYWORD: ["c"]}}]}}},
                "components": {"schemas": {
                    "kind": {"type": "string", KEYWORD: ["a", "b"]},
                    "x-synctera-known-values": {"type": "string"},
                }},
            }),
        )
        .unwrap();
        assert_eq!(run(&mut document).unwrap(), 2);
        let schemas = &document.root()["components"]["schemas"];
        assert_eq!(schemas["kind"], json!({"type": "string", "enum": ["a", "b"]}));
        assert_eq!(schemas["x-synctera-known-values"], json!({"type": "string"}));
        let parameter = &document.root()["paths"]["/x"]["get"]["parameters"][0]["schema"];
        assert_eq!(parameter["enum"], json!(["c"]));
    }
}
