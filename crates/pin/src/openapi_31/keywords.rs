//! What of JSON Schema 2020-12 all of the conversion knows.

use serde_json::{Map, Value};
use synctera_codegen::error::{Error, Result};

/// Places and what is simpler there than in the document.
pub(crate) type Notes = Vec<(String, String)>;

pub(super) type Schema = Map<String, Value>;

/// What is said of a value as a whole, beside what it refers to.
pub(super) const ANNOTATIONS: [&str; 8] = [
    "default",
    "deprecated",
    "description",
    "example",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
];

/// The dialects of JSON Schema whose keywords mean what is assumed here.
const DIALECTS: [&str; 2] = [
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://json-schema.org/draft/2020-12/schema",
];

/// Refuses another dialect of JSON Schema than that of OpenAPI.
pub(super) fn check_dialect(place: &str, dialect: &Value) -> Result<()> {
    let known = dialect.as_str().is_some_and(|uri| DIALECTS.contains(&uri.trim_end_matches('#')));
    if known {
        return Ok(());
    }
    Err(Error::at(place, format!("the dialect {dialect} of JSON Schema is not supported")))
}
