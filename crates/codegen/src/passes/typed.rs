//! Ids, codes, rates and sensitive values get types of their own, by the rules of `spec/types.toml`.

use serde_json::{Value, json};

use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;
use crate::types::{Special, TypeRules};

/// Where the runtime's own types are, seen from generated code.
const RUNTIME: &str = "crate::runtime";

pub(super) fn run(document: &mut Document, facts: &mut Facts, rules: &TypeRules) -> Result<usize> {
    let lookup = document.clone();
    let mut typed = Typed { lookup: &lookup, facts, rules, count: 0 };
    let names: Vec<String> = document.components("schemas").map(|(name, _)| name.clone()).collect();
    for name in names {
        if let Some(schema) = document.schemas_mut().get_mut(&name) {
            let name = name.strip_prefix("new_").unwrap_or(&name);
            for (property, schema) in visit::object(schema, "properties") {
                typed.settle(name, property, schema, &mut Vec::new());
            }
        }
    }
    for key in document.operations() {
        if let Some(operation) = document.operation_mut(&key) {
            for parameter in visit::array(operation, "parameters") {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                if let Some(schema) = parameter.get_mut("schema") {
                    typed.settle(&key.path, &name, schema, &mut Vec::new());
                }
            }
        }
    }
    let count = typed.count;
    for name in facts.natives.keys() {
        document.schemas_mut().insert(name.clone(), json!({"type": "string"}));
    }
    Ok(count)
}

struct Typed<'a> {
    lookup: &'a Document,
    facts: &'a mut Facts,
    rules: &'a TypeRules,
    count: usize,
}

impl Typed<'_> {
    /// Settles a property; `lists` are the components of the lists that it is in.
    fn settle(&mut self, owner: &str, name: &str, schema: &mut Value, lists: &mut Vec<String>) {
        let plain = self.lookup.deref(schema).clone();
        if plain["type"] == "array" {
            // A list that is a component of its own is written out first.
            if let Some(list) = json::schema_ref(schema).map(str::to_owned) {
                // A list can hold itself.
                if lists.contains(&list) {
                    return;
                }
                lists.push(list);
                *schema = plain;
            }
            if let Some(items) = schema.get_mut("items") {
                self.settle(owner, name, items, lists);
            }
            return;
        }
        let format = plain["format"].as_str();
        let special = match plain["type"].as_str() {
            _ if plain.get("enum").is_some() => None,
            Some("string") => self.rules.special(owner, name, format),
            Some("integer") => {
                self.rules.number(name).map(|number| Special::Code(number.to_owned()))
            }
            _ => None,
        };
        let native = match special {
            None => return,
            Some(Special::Code(id) | Special::Id(id)) => (id.clone(), format!("{RUNTIME}::{id}")),
            Some(Special::Sensitive) if format == Some("date") => {
                ("SensitiveDate".to_owned(), format!("{RUNTIME}::Sensitive<::chrono::NaiveDate>"))
            }
            Some(Special::Sensitive) => {
                ("SensitiveText".to_owned(), format!("{RUNTIME}::Sensitive<::std::string::String>"))
            }
        };
        let mut reference = json::ref_to(&native.0);
        for key in super::flatten::ANNOTATIONS.iter().filter(|key| **key != "type") {
            if let Some(remark) = schema.get(*key).or_else(|| plain.get(*key)) {
                reference[*key] = remark.clone();
            }
        }
        *schema = reference;
        self.facts.natives.insert(native.0, native.1);
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_secrets_are_distinguished_from_other_strings() {
        let rules = TypeRules::parse(
            r#"
            [ids.types]
            PersonId = "a person"
            AccountId = "an account"
            ExternalAccountId = "an account at another bank"
            [ids.names]
            person_id = "PersonId"
            receiving_account_id = "AccountId"
            [ids.own]
            person = "PersonId"
            [ids.within.ach]
            receiving_account_id = "ExternalAccountId"
            [sensitive]
            names = ["ssn", "dob"]
            [numbers]
            BasisPoints = ["rate"]
            "#,
        )
        .unwrap();
        let uuid = json!({"type": "string", "format": "uuid"});
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x/{person_id}": {"get": {"operationId": "x", "parameters": [
                    {"name": "person_id", "in": "path", "schema": uuid}]}}},
                "components": {"schemas": {
                    "person": {"type": "object", "properties": {
                        "id": uuid, "person_ids": {"type": "array", "items": uuid},
                        "ssn": {"type": "string"}, "dob": {"type": "string", "format": "date"},
                        "person_id": {"type": "string"}}},
                    "ach": {"type": "object", "properties": {"receiving_account_id": uuid, "id": uuid}},
                    "product": {"properties": {
                        "rate": {"type": "integer", "minimum": 0}, "vat_rate": {"type": "integer"}}},
                }},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts, &rules).unwrap(), 7);
        let schemas = &document.root()["components"]["schemas"];
        assert_eq!(
            schemas["person"]["properties"],
            json!({
                "id": json::ref_to("PersonId"),
                "person_ids": {"type": "array", "items": json::ref_to("PersonId")},
                "ssn": json::ref_to("SensitiveText"), "dob": json::ref_to("SensitiveDate"),
                "person_id": {"type": "string"},
            })
        );
        assert_eq!(
            schemas["ach"]["properties"],
            json!({"receiving_account_id": json::ref_to("ExternalAccountId"), "id": uuid})
        );
        assert_eq!(
            schemas["product"]["properties"],
            json!({"rate": json::ref_to("BasisPoints"), "vat_rate": {"type": "integer"}})
        );
        assert_eq!(facts.natives["PersonId"], "crate::runtime::PersonId");
        let parameter = &document.root()["paths"]["/x/{person_id}"]["get"]["parameters"][0];
        assert_eq!(parameter["schema"], json::ref_to("PersonId"));
    }

    #[test]
    fn a_rule_with_an_unknown_type_is_refused() {
        let error = TypeRules::parse("[ids.names]\nperson_id = \"PersonnId\"").unwrap_err();
        assert_eq!(error.to_string(), "types.toml: PersonnId is not among [ids.types]");
    }
}
