//! What a request says: its query and its body, by the document.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::{BodyKind, ErrorCode};

use super::{Engine, Request};
use crate::model::{ApiError, Ctx, Part, Problem, Served};
use crate::spec::{FieldErrors, Interface, Literals, Normalized, Routed, Spec, dotted, pointer};

/// Reads the body as the operation takes it: as the document describes it, and nothing else. All
/// that is wrong with it is refused at once, by the document, the type that it is read as, and the
/// rules that the family has for it.
pub(super) fn read_body(
    engine: &Engine,
    ctx: &mut Ctx<'_>,
    interface: Interface,
    routed: &Routed,
    served: &Served,
    request: &Request,
) -> Result<(), ApiError> {
    let (spec, operation) = (Spec::of(interface), routed.operation);
    let mut literals = Literals::default();
    let mut body = match operation.body {
        BodyKind::Bytes => {
            ctx.request.upload.clone_from(&request.body);
            return Ok(());
        }
        BodyKind::Form => {
            let detail = "the body must be multipart/form-data, whole";
            let refusal = || ApiError::rule(ErrorCode::BadRequestBody, detail);
            ctx.request.form = request.form.clone().ok_or_else(refusal)?;
            fields_of(&ctx.request.form)
        }
        _ => match parse_json(spec, operation, &request.body)? {
            Some((body, found)) => {
                literals = found;
                body
            }
            None => return Ok(()),
        },
    };
    let raw = if operation.method == "PATCH" { body.clone() } else { Value::Null };
    let mut normalized = spec.normalize(operation, &literals, &mut body);
    // A new record has its own facts, whatever a body says; a known one may be sent back.
    if operation.method != "POST" {
        normalized.read_only.append(&mut normalized.own_facts);
    }
    let immutable =
        check_own(engine, ctx, (interface, routed, served), &mut normalized, (&raw, &mut body))?;
    // What a number is as it is written comes before what it is read as.
    let mut errors = std::mem::take(&mut normalized.numbers);
    errors.merge(spec.check_request(operation, &body));
    errors.merge(immutable);
    for pointer in &normalized.of_other_variants {
        errors.merge(FieldErrors::invalid(&dotted(pointer), "is for another type"));
    }
    if operation.method == "PATCH" && !errors.is_empty() {
        // What is as it was is no change, whatever the document says of changes.
        let (current, _) = engine.current(ctx, interface, routed, served)?;
        errors.retain(|field| {
            let pointer = pointer(field);
            let sent = raw.pointer(&pointer);
            sent.is_none() || sent != current.pointer(&pointer)
        });
    }
    if errors.is_empty() && operation.body == BodyKind::Json {
        let bytes = if normalized.is_rewritten {
            body.to_string().into()
        } else {
            Bytes::copy_from_slice(&request.body)
        };
        errors.merge(check_type(interface, operation, &bytes));
    }
    ctx.request.body = body;
    if let Some(rules) = served.rules {
        // What the document says of a member comes first.
        errors.merge(rules(ctx)?);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// The JSON of a request, if the operation takes some and there is some.
fn parse_json(
    spec: &Spec,
    operation: &Operation,
    bytes: &[u8],
) -> Result<Option<(Value, Literals)>, ApiError> {
    let Some(required) = spec.body_of(operation) else {
        return Ok(None);
    };
    if bytes.is_empty() {
        if required {
            return Err(ApiError::rule(ErrorCode::BadRequestBody, "the body is missing"));
        }
        return Ok(None);
    }
    let (body, literals) = crate::spec::parse_json(bytes).map_err(|e| {
        // The parser's own message could quote the body.
        let detail = format!("the body is not JSON at line {}, column {}", e.line(), e.column());
        ApiError::rule(ErrorCode::BadRequestBody, detail)
    })?;
    Ok((required || !body.is_null()).then_some((body, literals)))
}

/// What is wrong with a body as the type that the operation takes. The document is checked before;
/// what it leaves open is refused here, and not where the body is used.
fn check_type(interface: Interface, operation: &Operation, body: &Bytes) -> FieldErrors {
    let Err(error) = interface.decode_request(operation.id, body) else {
        return FieldErrors::default();
    };
    let field = match error.path() {
        "." => "body",
        path => path,
    };
    match error.missing_field() {
        Some(missing) if field == "body" => FieldErrors::missing(&missing),
        Some(missing) => FieldErrors::missing(&format!("{field}.{missing}")),
        None => FieldErrors::invalid(field, "is not of the type that is expected here"),
    }
}

/// What is wrong with the members that only the platform sets. They may be sent back as they were
/// read: then the body is a record that was read before, and what it repeats of the record is no
/// change either.
fn check_own(
    engine: &Engine,
    ctx: &Ctx<'_>,
    (interface, routed, served): (Interface, &Routed, &Served),
    normalized: &mut Normalized,
    (raw, body): (&Value, &mut Value),
) -> Result<FieldErrors, ApiError> {
    let mut errors = FieldErrors::default();
    let sent = std::mem::take(&mut normalized.read_only);
    let is_change = matches!(routed.operation.method, "PATCH" | "PUT");
    let unknown = Some(std::mem::take(&mut normalized.unknown)).filter(|_| is_change);
    let unknown = unknown.unwrap_or_default();
    if !(normalized.is_record || !unknown.is_empty()) || !ctx.settings.refuse_read_only_properties {
        return Ok(errors);
    }
    let (current, read) = engine.current(ctx, interface, routed, served)?;
    for (pointer, value) in sent {
        if current.pointer(&pointer) != Some(&value) && !(is_change && is_computed(&pointer)) {
            errors.immutable.insert(dotted(&pointer));
        }
    }
    for (pointer, value) in unknown {
        // What the resource does not have is meant for no one.
        let is_known = Spec::of(interface).answers_with(read, &pointer);
        if is_known && current.pointer(&pointer) != Some(&value) && !is_computed(&pointer) {
            errors.immutable.insert(dotted(&pointer));
        }
    }
    if routed.operation.method == "PATCH"
        && let Some(members) = body.as_object_mut()
    {
        members.retain(|name, value| {
            let sent = raw.get(name).unwrap_or(value);
            normalized.required.contains(name) || current.get(name) != Some(sent)
        });
        normalized.is_rewritten = true;
    }
    Ok(errors)
}

/// What is worked out whenever a resource is read. It changes by itself, so that a resource may be
/// sent back with what has passed meanwhile.
const COMPUTED: [&str; 6] = [
    "available_actions",
    "balances",
    "classifications",
    "dispute_documents",
    "has_accounts",
    "number_of_related_accounts",
];

fn is_computed(pointer: &str) -> bool {
    pointer.split('/').nth(1).is_some_and(|member| COMPUTED.contains(&member))
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
