//! The pinned documents: which operations there are, and what they may be sent and answer.

mod formats;
mod ids;
mod interface;
mod literals;
mod normalize;
mod older;
mod pointer;
mod query;
mod route;
mod schema;
mod validate;
mod version;

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::Value;
use synctera_api::Operation;

pub(crate) use ids::{canonical_id, stored_id};
pub(crate) use interface::Interface;
pub(crate) use literals::{JsonError, parse as parse_json};
pub(crate) use literals::{Literals, integer};
pub(crate) use normalize::Normalized;
pub(crate) use older::Shape;
pub(crate) use query::QueryValue;
pub(crate) use route::{Match, Routed, decoded};
pub(crate) use validate::{FieldErrors, dotted, pointer};
pub(crate) use version::Version;

use route::{METHODS, Routes};
use schema::{Direction, Schemas};

const PROBLEM: &str = "application/problem+json";

/// One interface's document, read once for the whole process.
pub(crate) struct Spec {
    interface: Interface,
    routes: Routes,
    document: OnceLock<Document>,
}

struct Document {
    /// It stays for as long as the process, so that operations can keep what they have of it.
    root: &'static Value,
    components: normalize::Components,
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
        self.schemas(direction).compile(self.root, schema)
    }

    fn schemas(&self, direction: Direction) -> &Schemas {
        let schemas = match direction {
            Direction::Request => &self.requests,
            Direction::Response => &self.responses,
        };
        schemas.get_or_init(|| Schemas::new(self.root, direction))
    }
}

/// The member of an answer that is the token of its next page.
const NEXT_PAGE: &str = "/next_page_token";

/// What the document says of one operation, and validators, compiled when they are first needed.
struct Compiled {
    object: &'static Value,
    /// The schema of what it is sent.
    body: Option<&'static Value>,
    request: OnceLock<Option<Validator>>,
    response: OnceLock<Option<Validator>>,
    query: OnceLock<query::QueryRules>,
}

