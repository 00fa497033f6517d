//! What a request says: its query and its body, by the document.

use std::collections::BTreeMap;

use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::{BodyKind, ErrorCode};

use super::Request;
use crate::model::{ApiError, Ctx, Part, Problem};
use crate::spec::Spec;

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
            let errors = spec.check_request(operation, &ctx.request.body);
            if !errors.is_empty() {
                return Err(errors.into());
            }
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
    let body: Value = serde_json::from_slice(bytes).map_err(|e| {
        // The parser's own message could quote the body.
        let detail = format!("the body is not JSON at line {}, column {}", e.line(), e.column());
        ApiError::rule(ErrorCode::BadRequestBody, detail)
    })?;
    let mut errors = spec.check_request(operation, &body);
    if !ctx.settings.refuse_read_only_properties {
        errors.immutable.clear();
    }
    if errors.is_empty() { Ok(body) } else { Err(errors.into()) }
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
    spec: &Spec,
    operation: &Operation,
    query: &str,
) -> Result<BTreeMap<String, Value>, ApiError> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            crate::spec::decoded(&text.replace('+', " ")).ok_or_else(|| {
                ApiError::rule(ErrorCode::BadQueryParameter, "the query is not escaped UTF-8")
            })
        };
        pairs.push((decode(name)?, decode(value)?));
    }
    spec.read_query(operation, &pairs).map_err(|errors| {
        let mut problem = Problem::new(
            ErrorCode::BadQueryParameter,
            "the query breaks the rules of its parameters",
        );
        problem.errors = errors;
        problem.into()
    })
}
