//! The pinned documents: which operations there are, and what they may be sent and answer.

mod formats;
mod ids;
mod literals;
mod normalize;
mod query;
mod route;
mod schema;
mod validate;

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use jsonschema::Validator;
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::runtime::error_path::DecodeError;

pub(crate) use ids::canonical_id;
pub(crate) use literals::Literals;
pub(crate) use literals::parse as parse_json;
pub(crate) use normalize::Normalized;
pub(crate) use query::QueryValue;
pub(crate) use route::{Match, Routed, decoded};
pub(crate) use validate::{FieldErrors, dotted, pointer};

use route::Routes;
use schema::{Direction, Schemas};

/// Which of the two interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Interface {
    V2,
    V0,
}

impl Interface {
    pub(crate) const ALL: [Self; 2] = [Self::V2, Self::V0];

    /// The path prefix under which it is served.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "/v2",
            Self::V0 => "/v0",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::V2 => synctera_api::spec::V2,
            Self::V0 => synctera_api::spec::V0,
        }
    }

    pub(crate) fn operations(self) -> &'static [Operation] {
        match self {
            Self::V2 => &synctera_api::v2::OPERATIONS,
            Self::V0 => &synctera_api::v0::OPERATIONS,
        }
    }

    /// Reads a JSON body as the type that an operation takes.
    pub(crate) fn decode_request(self, operation: &str, body: &Bytes) -> Result<(), DecodeError> {
        match self {
            Self::V2 => synctera_api::v2::decode_request(operation, body),
            Self::V0 => synctera_api::v0::decode_request(operation, body),
        }
    }
}

const PROBLEM: &str = "application/problem+json";

/// One interface's document, read once for the whole process.
pub(crate) struct Spec {
    interface: Interface,
    routes: Routes,
    document: OnceLock<Document>,
}

struct Document {
    root: Value,
    requests: OnceLock<Schemas>,
    responses: OnceLock<Schemas>,
    compiled: BTreeMap<&'static str, Compiled>,
    /// Validators of single variants, by component.
    variants: Mutex<BTreeMap<String, Option<Validator>>>,
}

impl Document {
    /// A validator of what travels this way. The converted components of a direction are as large as
    /// the document: they are made when the first one is asked for.
    fn compile(&self, direction: Direction, schema: &Value) -> Option<Validator> {
        self.schemas(direction).compile(&self.root, schema)
    }

    fn schemas(&self, direction: Direction) -> &Schemas {
        let schemas = match direction {
            Direction::Request => &self.requests,
            Direction::Response => &self.responses,
        };
        schemas.get_or_init(|| Schemas::new(&self.root, direction))
    }
}

/// Validators of one operation, compiled when they are first needed.
#[derive(Default)]
struct Compiled {
    request: OnceLock<Option<Validator>>,
    response: OnceLock<Option<Validator>>,
    query: OnceLock<query::QueryRules>,
}

static V2: LazyLock<Spec> = LazyLock::new(|| Spec::new(Interface::V2));
static V0: LazyLock<Spec> = LazyLock::new(|| Spec::new(Interface::V0));

