//! What a request says: its query and its body, by the document.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value};
use synctera_api::Operation;
use synctera_api::runtime::{BodyKind, ErrorCode};

use super::{Engine, Request};
use crate::model::settings::UnknownQueryParameters;
use crate::model::{ApiError, Ctx, Part, Problem, Served};
use crate::spec::{
    FieldErrors, Interface, JsonError, Literals, Normalized, QueryValue, Routed, Shape, Spec,
    decoded, dotted, pointer, stored_id,
};

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The parameters of the path, ids in lower case.
pub(super) fn parameters(routed: &Routed) -> BTreeMap<&'static str, String> {
    let named = routed.parameters.iter();
    named.map(|(name, text)| (*name, stored_id(text))).collect()
}

/// A request as its operation reads it.
pub(super) struct Incoming<'r> {
    pub(super) request: &'r Request,
    pub(super) query: &'r str,
    /// What is wrong with parameters that only the older form of the operation has.
    pub(super) query_errors: FieldErrors,
    pub(super) json: Result<ParsedJson, JsonError>,
    /// What is wrong with members that only the older form of the operation has.
    pub(super) errors: FieldErrors,
    /// The form that query and body came in, if it is not the operation's own.
    pub(super) older: Option<&'r Shape>,
}

/// Reads the body as the operation takes it: as the document describes it, and nothing else. All
/// that is wrong with it is refused at once, by the document, the type that it is read as, and the
/// rules that the family has for it.
pub(super) fn read_body(
    engine: &Engine,
    ctx: &mut Ctx<'_>,
    interface: Interface,
    routed: &Routed,
    served: &Served,
    Incoming { request, json, errors: of_older_form, .. }: Incoming<'_>,
) -> Result<(), ApiError> {
    let (spec, operation) = (Spec::of(interface), routed.operation);
    let (mut literals, mut is_translated) = (Literals::default(), false);
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
        _ => match required_json(spec, operation, &request.body, json)? {
            Some(parsed) => {
                (literals, is_translated) = (parsed.literals, parsed.is_translated);
                parsed.body
            }
            None => return Ok(()),
        },
    };
    let raw = if operation.method == "PATCH" { body.clone() } else { Value::Null };
    let mut normalized = spec.normalize(operation, &literals, &mut body);
    // A new record has its own facts, whatever a body says; a known one may be sent back.
    let own_facts = if operation.method == "POST" {
        check_own_facts(spec, operation, std::mem::take(&mut normalized.own_facts))
    } else {
        normalized.read_only.append(&mut normalized.own_facts);
        FieldErrors::default()
    };
    let immutable =
        check_own(engine, ctx, (interface, routed, served), &mut normalized, (&raw, &mut body))?;
    // What a number is as it is written comes before what it is read as.
    let mut errors = std::mem::take(&mut normalized.numbers);
    errors.merge(of_older_form);
    errors.merge(spec.check_request(operation, &body));
    errors.merge(characters(&body));
    errors.merge(own_facts);
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
        let bytes = if normalized.is_rewritten || is_translated {
            body.to_string().into()
        } else {
            Bytes::copy_from_slice(without_mark(&request.body))
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

/// What is wrong with a record's own facts in the body of a new one. They are not used, but the
/// document describes them like any other member.
fn check_own_facts(
    spec: &Spec,
    operation: &Operation,
    sent: BTreeMap<String, Value>,
) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if sent.is_empty() {
        return errors;
    }
    let members = sent.into_iter().map(|(pointer, value)| (dotted(&pointer), value));
    let facts: Map<String, Value> = members.collect();
    let names: Vec<String> = facts.keys().cloned().collect();
    let found = spec.check_request(operation, &Value::Object(facts));
    for (field, reason) in found.invalid {
        if names.iter().any(|name| field.split(['.', '[']).next() == Some(name)) {
            errors.invalid.insert(field, reason);
        }
    }
    errors
}

/// A JSON body, and its numbers that a float does not stand for exactly.
pub(super) struct ParsedJson {
    body: Value,
    literals: Literals,
    /// Whether it has another form than it came in.
    is_translated: bool,
}

impl ParsedJson {
    /// Gives it the form of v2; what is wrong with it in that.
    pub(super) fn translate(&mut self, older: &Shape) -> FieldErrors {
        self.is_translated = true;
        older.body(&mut self.body, &mut self.literals)
    }

    /// The body, unless it has a number that cannot be read as one.
    pub(super) fn exact(&self) -> Option<&Value> {
        self.literals.infinite().next().is_none().then_some(&self.body)
    }
}

/// Parses a body once, for its fingerprint and for its operation.
pub(super) fn json(bytes: &[u8]) -> Result<ParsedJson, JsonError> {
    let (body, literals) = crate::spec::parse_json(without_mark(bytes))?;
    Ok(ParsedJson { body, literals, is_translated: false })
}

/// The JSON of a request, if the operation takes some and there is some.
fn required_json(
    spec: &Spec,
    operation: &Operation,
    bytes: &[u8],
    json: Result<ParsedJson, JsonError>,
) -> Result<Option<ParsedJson>, ApiError> {
    let Some(required) = spec.body_of(operation) else {
        return Ok(None);
    };
    if bytes.is_empty() {
        if required {
            return Err(ApiError::rule(ErrorCode::BadRequestBody, "the body is missing"));
        }
        return Ok(None);
    }
    let json =
        json.map_err(|e| ApiError::rule(ErrorCode::BadRequestBody, format!("the body {e}")))?;
    Ok((required || !json.body.is_null()).then_some(json))
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
    let is_judged = normalized.is_record || !unknown.is_empty();
    if !is_judged || !ctx.settings.refuse_read_only_properties {
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

/// What is worked out whenever a resource is read, or set whenever it is written. It changes by itself,
/// so that a resource may be sent back with what has passed meanwhile, and changed twice from one
/// reading.
const COMPUTED: &[&str] = &[
    "account_closure",
    "available_actions",
    "balances",
    "classifications",
    "days_past_due",
    "dispute_documents",
    "has_accounts",
    "last_updated",
    "last_updated_time",
    "number_of_related_accounts",
    "updated",
    "updated_at",
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

/// Reads the query by the document's parameters; an older form of the operation may leave some out.
/// `errors` is what is wrong with the query already.
pub(super) fn read_query(
    ctx: &mut Ctx<'_>,
    spec: &Spec,
    operation: &Operation,
    query: &str,
    mut errors: FieldErrors,
    older: Option<&Shape>,
) -> Result<(), ApiError> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = QueryValue::read(value);
        let plain = decoded(&name.replace('+', " "));
        let (Some(plain), Some(value)) = (plain.as_deref(), value) else {
            let shown = plain.as_deref().unwrap_or(name);
            errors.merge(FieldErrors::invalid(shown, "is not percent-encoded UTF-8"));
            continue;
        };
        if spec.has_query_parameter(operation, plain) {
            pairs.push((plain.to_owned(), value));
        } else {
            ctx.request.unknown_parameters.push(name.to_owned());
        }
    }
    ctx.request.is_whole = !spec.has_pages(operation);
    let is_optional = |name: &str| older.is_some_and(|shape| shape.is_optional(name));
    match spec.read_query(operation, &pairs, is_optional) {
        Ok(values) => ctx.request.query = values,
        // The value that cannot be read comes first: its parameter is not missing.
        Err(mut wrong) => {
            wrong.missing.retain(|name| !errors.invalid.contains_key(name));
            errors.merge(wrong);
        }
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
