//! What the bank refused, and why.

use maud::{Markup, html};
use serde_json::Value;

use crate::bank::Answer;
use crate::format::{plain, words};
use crate::texts;

/// A refusal, with all that is wrong.
pub(crate) fn show(target: &str, answer: &Answer) -> Markup {
    let text = |name: &str| answer.body.get(name).map(plain).unwrap_or_default();
    let list = |name: &str| match answer.body.get(name) {
        Some(Value::Array(fields)) => fields.iter().map(plain).collect(),
        _ => Vec::new(),
    };
    let path = target.split('?').next().unwrap_or_default();
    html! {
        div .notice data-tone="bad" role="alert" {
            p { strong { (words(&text("code"))) } " \u{b7} " (answer.status) " \u{b7} " code { (path) } }
            p { (text("detail")) }
            @if let Some(Value::Object(invalid)) = answer.body.get("invalid") {
                ul {
                    @for (field, reason) in invalid { li { code { (field) } " " (plain(reason)) } }
                }
            }
            @for (name, reason) in
                [("missing", texts::MUST_BE_GIVEN), ("immutable", texts::CANNOT_BE_CHANGED)]
            {
                @let fields: Vec<String> = list(name);
                @if !fields.is_empty() {
                    ul { @for field in fields { li { code { (field) } " " (reason) } } }
                }
            }
        }
    }
}
