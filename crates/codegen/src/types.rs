//! `spec/types.toml`: which properties hold more than their JSON type says.
//!
//! The document knows strings; we know that one of them is a person's id, another a currency and
//! a third a social security number. The rules are data, reviewed like an overlay.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::document::Document;
use crate::error::{Error, Result};

/// The rules of `spec/types.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRules {
    /// Ids of resources.
    #[serde(default)]
    ids: Ids,
    /// Codes: type → names of properties.
    #[serde(default)]
    codes: BTreeMap<String, BTreeSet<String>>,
    /// Strings with a type of the runtime: type → schema → names of properties.
    #[serde(default)]
    strings: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Numbers with a unit: type → names of properties.
    #[serde(default)]
    numbers: BTreeMap<String, BTreeSet<String>>,
    /// Names of properties whose value must not be shown.
    #[serde(default)]
    sensitive: Sensitive,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ids {
    /// Rust type → what it identifies, in a few words.
    #[serde(default)]
    types: BTreeMap<String, String>,
    /// Property or parameter name → type.
    #[serde(default)]
    names: BTreeMap<String, String>,
    /// Schema → type of its `id`.
    #[serde(default)]
    own: BTreeMap<String, String>,
    /// Schema or path → property or parameter name → type, where the general rule is wrong.
    #[serde(default)]
    within: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensitive {
    /// Words in a name that ask for a decision.
    #[serde(default)]
    words: BTreeSet<String>,
    /// Decided: never shown.
    #[serde(default)]
    names: BTreeSet<String>,
    /// Decided: not shown in a schema, though the name alone says nothing; schema → names.
    #[serde(default)]
    within: BTreeMap<String, BTreeSet<String>>,
    /// Decided: may be shown; reason → names.
    #[serde(default)]
    shown: BTreeMap<String, BTreeSet<String>>,
}

/// What a rule makes of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    /// The id of a resource; the name of its Rust type.
    Id(String),
    /// A code of a currency or a country, a rate, or a string of another kind; the name of its Rust
    /// type.
    Code(String),
    /// A value that is masked.
    Sensitive,
}

impl TypeRules {
    /// Reads the rules.
    ///
    /// # Errors
    /// [`Error::DataFile`] when the file is malformed or names an id type that it does not list.
    pub fn parse(text: &str) -> Result<Self> {
        let rules: Self =
            toml::from_str(text).map_err(|e| Error::file("types.toml", e.to_string()))?;
        let used = rules
            .ids
            .names
            .values()
            .chain(rules.ids.own.values())
            .chain(rules.ids.within.values().flat_map(BTreeMap::values));
        for name in used {
            if !name.is_empty() && !rules.ids.types.contains_key(name) {
                return Err(Error::file("types.toml", format!("{name} is not among [ids.types]")));
            }
        }
        Ok(rules)
    }

    /// The id types and what each identifies.
    pub fn id_types(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ids.types.iter().map(|(name, what)| (name.as_str(), what.as_str()))
    }

    /// The names of all types that a rule can give.
    pub(crate) fn type_names(&self) -> BTreeSet<String> {
        let ids = self.ids.types.keys();
        let codes = self.codes.keys().chain(self.strings.keys()).chain(self.numbers.keys());
        let sensitive = ["SensitiveDate", "SensitiveText"].map(str::to_owned);
        ids.chain(codes).cloned().chain(sensitive).collect()
    }

    /// Strings that have a type of the runtime: type, schema, property.
    pub fn strings(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.strings.iter().flat_map(|(ty, schemas)| {
            schemas.iter().flat_map(move |(schema, names)| {
                names.iter().map(move |name| (ty.as_str(), schema.as_str(), name.as_str()))
            })
        })
    }

    /// The names of properties and parameters whose value is not shown, in whatever schema they are; the
    /// words that make others suspicious; and the names with such a word that may be shown.
    pub fn hidden_names(&self) -> [Vec<&str>; 3] {
        let Sensitive { words, names, shown, .. } = &self.sensitive;
        [
            names.iter().map(String::as_str).collect(),
            words.iter().map(String::as_str).collect(),
            shown.values().flatten().map(String::as_str).collect(),
        ]
    }

