//! Parameters, wherever they stand.

use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Behavioral as B, Rust as R, Wire as W};

use super::{Case, case, query};

pub(super) fn cases() -> Vec<Case> {
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
            "parameter-serialization-changed",
            W,
            second,
            [list(true), list(false)],
            "parameter-serialization-changed",
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
