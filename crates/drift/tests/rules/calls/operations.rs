//! Operations: their names, their keys, what they call back.

use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Behavioral as B, Rust as R, Wire as W};

use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    let get = |id: &str| json!({"operationId": id, "responses": {"200": {}}});
    let key = |required: bool| {
        json!([{"name": "lamp_id", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "Idempotency-Key", "in": "header", "required": required, "schema": {"type": "string"}}])
    };
    let no_key = || json!([{"name": "lamp_id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let callback =
        || json!({"changed": {"{$request.body#/url}": {"post": {"responses": {"200": {}}}}}});
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
