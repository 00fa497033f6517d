//! Our documentation of the API, from `spec/docs/`, and what stands in where there is none.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::document::Document;
use crate::emit::operations::Operation;
use crate::error::{Error, Result};
use crate::passes::Facts;

/// The documentation files, merged.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    operations: BTreeMap<String, OperationDoc>,
    schemas: BTreeMap<String, SchemaDoc>,
    fields: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    operation: BTreeMap<String, OperationDoc>,
    #[serde(default)]
    schema: BTreeMap<String, SchemaDoc>,
    #[serde(default)]
    field: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationDoc {
    /// What it is for; the first sentence stands alone.
    doc: String,
    /// Platform codes that a caller should be ready for.
    #[serde(default)]
    errors: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaDoc {
    #[serde(default)]
    doc: Option<String>,
    #[serde(default)]
    field: BTreeMap<String, String>,
}

impl Docs {
    /// Adds one file.
    ///
    /// # Errors
    /// [`Error::DataFile`] when it is malformed or documents something a second time.
    pub fn add(&mut self, name: &str, text: &str) -> Result<()> {
        let file: File =
            toml::from_str(text).map_err(|e| Error::file(format!("docs/{name}"), e.to_string()))?;
        let twice = |kind: &str, key: &str| {
            Err(Error::file(format!("docs/{name}"), format!("{kind} {key} is documented twice")))
        };
        for (key, doc) in file.operation {
            if self.operations.insert(key.clone(), doc).is_some() {
                return twice("operation", &key);
            }
        }
        for (key, doc) in file.schema {
            if self.schemas.insert(key.clone(), doc).is_some() {
                return twice("schema", &key);
            }
        }
        for (key, doc) in file.field {
            if self.fields.insert(key.clone(), doc).is_some() {
                return twice("field", &key);
            }
        }
        Ok(())
    }

    /// Whether an operation is documented in words of its own.
    pub fn documents(&self, operation: &str) -> bool {
        self.operations.contains_key(operation)
    }

    /// Documented operations and schemas (`operation x`, `schema y`, `schema y, field z`) that
    /// are not among the given.
    pub fn stale(
        &self,
        operations: &BTreeSet<String>,
        schemas: &BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<String> {
        let mut stale: Vec<String> = self
            .operations
            .keys()
            .filter(|key| !operations.contains(*key))
            .map(|key| format!("operation {key}"))
            .collect();
        for (name, doc) in &self.schemas {
            match schemas.get(name) {
                None => stale.push(format!("schema {name}")),
                Some(fields) => stale.extend(
                    doc.field
                        .keys()
                        .filter(|field| !fields.contains(*field))
                        .map(|field| format!("schema {name}, field {field}")),
                ),
            }
        }
        stale
    }

    /// Writes descriptions into a normalized document, for the generator to carry over.
    pub(crate) fn describe(&self, document: &mut Document) {
        for (name, schema) in document.schemas_mut() {
            let own = self.schemas.get(name);
            schema["description"] = json!(self.schema_doc(name));
            if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                for (property, schema) in properties {
                    let doc = own
                        .and_then(|own| own.field.get(property))
                        .or_else(|| self.fields.get(property))
                        .cloned()
                        .unwrap_or_else(|| derived(property));
                    // A description beside a reference would be lost: it moves into an `allOf`
                    // of one, which reads as the reference.
                    if schema.get("$ref").is_some() {
                        *schema = json!({ "allOf": [schema.take()] });
                    }
                    schema["description"] = json!(doc);
                }
            }
        }
    }

    /// What a schema is.
    pub(crate) fn schema_doc(&self, name: &str) -> String {
        self.schemas.get(name).and_then(|own| own.doc.clone()).unwrap_or_else(|| derived(name))
    }

    /// What is written of a schema.
    pub(crate) fn written_schema_doc(&self, name: &str) -> Option<&str> {
        self.schemas.get(name)?.doc.as_deref()
    }

    /// What is written of a property: for its schema, or for all of its name.
    pub(crate) fn written_field_doc(&self, schema: &str, property: &str) -> Option<&str> {
        let own = self.schemas.get(schema).and_then(|own| own.field.get(property));
        own.or_else(|| self.fields.get(property)).map(String::as_str)
    }

    /// A line about an operation, and what is written of it if there is more.
    pub(crate) fn operation_words(&self, id: &str) -> (String, Option<&str>) {
        let Some(own) = self.operations.get(id) else {
            return (derived(id), None);
        };
        let words = own.doc.trim();
        let first = words.find(". ").map_or(words, |end| words.get(..=end).unwrap_or(words));
        (first.to_owned(), Some(words))
    }

    /// What a query parameter does.
    pub(crate) fn parameter_doc(&self, name: &str) -> String {
        self.fields.get(name).cloned().or_else(|| filter(name)).unwrap_or_else(|| derived(name))
    }

    /// The whole rustdoc of an operation.
    pub(crate) fn operation_doc(&self, operation: &Operation) -> String {
        let own = self.operations.get(&operation.id);
        let mut doc = own.map_or_else(|| derived(&operation.id), |own| own.doc.trim().to_owned());
        doc.push_str(&format!("\n\n`{}`", operation.key));
        if let Some(source) = &operation.source {
            doc.push_str(&format!("\n\n**Legacy**: described by the v0 interface ({source}). "));
            doc.push_str(&match &operation.replaced_by {
                Some(current) => format!("In v2, use `{current}`."),
                None => "v2 has nothing in its place.".to_owned(),
            });
        }
        doc.push_str("\n\n# Errors\n\n");
        let statuses: Vec<String> =
            operation.facts.error_statuses.iter().map(|status| format!("`{status}`")).collect();
        doc.push_str("What every call can answer; the document lists ");
        doc.push_str(&if statuses.is_empty() { "none".to_owned() } else { statuses.join(", ") });
        if let Some(own) = own.filter(|own| !own.errors.is_empty()) {
            let codes: Vec<String> = own.errors.iter().map(|code| format!("`{code}`")).collect();
            doc.push_str(&format!(". Be ready for {}", codes.join(", ")));
        }
        doc.push('.');
        doc
    }
}

/// Names of schemas and their properties, for [`Docs::stale`].
pub fn documentable(document: &Document, facts: &Facts) -> BTreeMap<String, BTreeSet<String>> {
    let mut schemas: BTreeMap<String, BTreeSet<String>> = document
        .components("schemas")
        .map(|(name, schema)| {
            (name.clone(), crate::json::properties(schema).map(|(name, _)| name.clone()).collect())
        })
        .collect();
    for name in facts.enums.keys().chain(facts.unions.keys()) {
        schemas.entry(name.clone()).or_default();
    }
    schemas
}

/// What a filter does, where its name follows a pattern of the platform's.
fn filter(name: &str) -> Option<String> {
    let ends = |suffix| name.strip_suffix(suffix).map(spoken);
    if let Some(of) = ends("_nin") {
        return Some(format!("Only those whose {of} is not one of these."));
    }
    if let Some(of) = ends("_neq") {
        return Some(format!("Only those whose {of} is not this one."));
    }
    if let Some(of) = ends("_gte") {
        return Some(format!("Only those whose {of} is at least this."));
    }
    if let Some(of) = ends("_lte") {
        return Some(format!("Only those whose {of} is at most this."));
    }
    if let Some(of) = ends("_like") {
        return Some(format!("Only those whose {of} contains this; `*` stands for any text."));
    }
    let is_range = ["_amount", "_date", "_time"].iter().any(|unit| name.ends_with(unit));
    for (prefix, end) in [("from_", "Start"), ("start_", "Start"), ("to_", "End"), ("end_", "End")]
    {
        if let (true, Some(of)) = (is_range, name.strip_prefix(prefix)) {
            return Some(format!("{end} of the range for the {}.", spoken(of)));
        }
    }
    None
}

/// A line from the structure, where no other is written: what the name says, as a sentence.
fn derived(name: &str) -> String {
    let words = spoken(&heck::ToSnakeCase::to_snake_case(name));
    if let Some(rest) = words.strip_prefix("is ") {
        return format!("Whether it is {rest}.");
    }
    if let Some(rest) = words.strip_prefix("has ") {
        return format!("Whether it has {rest}.");
    }
    if let Some(rest) = words.strip_suffix(" ids") {
        return format!("Ids of the {}.", plural(rest));
    }
    if let Some(rest) = words.strip_suffix(" id") {
        return format!("Id of the {rest}.");
    }
    if let Some(rest) = words.strip_suffix(" list") {
        return format!("A list of {}.", plural(rest));
    }
    let mut sentence: String = words.chars().take(1).flat_map(char::to_uppercase).collect();
    sentence.extend(words.chars().skip(1));
    sentence.push('.');
    sentence
}

/// Words that are written in capitals.
const CAPITALS: &[&str] = &[
    "ach", "aft", "api", "apr", "apy", "atm", "bin", "cip", "crr", "csr", "cvv", "cvv2", "dfi",
    "edd", "eft", "ein", "emv", "fdx", "gl", "guid", "iban", "imad", "ip", "jwt", "mcc", "ocr",
    "odfi", "omad", "pan", "pep", "pin", "rdfi", "ssn", "uetr", "upc", "uri", "url", "uuid", "vat",
    "zip",
];

/// Words that are written in another way than names have them: proper names and short forms.
const WRITTEN: &[(&str, &str)] = &[
    ("synctera pay", "Synctera Pay"),
    ("apple pay", "Apple Pay"),
    ("applepay", "Apple Pay"),
    ("apple", "Apple"),
    ("google pay", "Google Pay"),
    ("google", "Google"),
    ("EFT ca", "EFT Canada"),
    ("authenticate3ds", "authenticate 3-D Secure"),
    ("initialize3ds", "initialize 3-D Secure"),
    ("lookup3ds", "lookup 3-D Secure"),
    ("three ds", "3-D Secure"),
    ("3ds", "3-D Secure"),
    ("level2 and3", "level 2 and 3"),
    ("loc", "line of credit"),
    ("auth", "authorization"),
    ("config", "configuration"),
    ("configs", "configurations"),
    ("num", "number of"),
    ("geo", "geographic"),
    ("dc sign", "direction"),
    ("ecommerce", "e-commerce"),
];

/// A name as one says it: words with spaces, and abbreviations in capitals.
fn spoken(name: &str) -> String {
    let word = |word: &str| {
        if CAPITALS.contains(&word) { word.to_uppercase() } else { word.to_owned() }
    };
    let words: Vec<String> = name.split('_').filter(|part| !part.is_empty()).map(word).collect();
    let padded = WRITTEN.iter().fold(format!(" {} ", words.join(" ")), |text, (from, to)| {
        text.replace(&format!(" {from} "), &format!(" {to} "))
    });
    padded.trim().to_owned()
}

fn plural(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ if words.ends_with("ch") || words.ends_with(['s', 'x']) => format!("{words}es"),
        _ => format!("{words}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_sentences() {
        for (name, line) in [
            ("is_ach_enabled", "Whether it is ACH enabled."),
            ("external_account_id", "Id of the external account."),
            ("spend_control_ids", "Ids of the spend controls."),
            ("category_ids", "Ids of the categories."),
            ("batch_ids", "Ids of the batches."),
            ("listFeetemplates", "List feetemplates."),
            ("apr", "APR."),
            ("new_synctera_pay_transfer", "New Synctera Pay transfer."),
            ("eft_ca_transfer_list", "A list of EFT Canada transfers."),
            ("authenticate3dsRequest", "Authenticate 3-D Secure request."),
            ("googlePayZip", "Google Pay ZIP."),
        ] {
            assert_eq!(derived(name), line);
        }
    }

    #[test]
    fn filters_say_what_they_leave() {
        for (name, line) in [
            ("uuid_nin", "Only those whose UUID is not one of these."),
            ("status_neq", "Only those whose status is not this one."),
            ("amount_limit_gte", "Only those whose amount limit is at least this."),
            ("upc_like", "Only those whose UPC contains this; `*` stands for any text."),
            ("start_effective_date", "Start of the range for the effective date."),
            ("to_order_date", "End of the range for the order date."),
        ] {
            assert_eq!(filter(name).as_deref(), Some(line));
            assert_eq!(Docs::default().parameter_doc(name), line);
        }
        for name in ["from_person_id", "status", "start_search"] {
            assert_eq!(filter(name), None, "{name}");
        }
    }

    #[test]
    fn a_thing_documented_twice_is_refused() {
        let mut docs = Docs::default();
        docs.add("a.toml", "[operation.x]\ndoc = 'X.'").unwrap();
        let error = docs.add("b.toml", "[operation.x]\ndoc = 'X.'").unwrap_err();
        assert_eq!(error.to_string(), "docs/b.toml: operation x is documented twice");
        assert_eq!(docs.stale(&BTreeSet::new(), &BTreeMap::new()), ["operation x"]);
    }
}
