//! The rules about operations, parameters, bodies, answers and the service.

use serde_json::{Value, json};
use synctera_drift::Class::{self, Additive as A, Behavioural as B, Rust as R, Wire as W};

use crate::{base, found};

/// A change of the document: what stands at each pointer before and after; `Null` for nothing.
struct Case {
    id: &'static str,
    class: Class,
    at: Vec<(&'static str, Value, Value)>,
    opposite: &'static str,
}

const PUT: &str = "/paths/~1lamps~1{lamp_id}/put";

fn case(
    id: &'static str,
    class: Class,
    at: &'static str,
    [old, new]: [Value; 2],
    opposite: &'static str,
) -> Case {
    Case { id, class, at: vec![(at, old, new)], opposite }
}

/// Puts a value at a pointer; what begins with `put` is below the operation.
fn put(root: &mut Value, pointer: &str, value: &Value) {
    let pointer = match pointer.strip_prefix("put") {
        Some(below) => format!("{PUT}{below}"),
        None => pointer.to_owned(),
    };
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    match root.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")) {
        Value::Object(map) if value.is_null() => drop(map.remove(&key)),
        Value::Object(map) => drop(map.insert(key, value.clone())),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value.clone(),
        other => panic!("{pointer} is in {other}"),
    }
}

fn query(name: &str, more: Value) -> Value {
    let mut parameter = json!({"name": name, "in": "query", "schema": {"type": "string"}});
    parameter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parameter
}

