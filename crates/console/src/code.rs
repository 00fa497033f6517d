//! The call of a page or an action, as a program makes it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use maud::{Markup, html};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::command_line::{command, operation};
use synctera_api::spec::{V0, V2};

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
    given.extend(query(operation, target));
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

/// The argument with the query, if the operation takes one.
fn query(operation: &Operation, target: &str) -> Option<String> {
    let known = query_parameters(operation, target.starts_with("/v0"));
    if known.is_empty() {
        return None;
    }
    let (_, given) = target.split_once('?').unwrap_or_default();
    let members: Vec<String> = given
        .split('&')
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let is_array = known.get(name)?;
            let value = percent_decode_str(value).decode_utf8_lossy();
            let value = format!("{:?}.parse()?", value);
            let name = if name == "type" { "type_" } else { name };
            Some(match is_array {
                true => format!("{name}: vec![{value}]"),
                false => format!("{name}: Some({value})"),
            })
        })
        .collect();
    if members.is_empty() {
        return Some("&Default::default()".to_owned());
    }
    let words = operation.id.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
    });
    let name: String = words.collect();
    Some(format!("&{name}Query {{ {}, ..Default::default() }}", members.join(", ")))
}

/// The query parameters of an operation, and whether each takes a list.
fn query_parameters(operation: &Operation, is_legacy: bool) -> BTreeMap<&'static str, bool> {
    static DOCUMENTS: LazyLock<[Value; 2]> =
        LazyLock::new(|| [V2, V0].map(|text| serde_json::from_str(text).unwrap_or_default()));
    let document = if is_legacy { &DOCUMENTS[1] } else { &DOCUMENTS[0] };
    let path = document.get("paths").and_then(|paths| paths.get(operation.path));
    let of_method = path.and_then(|path| path.get(operation.method.to_lowercase()));
    let lists = [path, of_method].into_iter().flatten().filter_map(|of| of.get("parameters"));
    let resolved = |of: &'static Value| {
        let at = of.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
        at.and_then(|at| document.pointer(at)).unwrap_or(of)
    };
    let parameters = lists.filter_map(Value::as_array).flatten().map(resolved);
    let of_query = parameters.filter(|it| it.get("in").and_then(Value::as_str) == Some("query"));
    of_query
        .filter_map(|it| {
            let kind = resolved(it.get("schema")?).get("type").and_then(Value::as_str);
            Some((it.get("name")?.as_str()?, kind == Some("array")))
        })
        .collect()
}

/// A command that makes the first one, and what it needs.
pub(crate) fn first(context: &Context, command: &str) -> Markup {
    let of_bank = command.replace("$SANDBOX", &format!("$SANDBOX{}", context.bank.prefix()));
    html! {
        pre tabindex="0" { code { (of_bank) } }
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
        let text =
            rust("GET", "/v2/persons?limit=50&last_name=A%20B&verification_status=REVIEW", None)
                .unwrap();
        assert_eq!(
            text,
            "client.api().list_persons(&ListPersonsQuery { limit: Some(\"50\".parse()?), \
             last_name: Some(\"A B\".parse()?), verification_status: vec![\"REVIEW\".parse()?], \
             ..Default::default() }).await?;"
        );
        let text = rust("GET", "/v2/persons", None).unwrap();
        assert_eq!(text, "client.api().list_persons(&Default::default()).await?;");
        assert_eq!(rust("GET", "/sandbox", None), None);
    }
}
