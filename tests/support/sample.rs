//! Values that fit a schema of a pinned document.
//!
//! Made from the raw document: every `$ref` and `allOf` is followed, and of a union each variant
//! gets its turn. No two places of a sample hold the same text or number, so that what lands in
//! the wrong place is seen.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use crate::document::Document;
use crate::patterns::matching;
use crate::schema::Way;
use crate::shape::Shape;

/// How much of an object there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What must be there.
    Minimal,
    /// Everything.
    Full,
}

/// A value, and what is at which place of it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The value.
    pub value: Value,
    /// Every place of it, the outer before the inner.
    pub places: Vec<Place>,
}

/// A place in a sample.
#[derive(Clone, Debug)]
pub struct Place {
    /// JSON pointer.
    pub pointer: String,
    /// What stands there.
    pub kind: Kind,
    /// It is a property of an object, not an item of a list.
    pub is_property: bool,
    /// The document lets it be absent.
    pub may_go: bool,
    /// The document lets it be null, or absent.
    pub may_be_null: bool,
}

impl Place {
    /// An item of a list, of a map, or the whole.
    fn item(pointer: impl Into<String>) -> Self {
        let pointer = pointer.into();
        let kind = Kind::Other;
        Self { pointer, kind, is_property: false, may_go: false, may_be_null: false }
    }
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The tag of a union.
    Tag,
    /// One of several values.
    Enum,
    /// Text without a format.
    Text,
    /// A whole number.
    Integer,
    /// A number that may have a fraction.
    Number,
    /// A moment in time.
    Moment,
    /// An object with properties.
    Object,
    /// Anything else.
    Other,
}

/// Objects in objects end here; no pinned document goes this deep.
const DEPTH_MAX: usize = 24;

/// Makes samples.
pub struct Sampler<'d> {
    document: &'d Document,
    way: Way,
    extent: Extent,
    /// What a text begins with.
    text: &'static str,
    count: Cell<u32>,
}

impl<'d> Sampler<'d> {
    /// For one way, with so much in it.
    pub fn new(document: &'d Document, way: Way, extent: Extent) -> Self {
        // Quotes, a backslash, and letters of one, two, three and four bytes.
        Self { document, way, extent, text: "\"ü\\漢🏦\" ", count: Cell::new(1000) }
    }

    /// Begins free text with something else.
    #[must_use]
    pub fn with_text(mut self, text: &'static str) -> Self {
        self.text = text;
        self
    }

    /// How many samples it takes until every variant of every union was there.
    pub fn variants(&self, schema: &'d Value) -> usize {
        self.width(Shape::of(self.document, [schema]), 0)
    }

    /// One sample; numbers up to [`Sampler::variants`] give different ones.
    pub fn sample(&self, schema: &'d Value, number: usize) -> Sample {
        let mut places = Vec::new();
        let shape = Shape::of(self.document, [schema]);
        let number = number % self.width(shape.clone(), 0);
        let root = Place::item("");
        let value = self.value(shape, number, root, 0, &mut places);
        Sample { value, places }
    }

    fn width(&self, mut shape: Shape<'d>, depth: usize) -> usize {
        assert!(depth < DEPTH_MAX, "schemas nest without end");
        if let Some(variants) = shape.take_union(self.document) {
            return variants.into_iter().map(|variant| self.width(variant, depth)).sum();
        }
        let properties = self.properties(&shape);
        let items = shape.items(self.document).filter(|items| !items.is_circular());
        let inner = properties.into_iter().map(|(_, property)| property).chain(items);
        inner.map(|inner| self.width(inner, depth + 1)).max().unwrap_or(1)
    }

    /// The properties that this sample has, by name.
    fn properties(&self, shape: &Shape<'d>) -> Vec<(&'d str, Shape<'d>)> {
        let required = shape.required();
        let mut properties = shape.properties(self.document, self.way);
        if self.extent == Extent::Minimal {
            properties.retain(|(name, _)| required.contains(name));
        }
        properties.retain(|(name, shape)| required.contains(name) || !shape.is_circular());
        properties
    }

