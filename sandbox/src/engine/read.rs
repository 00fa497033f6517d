//! What a request says: its query and its body, by the document.

use std::collections::BTreeMap;

use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::{BodyKind, ErrorCode};

use super::Request;
use crate::model::settings::UnknownQueryParameters;
use crate::model::{ApiError, Ctx, Part, Problem};
use crate::spec::{FieldErrors, QueryValue, Routed, Spec, canonical_id, decoded};

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The parameters of the path, ids in lower case.
pub(super) fn parameters(routed: &Routed) -> BTreeMap<&'static str, String> {
    let named = routed.parameters.iter();
    named.map(|(name, text)| (*name, canonical_id(text).unwrap_or_else(|| text.clone()))).collect()
}

/// Reads the body as the operation takes it.
pub(super) fn read_body(
    ctx: &mut Ctx<'_>,
    spec: &Spec,
    operation: &Operation,
    request: &Request,
) -> Result<(), ApiError> {
    match operation.body {
        BodyKind::Bytes => ctx.request.upload.clone_from(&request.body),
        BodyKind::Form => {
            let detail = "the body must be multipart/form-data, whole";
            let refusal = || ApiError::rule(ErrorCode::BadRequestBody, detail);
            ctx.request.form = request.form.clone().ok_or_else(refusal)?;
            ctx.request.body = fields_of(&ctx.request.form);
            let mut errors = spec.check_request(operation, &ctx.request.body);
            errors.merge(characters(&ctx.request.body));
            if !errors.is_empty() {
                return Err(errors.into());
            }
            spec.lower_ids(operation, &mut ctx.request.body);
        }
        _ => ctx.request.body = read_json(ctx, spec, operation, &request.body)?,
    }
    Ok(())
}

fn read_json(
    ctx: &Ctx<'_>,
    spec: &Spec,
    operation: &Operation,
    bytes: &[u8],
) -> Result<Value, ApiError> {
    let Some(required) = spec.body_of(operation) else {
        return Ok(Value::Null);
    };
    if bytes.is_empty() {
        if required {
            return Err(ApiError::rule(ErrorCode::BadRequestBody, "the body is missing"));
        }
        return Ok(Value::Null);
    }
    let mut body: Value = serde_json::from_slice(without_mark(bytes)).map_err(|e| {
        // The parser's own message could quote the body.
        let detail = format!("the body is not JSON at line {}, column {}", e.line(), e.column());
        ApiError::rule(ErrorCode::BadRequestBody, detail)
    })?;
    let mut errors = spec.check_request(operation, &body);
    if !ctx.settings.refuse_read_only_properties {
        errors.immutable.clear();
    }
    errors.merge(characters(&body));
    if !errors.is_empty() {
        return Err(errors.into());
    }
    spec.lower_ids(operation, &mut body);
    Ok(body)
}

/// A text without the mark before it.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// The texts of a body with a character that no text may have, by field.
fn characters(body: &Value) -> FieldErrors {
    fn walk(value: &Value, field: &str, errors: &mut FieldErrors) {
        match value {
            Value::String(text) if text.contains('\0') => {
                let field = if field.is_empty() { "body" } else { field };
                errors.merge(FieldErrors::invalid(field, NO_NUL));
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    walk(item, &format!("{field}[{place}]"), errors);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let dot = if field.is_empty() { "" } else { "." };
                    // The name of a member is the caller's where any may stand.
                    let shown = name.replace('\0', "\\u0000");
                    let field = format!("{field}{dot}{shown}");
                    if name.contains('\0') {
                        errors.merge(FieldErrors::invalid(&field, NO_NUL));
                    }
                    walk(member, &field, errors);
                }
            }
            _ => {}
        }
    }
    let mut errors = FieldErrors::default();
    // Most bodies have no such character, and need no fields.
    if has_nul(body) {
        walk(body, "", &mut errors);
    }
    errors
}

const NO_NUL: &str = "must not have the character U+0000";

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => {
            members.iter().any(|(name, member)| name.contains('\0') || has_nul(member))
        }
        _ => false,
    }
}

/// The texts of a form as one object; of a file, its name.
fn fields_of(form: &[Part]) -> Value {
    let fields = form.iter().map(|part| {
        let text = match &part.file_name {
            Some(name) => name.clone(),
            None => String::from_utf8_lossy(&part.bytes).into_owned(),
        };
        (part.name.clone(), Value::String(text))
    });
    Value::Object(fields.collect())
}

/// Reads the query by the document's parameters.
pub(super) fn read_query(
    ctx: &mut Ctx<'_>,
    spec: &Spec,
    operation: &Operation,
    query: &str,
) -> Result<(), ApiError> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = QueryValue::read(value);
        let (Some(plain), Some(value)) = (decoded(&name.replace('+', " ")), value) else {
            let detail = "the query is not escaped UTF-8";
            return Err(ApiError::rule(ErrorCode::BadQueryParameter, detail));
        };
        if spec.has_query_parameter(operation, &plain) {
            pairs.push((plain, value));
        } else {
            ctx.request.unknown_parameters.push(name.to_owned());
        }
    }
    let mut errors = FieldErrors::default();
    match spec.read_query(operation, &pairs) {
        Ok(values) => ctx.request.query = values,
        Err(wrong) => errors = wrong,
    }
    for (name, _) in ctx.request.query.iter().filter(|(_, value)| has_nul(value)) {
        errors.merge(FieldErrors::invalid(name, NO_NUL));
    }
    if ctx.settings.unknown_query_parameters == UnknownQueryParameters::Refuse {
        for name in &ctx.request.unknown_parameters {
            errors.merge(FieldErrors::invalid(name, "is no parameter of this operation"));
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    let detail = "the query breaks the rules of its parameters";
    let mut problem = Problem::new(ErrorCode::BadQueryParameter, detail);
    problem.errors = errors;
    Err(problem.into())
}