impl Spec {
    pub(crate) fn of(interface: Interface) -> &'static Self {
        match interface {
            Interface::V2 => &V2,
            Interface::V0 => &V0,
        }
    }

    fn new(interface: Interface) -> Self {
        Self { interface, routes: Routes::new(interface.operations()), document: OnceLock::new() }
    }

    /// The operation that a method and a path (without the prefix) lead to.
    pub(crate) fn route(&self, method: &str, path: &str) -> Match {
        self.routes.find(method, path)
    }

    /// What the document calls an operation that this sandbox was built without.
    pub(crate) fn unbuilt(&self, method: &str, path: &str) -> Option<&str> {
        self.path_item(path)?.get(method.to_ascii_lowercase())?.get("operationId")?.as_str()
    }

    /// What the document says of a path.
    fn path_item(&self, path: &str) -> Option<&Value> {
        let paths = self.document().root.get("paths")?.as_object()?;
        let fitting = paths.iter().filter(|(template, _)| route::fits(template, path));
        // A literal beats a parameter here, too.
        fitting.min_by_key(|(template, _)| template.matches('{').count()).map(|(_, item)| item)
    }

    fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            // The text is the one that the client was generated from: it cannot be malformed.
            let mut root = serde_json::from_str(self.interface.text()).unwrap_or_default();
            schema::complete(&mut root);
            Document {
                requests: OnceLock::new(),
                responses: OnceLock::new(),
                variants: Mutex::default(),
                compiled: self
                    .interface
                    .operations()
                    .iter()
                    .map(|o| (o.id, Compiled::default()))
                    .collect(),
                root,
            }
        })
    }

    fn compiled(&self, operation: &Operation) -> Option<(&Document, &Compiled, &Value)> {
        let document = self.document();
        let compiled = document.compiled.get(operation.id)?;
        let object = document
            .root
            .get("paths")?
            .get(operation.path)?
            .get(operation.method.to_ascii_lowercase())?;
        Some((document, compiled, object))
    }

    /// Brings a request body into the form that the document describes.
    pub(crate) fn normalize(
        &self,
        operation: &Operation,
        literals: &Literals,
        body: &mut Value,
    ) -> Normalized {
        let found = self.compiled(operation).and_then(|(document, _, object)| {
            Some(normalize::normalize(&document.root, request_schema(object)?, literals, body))
        });
        found.unwrap_or_default()
    }

    /// Whether what an operation answers has a member, by JSON pointer.
    pub(crate) fn answers_with(&self, operation: &Operation, member: &str) -> bool {
        let schema = self.compiled(operation).and_then(|(document, _, object)| {
            Some((&document.root, response_schema(&document.root, object)?))
        });
        schema.is_some_and(|(root, schema)| schema::has_member(root, schema, member))
    }

    /// What is wrong with a value as this variant of a union of which the generator makes one type;
    /// members of other variants are wrong, too. Variants are named as the document's components.
    pub(crate) fn check_variant(&self, union: &str, variant: &str, value: &Value) -> FieldErrors {
        let document = self.document();
        let component = |name: &str| {
            document.root.get("components")?.get("schemas")?.get(name).filter(|s| s.is_object())
        };
        let (Some(union), Some(schema)) = (component(union), component(variant)) else {
            return FieldErrors::default();
        };
        let mut variants = document.variants.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = variants
            .entry(variant.to_owned())
            .or_insert_with(|| document.compile(Direction::Request, schema));
        let mut errors = validator
            .as_ref()
            .map_or_else(FieldErrors::default, |known| FieldErrors::of(known, value));
        let own = schema::member_names(&document.root, schema);
        let all = schema::member_names(&document.root, union);
        for (name, given) in value.as_object().into_iter().flatten() {
            if all.contains(name) && !own.contains(name) && !given.is_null() {
                errors.merge(FieldErrors::invalid(name, "is for another type"));
            }
        }
        errors
    }

    /// What is wrong with a request body.
    pub(crate) fn check_request(&self, operation: &Operation, body: &Value) -> FieldErrors {
        let Some((document, compiled, object)) = self.compiled(operation) else {
            return FieldErrors::default();
        };
        let validator = compiled
            .request
            .get_or_init(|| document.compile(Direction::Request, request_schema(object)?));
        validator
            .as_ref()
            .map_or_else(FieldErrors::default, |validator| FieldErrors::of(validator, body))
    }

    /// The methods that a path (without the prefix) has by the document; none if there is no such
    /// path.
    pub(crate) fn methods(&self, path: &str) -> Vec<String> {
        const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
        let Some(item) = self.path_item(path) else {
            return Vec::new();
        };
        let mut methods: Vec<String> = METHODS
            .into_iter()
            .filter(|method| item.get(*method).is_some())
            .map(str::to_ascii_uppercase)
            .collect();
        if methods.first().is_some_and(|method| method == "GET") {
            methods.insert(1, "HEAD".to_owned());
        }
        methods.push("OPTIONS".to_owned());
        methods
    }

    /// Whether the operation takes a body, and whether it must be there.
    pub(crate) fn body_of(&self, operation: &Operation) -> Option<bool> {
        let (_, _, object) = self.compiled(operation)?;
        let body = object.get("requestBody")?;
        Some(body.get("required").and_then(Value::as_bool).unwrap_or(false))
    }

    /// Whether a refusal of this status is dressed as `application/problem+json`: v0's are, and
    /// those of v2 of which the document says so.
    pub(crate) fn is_problem(&self, operation: &Operation, status: u16) -> bool {
        let documented = || {
            let (document, _, object) = self.compiled(operation)?;
            let response = object.get("responses")?.get(status.to_string())?;
            schema::deref(&document.root, response).get("content")?.get(PROBLEM)
        };
        status >= 400 && (self.interface == Interface::V0 || documented().is_some())
    }

    /// What is wrong with an answer of this sandbox.
    pub(crate) fn check_response(&self, operation: &Operation, body: &Value) -> FieldErrors {
        let Some((document, compiled, object)) = self.compiled(operation) else {
            return FieldErrors::default();
        };
        let validator = compiled.response.get_or_init(|| {
            document.compile(Direction::Response, response_schema(&document.root, object)?)
        });
        validator
            .as_ref()
            .map_or_else(FieldErrors::default, |validator| FieldErrors::of(validator, body))
    }

    /// Whether an operation has a query parameter of this name.
    pub(crate) fn has_query_parameter(&self, operation: &Operation, name: &str) -> bool {
        self.query_rules(operation).is_some_and(|rules| rules.has(name))
    }

    /// Reads the parameters of a query by the document: typed values, or what is wrong.
    pub(crate) fn read_query(
        &self,
        operation: &Operation,
        pairs: &[(String, QueryValue)],
    ) -> Result<BTreeMap<String, Value>, FieldErrors> {
        self.query_rules(operation).map_or_else(|| Ok(BTreeMap::new()), |rules| rules.read(pairs))
    }

    fn query_rules(&self, operation: &Operation) -> Option<&query::QueryRules> {
        let (document, compiled, object) = self.compiled(operation)?;
        Some(compiled.query.get_or_init(|| {
            let schemas = document.schemas(Direction::Request);
            query::QueryRules::new(&document.root, operation.id, object, schemas)
        }))
    }
}

/// The schema of what an operation is sent; the parts of a form are described as one object.
fn request_schema(operation: &Value) -> Option<&Value> {
    let content = operation.get("requestBody")?.get("content")?;
    content.get("application/json").or_else(|| content.get("multipart/form-data"))?.get("schema")
}

/// The schema of what an operation answers when it succeeds.
fn response_schema<'d>(root: &'d Value, operation: &'d Value) -> Option<&'d Value> {
    let responses = operation.get("responses")?.as_object()?;
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
    let response = schema::deref(root, response);
    response.get("content")?.get("application/json")?.get("schema")
}