    /// How many names of a document hold a word that asks for a decision, and those on which
    /// nobody decided.
    pub fn sensitive_names(&self, document: &Document) -> (usize, BTreeSet<String>) {
        let mut names = BTreeSet::new();
        named(document.root(), &mut names);
        let asking: BTreeSet<String> = names.into_iter().filter(|name| self.asks(name)).collect();
        let decided = |name: &String| {
            self.sensitive.names.contains(name)
                || self.sensitive.shown.values().any(|names| names.contains(name))
        };
        let open = asking.iter().filter(|name| !decided(name)).cloned().collect();
        (asking.len(), open)
    }

    fn asks(&self, name: &str) -> bool {
        let spaced = format!("_{}_", heck::ToSnakeCase::to_snake_case(name));
        self.sensitive.words.iter().any(|word| spaced.contains(&format!("_{word}_")))
    }

    /// What a property (of a schema) or parameter (of a path) is, beside its JSON type.
    pub(crate) fn special(&self, owner: &str, name: &str, format: Option<&str>) -> Option<Special> {
        let within = self.sensitive.within.get(owner);
        if self.sensitive.names.contains(name) || within.is_some_and(|names| names.contains(name)) {
            return Some(Special::Sensitive);
        }
        if let Some((code, _)) = self.codes.iter().find(|(_, names)| names.contains(name)) {
            return Some(Special::Code(code.clone()));
        }
        let holds = |schemas: &BTreeMap<String, BTreeSet<String>>| {
            schemas.get(owner).is_some_and(|names| names.contains(name))
        };
        if let Some((ty, _)) = self.strings.iter().find(|(_, schemas)| holds(schemas)) {
            return Some(Special::Code(ty.clone()));
        }
        if format != Some("uuid") {
            return None;
        }
        // An empty name says: a plain UUID here, whatever the general rule.
        self.id_rule(owner, name)
            .filter(|name| !name.is_empty())
            .map(|name| Special::Id(name.clone()))
    }

    fn id_rule(&self, owner: &str, name: &str) -> Option<&String> {
        let exception = self.ids.within.get(owner).and_then(|names| names.get(name));
        let own = || if name == "id" { self.ids.own.get(owner) } else { None };
        // Lists are named in the plural.
        let singular = name.strip_suffix('s').filter(|singular| singular.ends_with("_id"));
        let general = || self.ids.names.get(name).or_else(|| self.ids.names.get(singular?));
        exception.or_else(own).or_else(general)
    }

    /// The ids of a document whose type is not decided: the table of `[ids]` to which the line
    /// belongs, and its key.
    pub fn undecided_ids(&self, document: &Document) -> BTreeSet<(&'static str, String)> {
        let mut found = BTreeSet::new();
        for (component, schema) in document.components("schemas") {
            // What is sent follows the rules of what is read.
            let owner = component.strip_prefix("new_").unwrap_or(component);
            ids(schema, &mut |name| {
                if self.id_rule(component, name).or_else(|| self.id_rule(owner, name)).is_none() {
                    found.insert(match name {
                        "id" => ("own", owner.to_owned()),
                        _ => ("names", name.to_owned()),
                    });
                }
            });
        }
        let paths = document.root().get("paths").unwrap_or(&Value::Null);
        let parameters = document.components("parameters").map(|(_, parameter)| parameter);
        for value in parameters.chain([paths]) {
            ids(value, &mut |name| {
                if name != "id" && self.id_rule("", name).is_none() {
                    found.insert(("names", name.to_owned()));
                }
            });
        }
        found
    }
}

impl TypeRules {
    /// The type of an integer with a unit.
    pub(crate) fn number(&self, name: &str) -> Option<&str> {
        let (number, _) = self.numbers.iter().find(|(_, names)| names.contains(name))?;
        Some(number)
    }
}

