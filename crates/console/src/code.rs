//! The call of a page or an action, as a program makes it.

use maud::{Markup, html};
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::{v0, v2};

use crate::context::Context;
use crate::mask::masked;
use crate::texts;

/// A call as curl, Rust and the command line make it.
pub(crate) fn show(context: &Context, method: &str, target: &str, body: Option<&Value>) -> Markup {
    let body = body.map(masked);
    html! {
        details .call {
            summary { (texts::THE_CALL) ": " code { (method) " " (target) } }
            h4 { "curl" }
            pre tabindex="0" { code { (curl(context, method, target, body.as_ref())) } }
            @if let Some(text) = rust(method, target, body.as_ref()) {
                h4 { "Rust" }
                pre tabindex="0" { code { (text) } }
            }
        }
    }
}

fn curl(context: &Context, method: &str, target: &str, body: Option<&Value>) -> String {
    let mut text = format!("curl \"$SANDBOX{}{target}\"", context.bank.prefix());
    if method != "GET" && !(method == "POST" && body.is_some()) {
        text += &format!(" --request {method}");
    }
    text += " \\\n  --header \"Authorization: Bearer $KEY\"";
    if let Some(body) = body {
        let body = body.to_string().replace('\'', r"'\''");
        text += &format!(" \\\n  --header 'Content-Type: application/json' \\\n  --data '{body}'");
    }
    text
}

/// The method of the generated client, with the body as JSON.
fn rust(method: &str, target: &str, body: Option<&Value>) -> Option<String> {
    let (operation, arguments) = find(method, target)?;
    let mut given: Vec<String> =
        arguments.iter().map(|argument| format!("\"{argument}\".parse()?")).collect();
    if body.is_some() {
        given.push("&serde_json::from_value(body)?".to_owned());
    }
    let version = if target.starts_with("/v0") { "v0" } else { "v2" };
    let call = format!("client.{version}().{}({}).await?", operation.id, given.join(", "));
    Some(match body {
        Some(body) => format!("let body = serde_json::json!({body:#});\n{call};"),
        None => format!("{call};"),
    })
}

/// The operation of a path, and the values of the path's parameters.
pub(crate) fn find(method: &str, target: &str) -> Option<(&'static Operation, Vec<String>)> {
    let path = target.split('?').next()?;
    let (operations, path): (&[Operation], &str) = match path.strip_prefix("/v2") {
        Some(path) => (&v2::OPERATIONS, path),
        None => (&v0::OPERATIONS, path.strip_prefix("/v0")?),
    };
    let fits = |operation: &'static Operation| {
        let (mut template, mut given) = (operation.path.split('/'), path.split('/'));
        let (mut arguments, mut literal) = (Vec::new(), 0);
        loop {
            match (template.next(), given.next()) {
                (None, None) => return Some((literal, operation, arguments)),
                (Some(named), Some(value)) if named.starts_with('{') => {
                    arguments.push(value.to_owned());
                }
                (Some(segment), Some(value)) if segment == value => literal += 1,
                _ => return None,
            }
        }
    };
    let of_method = operations.iter().filter(|operation| operation.method == method);
    // A path of words is meant before one with a parameter.
    let (_, operation, arguments) =
        of_method.filter_map(fits).max_by_key(|(literal, ..)| *literal)?;
    Some((operation, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_found_by_its_path() {
        let (operation, arguments) = find("PATCH", "/v2/cards/c-1?x=1").unwrap();
        assert_eq!((operation.id, arguments), ("update_card", vec!["c-1".to_owned()]));
        let (operation, _) = find("GET", "/v2/transactions/posted").unwrap();
        assert_eq!(operation.id, "list_posted_transactions");
        assert_eq!(find("GET", "/v2/cards/products").unwrap().0.id, "list_card_products");
        assert!(find("GET", "/v2/no_such").is_none() && find("GET", "/sandbox").is_none());
    }
}
