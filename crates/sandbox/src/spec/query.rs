//! Query strings, by the document's parameters.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::ids::{self, canonical_id};
use super::literals;
use super::route::decoded;
use super::schema::{Schemas, deref};
use super::validate::FieldErrors;

/// Names under which published documents have a parameter that the pinned one calls otherwise; the
/// corrections in `spec/overlay/v2-20-parameters.yaml` say why. Both are read.
const PUBLISHED_NAMES: [(&str, &str, &str); 6] = [
    ("list_accounts", "account_id", "id"),
    ("list_businesses", "uuid", "id"),
    ("list_monitoring_alerts", "uuid", "id"),
    ("list_monitoring_subscriptions", "uuid", "id"),
    ("list_persons", "uuid", "id"),
    ("list_verifications", "uuid", "id"),
];

/// The value of a parameter as it came: the texts between commas, each without its escapes. A comma
/// that is escaped is part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryValue(Vec<String>);

impl QueryValue {
    /// Reads what stands behind the `=`; none if it is not escaped UTF-8.
    pub(crate) fn read(raw: &str) -> Option<Self> {
        raw.replace('+', " ").split(',').map(decoded).collect::<Option<_>>().map(Self)
    }

    fn whole(&self) -> String {
        self.0.join(",")
    }
}

/// The query parameters of an operation, ready to read a query string.
pub(crate) struct QueryRules {
    rules: BTreeMap<String, QueryRule>,
    /// Whether its answer has the token of a next page.
    pub(super) has_pages: bool,
    /// From a published name to the parameter's own.
    published: BTreeMap<&'static str, &'static str>,
}

struct QueryRule {
    schema: Value,
    /// Of each item, where it is a list.
    items: Value,
    required: bool,
    joined: bool,
    validator: Option<Validator>,
}

impl QueryRules {
    pub(super) fn new(
        root: &Value,
        id: &str,
        operation: &Value,
        schemas: &Schemas,
        has_pages: bool,
    ) -> Self {
        let mut rules = BTreeMap::new();
        for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten()
        {
            let parameter = deref(root, parameter);
            let Some(name) = parameter["name"].as_str().filter(|_| parameter["in"] == "query")
            else {
                continue;
            };
            let schema = deref(root, &parameter["schema"]).clone();
            let rule = QueryRule {
                items: deref(root, &schema["items"]).clone(),
                required: parameter["required"] == true,
                joined: parameter["explode"] == false,
                validator: schemas.compile(root, &parameter["schema"]),
                schema,
            };
            rules.insert(name.to_owned(), rule);
        }
        // Some documents give out the token of a next page, and do not say how it is asked for.
        for (name, schema) in [("limit", limit()), ("page_token", json!({ "type": "string" }))] {
            if has_pages && !rules.contains_key(name) {
                rules.insert(name.to_owned(), QueryRule::optional(root, schema, schemas));
            }
        }
        let published = PUBLISHED_NAMES.iter().filter(|(of, _, own)| {
            let is_declared = rules.contains_key(*own);
            *of == id && is_declared
        });
        let published = published.map(|(_, name, own)| (*name, *own)).collect();
        Self { rules, has_pages, published }
    }

    /// Whether the operation has a parameter of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.rules.contains_key(name) || self.published.contains_key(name)
    }

    /// Typed values by parameter, under the names of the pinned document. What is required may be
    /// optional to the caller.
    pub(crate) fn read(
        &self,
        pairs: &[(String, QueryValue)],
        is_optional: impl Fn(&str) -> bool,
    ) -> Result<BTreeMap<String, Value>, FieldErrors> {
        let mut values = BTreeMap::new();
        let mut errors = FieldErrors::default();
        for (name, rule) in &self.rules {
            let is_it =
                |key: &str| key == name || self.published.get(key).is_some_and(|own| *own == name);
            let given: Vec<&QueryValue> =
                pairs.iter().filter(|(key, _)| is_it(key)).map(|(_, value)| value).collect();
            if given.is_empty() {
                if rule.required && !is_optional(name) {
                    errors.missing.insert(name.clone());
                }
                continue;
            }
            if given.len() > 1 && rule.schema["type"] != "array" {
                errors.invalid.insert(name.clone(), "must be given once".to_owned());
                continue;
            }
            let mut value = rule.value(&given);
            if ids::is_parameter(name) {
                lower_ids(&mut value);
            }
            if let Some(validator) = &rule.validator {
                let found = FieldErrors::of(validator, &value);
                if let Some(reason) = found.invalid.into_values().next() {
                    errors.invalid.insert(name.clone(), reason);
                    continue;
                }
            }
            values.insert(name.clone(), value);
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }
}