fn operations() -> Vec<Case> {
    let get = |id: &str| json!({"operationId": id, "responses": {"200": {}}});
    let key = |required: bool| {
        json!([{"name": "lamp_id", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "Idempotency-Key", "in": "header", "required": required, "schema": {"type": "string"}}])
    };
    let no_key = || json!([{"name": "lamp_id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let callback =
        || json!({"told": {"{$request.body#/url}": {"post": {"responses": {"200": {}}}}}});
    let lamps = "/paths/~1lamps";
    vec![
        case(
            "operation-removed",
            W,
            "/paths/~1more",
            [json!({"get": get("more")}), Value::Null],
            "operation-added",
        ),
        case(
            "operation-added",
            A,
            "/paths/~1more",
            [Value::Null, json!({"get": get("more")})],
            "operation-removed",
        ),
        Case {
            id: "operation-path-changed",
            class: W,
            at: vec![
                (lamps, json!({"get": get("list_lamps")}), Value::Null),
                ("/paths/~1all~1lamps", Value::Null, json!({"get": get("list_lamps")})),
            ],
            opposite: "operation-path-changed",
        },
        case(
            "operation-method-changed",
            W,
            lamps,
            [json!({"get": get("list_lamps")}), json!({"head": get("list_lamps")})],
            "operation-method-changed",
        ),
        case(
            "operation-renamed",
            R,
            "put/operationId",
            [json!("replaceLamp"), json!("put_lamp")],
            "operation-renamed",
        ),
        case(
            "operation-deprecated",
            B,
            "put/deprecated",
            [Value::Null, json!(true)],
            "operation-undeprecated",
        ),
        case(
            "operation-undeprecated",
            A,
            "put/deprecated",
            [json!(true), Value::Null],
            "operation-deprecated",
        ),
        case(
            "operation-family-changed",
            R,
            "put/tags",
            [json!(["Lamps"]), json!(["Candles"])],
            "operation-family-changed",
        ),
        case(
            "idempotency-key-listed",
            A,
            "put/parameters",
            [no_key(), key(false)],
            "idempotency-key-dropped",
        ),
        case(
            "idempotency-key-dropped",
            B,
            "put/parameters",
            [key(true), no_key()],
            "idempotency-key-listed",
        ),
        case(
            "idempotency-key-demanded",
            A,
            "put/parameters",
            [key(false), key(true)],
            "idempotency-key-not-demanded",
        ),
        case(
            "idempotency-key-not-demanded",
            A,
            "put/parameters",
            [key(true), key(false)],
            "idempotency-key-demanded",
        ),
        case("callback-removed", B, "put/callbacks", [callback(), Value::Null], "callback-added"),
        case("callback-added", A, "put/callbacks", [Value::Null, callback()], "callback-removed"),
    ]
}

fn parameters() -> Vec<Case> {
    let second = "put/parameters/1";
    let one = |more: Value| query("limit", more);
    let list = |explode: bool| {
        one(json!({"explode": explode, "schema": {"type": "array", "items": {"type": "string"}}}))
    };
    let path = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let header = json!({"name": "limit", "in": "header", "schema": {"type": "string"}});
    let with = |more: &[Value]| {
        let mut all = vec![path("lamp_id"), one(json!({}))];
        all.extend_from_slice(more);
        json!(all)
    };
    let renamed = |name: &str| json!({"put": {"operationId": "replace_lamp", "parameters": [path(name)], "responses": {"200": {}}}});
    vec![
        case(
            "parameter-removed",
            W,
            "put/parameters",
            [with(&[query("more", json!({}))]), with(&[])],
            "optional-parameter-added",
        ),
        case(
            "optional-parameter-added",
            A,
            "put/parameters",
            [with(&[]), with(&[query("more", json!({}))])],
            "parameter-removed",
        ),
        case(
            "required-parameter-added",
            W,
            "put/parameters",
            [with(&[]), with(&[query("more", json!({"required": true}))])],
            "parameter-removed",
        ),
        case(
            "parameter-became-required",
            W,
            second,
            [one(json!({})), one(json!({"required": true}))],
            "parameter-became-optional",
        ),
        case(
            "parameter-became-optional",
            R,
            second,
            [one(json!({"required": true})), one(json!({}))],
            "parameter-became-required",
        ),
        case("parameter-moved", W, second, [one(json!({})), header], "parameter-moved"),
        Case {
            id: "path-parameter-renamed",
            class: A,
            at: vec![
                ("/paths/~1lamps~1{lamp_id}", renamed("lamp_id"), Value::Null),
                ("/paths/~1lamps~1{id}", Value::Null, renamed("id")),
            ],
            opposite: "path-parameter-renamed",
        },
        case(
            "parameter-serialisation-changed",
            W,
            second,
            [list(true), list(false)],
            "parameter-serialisation-changed",
        ),
        case(
            "parameter-became-list",
            R,
            second,
            [one(json!({})), list(false)],
            "parameter-became-single",
        ),
        case(
            "parameter-became-single",
            W,
            second,
            [list(true), one(json!({}))],
            "parameter-became-list",
        ),
        case(
            "parameter-deprecated",
            B,
            second,
            [one(json!({})), one(json!({"deprecated": true}))],
            "parameter-undeprecated",
        ),
        case(
            "parameter-undeprecated",
            A,
            second,
            [one(json!({"deprecated": true})), one(json!({}))],
            "parameter-deprecated",
        ),
        case(
            "parameter-allows-empty",
            A,
            second,
            [one(json!({})), one(json!({"allowEmptyValue": true}))],
            "parameter-forbids-empty",
        ),
        case(
            "parameter-forbids-empty",
            B,
            second,
            [one(json!({"allowEmptyValue": true})), one(json!({}))],
            "parameter-allows-empty",
        ),
    ]
}

fn payloads() -> Vec<Case> {
    let (body, answer, answers) = ("put/requestBody", "put/responses/200", "put/responses");
    let media = |names: &[&str]| {
        let content = |name: &&str| ((*name).to_owned(), json!({"schema": {"type": "string"}}));
        json!({"content": names.iter().map(content).collect::<serde_json::Map<_, _>>()})
    };
    let (json_type, xml, csv) = ("application/json", "text/xml", "text/csv");
    let required = || {
        let mut body = media(&[json_type]);
        body["required"] = json!(true);
        body
    };
    let open = || json!({"content": {"application/json": {}}});
    let form = |encoding: Value| json!({"content": {"multipart/form-data": {"schema": {"type": "object"}, "encoding": encoding}}});
    let statuses = |names: &[&str]| {
        names
            .iter()
            .map(|name| ((*name).to_owned(), json!({})))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let header = |header: Value| json!({"headers": {"X-Page": header}});
    let plain = || header(json!({"schema": {"type": "string"}}));
    let sure = || header(json!({"schema": {"type": "string"}, "required": true}));
    let old = || header(json!({"schema": {"type": "string"}, "deprecated": true}));
    vec![
        case(
            "request-body-removed",
            W,
            body,
            [media(&[json_type]), Value::Null],
            "optional-request-body-added",
        ),
        case(
            "optional-request-body-added",
            R,
            body,
            [Value::Null, media(&[json_type])],
            "request-body-removed",
        ),
        case(
            "required-request-body-added",
            W,
            body,
            [Value::Null, required()],
            "request-body-removed",
        ),
        case(
            "request-body-became-required",
            B,
            body,
            [media(&[json_type]), required()],
            "request-body-became-optional",
        ),
        case(
            "request-body-became-optional",
            A,
            body,
            [required(), media(&[json_type])],
            "request-body-became-required",
        ),
        case(
            "request-media-type-removed",
            W,
            body,
            [media(&[json_type, xml]), media(&[json_type])],
            "request-media-type-added",
        ),
        case(
            "request-media-type-added",
            A,
            body,
            [media(&[json_type]), media(&[json_type, xml])],
            "request-media-type-removed",
        ),
        case(
            "request-media-type-changed",
            W,
            body,
            [media(&[json_type]), media(&[xml])],
            "request-media-type-changed",
        ),
        case(
            "answer-media-type-removed",
            W,
            answer,
            [media(&[json_type, csv]), media(&[json_type])],
            "answer-media-type-added",
        ),
        case(
            "answer-media-type-added",
            B,
            answer,
            [media(&[json_type]), media(&[json_type, csv])],
            "answer-media-type-removed",
        ),
        case(
            "answer-media-type-changed",
            W,
            answer,
            [media(&[csv]), media(&[xml])],
            "answer-media-type-changed",
        ),
        case(
            "payload-schema-removed",
            R,
            answer,
            [media(&[json_type]), open()],
            "payload-schema-added",
        ),
        case(
            "payload-schema-added",
            R,
            answer,
            [open(), media(&[json_type])],
            "payload-schema-removed",
        ),
        case(
            "part-encoding-changed",
            B,
            body,
            [form(json!({})), form(json!({"a": {"contentType": "image/png"}}))],
            "part-encoding-changed",
        ),
        case(
            "answer-body-removed",
            W,
            answer,
            [media(&[json_type]), json!({})],
            "answer-body-added",
        ),
        case(
            "answer-body-added",
            R,
            answer,
            [json!({}), media(&[json_type])],
            "answer-body-removed",
        ),
        case(
            "success-status-changed",
            B,
            answers,
            [statuses(&["200"]), statuses(&["201"])],
            "success-status-changed",
        ),
        case(
            "success-status-removed",
            B,
            answers,
            [statuses(&["200", "202"]), statuses(&["200"])],
            "success-status-added",
        ),
        case(
            "success-status-added",
            B,
            answers,
            [statuses(&["200"]), statuses(&["200", "202"])],
            "success-status-removed",
        ),
        case(
            "success-removed",
            W,
            answers,
            [statuses(&["200", "400"]), statuses(&["400"])],
            "success-status-added",
        ),
        case(
            "error-status-added",
            B,
            answers,
            [statuses(&["200"]), statuses(&["200", "409"])],
            "error-status-removed",
        ),
        case(
            "error-status-removed",
            A,
            answers,
            [statuses(&["200", "409"]), statuses(&["200"])],
            "error-status-added",
        ),
        case("answer-header-removed", B, answer, [plain(), json!({})], "answer-header-added"),
        case(
            "required-answer-header-removed",
            B,
            answer,
            [sure(), json!({})],
            "answer-header-added",
        ),
        case("answer-header-added", A, answer, [json!({}), plain()], "answer-header-removed"),
        case(
            "answer-header-became-optional",
            B,
            answer,
            [sure(), plain()],
            "answer-header-became-required",
        ),
        case(
            "answer-header-became-required",
            A,
            answer,
            [plain(), sure()],
            "answer-header-became-optional",
        ),
        case("answer-header-deprecated", B, answer, [plain(), old()], "answer-header-undeprecated"),
        case("answer-header-undeprecated", A, answer, [old(), plain()], "answer-header-deprecated"),
    ]
}

fn service() -> Vec<Case> {
    let servers = |urls: &[&str]| {
        json!(
            urls.iter()
                .map(|url| json!({"url": format!("https://{url}.synctera.com")}))
                .collect::<Vec<_>>()
        )
    };
    let path = |path: &str| json!([{"url": format!("https://api.synctera.com/{path}")}]);
    let bearer = || json!([{"bearerAuth": []}]);
    let either = || json!([{"bearerAuth": []}, {"apiKey": []}]);
    let scoped = |scopes: &[&str]| json!([{"bearerAuth": scopes}]);
    let (security, schemes) = ("put/security", "/components/securitySchemes");
    let scheme = |scheme: &str| json!({"bearerAuth": {"type": "http", "scheme": scheme}});
    vec![
        case(
            "server-removed",
            W,
            "/servers",
            [servers(&["a", "b"]), servers(&["a"])],
            "server-added",
        ),
        case(
            "server-added",
            A,
            "/servers",
            [servers(&["a"]), servers(&["a", "b"])],
            "server-removed",
        ),
        case("base-path-changed", W, "/servers", [path("v1"), path("v2")], "base-path-changed"),
        case("security-added", W, security, [json!([]), bearer()], "security-removed"),
        case("security-removed", A, security, [bearer(), json!([])], "security-added"),
        case(
            "security-changed",
            W,
            security,
            [bearer(), json!([{"apiKey": []}])],
            "security-changed",
        ),
        case(
            "security-alternative-added",
            A,
            security,
            [bearer(), either()],
            "security-alternative-removed",
        ),
        case(
            "security-alternative-removed",
            W,
            security,
            [either(), bearer()],
            "security-alternative-added",
        ),
        case(
            "security-scope-added",
            W,
            security,
            [scoped(&["a"]), scoped(&["a", "b"])],
            "security-scope-removed",
        ),
        case(
            "security-scope-removed",
            A,
            security,
            [scoped(&["a", "b"]), scoped(&["a"])],
            "security-scope-added",
        ),
        case(
            "security-scheme-changed",
            W,
            schemes,
            [scheme("bearer"), scheme("basic")],
            "security-scheme-changed",
        ),
        case(
            "security-scheme-removed",
            B,
            schemes,
            [scheme("bearer"), Value::Null],
            "security-scheme-added",
        ),
        case(
            "security-scheme-added",
            A,
            schemes,
            [Value::Null, scheme("bearer")],
            "security-scheme-removed",
        ),
    ]
}

fn cases() -> impl Iterator<Item = Case> {
    [operations(), parameters(), payloads(), service()].into_iter().flatten()
}

pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    cases().map(|case| case.id)
}

#[test]
fn a_change_is_told_alone_and_in_its_class() {
    for Case { id, class, at, opposite } in cases() {
        let (mut old, mut new) = (base(), base());
        for (pointer, before, after) in &at {
            put(&mut old, pointer, before);
            put(&mut new, pointer, after);
        }
        assert_eq!(found(&old, &new), [(id, class)], "{id}");
        let back: Vec<&str> = found(&new, &old).into_iter().map(|(id, _)| id).collect();
        assert_eq!(back, [opposite], "{id}, undone");
        assert_eq!(found(&new, &new), [], "{id}: nothing changed");
    }
}

#[test]
fn an_argument_more_breaks_programs_and_a_field_more_does_not() {
    let mut old = base();
    put(&mut old, "put/parameters/1", &json!({"name": "lamp", "in": "cookie"}));
    let mut new = old.clone();
    let parameters = new.pointer_mut(&format!("{PUT}/parameters")).unwrap();
    parameters.as_array_mut().unwrap().push(query("first", json!({})));
    assert_eq!(found(&old, &new), [("optional-parameter-added", R)], "the first filter");
}

#[test]
fn a_tag_that_leads_to_the_same_family_is_prose() {
    let (mut old, mut new) = (base(), base());
    put(&mut old, "put/tags", &json!(["Lamps"]));
    put(&mut new, "put/tags", &json!(["Lights"]));
    assert_eq!(found(&old, &new), []);
}

#[test]
fn what_a_callback_sends_is_what_we_read() {
    let callback = |schema: Value| {
        json!({"told": {"{$request.body#/url}": {"post": {
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}},
        }}}})
    };
    let lamp = |required: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": required});
    let (mut old, mut new) = (base(), base());
    put(&mut old, "put/callbacks", &callback(lamp(json!([]))));
    put(&mut new, "put/callbacks", &callback(lamp(json!(["a"]))));
    assert_eq!(found(&old, &new), [("property-became-required", R)]);
    assert_eq!(found(&new, &old), [("property-became-optional", W)]);
}