    fn value(
        &self,
        mut shape: Shape<'d>,
        mut number: usize,
        place: Place,
        depth: usize,
        places: &mut Vec<Place>,
    ) -> Value {
        while let Some(variants) = shape.take_union(self.document) {
            (shape, number) = self.choose(variants, number, depth);
        }
        let index = places.len();
        let pointer = place.pointer.clone();
        let pointer = pointer.as_str();
        places.push(place);
        let (value, kind) = match shape.kind() {
            "object" => self.object(&shape, number, pointer, depth, places),
            "array" => (self.array(&shape, number, pointer, depth, places), Kind::Other),
            "string" => self.string(&shape),
            "integer" => (self.integer(&shape).into(), Kind::Integer),
            "number" => (self.number(&shape).into(), Kind::Number),
            "boolean" => (Value::Bool(self.next().is_multiple_of(2)), Kind::Other),
            // Nothing is said about it: anything goes.
            "" => (json!({"anything": ["goes", 1, 2.5, true, {"or": "more"}]}), Kind::Other),
            other => panic!("{pointer}: no sample of the type {other}"),
        };
        places[index].kind = kind;
        value
    }

    /// The variant that a number leads to, and which of its own samples.
    fn choose(
        &self,
        variants: Vec<Shape<'d>>,
        mut number: usize,
        depth: usize,
    ) -> (Shape<'d>, usize) {
        for variant in variants {
            let width = self.width(variant.clone(), depth);
            if number < width {
                return (variant, number);
            }
            number -= width;
        }
        panic!("there is no such variant");
    }

    fn object(
        &self,
        shape: &Shape<'d>,
        number: usize,
        pointer: &str,
        depth: usize,
        places: &mut Vec<Place>,
    ) -> (Value, Kind) {
        let required = shape.required();
        let mut object = Map::new();
        for (name, property) in self.properties(shape) {
            let may_go = !required.contains(&name);
            let place = Place {
                is_property: true,
                may_go,
                may_be_null: may_go || property.nullable,
                ..Place::item(format!("{pointer}/{name}"))
            };
            if let Some(tag) = shape.tags.get(name) {
                places.push(Place { kind: Kind::Tag, ..place });
                object.insert(name.to_owned(), json!(tag));
                continue;
            }
            let number = number % self.width(property.clone(), depth);
            let value = self.value(property, number, place, depth + 1, places);
            object.insert(name.to_owned(), value);
        }
        if shape.has("properties") {
            return (object.into(), Kind::Object);
        }
        let least = shape.least("minProperties").unwrap_or_default();
        if self.extent == Extent::Full || least > 0 {
            match shape.map_of(self.document) {
                Some(values) => {
                    let place = Place::item(format!("{pointer}/some key"));
                    let value = self.value(values, 0, place, depth + 1, places);
                    object.insert("some key".to_owned(), value);
                }
                None => {
                    object.insert("free".to_owned(), json!({"form": [1, null, "text"]}));
                }
            }
        }
        (object.into(), Kind::Other)
    }

    fn array(
        &self,
        shape: &Shape<'d>,
        number: usize,
        pointer: &str,
        depth: usize,
        places: &mut Vec<Place>,
    ) -> Value {
        let Some(items) = shape.items(self.document) else {
            panic!("{pointer}: a list of nothing");
        };
        let least = shape.least("minItems").unwrap_or_default();
        // Two of what is plain; one object is enough, since another one says nothing more.
        let wanted = match (self.extent, items.kind()) {
            (Extent::Minimal, _) => 0,
            _ if items.is_circular() => 0,
            (Extent::Full, "object" | "array") => 1,
            (Extent::Full, _) => 2,
        };
        let most = shape.most("maxItems").unwrap_or(i64::MAX);
        let length = wanted.max(least).min(most);
        (0..length)
            .map(|index| {
                let place = Place::item(format!("{pointer}/{index}"));
                self.value(items.clone(), number, place, depth + 1, places)
            })
            .collect()
    }