/// The parameter `limit`, as other lists have it.
fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1 })
}

impl QueryRule {
    fn optional(root: &Value, schema: Value, schemas: &Schemas) -> Self {
        let validator = schemas.compile(root, &schema);
        Self { schema, items: Value::Null, required: false, joined: false, validator }
    }

    fn value(&self, given: &[&QueryValue]) -> Value {
        if self.schema["type"] != "array" {
            let last = given.last().map(|value| value.whole()).unwrap_or_default();
            return scalar(&self.schema, &last);
        }
        let texts: Vec<String> = if self.joined {
            given.iter().flat_map(|value| value.0.clone()).collect()
        } else {
            given.iter().map(|value| value.whole()).collect()
        };
        // Some clients escape the commas between values, too; where no value has a comma, that is
        // what an escaped one means.
        let texts = texts.iter().flat_map(|text| {
            let parts: Vec<&str> = if self.joined && !is_free(&self.items) {
                text.split(',').collect()
            } else {
                vec![text]
            };
            parts
        });
        texts.map(|text| scalar(&self.items, text)).collect()
    }
}

/// Whether any text fits a schema.
fn is_free(schema: &Value) -> bool {
    let narrows = ["enum", "format", "pattern"];
    schema["type"] == "string" && narrows.iter().all(|keyword| schema.get(*keyword).is_none())
}

/// Puts ids into the form in which they are stored.
fn lower_ids(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(id) = canonical_id(text) {
                *text = id;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(lower_ids),
        _ => {}
    }
}

/// A text by the type that its schema asks for; one that does not fit stays a text.
fn scalar(schema: &Value, text: &str) -> Value {
    let typed = match schema["type"].as_str() {
        Some("integer") => {
            text.parse::<i64>().ok().or_else(|| literals::integer(text)).map(Value::from)
        }
        // What is not finite is no number in JSON.
        Some("number") => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ if schema["format"] == "uuid" => canonical_id(text).map(Value::from),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::spec::{Interface, Match, Spec};

    fn read(path: &str, pairs: &[(&str, &str)]) -> Result<BTreeMap<String, Value>, FieldErrors> {
        let spec = Spec::of(Interface::V2);
        let Match::Found(routed) = spec.route("GET", path) else {
            panic!("no such operation");
        };
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), QueryValue::read(value).unwrap()))
            .collect();
        spec.read_query(routed.operation, &pairs, |_| false)
    }

    #[test]
    fn queries_are_typed() {
        let values = read("/persons", &[("limit", "5"), ("is_customer", "true")]).unwrap();
        assert_eq!(json!(values), json!({"limit": 5, "is_customer": true}));
        let errors = read("/persons", &[("limit", "0"), ("id", "x")]).unwrap_err();
        assert_eq!(
            json!(errors.invalid),
            json!({"id": "must be a valid uuid", "limit": "must be at least 1"})
        );
    }

    #[test]
    fn a_comma_that_is_escaped_is_part_of_a_text() {
        let list = |parameter: &str, value: &str| {
            let values = read("/transactions/pending", &[(parameter, value)]).unwrap();
            values[parameter].clone()
        };
        assert_eq!(list("idempotency_key", "inv-1%2C2,b+c"), json!(["inv-1,2", "b c"]));
        // No id and no status has one.
        let id = "0F58E632-2630-4cc4-8661-3910eae951e6";
        assert_eq!(
            list("account_id", &format!("{id}%2C{id}")),
            json!([id.to_lowercase(), id.to_lowercase()])
        );
        assert_eq!(list("reference_id", "a%2Cb,c"), json!("a,b,c"));
    }

    #[test]
    fn published_names_are_read_as_the_documents_own() {
        let id = "0f58e632-2630-4cc4-8661-3910eae951e6";
        for (of, published, own) in PUBLISHED_NAMES {
            let operations = Interface::V2.operations();
            let operation = operations.iter().find(|operation| operation.id == of).unwrap();
            let values = read(operation.path, &[(published, id)]).unwrap();
            assert_eq!(json!(values), json!({ own: [id] }), "{of}");
        }
    }
}
