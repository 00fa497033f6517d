//! What is sent and what is answered.

use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Behavioral as B, Rust as R, Wire as W};

use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
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
