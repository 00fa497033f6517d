//! The OpenAPI documents that the sandbox serves: the control API's says what the routes do, and the
//! platform's is the pinned one with words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use synctera_sandbox::{Sandbox, control_operations, served_operations};

use super::{Answer, Caller, answer};

/// `crates/sandbox/control.json`, and which members of its schemas answers had.
pub(super) struct ControlDocument {
    root: Value,
    seen: BTreeSet<(String, String)>,
}

/// Members that no answer of the cases in `parity.rs` has: those of a job that failed, which is a
/// defect, what only a business has, and fixtures, with which only the program starts.
const UNSEEN: [(&str, &str); 10] = [
    ("FailedJob", "job"),
    ("FailedJob", "workspace"),
    ("FailedJob", "subject"),
    ("FailedJob", "due_at"),
    ("FailedJob", "why"),
    ("StopPayment", "expires_on"),
    ("FdxToken", "business_id"),
    ("Fixture", "name"),
    ("Fixture", "journey"),
    ("Fixture", "id"),
];

const LOG_PARAMETERS: [&str; 9] =
    ["limit", "before", "after", "workspace", "status", "operation", "method", "code", "resource"];

impl ControlDocument {
    pub(super) fn new(sandbox: &Sandbox) -> Self {
        let root = serde_json::from_str(&sandbox.control_document()).unwrap();
        Self { root, seen: BTreeSet::new() }
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        &self.root["paths"][path][method.to_lowercase()]
    }

    fn deref<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(target) => self.root.pointer(target.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// Holds that a body that was taken and its answer are what the document says, with no members
    /// beyond those.
    pub(super) fn judge(&mut self, (method, path): (&str, &str), sent: &Value, got: &Answer) {
        let operation = self.operation(method, path).clone();
        let what = format!("{method} {path} {sent}: {} {}", got.status, got.body);
        if got.status < 300 && !sent.is_null() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            self.holds(schema, sent, &what);
        }
        let response = self.deref(&operation["responses"][got.status.to_string()]).clone();
        let schema = &response["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "not documented: {what}");
        self.holds(schema, &got.body, &what);
        self.see(schema, &got.body);
    }

    fn holds(&self, schema: &Value, value: &Value, what: &str) {
        let mut strict = json!({ "components": self.root["components"], "allOf": [schema] });
        close(&mut strict);
        let validator =
            jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&strict).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(value).map(|wrong| wrong.to_string()).collect();
        assert!(wrong.is_empty(), "{what}: {wrong:?}");
    }

    fn see(&mut self, schema: &Value, value: &Value) {
        let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        let owner = name.unwrap_or_default().to_owned();
        let schema = self.deref(schema).clone();
        for item in value.as_array().into_iter().flatten() {
            self.see(&schema["items"], item);
        }
        for (member, inner) in value.as_object().into_iter().flatten() {
            if let Some(described) = schema["properties"].get(member) {
                self.seen.insert((owner.clone(), member.clone()));
                self.see(described, inner);
            }
        }
    }

    /// Holds that each member that an answer can have by the document was in one.
    pub(super) fn was_seen(&self) {
        let mut documented = BTreeSet::new();
        let mut names = BTreeSet::new();
        for (_, item) in self.root["paths"].as_object().unwrap() {
            for (_, operation) in item.as_object().unwrap() {
                for (status, response) in operation["responses"].as_object().unwrap() {
                    if status.starts_with('2') {
                        self.reach(&response["content"]["application/json"]["schema"], &mut names);
                    }
                }
            }
        }
        for name in names {
            let schema = &self.root["components"]["schemas"][&name];
            let members = schema["properties"].as_object().into_iter().flatten();
            documented.extend(members.map(|(member, _)| (name.clone(), member.clone())));
        }
        let unseen = documented.difference(&self.seen).map(|(a, b)| (a.as_str(), b.as_str()));
        assert_eq!(unseen.collect::<BTreeSet<_>>(), BTreeSet::from(UNSEEN));
    }

    fn reach(&self, value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(target) = map.get("$ref").and_then(Value::as_str)
                    && names.insert(target.rsplit('/').next().unwrap().to_owned())
                {
                    self.reach(self.deref(value), names);
                }
                map.values().for_each(|value| self.reach(value, names));
            }
            Value::Array(items) => items.iter().for_each(|value| self.reach(value, names)),
            _ => {}
        }
    }
}

