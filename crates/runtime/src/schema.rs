//! JSON Schemas of the types that are not plain structs (feature `schemars`).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::patch::{NullablePatch, Patch};
use super::sensitive::{Sensitive, Wipe};

/// The schema of the value.
impl<T: Wipe + JsonSchema> JsonSchema for Sensitive<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The schema of the value; the struct makes the property optional.
impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The schema of the value, or `null`.
impl<T: JsonSchema> JsonSchema for NullablePatch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// A string that is one of the known values today.
pub fn open_enum(known: &[&str]) -> Schema {
    json_schema!({ "anyOf": [{ "enum": known }, { "type": "string" }] })
}

/// One variant of a union: the body, with one of the values of the tag.
pub fn variant(tag: &str, values: &[&str], body: Option<Schema>) -> Schema {
    let tagged = json_schema!({
        "type": "object", "properties": { tag: { "enum": values } }, "required": [tag],
    });
    match body {
        Some(body) => json_schema!({ "allOf": [body, tagged] }),
        None => tagged,
    }
}

/// A union of variants, which allows variants that the platform adds later.
pub fn union(tag: &str, variants: Vec<Schema>) -> Schema {
    let known = json_schema!({ "oneOf": variants });
    let other = json_schema!({ "type": "object", "required": [tag] });
    json_schema!({ "anyOf": [known, other] })
}
