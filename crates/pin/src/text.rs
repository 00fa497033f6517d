//! The text of a document → a JSON tree, whether it is written as JSON or as YAML.

use serde_json::Value;

use synctera_codegen::error::{Error, Result};
use synctera_codegen::{Document, check_depth, json};

use crate::openapi_31;

/// Some editors put it before a text; it is no part of it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads and checks a document, which may be JSON or YAML; `name` is how errors call it.
///
/// # Errors
/// When the text is no document of OpenAPI 3.0 or 3.1, or something in it is not supported; the error
/// names the place.
pub fn parse(name: &str, text: &str) -> Result<Document> {
    document(name, read(name, text)?)
}

/// Checks a document that is already a JSON tree; one of OpenAPI 3.1 becomes one of 3.0.
///
/// # Errors
/// As [`parse`].
pub fn document(name: &str, mut root: Value) -> Result<Document> {
    if !openapi_31::is_31(&root) {
        return Document::from_value(name, root);
    }
    check_depth(name, &root)?;
    let notes = openapi_31::lower(&mut root)?;
    Ok(Document::from_value(name, root)?.with_notes(notes))
}

/// The tree of a text.
fn read(name: &str, text: &str) -> Result<Value> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    match text.trim_start().chars().next() {
        None | Some('{' | '[' | '"') => json::parse(name, text),
        Some('<') => Err(refused(name, "HTML or XML, which is no OpenAPI document")),
        Some(_) => yaml(name, text),
    }
}

fn yaml(name: &str, text: &str) -> Result<Value> {
    serde_saphyr::from_str(text).map_err(|e| {
        // The first line says what and where; the rest shows the text.
        let reason = e.to_string();
        let reason = reason.lines().next().unwrap_or_default();
        refused(name, format!("neither JSON nor valid YAML: {reason}"))
    })
}

fn refused(name: &str, reason: impl Into<String>) -> Error {
    Error::NotADocument { document: name.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_yaml_give_the_same_tree() {
        let tree =
            json!({"openapi": "3.0.3", "paths": {"/x": {"get": {"responses": {"200": {}}}}}});
        assert_eq!(read("t", &format!("\u{feff}{tree}")).unwrap(), tree);
        let yaml = "openapi: 3.0.3\npaths:\n  /x:\n    get:\n      responses:\n        200: {}\n";
        assert_eq!(read("t", yaml).unwrap(), tree);
        assert_eq!(read("t", &format!("\u{feff}# a remark\n{yaml}")).unwrap(), tree);
    }

    #[test]
    fn other_texts_are_called_what_they_are() {
        let of = |text: &str| read("t", text).unwrap_err().to_string();
        assert_eq!(of("<!doctype html>"), "t: HTML or XML, which is no OpenAPI document");
        assert!(of("a: [1").starts_with("t: neither JSON nor valid YAML: "), "{}", of("a: [1"));
        assert!(of("").contains("the document is cut short"), "{}", of(""));
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(
            of(&deep).starts_with("t: nested deeper than 127 levels at line 1"),
            "{}",
            of(&deep)
        );
    }
}
