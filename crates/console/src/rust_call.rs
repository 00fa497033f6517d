//! A call as a Rust program makes it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::command_line::operation;
use synctera_api::spec::{V0, V2};

/// The method of the generated client, with the body as JSON.
pub(crate) fn rust(method: &str, target: &str, body: Option<&Value>) -> Option<String> {
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
    let known = query_parameters(operation, target.starts_with("/v0"))?;
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
fn query_parameters(
    operation: &Operation,
    is_legacy: bool,
) -> Option<&'static BTreeMap<String, bool>> {
    static KNOWN: LazyLock<[Parameters; 2]> = LazyLock::new(|| [V2, V0].map(parameters));
    let [current, legacy] = &*KNOWN;
    let known = if is_legacy { legacy } else { current };
    known.get(&(operation.path.to_owned(), operation.method.to_lowercase()))
}

/// Query parameters by path and method. The document itself is large, and is not kept.
type Parameters = BTreeMap<(String, String), BTreeMap<String, bool>>;

fn parameters(document: &str) -> Parameters {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let resolved = |of: &'_ Value| {
        let at = of.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
        at.and_then(|at| document.pointer(at)).unwrap_or(of).clone()
    };
    let of_query = |list: &Value| -> BTreeMap<String, bool> {
        let all = list.as_array().into_iter().flatten().map(resolved);
        let of_query = all.filter(|it| it.get("in").and_then(Value::as_str) == Some("query"));
        of_query
            .filter_map(|it| {
                let schema = resolved(it.get("schema")?);
                let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
                Some((it.get("name")?.as_str()?.to_owned(), is_list))
            })
            .collect()
    };
    let mut found = Parameters::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let shared = item.get("parameters").map(of_query).unwrap_or_default();
        for (method, operation) in item.as_object().into_iter().flatten() {
            let own = operation.get("parameters").map(of_query).unwrap_or_default();
            let all = shared.clone().into_iter().chain(own).collect();
            found.insert((path.clone(), method.clone()), all);
        }
    }
    found
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
