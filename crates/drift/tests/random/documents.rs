//! Random documents of OpenAPI 3.0: every keyword that the generator or a comparison reads, names that
//! mean something elsewhere, schemas that lead to each other.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// Names of properties and parameters.
const NAMES: [&str; 56] = [
    "id",
    "name",
    "type",
    "kind",
    "status",
    "self",
    "Self",
    "crate",
    "super",
    "_",
    "__",
    "1st",
    "2",
    "aB",
    "a_b",
    "a-b",
    "a.b",
    "AB",
    "$ref",
    "$x",
    "x",
    "@type",
    "first name",
    "größe",
    "日本",
    "default",
    "enum",
    "mapping",
    "properties",
    "required",
    "items",
    "discriminator",
    "fields",
    "field",
    "at",
    "violations",
    "tag",
    "from",
    "into",
    "clone",
    "new",
    "body",
    "query",
    "url",
    "gen",
    "next_page_token",
    "page_token",
    "async",
    "result",
    "Result",
    "",
    "'",
    "\"",
    "{}",
    "é",
    "unknown",
];

/// Names of components, of which the specification allows letters, digits, `.`, `-` and `_`.
const COMPONENTS: [&str; 30] = [
    "Result",
    "From",
    "Option",
    "Some",
    "None",
    "Ok",
    "String",
    "Vec",
    "Default",
    "Self",
    "Client",
    "Error",
    "a.b",
    "a-b",
    "a_b",
    "aB",
    "AB",
    "thing",
    "new_thing",
    "thing_input",
    "thingInput",
    "thing_patch",
    "1st",
    "_",
    "-",
    "type",
    "get_thing_query",
    "page",
    "SensitiveText",
    "x.1",
];

const OPERATIONS: [&str; 16] = [
    "getThing",
    "get_thing",
    "type",
    "1st",
    "list-things",
    "a.b",
    "new",
    "clone",
    "route",
    "options",
    "größe",
    "x",
    "X",
    "with_options",
    "self",
    "get thing",
];

const PATTERNS: [&str; 6] =
    ["^a+$", "(?=x)y", "(a)\\1", "^\\p{L}+$", "[a-z&&[^b]]", "^\\d{3}-\\d{4}$"];

const FORMATS: [&str; 9] =
    ["uuid", "date", "date-time", "binary", "byte", "email", "password", "US", "int32"];

const MEDIA: [&str; 6] = [
    "application/json",
    "application/json; charset=utf-8",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "text/plain",
    "*/*",
];

/// A valid document.
pub(crate) fn document() -> impl Strategy<Value = Value> {
    btree_set(select(&COMPONENTS[..]), 1..7).prop_flat_map(|names| {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        // What a schema is put together from comes before it, so that nothing is a part of itself.
        let schemas: Vec<BoxedStrategy<Value>> =
            (0..names.len()).map(|index| schema(&names, index)).collect();
        let parameters = vec(parameter(&names), 3);
        let items = vec(
            (
                path(),
                vec((method(), operation(&names)), 1..3),
                of(vec(parameter(&names), 0..2)),
                any::<bool>(),
            ),
            1..5,
        );
        (Just(names), schemas, parameters, items).prop_map(|(names, schemas, parameters, items)| {
            assembled(&names, schemas, parameters, items)
        })
    })
}

