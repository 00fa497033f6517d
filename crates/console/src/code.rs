//! The call of a page or an action, as a program makes it.

use maud::{Markup, html};
use serde_json::Value;
use synctera_api::command_line::command;

use crate::context::Context;
use crate::mask::masked;
use crate::rust_call::rust;
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
    // A shell would run what stands between double quotes after some characters: who sent a request chose them.
    let is_plain =
        target.bytes().all(|it| it.is_ascii_alphanumeric() || b"/_-.~?&=%,:*+".contains(&it));
    let prefix = context.bank.prefix();
    let mut text = if is_plain {
        format!("curl \"$SANDBOX{prefix}{target}\"")
    } else {
        format!("curl --globoff \"$SANDBOX{prefix}\"'{}'", quoted(target))
    };
    if method != "GET" && !(method == "POST" && body.is_some()) {
        text += &format!(" --request {method}");
    }
    // The control API takes no key.
    if !target.starts_with("/sandbox") {
        text += " \\\n  --header \"Authorization: Bearer $KEY\"";
    }
    if let Some(body) = body {
        let body = body.to_string();
        let body = quoted(&body);
        text += &format!(" \\\n  --header 'Content-Type: application/json' \\\n  --data '{body}'");
    }
    text
}

/// A text between single quotes of a shell.
fn quoted(text: &str) -> String {
    text.replace('\'', r"'\''")
}

/// A command that makes the first one, and what it needs.
pub(crate) fn first(context: &Context, command: &str) -> Markup {
    let of_bank = command.replace("$SANDBOX", &format!("$SANDBOX{}", context.bank.prefix()));
    html! {
        pre tabindex="0" { code { (of_bank) } }
        p { (platform::VARIABLES) }
        @if let Some((_, needs)) = platform::NEEDS.iter().find(|(name, _)| command.contains(name)) {
            p { (needs) " " (platform::JOURNEY_MAKES) }
        }
    }
}
