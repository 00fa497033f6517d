//! The call of a page or an action, as a program makes it.

use maud::{Markup, html};
use serde_json::Value;
use synctera_api::command_line::{command, operation};

use crate::context::Context;
use crate::mask::masked;
use crate::texts::{self, call, platform};

/// A call as curl, Rust and the command line make it.
pub(crate) fn show(context: &Context, method: &str, target: &str, body: Option<&Value>) -> Markup {
    let body = body.map(masked);
    html! {
        details .call {
            summary { (texts::THE_CALL) ": " code { (method) " " (target) } }
            h4 { (call::CURL) }
            pre tabindex="0" { code { (curl(context, method, target, body.as_ref())) } }
            @if let Some(text) = rust(method, target, body.as_ref()) {
                h4 { (call::RUST) }
                pre tabindex="0" { code { (text) } }
                h4 { (call::COMMAND_LINE) }
                pre tabindex="0" { code { (command(method, target, body.as_ref())) } }
            }
        }
    }
}

fn curl(context: &Context, method: &str, target: &str, body: Option<&Value>) -> String {
    let mut text = format!("curl \"$SANDBOX{}{target}\"", context.bank.prefix());
    if method != "GET" && !(method == "POST" && body.is_some()) {
        text += &format!(" --request {method}");
    }
    // The control API takes no key.
    if !target.starts_with("/sandbox") {
        text += " \\\n  --header \"Authorization: Bearer $KEY\"";
    }
    if let Some(body) = body {
        let body = body.to_string().replace('\'', r"'\''");
        text += &format!(" \\\n  --header 'Content-Type: application/json' \\\n  --data '{body}'");
    }
    text
}

/// The method of the generated client, with the body as JSON.
fn rust(method: &str, target: &str, body: Option<&Value>) -> Option<String> {
    let (operation, arguments) = operation(method, target)?;
    let mut given: Vec<String> =
        arguments.iter().map(|argument| format!("\"{argument}\".parse()?")).collect();
    if body.is_some() {
        given.push("&serde_json::from_value(body)?".to_owned());
    }
    let interface = if target.starts_with("/v0") { "legacy" } else { "api" };
    let call = format!("client.{interface}().{}({}).await?", operation.id, given.join(", "));
    Some(match body {
        Some(body) => format!("let body = serde_json::json!({body:#});\n{call};"),
        None => format!("{call};"),
    })
}

/// A command that makes the first one, and what it needs.
pub(crate) fn first(command: &str) -> Markup {
    html! {
        pre tabindex="0" { code { (command) } }
        p { (platform::VARIABLES) }
        @if ["PERSON=", "ACCOUNT=", "CARD="].iter().any(|variable| command.contains(variable)) {
            p { (platform::NEEDS_A_CUSTOMER) }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_shown_with_the_values_of_its_path() {
        let text = rust("PATCH", "/v2/cards/c-1?x=1", Some(&json!({ "memo": "x" }))).unwrap();
        assert!(text.contains("client.api().update_card(\"c-1\".parse()?"), "{text}");
        assert_eq!(rust("GET", "/sandbox", None), None);
    }
}