impl Compiled {
    fn new(root: &'static Value, operation: &Operation) -> Option<Self> {
        let method = operation.method.to_ascii_lowercase();
        let object = root.get("paths")?.get(operation.path)?.get(method)?;
        Some(Self {
            object,
            body: request_schema(object),
            request: OnceLock::new(),
            response: OnceLock::new(),
            query: OnceLock::new(),
        })
    }
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
        let routes = Routes::new(interface.operations().iter().map(|of| (interface, of)));
        Self { interface, routes, document: OnceLock::new() }
    }

    /// The operation that a method and a path (without the prefix) lead to.
    pub(crate) fn route(&self, method: &str, path: &str) -> Match {
        self.routes.find(method, path)
    }

    /// What the document calls an operation that this sandbox was built without.
    fn unbuilt(&self, method: &str, path: &str) -> Option<&str> {
        let (_, item) = self.path_item(path)?;
        item.get(method.to_ascii_lowercase())?.get("operationId")?.as_str()
    }

    /// The template that a path fits, and what the document says of it.
    fn path_item(&self, path: &str) -> Option<(&str, &Value)> {
        let paths = self.document().root.get("paths")?.as_object()?;
        let fitting = paths.iter().filter(|(template, _)| route::fits(template, path));
        // A literal beats a parameter here, too.
        let fitting = fitting.min_by_key(|(template, _)| route::parameters(template))?;
        Some((fitting.0.as_str(), fitting.1))
    }

    fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            // The text is the one that the client was generated from: it cannot be malformed.
            let mut root = serde_json::from_str(self.interface.text()).unwrap_or_default();
            schema::complete(&mut root);
            let root: &'static Value = Box::leak(Box::new(root));
            let operations = self.interface.operations().iter();
            Document {
                components: normalize::Components::of(root),
                requests: OnceLock::new(),
                responses: OnceLock::new(),
                variants: Mutex::default(),
                compiled: operations
                    .filter_map(|o| Some((o.id, Compiled::new(root, o)?)))
                    .collect(),
                root,
            }
        })
    }

    fn compiled(&self, operation: &Operation) -> Option<(&Document, &Compiled)> {
        let document = self.document();
        Some((document, document.compiled.get(operation.id)?))
    }

    /// Brings a request body into the form that the document describes.
    pub(crate) fn normalize(
        &self,
        operation: &Operation,
        literals: &Literals,
        body: &mut Value,
    ) -> Normalized {
        let found = self.compiled(operation).and_then(|(document, compiled)| {
            Some(normalize::normalize(&document.components, compiled.body?, literals, body))
        });
        found.unwrap_or_default()
    }

    /// Whether what an operation answers has a member, by JSON pointer.
    pub(crate) fn answers_with(&self, operation: &Operation, member: &str) -> bool {
        let schema = self.compiled(operation).and_then(|(document, compiled)| {
            Some((document.root, response_schema(document.root, compiled.object)?))
        });
        schema.is_some_and(|(root, schema)| schema::has_member(root, schema, member))
    }

    /// Whether the body of an operation has a member of this name.
    pub(crate) fn takes(&self, operation: &Operation, member: &str) -> bool {
        self.compiled(operation).is_some_and(|(document, compiled)| {
            let schema = compiled.body;
            schema.is_some_and(|schema| schema::has_member(document.root, schema, member))
        })
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
        let own = schema::member_names(document.root, schema);
        let all = schema::member_names(document.root, union);
        for (name, given) in value.as_object().into_iter().flatten() {
            if all.contains(name) && !own.contains(name) && !given.is_null() {
                errors.merge(FieldErrors::invalid(name, "is for another type"));
            }
        }
        errors
    }

    /// What is wrong with a request body.
    pub(crate) fn check_request(&self, operation: &Operation, body: &Value) -> FieldErrors {
        let Some((document, compiled)) = self.compiled(operation) else {
            return FieldErrors::default();
        };
        let validator =
            compiled.request.get_or_init(|| document.compile(Direction::Request, compiled.body?));
        validator
            .as_ref()
            .map_or_else(FieldErrors::default, |validator| FieldErrors::of(validator, body))
    }

    /// The template that a path (without the prefix) fits, and its methods by the document.
    fn methods(&self, path: &str) -> Option<(&str, Vec<&'static str>)> {
        let (template, item) = self.path_item(path)?;
        let has = |method: &&str| item.get(method.to_ascii_lowercase()).is_some();
        Some((template, METHODS.into_iter().filter(has).collect()))
    }

    /// Whether the operation takes a body, and whether it must be there.
    pub(crate) fn body_of(&self, operation: &Operation) -> Option<bool> {
        let (_, compiled) = self.compiled(operation)?;
        let body = compiled.object.get("requestBody")?;
        Some(body.get("required").and_then(Value::as_bool).unwrap_or(false))
    }

    /// Whether a refusal of this status is dressed as `application/problem+json`: v0's are, and
    /// those of v2 of which the document says so.
    pub(crate) fn is_problem(&self, operation: &Operation, status: u16) -> bool {
        let documented = || {
            let (document, compiled) = self.compiled(operation)?;
            let response = compiled.object.get("responses")?.get(status.to_string())?;
            schema::deref(document.root, response).get("content")?.get(PROBLEM)
        };
        status >= 400 && (self.interface == Interface::V0 || documented().is_some())
    }

    /// What is wrong with an answer of this sandbox.
    pub(crate) fn check_response(&self, operation: &Operation, body: &Value) -> FieldErrors {
        let Some((document, compiled)) = self.compiled(operation) else {
            return FieldErrors::default();
        };
        let validator = compiled.response.get_or_init(|| {
            let schema = response_schema(document.root, compiled.object)?;
            document.compile(Direction::Response, schema)
        });
        validator
            .as_ref()
            .map_or_else(FieldErrors::default, |validator| FieldErrors::of(validator, body))
    }

    /// Whether an operation answers page by page: it says where the next one begins.
    pub(crate) fn has_pages(&self, operation: &Operation) -> bool {
        self.query_rules(operation).is_some_and(|rules| rules.has_pages)
    }

    /// Whether an operation has a query parameter of this name.
    pub(crate) fn has_query_parameter(&self, operation: &Operation, name: &str) -> bool {
        self.query_rules(operation).is_some_and(|rules| rules.has(name))
    }

    /// Reads the parameters of a query by the document: typed values, or what is wrong. Some that
    /// are required may be optional to the caller.
    pub(crate) fn read_query(
        &self,
        operation: &Operation,
        pairs: &[(String, QueryValue)],
        is_optional: impl Fn(&str) -> bool,
    ) -> Result<BTreeMap<String, Value>, FieldErrors> {
        let rules = self.query_rules(operation);
        rules.map_or_else(|| Ok(BTreeMap::new()), |rules| rules.read(pairs, is_optional))
    }

    fn query_rules(&self, operation: &Operation) -> Option<&query::QueryRules> {
        let (document, compiled) = self.compiled(operation)?;
        Some(compiled.query.get_or_init(|| {
            let (root, object) = (document.root, compiled.object);
            let schemas = document.schemas(Direction::Request);
            let has_pages = operation.method == "GET"
                && response_schema(root, object)
                    .is_some_and(|schema| schema::has_member(root, schema, NEXT_PAGE));
            query::QueryRules::new(root, operation.id, object, schemas, has_pages)
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