/// Makes schemas as strict as the routes: `nullable` as JSON Schema has it, and no members beyond
/// those that are described.
fn close(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Object(map) => {
            if map.remove("nullable") == Some(json!(true)) {
                let of = std::mem::take(map);
                map.insert("anyOf".to_owned(), json!([of, { "type": "null" }]));
            }
            if map.contains_key("properties") && map.get("type") == Some(&json!("object")) {
                map.entry("additionalProperties").or_insert(json!(false));
            }
            map.values_mut().for_each(close);
        }
        _ => {}
    }
}

/// The names in code style after `expected`, as a refusal of an unknown member has them.
fn expected(refused: &Answer) -> BTreeSet<String> {
    assert_eq!(refused.status, 400, "{refused:?}");
    let detail = refused.text("detail");
    let (_, expected) = ["expected ", "must be "]
        .iter()
        .find_map(|before| detail.split_once(before))
        .unwrap_or_else(|| panic!("{detail}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_document_has_the_routes_and_their_members() {
    let caller = Caller::new().await;
    let document = ControlDocument::new(&caller.sandbox);
    let mut described = BTreeSet::new();
    for (path, item) in document.root["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let routes = control_operations().into_iter();
    let routes = routes.map(|route| (route.method.to_owned(), route.path.to_owned()));
    assert_eq!(described, routes.collect::<BTreeSet<_>>());

    let unknown = json!({ "no_such_member": 1 });
    let members = |schema: &Value| -> BTreeSet<String> {
        document.deref(schema)["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let mut bodies = 0;
    for (method, path) in &described {
        let operation = document.operation(method, path);
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let refused = caller.call(method, path, unknown.clone()).await;
        match (schema, path.as_str()) {
            // Routes without a body do not read one.
            (Value::Null, _) => {
                assert!(!refused.body.to_string().contains("no_such_member"), "{method} {path}");
            }
            (_, "/sandbox/settings") => {
                assert_eq!(refused.text("detail"), "there is no setting no_such_member");
            }
            _ => {
                assert_eq!(expected(&refused), members(schema), "{method} {path}");
                bodies += 1;
            }
        }
    }
    assert_eq!(bodies, 14);
    let refused = caller.post("/sandbox/clock", json!({ "advance": unknown })).await;
    assert_eq!(expected(&refused), members(&json!({ "$ref": "#/components/schemas/TimeSpan" })));
    // A query has no member but those.
    let refused = caller.get("/sandbox/banking_days?no_such=1").await;
    assert_eq!(refused.text("detail"), "the query takes date and add");
    let refused = caller.get("/sandbox/openapi.json?no_such=1").await.with(400);
    assert_eq!(refused["detail"], "the query takes version, which is v2 or v0");
    let with_log = Caller::on(Sandbox::builder().request_log(true)).await;
    let (last, others) = LOG_PARAMETERS.split_last().unwrap();
    for (path, taken) in [
        ("log", format!("{} and {last}", others.join(", "))),
        ("log/summary", "workspace and minutes".to_owned()),
        ("log/1", "workspace".to_owned()),
    ] {
        let refused = with_log.get(&format!("/sandbox/{path}?no_such=1")).await.with(400);
        assert_eq!(refused["detail"], format!("the query takes {taken}"));
    }
    for (path, names) in [
        ("/sandbox/banking_days", ["date", "add"].as_slice()),
        ("/sandbox/openapi.json", &["version"]),
        ("/sandbox/log", &LOG_PARAMETERS),
        ("/sandbox/log/summary", &["workspace", "minutes"]),
        ("/sandbox/log/{number}", &["number", "workspace"]),
    ] {
        let parameters = document.operation("GET", path)["parameters"].as_array().unwrap();
        let described: Vec<&str> =
            parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(described, names, "{path}");
    }
}

/// Values of the platform's that the document lists are those of the pinned one.
#[tokio::test]
async fn the_platforms_values_are_the_pinned_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = ControlDocument::new(&sandbox).root;
    let pinned: Value = serde_json::from_str(synctera_api::spec::V2).unwrap();
    let values = |document: &Value, place: &str| -> BTreeSet<String> {
        let values = document.pointer(&format!("/components/schemas/{place}/enum")).unwrap();
        values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    let mut statuses = values(&pinned, "account_status");
    // A closure leads there.
    assert!(statuses.remove("IN_CLOSING") && statuses.remove("CLOSED"));
    assert_eq!(values(&document, "NewAccountStatus/properties/status"), statuses);
    let types = values(&pinned, "monitoring_alert/properties/type");
    assert_eq!(values(&document, "NewAlert/properties/type"), types);
}

#[tokio::test]
async fn the_document_in_the_repository_is_the_one_that_is_served() {
    let caller = Caller::new().await;
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/sandbox/control.json");
    let mut file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(file["info"]["version"], env!("CARGO_PKG_VERSION"));
    let served = caller.get("/sandbox/control.json").await.with(200);
    file["servers"][0]["url"] = caller.sandbox.base_url().into();
    assert_eq!(served, file);
}

/// The words of a document, taken out of it.
fn without_words(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_words),
        Value::Object(map) => {
            map.values_mut().for_each(without_words);
            for word in ["description", "summary", "x-served"] {
                if map.get(word).is_some_and(|word| word.is_string() || word.is_boolean()) {
                    map.remove(word);
                }
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_platforms_document_is_the_pinned_one_with_words() {
    let caller = Caller::new().await;
    for (query, interface, pinned) in [
        ("", "v2", synctera_api::spec::V2),
        ("?version=v2", "v2", synctera_api::spec::V2),
        ("?version=v0", "v0", synctera_api::spec::V0),
    ] {
        let path = format!("/sandbox/openapi.json{query}");
        let mut served = caller.get(&path).await.with(200);
        assert_eq!(served["info"]["title"], "Synctera API");
        let url = format!("{}/{interface}", caller.sandbox.base_url());
        assert_eq!(served["servers"], json!([{ "url": url }]));
        let marks = served["paths"].as_object().unwrap().values();
        let marks = marks.flat_map(|item| item.as_object().unwrap().values());
        let mut by_mark: BTreeMap<bool, usize> = BTreeMap::new();
        for operation in marks {
            assert!(operation["summary"].as_str().is_some_and(|words| words.len() > 3));
            *by_mark.entry(operation["x-served"].as_bool().unwrap()).or_default() += 1;
        }
        let count = served_operations().iter().filter(|(name, _)| *name == interface).count();
        assert_eq!(by_mark.get(&true), Some(&count));
        if interface == "v2" {
            let account = &served["components"]["schemas"]["new_account"];
            let depository = "#/components/schemas/new_account_depository";
            assert_eq!(account["anyOf"][2]["$ref"], depository);
        }

        let mut pinned: Value = serde_json::from_str(pinned).unwrap();
        for document in [&mut served, &mut pinned] {
            without_words(document);
            let root = document.as_object_mut().unwrap();
            root.remove("servers");
            root.remove("info");
            root["components"].as_object_mut().unwrap().remove("securitySchemes");
            // A union and more, which is told as a union.
            let schemas = root["components"]["schemas"].as_object_mut().unwrap();
            schemas.retain(|name, schema| {
                let is_variant = schema["allOf"][0]["$ref"].as_str().is_some_and(|target| {
                    let of = target.trim_start_matches("#/components/schemas/");
                    name.strip_prefix("new_") == Some(of) && of.starts_with("account_")
                });
                name != "new_account" && !is_variant
            });
        }
        assert!(served == pinned, "{interface}: the facts are not those of the pinned document");
    }
}

#[tokio::test]
async fn a_document_names_the_server_that_was_asked() {
    let caller = Caller::new().await;
    for path in ["/sandbox/control.json", "/sandbox/openapi.json"] {
        let asked = caller.request("GET", path).header("host", "bank.localhost:7");
        let servers = answer(asked).await.with(200)["servers"].clone();
        let expected = if path.contains("openapi") { "/v2" } else { "" };
        assert_eq!(servers, json!([{ "url": format!("http://bank.localhost:7{expected}") }]));
    }
}

/// Every reference leads somewhere.
#[tokio::test]
async fn what_the_documents_refer_to_is_there() {
    fn targets(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                into.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| targets(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| targets(value, into)),
            _ => {}
        }
    }
    let sandbox = Sandbox::start().await.unwrap();
    for text in
        [sandbox.control_document(), sandbox.openapi_document(), sandbox.older_openapi_document()]
    {
        let root: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let root = Value::Object(root);
        let mut all = BTreeSet::new();
        targets(&root, &mut all);
        assert!(all.len() > 5);
        for target in all {
            assert!(root.pointer(target.trim_start_matches('#')).is_some(), "{target}");
        }
    }
}
