//! What the command of an operation takes.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;
use serde_json::{Map, Value, json};
use synctera_api::command_line::OPTIONS;

use crate::body;
use crate::document::{Document, Operation};
use crate::flag::{flag_name, insert_words};
use crate::kind::kind;

/// The flag for the idempotency key of a write.
const KEY: &str = "idempotency-key";

/// The row of an operation: its words, its parameters and its body.
pub(crate) fn detail(document: &Document<'_>, operation: &Operation<'_>, id: &str) -> Value {
    let mut taken: BTreeSet<String> = OPTIONS.map(str::to_owned).into();
    if operation.method != "get" {
        taken.insert(KEY.to_owned());
    }
    let mut detail = Map::new();
    let definition = operation.definition;
    let words = definition["description"].as_str().or(definition["summary"].as_str());
    detail.insert("doc".to_owned(), words.unwrap_or_default().into());
    if let Some(other) = definition["x-synctera-replaced-by"].as_str() {
        detail.insert("replaced_by".to_owned(), other.into());
    }
    let parameters: Vec<&Value> = [operation.item, definition]
        .into_iter()
        .flat_map(|of| of["parameters"].as_array().into_iter().flatten())
        .map(|parameter| document.deref(parameter))
        .collect();
    let of = |place: &str| parameters.iter().copied().filter(|it| it["in"] == place).collect();
    let path: Vec<&Value> = of("path");
    let query: Vec<&Value> = of("query");
    detail.insert("path".to_owned(), in_path(document, operation.path, &path, &mut taken));
    let query = query.into_iter().filter_map(|parameter| {
        let name = parameter["name"].as_str()?;
        let mut flag = kind(document, &parameter["schema"])?;
        flag.insert("name".to_owned(), name.into());
        flag.insert("flag".to_owned(), flag_name(name, &mut taken).into());
        if parameter["required"] == true {
            flag.insert("required".to_owned(), true.into());
        }
        if synctera_api::spec::is_hidden(&name.to_snake_case()) {
            flag.insert("hidden".to_owned(), true.into());
        }
        insert_words(&mut flag, &parameter["description"]);
        Some(Value::from(flag))
    });
    let query: Vec<Value> = query.collect();
    detail.insert("query".to_owned(), query.into());
    if let Some(holder) = definition.get("requestBody") {
        let body = body::detail(document, document.deref(holder), id, &mut taken);
        detail.insert("body".to_owned(), body);
    }
    detail.into()
}

/// The parameters of the path, in its order.
fn in_path<'d>(
    document: &Document<'d>,
    path: &str,
    parameters: &[&'d Value],
    taken: &mut BTreeSet<String>,
) -> Value {
    let names = path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')));
    let of = |name: &str| {
        let parameter = parameters.iter().copied().find(|it| it["name"] == name);
        let known = parameter.and_then(|it| kind(document, &it["schema"]));
        let mut argument =
            known.unwrap_or_else(|| [("type".to_owned(), json!("text"))].into_iter().collect());
        argument.insert("name".to_owned(), name.into());
        argument.insert("flag".to_owned(), flag_name(name, taken).into());
        if let Some(parameter) = parameter {
            insert_words(&mut argument, &parameter["description"]);
        }
        Value::from(argument)
    };
    names.map(of).collect()
}