/// The names of the properties and parameters that are ids by their name and format.
fn ids(value: &Value, f: &mut impl FnMut(&str)) {
    let is_id = |name: &str, schema: &Value| {
        let is_named = name == "id" || name.ends_with("_id") || name.ends_with("_ids");
        is_named && (schema["format"] == "uuid" || schema["items"]["format"] == "uuid")
    };
    match value {
        Value::Object(map) => {
            if let (Some(Value::String(name)), true) = (map.get("name"), map.contains_key("in"))
                && map.get("schema").is_some_and(|schema| is_id(name, schema))
            {
                f(name);
            }
            for (key, child) in map {
                if let ("properties", Value::Object(properties)) = (key.as_str(), child) {
                    let named = properties.iter().filter(|(name, schema)| is_id(name, schema));
                    named.for_each(|(name, _)| f(name));
                }
                ids(child, f);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| ids(item, f)),
        _ => {}
    }
}

/// The names of all properties and parameters.
fn named(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let (Some(Value::String(name)), true) = (map.get("name"), map.contains_key("in")) {
                names.insert(name.clone());
            }
            for (key, child) in map {
                if let ("properties", Value::Object(properties)) = (key.as_str(), child) {
                    names.extend(properties.keys().cloned());
                }
                named(child, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| named(item, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_string_has_a_type_of_its_own_where_a_rule_says_so() {
        let rules = TypeRules::parse(
            r#"
            [strings.LedgerAccountId]
            line = ["account_id"]
            [ids.types]
            AccountId = "an account"
            [ids.names]
            account_id = "AccountId"
            "#,
        )
        .unwrap();
        let special = |owner, format| rules.special(owner, "account_id", format);
        assert_eq!(special("line", None), Some(Special::Code("LedgerAccountId".to_owned())));
        assert_eq!(special("card", Some("uuid")), Some(Special::Id("AccountId".to_owned())));
        assert_eq!(special("card", None), None);
        assert_eq!(
            rules.strings().collect::<Vec<_>>(),
            [("LedgerAccountId", "line", "account_id")]
        );
    }

    #[test]
    fn a_value_may_be_sensitive_in_one_schema_only() {
        let rules = TypeRules::parse("[sensitive.within]\ngrant = [\"code\"]").unwrap();
        assert_eq!(rules.special("grant", "code", None), Some(Special::Sensitive));
        assert!(rules.hidden_names()[0].is_empty(), "elsewhere a code says what is wrong");
        assert_eq!(rules.special("grant", "status", None), None);
        assert_eq!(rules.special("error", "code", None), None);
    }

    #[test]
    fn an_id_without_a_type_is_undecided() {
        let rules = TypeRules::parse(
            "[ids.types]\nLampId = \"a lamp\"\n[ids.names]\nlamp_id = \"LampId\"\nroom_id = \"\"\n\
             [ids.own]\nlamp = \"LampId\"",
        )
        .unwrap();
        let id = json!({"type": "string", "format": "uuid"});
        let list = json!({"type": "array", "items": id});
        let document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x/{bulb_id}": {"get": {"operationId": "x", "parameters": [
                    {"name": "bulb_id", "in": "path", "required": true, "schema": id},
                    {"name": "lamp_id", "in": "query", "schema": id}]}}},
                "components": {"schemas": {
                    "lamp": {"properties": {"id": id, "room_id": id, "fuse_ids": list}},
                    "new_lamp": {"properties": {"id": id, "lamp_ids": list, "paid": id}},
                    "plug": {"properties": {"id": id, "number_id": {"type": "string"}}},
                }},
            }),
        )
        .unwrap();
        let found: Vec<_> = rules.undecided_ids(&document).into_iter().collect();
        let of = |table, name: &str| (table, name.to_owned());
        assert_eq!(found, [of("names", "bulb_id"), of("names", "fuse_ids"), of("own", "plug")]);
    }

    #[test]
    fn a_name_that_sounds_like_a_secret_must_be_decided_on() {
        let rules = TypeRules::parse(
            r#"
            [sensitive]
            words = ["token", "account_no"]
            names = ["access_token"]
            [sensitive.shown]
            "where a page begins" = ["page_token"]
            "#,
        )
        .unwrap();
        let document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x", "parameters": [
                    {"name": "page_token", "in": "query"}]}}},
                "components": {"schemas": {"thing": {"properties": {
                    "access_token": {}, "tokens": {}, "vendorToken": {}, "old_account_no": {}}}}},
            }),
        )
        .unwrap();
        let (asking, open) = rules.sensitive_names(&document);
        assert_eq!(asking, 4);
        assert_eq!(open.into_iter().collect::<Vec<_>>(), ["old_account_no", "vendorToken"]);
    }
}
