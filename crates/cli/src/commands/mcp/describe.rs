//! What an operation or a journey takes.

use serde_json::{Map, Value, json};
use synctera_journey_files::{JourneyForm, journey_forms};

use crate::exit::Failure;
use crate::table::{self, Body, Flag};
use crate::text;

/// The description of an operation or a journey, by its name.
///
/// # Errors
/// A name that is of neither.
pub(super) fn describe(name: &str) -> Result<Value, Failure> {
    if let Some(form) = journey_forms().into_iter().find(|form| form.name == name) {
        return Ok(of_journey(&form));
    }
    let Some(found) = table::named(name) else {
        return Err(Failure::usage(format!(
            "there is no operation or journey {}; next: find one with search_operations",
            text::name(name)
        )));
    };
    let detail = found.detail();
    let parameters = detail
        .path
        .iter()
        .map(|it| (it, true))
        .chain(detail.query.iter().map(|it| (it, it.required)));
    let parameters: Map<String, Value> = parameters
        .map(|(flag, is_required)| (flag.name.clone(), of_flag(flag, is_required)))
        .collect();
    let mut described = json!({
        "operation": found.row.id,
        "call": format!("{} /{}{}", found.operation.method, found.row.version, found.operation.path),
        "about": detail.doc,
    });
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = &detail.body {
        described["body"] = of_body(body);
    }
    if let Some(other) = &detail.replaced_by {
        described["use_instead"] = other.as_str().into();
    }
    Ok(described)
}

fn of_journey(form: &JourneyForm) -> Value {
    json!({
        "journey": form.name,
        "members": form.members,
        "results": form.results,
        "run_with": "run_journey",
    })
}

fn of_flag(flag: &Flag, is_required: bool) -> Value {
    let mut of = json!({ "type": format!("{:?}", flag.kind).to_lowercase() });
    if is_required {
        of["required"] = true.into();
    }
    if flag.list {
        of["list"] = true.into();
    }
    let values = if flag.values.is_empty() { &flag.known } else { &flag.values };
    if !values.is_empty() {
        of["values"] = json!(values);
    }
    if !flag.doc.is_empty() {
        of["about"] = flag.doc.as_str().into();
    }
    of
}

/// The members that hold a value, those that hold more, and a valid body of each variant.
fn of_body(body: &Body) -> Value {
    let members: Map<String, Value> =
        body.members.iter().map(|it| (it.name.clone(), of_flag(it, it.required))).collect();
    let examples: Map<String, Value> = body
        .variants
        .iter()
        .map(|variant| {
            let name = if variant.name.is_empty() { "usual" } else { &variant.name };
            (name.to_owned(), json!({ "required": variant.required, "example": variant.example }))
        })
        .collect();
    json!({
        "media_type": body.media_type,
        "required": body.required,
        "tag": body.tag,
        "members": members,
        "other_members": body.only_in_body,
        "variants": examples,
    })
}