    fn string(&self, shape: &Shape<'d>) -> (Value, Kind) {
        let count = self.next();
        if let Some(values) = shape.values() {
            let value = values[count as usize % values.len()].clone();
            return (value, Kind::Enum);
        }
        let (minute, day) = (count / 60 % 60, count % 28 + 1);
        if let Some(pattern) = shape.text("pattern") {
            return (matching(pattern, count).into(), Kind::Text);
        }
        let mut kind = Kind::Other;
        let text = match shape.text("format") {
            Some("uuid" | "UUID") => format!("0000{count:04x}-0000-4000-8000-00000000a0b1"),
            Some("date") => format!("2024-02-{day:02}"),
            Some("date-time") => {
                kind = Kind::Moment;
                format!("2024-02-29T23:{minute:02}:{:02}Z", count % 60)
            }
            Some("uri" | "url") => format!("https://example.com/{count}?a=1&b=%20#c"),
            Some("byte") => "c3luY3RlcmE=".to_owned(),
            // A file, which the test replaces by one.
            Some("binary") => "a file".to_owned(),
            // Notes, not formats: `string` says nothing, and `US` is a country's way to write.
            None | Some("string" | "US") => return (self.free(shape, count).into(), Kind::Text),
            Some(other) => panic!("no sample of the format {other}"),
        };
        (text.into(), kind)
    }

    /// Text of a length between the limits.
    fn free(&self, shape: &Shape<'d>, count: u32) -> String {
        let least = shape.least("minLength").unwrap_or_default() as usize;
        let most = shape.most("maxLength").map_or(usize::MAX, |most| most as usize);
        let mut text = format!("{count}{}", self.text);
        while text.chars().count() < least {
            text.push_str("filled up ");
        }
        // The end may not be a space, which somebody might trim.
        let text: String = text.chars().take(most.max(1)).collect();
        let trimmed = text.trim_end();
        if trimmed.chars().count() < least { text.replace(' ', "_") } else { trimmed.to_owned() }
    }

    fn integer(&self, shape: &Shape<'d>) -> i64 {
        let least = shape.least("minimum").unwrap_or(i64::MIN);
        let most = shape.most("maximum").unwrap_or(i64::MAX);
        i64::from(self.next()).clamp(least, most)
    }

    fn number(&self, shape: &Shape<'d>) -> f64 {
        let value = f64::from(self.next()) + 0.25;
        match shape.most("maximum") {
            // No limit that is written has a fraction, and none lies below one.
            Some(most) if value > most as f64 => most as f64 - 0.75,
            _ => value,
        }
    }

    fn next(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_itself_comes_to_an_end() {
        let part = "#/components/schemas/part";
        let document = Document {
            name: "t",
            root: json!({"components": {"schemas": {
                "part": {"type": "object", "required": ["parts"], "properties": {
                    "parts": {"type": "array", "items": {"$ref": part}},
                    "whole": {"$ref": part},
                    "name": {"type": "string"},
                    "either": {"$ref": "#/components/schemas/either"},
                }},
                "either": {
                    "discriminator": {"propertyName": "kind", "mapping": {
                        "leaf": "#/components/schemas/leaf",
                        "part": part,
                    }},
                    "oneOf": [{"$ref": "#/components/schemas/leaf"}, {"$ref": part}],
                },
                "leaf": {"type": "object", "properties": {"kind": {"type": "string"}}},
            }}}),
        };
        let schema = json!({ "$ref": part });
        let sampler = Sampler::new(&document, Way::Read, Extent::Full).with_text("");
        assert_eq!(sampler.variants(&schema), 1);
        assert_eq!(
            sampler.sample(&schema, 0).value,
            json!({"either": {"kind": "leaf"}, "name": "1001", "parts": []})
        );
    }

    #[test]
    fn every_variant_has_its_turn() {
        let document = Document { name: "t", root: json!({}) };
        let text = |value: &str| json!({"type": "string", "enum": [value]});
        let either = |a: Value, b: Value| json!({"x-synctera-union": "merged", "oneOf": [a, b]});
        let schema = json!({"type": "object", "required": ["deep"], "properties": {
            "deep": either(text("a"), either(text("b"), text("c"))),
            "flat": either(text("d"), text("e")),
        }});
        let sampler = Sampler::new(&document, Way::Sent, Extent::Full);
        let samples: Vec<Value> =
            (0..sampler.variants(&schema)).map(|n| sampler.sample(&schema, n).value).collect();
        assert_eq!(
            samples,
            [
                json!({"deep": "a", "flat": "d"}),
                json!({"deep": "b", "flat": "e"}),
                json!({"deep": "c", "flat": "d"}),
            ]
        );
    }
}
