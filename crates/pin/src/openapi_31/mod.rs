//! A document of OpenAPI 3.1 in the form of 3.0, which everything else reads.
//!
//! What both versions can say is written as 3.0 says it ([`schema`]). What only limits values is left
//! out, with a note: the platform checks it. What would have to be guessed is refused with its place.

mod keywords;
mod schema;
mod types;

use serde_json::{Map, Value, json};

use synctera_codegen::document::METHODS;
use synctera_codegen::error::{Error, Result};
use synctera_codegen::{json, retarget_all};

use keywords::{Notes, check_dialect};

/// The version that converted documents have.
const VERSION: &str = "3.0.3";

/// Whether a document is one of OpenAPI 3.1.
pub(crate) fn is_31(root: &Value) -> bool {
    let version = root.get("openapi").and_then(Value::as_str);
    version.is_some_and(|version| version == "3.1" || version.starts_with("3.1."))
}

/// Writes a document of OpenAPI 3.1 as one of 3.0.
pub(crate) fn lower(root: &mut Value) -> Result<Notes> {
    let mut notes = Notes::new();
    let Some(map) = root.as_object_mut() else {
        return Ok(notes);
    };
    if let Some(dialect) = map.remove("jsonSchemaDialect") {
        check_dialect("#/jsonSchemaDialect", &dialect)?;
    }
    if map.remove("webhooks").is_some() {
        notes.push((
            "#/webhooks".to_owned(),
            "what the platform sends by itself is no call, and is left out".to_owned(),
        ));
    }
    map.entry("paths").or_insert_with(|| json!({}));
    let mut anchors = Vec::new();
    let mut walk = Walk { notes: &mut notes, anchors: &mut anchors };
    walk.object(root, Kind::Root, "#")?;
    retarget_all(root, &|reference| {
        let (_, place) = anchors.iter().find(|(anchor, _)| reference == anchor)?;
        Some(place.clone())
    });
    root["openapi"] = json!(VERSION);
    Ok(notes)
}

/// What an object of the document is.
#[derive(Clone, Copy)]
enum Kind {
    Root,
    Components,
    PathItem,
    Operation,
    Callback,
    /// A parameter or a header.
    Parameter,
    /// A request body or a response.
    Body,
    Media,
    Encoding,
    Schema,
}

/// What a member holds.
enum Held {
    One(Kind),
    Map(Kind),
    List(Kind),
}

impl Kind {
    /// What a member of such an object holds, as far as schemas are below it.
    fn held(self, key: &str) -> Option<Held> {
        use Held::{List, Map, One};
        Some(match (self, key) {
            (Self::Root, "paths") | (Self::Components, "pathItems") => Map(Self::PathItem),
            (Self::Root, "components") => One(Self::Components),
            (Self::Components, "schemas") => Map(Self::Schema),
            (Self::Components, "parameters" | "headers") => Map(Self::Parameter),
            (Self::Components, "responses" | "requestBodies") => Map(Self::Body),
            (Self::Components | Self::Operation, "callbacks") => Map(Self::Callback),
            (Self::PathItem, method) if METHODS.contains(&method) => One(Self::Operation),
            (Self::PathItem | Self::Operation, "parameters") => List(Self::Parameter),
            (Self::Operation, "requestBody") => One(Self::Body),
            (Self::Operation, "responses") => Map(Self::Body),
            (Self::Callback, name) if name != "$ref" => One(Self::PathItem),
            (Self::Parameter | Self::Media, "schema") => One(Self::Schema),
            (Self::Parameter | Self::Body, "content") => Map(Self::Media),
            (Self::Body | Self::Encoding, "headers") => Map(Self::Parameter),
            (Self::Media, "encoding") => Map(Self::Encoding),
            (Self::Schema, "properties" | "$defs" | "patternProperties") => Map(Self::Schema),
            (Self::Schema, "items" | "not" | "additionalProperties") => One(Self::Schema),
            (Self::Schema, "allOf" | "anyOf" | "oneOf") => List(Self::Schema),
            _ => return None,
        })
    }
}

/// Goes through a document, from the inside out.
struct Walk<'n> {
    notes: &'n mut Notes,
    /// Names that schemas have of their own, as references write them, and where they are.
    anchors: &'n mut Vec<(String, String)>,
}

impl Walk<'_> {
    fn object(&mut self, value: &mut Value, kind: Kind, place: &str) -> Result<()> {
        let Some(map) = value.as_object_mut() else {
            return Ok(());
        };
        if let Kind::Schema = kind {
            schema::prepare(map, place, self.notes)?;
        }
        for (key, child) in map.iter_mut() {
            let Some(held) = kind.held(key) else {
                continue;
            };
            let place = json::push(place, key);
            match held {
                Held::One(kind) => self.object(child, kind, &place)?,
                Held::Map(kind) => {
                    for (name, child) in child.as_object_mut().into_iter().flatten() {
                        self.object(child, kind, &json::push(&place, name))?;
                    }
                }
                Held::List(kind) => {
                    for (index, child) in child.as_array_mut().into_iter().flatten().enumerate() {
                        self.object(child, kind, &json::push(&place, &index.to_string()))?;
                    }
                }
            }
            if let Kind::Body = kind {
                whole_bytes(key, child);
            }
        }
        match kind {
            Kind::Schema => {
                if let Some(Value::String(anchor)) = map.remove("$anchor") {
                    self.anchors.push((format!("#{anchor}"), place.to_owned()));
                }
                schema::lower(map, place, self.notes)
            }
            Kind::Parameter | Kind::Media => settle_schema(map, place),
            _ => Ok(()),
        }
    }
}

/// A schema of a parameter or a body that is only `true` or `false`.
fn settle_schema(map: &mut Map<String, Value>, place: &str) -> Result<()> {
    match map.get("schema") {
        Some(Value::Bool(true)) => {
            map.insert("schema".to_owned(), json!({}));
            Ok(())
        }
        Some(Value::Bool(false)) => {
            Err(Error::at(json::push(place, "schema"), "no value at all fits the schema `false`"))
        }
        _ => Ok(()),
    }
}

/// Content that is no JSON and of which nothing is said is bytes: 3.0 says so by a format.
fn whole_bytes(key: &str, content: &mut Value) {
    if key != "content" {
        return;
    }
    for (media_type, media) in content.as_object_mut().into_iter().flatten() {
        let is_bytes = schema::is_bytes(media_type);
        if let Some(media) = media.as_object_mut().filter(|media| is_bytes && media.is_empty()) {
            media.insert("schema".to_owned(), json!({"type": "string", "format": "binary"}));
        }
    }
}
