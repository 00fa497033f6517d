//! Calls an operation for an assistant.

use serde_json::{Map, Value};
use synctera::IdempotencyKey;
use synctera_api::Operation;
use synctera_runtime::{AnswerKind, BodyKind, segment};

use super::place::Place;
use crate::call::guard;
use crate::call::send::{Call, Sent};
use crate::call::target::{Target, plain};
use crate::exit::{Exit, Failure};
use crate::table::{self, Detail, Flag};
use crate::{flags, text};

/// What an assistant asks for.
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) parameters: Map<String, Value>,
    pub(super) body: Option<Value>,
    pub(super) idempotency_key: Option<String>,
}

/// Makes the call, and returns what the platform answered.
///
/// # Errors
/// An operation that does not exist or is not allowed; a parameter that is wrong; what the platform refuses.
pub(super) async fn call(place: &Place, asked: Asked) -> Result<Value, Failure> {
    let Some(found) = table::named(&asked.name) else {
        return Err(Failure::usage(format!(
            "there is no operation {}; next: find one with search_operations",
            text::name(&asked.name)
        )));
    };
    let operation = found.operation;
    let is_free = guard::is_read(operation) && !guard::is_guarded(operation);
    if place.is_production() && !is_free && !place.is_allowed(found.row.id) {
        return Err(not_allowed(found.row.id));
    }
    if operation.answer == AnswerKind::Bytes
        || matches!(operation.body, BodyKind::Bytes | BodyKind::Form)
    {
        let command = format!("synctera {} {}", table::kebab(operation.family), found.name());
        return Err(Failure::usage(format!(
            "{} has a file; next: ask for the command {command}, which takes and writes files",
            found.row.id
        )));
    }
    let detail = found.detail();
    let target = target(operation, &detail, asked.parameters)?;
    let sent = match (&detail.body, asked.body) {
        (None, Some(_)) => {
            return Err(Failure::input(format!(
                "{} takes no body; nothing was sent; next: leave body out",
                found.row.id
            )));
        }
        (Some(body), None) if body.required => {
            return Err(Failure::input(format!(
                "{} needs a body; nothing was sent; next: see the example of describe_operation",
                found.row.id
            )));
        }
        (_, None) => Sent::Nothing,
        (Some(_), Some(body)) => Sent::Json(body),
    };
    let key = asked.idempotency_key.map(|key| {
        IdempotencyKey::new(key.as_str()).map_err(|error| {
            Failure::input(format!(
                "idempotency_key: {error}; nothing was sent; next: give another one"
            ))
        })
    });
    let version = if found.row.version == "v0" { "/v0" } else { "/v2" };
    let call = Call { operation, version, target: target.text(), sent, key: key.transpose()? };
    let response = call.whole(place.client()?).await?;
    // A response without a body says enough.
    let status = response.status().as_u16();
    Ok(serde_json::from_slice(response.bytes())
        .unwrap_or_else(|_| serde_json::json!({ "status": status })))
}

/// What is not allowed in production.
pub(super) fn not_allowed(name: &str) -> Failure {
    Failure::new(
        Exit::Unconfirmed,
        format!(
            "{name} has an effect in production and is not allowed; nothing was sent; next: a person starts the \
             server with --allow {name}"
        ),
    )
}

/// Path and query, from the parameters by their names.
fn target(
    operation: &Operation,
    detail: &Detail,
    mut given: Map<String, Value>,
) -> Result<Target, Failure> {
    let mut path = operation.path.to_owned();
    for parameter in &detail.path {
        let value =
            given.remove(&parameter.name).ok_or_else(|| wrong(&parameter.name, "it is missing"))?;
        let value = checked(parameter, &value)?;
        let escaped = segment(operation.id, &parameter.name, &plain(&value))?.to_string();
        path = path.replace(&format!("{{{}}}", parameter.name), &escaped);
    }
    let mut query = Vec::new();
    for parameter in &detail.query {
        match given.remove(&parameter.name) {
            None | Some(Value::Null) if parameter.required => {
                return Err(wrong(&parameter.name, "it is missing"));
            }
            None | Some(Value::Null) => {}
            Some(Value::Array(values)) if parameter.list => {
                let values: Result<Value, Failure> =
                    values.iter().map(|value| checked(parameter, value)).collect();
                query.push((parameter.name.clone(), values?));
            }
            Some(value) => query.push((parameter.name.clone(), checked(parameter, &value)?)),
        }
    }
    match given.keys().next() {
        None => Ok(Target { path, query }),
        Some(name) => Err(wrong(name, "there is no such parameter; see describe_operation")),
    }
}

fn checked(flag: &Flag, value: &Value) -> Result<Value, Failure> {
    if value.is_array() || value.is_object() {
        return Err(wrong(&flag.name, "it is not one value"));
    }
    let text = plain(value);
    if !flag.values.is_empty() && !flag.values.contains(&text) {
        return Err(wrong(&flag.name, &format!("it is none of {}", flag.values.join(", "))));
    }
    flags::check(flag, &text).map_err(|why| wrong(&flag.name, &why))
}

fn wrong(name: &str, why: &str) -> Failure {
    let name = text::name(name);
    Failure::input(format!("parameter {name}: {why}; nothing was sent; next: correct parameters"))
}