type Item = (Vec<PathPart>, Vec<(&'static str, Value)>, Option<Vec<Value>>, bool);

#[derive(Clone, Debug)]
enum PathPart {
    Constant(&'static str),
    Argument(&'static str),
}

fn path() -> impl Strategy<Value = Vec<PathPart>> {
    let constant = select(&["things", "a.b", "x:y", "ü", "v1"][..]).prop_map(PathPart::Constant);
    let arguments = ["id", "thing_id", "type", "1st", "body", "url", "a-b", "self", "größe"];
    let argument = select(arguments.to_vec()).prop_map(PathPart::Argument);
    vec(prop_oneof![constant, argument], 1..4)
}

fn method() -> impl Strategy<Value = &'static str> {
    select(&["get", "put", "post", "delete", "options", "head", "patch", "trace"][..])
}

fn assembled(
    names: &[String],
    schemas: Vec<Value>,
    parameters: Vec<Value>,
    items: Vec<Item>,
) -> Value {
    let mut paths = Map::new();
    let mut ids = BTreeSet::new();
    for (parts, operations, shared, is_reference) in items {
        let mut arguments = Vec::new();
        let mut path = String::new();
        for part in parts {
            match part {
                PathPart::Constant(name) => path.push_str(&format!("/{name}")),
                PathPart::Argument(name) if arguments.contains(&name) => path.push_str("/again"),
                PathPart::Argument(name) => {
                    arguments.push(name);
                    path.push_str(&format!("/{{{name}}}"));
                }
            }
        }
        let mut item = Map::new();
        for (method, mut operation) in operations {
            // A name is that of one operation.
            if operation["operationId"].as_str().is_some_and(|id| !ids.insert(id.to_owned())) {
                operation.as_object_mut().map(|operation| operation.remove("operationId"));
            }
            item.insert(method.to_owned(), operation);
        }
        let mut all: Vec<Value> = arguments
            .iter()
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
            .collect();
        all.extend(shared.into_iter().flatten());
        item.insert("parameters".to_owned(), Value::Array(once_each(all)));
        if is_reference {
            paths.insert(format!("{path}/referred"), json!({"$ref": pointer(&["paths", &path])}));
        }
        paths.insert(path, Value::Object(item));
    }
    let schemas: Map<String, Value> = names.iter().cloned().zip(schemas).collect();
    let mut shared = Map::new();
    for (index, parameter) in once_each(parameters).into_iter().enumerate() {
        shared.insert(format!("p{index}"), parameter);
    }
    shared.insert("first".to_owned(), json!({"$ref": "#/components/parameters/p0"}));
    let mut root = json!({
        "openapi": "3.0.3", "info": {"title": "random", "version": "v2"}, "paths": paths,
        "components": {"schemas": schemas, "parameters": shared},
    });
    drop_unresolved(&mut root);
    root
}

/// The `$ref`s of path items whose target was replaced.
fn drop_unresolved(root: &mut Value) {
    let whole = root.clone();
    if let Some(paths) = root["paths"].as_object_mut() {
        paths.retain(|_, item| {
            item["$ref"]
                .as_str()
                .is_none_or(|reference| whole.pointer(reference.trim_start_matches('#')).is_some())
        });
    }
}

pub(crate) fn pointer(tokens: &[&str]) -> String {
    let escaped = tokens.iter().map(|token| token.replace('~', "~0").replace('/', "~1"));
    format!("#/{}", escaped.collect::<Vec<_>>().join("/"))
}

/// A parameter is known by its name and place.
fn once_each(parameters: Vec<Value>) -> Vec<Value> {
    let mut known = BTreeSet::new();
    let is_new = |parameter: &Value| {
        parameter.get("$ref").is_some()
            || known.insert((parameter["in"].to_string(), parameter["name"].to_string()))
    };
    parameters.into_iter().filter(is_new).collect()
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn operation(names: &[String]) -> impl Strategy<Value = Value> + use<> {
    let parameters = vec(
        prop_oneof![
            4 => parameter(names),
            1 => Just(json!({"$ref": "#/components/parameters/first"})),
        ],
        0..5,
    );
    let body = weighted(0.5, (content(names), any::<bool>()));
    let answers = btree_map(
        select(&["200", "201", "204", "2XX", "400", "default"][..]),
        of(content(names)),
        1..4,
    );
    (weighted(0.7, select(&OPERATIONS[..])), parameters, body, answers, any::<bool>()).prop_map(
        |(id, parameters, body, answers, deprecated)| {
            let responses: Map<String, Value> = answers
                .into_iter()
                .map(|(status, content)| {
                    let mut answer = json!({"description": "an answer"});
                    if let Some(content) = content {
                        answer["content"] = content;
                        answer["headers"] = json!({"X-Id": {"schema": {"type": "string"}}});
                    }
                    (status.to_owned(), answer)
                })
                .collect();
            let mut operation = json!({
                "tags": ["Things"], "parameters": once_each(parameters), "responses": responses,
            });
            if let Some(id) = id {
                operation["operationId"] = json!(id);
            }
            if let Some((content, required)) = body {
                operation["requestBody"] = json!({"content": content, "required": required});
            }
            if deprecated {
                operation["deprecated"] = json!(true);
            }
            operation
        },
    )
}

fn content(names: &[String]) -> impl Strategy<Value = Value> + use<> {
    let component = select(names.to_vec()).prop_map(|name| reference(&name));
    let media =
        of(prop_oneof![2 => component, 1 => schema(names, names.len())]).prop_map(|schema| {
            match schema {
                Some(schema) => json!({ "schema": schema }),
                None => json!({}),
            }
        });
    btree_map(select(&MEDIA[..]), media, 1..3).prop_map(|content| json!(content))
}

fn parameter(names: &[String]) -> impl Strategy<Value = Value> + use<> {
    let headers = select(&["Authorization", "accept", "Idempotency-Key", "X-Y"][..]);
    let place = prop_oneof![
        6 => (Just("query"), select(&NAMES[..])),
        1 => (Just("header"), headers),
        1 => (Just("cookie"), select(&NAMES[..])),
    ];
    let style =
        weighted(0.2, select(&["form", "spaceDelimited", "pipeDelimited", "deepObject"][..]));
    (place, schema(names, names.len()), style, any::<[bool; 4]>()).prop_map(
        |((place, name), schema, style, [required, explode, content, deprecated])| {
            let mut parameter = json!({"name": name, "in": place, "required": required});
            if content && explode {
                parameter["content"] = json!({"application/json": {"schema": schema}});
                return parameter;
            }
            parameter["schema"] = schema;
            parameter["explode"] = json!(explode);
            if deprecated {
                parameter["deprecated"] = json!(true);
            }
            if let (Some(style), "query") = (style, place) {
                parameter["style"] = json!(style);
            }
            parameter
        },
    )
}

/// A schema that may refer to any component, and is put together from the first `before` alone.
fn schema(names: &[String], before: usize) -> BoxedStrategy<Value> {
    let parts: Vec<String> = names[..before].to_vec();
    let leaf = prop_oneof![3 => text(), 2 => number(), 1 => Just(json!({"type": "boolean"})), 1 => Just(json!({}))];
    let all = names.to_vec();
    let inner = leaf.prop_recursive(4, 24, 4, move |inner| {
        let held = {
            let refer = select(all.clone()).prop_map(|name| reference(&name));
            prop_oneof![3 => inner.clone(), 1 => refer].boxed()
        };
        let part = if parts.is_empty() {
            inner.clone()
        } else {
            let refer = select(parts.clone()).prop_map(|name| reference(&name));
            prop_oneof![1 => inner.clone(), 1 => refer].boxed()
        };
        let list = (held.clone(), of(0..9_u64), any::<bool>()).prop_map(|(items, limit, unique)| {
            let mut list = json!({"type": "array", "items": items});
            if let Some(limit) = limit {
                list["maxItems"] = json!(limit);
            }
            if unique {
                list["uniqueItems"] = json!(true);
            }
            list
        });
        let map = held.clone().prop_map(|of| json!({"type": "object", "additionalProperties": of}));
        let composed = (select(&["allOf", "oneOf", "anyOf"][..]), vec(part, 1..4))
            .prop_map(|(keyword, parts)| json!({ keyword: parts }));
        prop_oneof![4 => object(held.clone()), 2 => list, 1 => map, 2 => composed, 1 => tagged(&parts)]
            .boxed()
    });
    let flags =
        select(&["nullable", "readOnly", "writeOnly", "deprecated", "description", "x-own"][..]);
    (inner, weighted(0.2, flags))
        .prop_map(|(mut schema, flag)| {
            if let Some(flag) = flag.filter(|_| schema.get("$ref").is_none()) {
                schema[flag] = if flag == "description" { json!("prose") } else { json!(true) };
            }
            schema
        })
        .boxed()
}

fn object(held: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let properties = btree_map(select(&NAMES[..]), held.clone(), 0..5);
    let others = weighted(0.2, prop_oneof![any::<bool>().prop_map(|open| json!(open)), held]);
    properties.prop_flat_map(move |properties| {
        let names: Vec<&str> = properties.keys().copied().collect();
        let required = subsequence(names.clone(), 0..=names.len());
        (Just(properties), required, others.clone()).prop_map(|(properties, required, others)| {
            let mut object = json!({"type": "object", "properties": properties});
            if !required.is_empty() {
                object["required"] = json!(required);
            }
            if let Some(others) = others {
                object["additionalProperties"] = others;
            }
            object
        })
    })
}

fn tagged(parts: &[String]) -> BoxedStrategy<Value> {
    if parts.is_empty() {
        return Just(json!({"type": "object", "discriminator": {"propertyName": "kind"}})).boxed();
    }
    let variants = subsequence(parts.to_vec(), 1..=parts.len());
    let keyword = select(&["oneOf", "anyOf"][..]);
    (variants, keyword, select(&["kind", "type", "1st"][..]), any::<[bool; 2]>())
        .prop_map(|(variants, keyword, tag, [mapped, bare])| {
            let mut discriminator = json!({"propertyName": tag});
            if mapped {
                let first = &variants[0];
                let target = if bare { json!(first) } else { reference(first)["$ref"].clone() };
                discriminator["mapping"] = json!({"FIRST": target});
            }
            let variants: Vec<Value> = variants.iter().map(|name| reference(name)).collect();
            json!({ keyword: variants, "discriminator": discriminator })
        })
        .boxed()
}

fn text() -> impl Strategy<Value = Value> {
    let values =
        vec(select(&["A", "a", "a b", "a_b", "1", "", "Self", "*", "é", "²", "x.y"][..]), 1..5);
    let more = prop_oneof![
        3 => Just(json!({})),
        2 => select(&FORMATS[..]).prop_map(|format| json!({"format": format})),
        1 => select(&PATTERNS[..]).prop_map(|pattern| json!({"pattern": pattern})),
        1 => (0..9_u64, 9..99_u64).prop_map(|(min, max)| json!({"minLength": min, "maxLength": max})),
        2 => values.prop_map(|values| json!({"enum": values.into_iter().collect::<BTreeSet<_>>()})),
        1 => Just(json!({"default": "#/components/schemas/nowhere", "example": {"$ref": "#/nowhere"}})),
        1 => Just(json!({"nullable": true, "default": null})),
    ];
    more.prop_map(|more| with("string", more))
}

fn number() -> impl Strategy<Value = Value> {
    let more = prop_oneof![
        2 => Just(json!({})),
        1 => (-9..9_i64).prop_map(|least| json!({"minimum": least, "exclusiveMinimum": true})),
        1 => (0.5..99.5_f64).prop_map(|most| json!({"maximum": most})),
        1 => Just(json!({"multipleOf": 2})),
        1 => Just(json!({"enum": [1, 2, 3]})),
        1 => select(&["int32", "int64", "double", "float", "cents"][..]).prop_map(|format| json!({"format": format})),
    ];
    (select(&["integer", "number"][..]), more).prop_map(|(kind, more)| with(kind, more))
}

fn with(kind: &str, more: Value) -> Value {
    let mut schema = json!({"type": kind});
    if let (Some(schema), Value::Object(more)) = (schema.as_object_mut(), more) {
        schema.extend(more);
    }
    schema
}
