//! A workspace with something in every family, made from the requests with which conformance begins.

use std::collections::BTreeMap;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use synctera_tests::document::{Document, V0, V2};

use super::{Answer, Caller, answer};

const WORLD: &str = include_str!("../../../xtask/conformance/world.json");

/// What was made, by the names that the requests have.
#[derive(Debug, Default)]
pub(super) struct Made(BTreeMap<String, Value>);

impl Made {
    /// What stands at a place: `person.id`.
    pub(super) fn at(&self, place: &str) -> Value {
        let (name, rest) = place.split_once('.').unwrap_or((place, ""));
        let pointer: String = rest
            .split('.')
            .filter(|part| !part.is_empty())
            .map(|part| format!("/{part}"))
            .collect();
        self.0.get(name).and_then(|made| made.pointer(&pointer)).cloned().unwrap_or_default()
    }

    /// A value of the world, with what was made for `$name.property` and a fresh word for a last `~`.
    fn filled(&self, value: &Value, round: usize) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.filled(item, round)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| (name.clone(), self.filled(member, round)))
                .collect(),
            Value::String(text) => match (text.strip_prefix('$'), text.strip_suffix('~')) {
                (Some(place), _) => self.at(place),
                (_, Some(start)) => json!(format!("{start}{round}")),
                _ => value.clone(),
            },
            other => other.clone(),
        }
    }
}

/// Makes one of everything. Each round makes others.
pub(super) async fn populate(caller: &Caller, round: usize) -> Made {
    let steps: Vec<Value> = serde_json::from_str(WORLD).unwrap();
    let mut made = Made::default();
    for step in steps {
        let call: Vec<&str> = step["call"].as_str().unwrap().split(' ').collect();
        let mut path = format!("/{}{}", call[0], call[2]);
        for (name, value) in step["path"].as_object().into_iter().flatten() {
            let value = made.filled(value, round);
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
        }
        let mut request = caller.request(call[1], &path);
        if let Some(query) = step.get("query") {
            request = request.query(&made.filled(query, round));
        }
        if let Some(file) = step.get("file") {
            let mut form = Form::new();
            for (name, value) in step["form"].as_object().into_iter().flatten() {
                form = form.text(name.clone(), value.as_str().unwrap().to_owned());
            }
            let text = made.filled(&file["text"], round);
            let bytes: Vec<u8> = text.as_str().unwrap().chars().map(|c| c as u8).collect();
            let part = Part::bytes(bytes)
                .file_name(file["name"].as_str().unwrap().to_owned())
                .mime_str(file["type"].as_str().unwrap())
                .unwrap();
            request = request.multipart(form.part("file", part));
        } else if let Some(body) = step.get("body") {
            request = request.json(&made.filled(body, round));
        }
        let Answer { status, body, .. } = answer(request).await;
        assert!(status < 300, "{}: {status} {body}", step["call"]);
        if let Some(name) = step["name"].as_str() {
            made.0.insert(name.to_owned(), body);
        }
    }
    made
}

/// A list of the platform, as it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// Interface and id of the operation, by the document.
    pub(super) name: String,
    /// With its parameters filled in.
    pub(super) path: String,
    /// What the query must have.
    pub(super) required: Vec<(String, String)>,
    /// What the query can have, and the schema of each.
    pub(super) optional: Vec<(String, Value)>,
}

impl Listed {
    /// The path and a query.
    pub(super) fn with<'a>(&'a self, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let pairs = self.required.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<String> =
            pairs.chain(more).map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, pairs.join("&"))
        }
    }

    pub(super) fn takes(&self, parameter: &str) -> bool {
        self.optional.iter().any(|(name, _)| name == parameter)
    }
}

/// Every list that the sandbox serves: operations that read, and answer with an array.
pub(super) async fn lists(caller: &Caller, made: &Made) -> Vec<Listed> {
    let mut lists = Vec::new();
    for document in [&*V2, &*V0] {
        let served: Vec<&str> = synctera_sandbox::served_operations()
            .into_iter()
            .filter(|(interface, operation)| {
                *interface == document.name && operation.method == "GET"
            })
            .map(|(_, operation)| operation.path)
            .collect();
        for path in served {
            if let Some(listed) = listed(caller, document, made, path).await {
                lists.push(listed);
            }
        }
    }
    lists
}

async fn listed(
    caller: &Caller,
    document: &Document,
    made: &Made,
    template: &'static str,
) -> Option<Listed> {
    let operation = &document.root["paths"][template]["get"];
    let mut listed = Listed {
        name: format!("{} {}", document.name, operation["operationId"].as_str()?),
        path: format!("/{}{template}", document.name),
        required: Vec::new(),
        optional: Vec::new(),
    };
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = document.deref(parameter);
        let name = parameter["name"].as_str()?;
        let schema = document.deref(&parameter["schema"]);
        match (parameter["in"].as_str()?, parameter["required"] == true) {
            ("path", _) => {
                let value = named(caller, made, name).await?;
                listed.path = listed.path.replace(&format!("{{{name}}}"), &value);
            }
            ("query", true) => listed.required.push((name.to_owned(), required(made, name)?)),
            ("query", false) => listed.optional.push((name.to_owned(), schema.clone())),
            _ => {}
        }
    }
    let page = caller.get(&listed.with([])).await;
    (page.status < 300 && items(&page.body).is_some()).then_some(listed)
}

/// The items of a page.
pub(super) fn items(page: &Value) -> Option<&Vec<Value>> {
    match page {
        Value::Array(items) => Some(items),
        Value::Object(members) => {
            let mut lists = members.values().filter_map(Value::as_array);
            let items = lists.next()?;
            // What has several lists, or other properties, is no list.
            let is_list = lists.next().is_none()
                && members.keys().all(|name| name == "next_page_token" || members[name].is_array());
            is_list.then_some(items)
        }
        _ => None,
    }
}

/// The value of a path parameter.
async fn named(caller: &Caller, made: &Made, name: &str) -> Option<String> {
    let value = match name {
        "account_id" => made.at("checking.id"),
        "customer_id" | "person_id" => made.at("person.id"),
        "card_id" => made.at("card.card_details.id"),
        "webhook_id" => made.at("webhook.id"),
        "dispute_id" => made.at("dispute.id"),
        "external_account_id" => made.at("external.id"),
        "statement_id" => {
            let account = made.at("checking.id");
            let path = format!("/v2/statements?account_id={}", account.as_str()?);
            caller.get(&path).await.body["statements"][0]["id"].clone()
        }
        _ => return None,
    };
    Some(value.as_str()?.to_owned())
}

/// The value of a query parameter that must be there.
fn required(made: &Made, name: &str) -> Option<String> {
    let value = match name {
        "related_resource_id" | "customer_id" => made.at("person.id"),
        "related_resource_type" => json!("CUSTOMER"),
        "account_id" => made.at("checking.id"),
        "country_codes" => json!("US"),
        "routing_numbers" => json!("021000021"),
        "start_date" => json!("2026-01-01"),
        "end_date" => json!("2027-12-31"),
        _ => return None,
    };
    Some(value.as_str()?.to_owned())
}
