//! The rules about schemas, in what is sent, in what is read, and in what tells of a failure.

use serde_json::{Value, json};
use synctera_drift::Class::{self, Additive as A, Behavioral as B, Rust as R, Wire as W};

use crate::{base, found};

/// A change of one property, and what it is to be called.
struct Case {
    id: &'static str,
    old: Value,
    new: Value,
    /// Its class in requests and in answers; `None` where nothing travels that way.
    classes: [Option<Class>; 2],
    /// What the opposite change is called.
    opposite: &'static str,
}

fn case(
    id: &'static str,
    [old, new]: [Value; 2],
    [sent, read]: [Class; 2],
    opposite: &'static str,
) -> Case {
    Case { id, old, new, classes: [Some(sent), Some(read)], opposite }
}

/// The property `it` stands in an object with this schema; `Null` for no such property.
fn with(component: &str, object: &Value) -> Value {
    let mut root = base();
    let target = &mut root["components"]["schemas"][component];
    for (key, value) in object.as_object().unwrap() {
        if key == "properties" {
            for (name, property) in value.as_object().unwrap() {
                target["properties"][name] = property.clone();
            }
        } else {
            target[key] = value.clone();
        }
    }
    root
}

/// An object that holds `it`, optional.
fn it(schema: Value) -> Value {
    json!({"properties": {"it": schema}})
}

/// An object that holds `it`, required.
fn needed(schema: Value) -> Value {
    json!({"properties": {"it": schema}, "required": ["it"]})
}

fn text(more: Value) -> Value {
    let mut schema = json!({"type": "string"});
    schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    it(schema)
}

fn of(kind: &str, key: &str, value: Value) -> Value {
    it(json!({"type": kind, key: value}))
}

fn union(tag: Option<&str>, variants: &[(&str, &str)]) -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let one_of: Vec<Value> = variants.iter().map(|(_, name)| reference(name)).collect();
    let mut schema = json!({"oneOf": one_of});
    if let Some(tag) = tag {
        let mapping: serde_json::Map<String, Value> = variants
            .iter()
            .map(|(tag, name)| ((*tag).to_owned(), json!(format!("#/components/schemas/{name}"))))
            .collect();
        schema["discriminator"] = json!({"propertyName": tag, "mapping": mapping});
    }
    it(schema)
}

/// Each limit that is a number: keyword, type, and the beginning of its rules' ids.
const NUMBERS: [(&str, &str, [&str; 4]); 8] = [
    (
        "maxLength",
        "string",
        ["max-length-lowered", "max-length-raised", "max-length-added", "max-length-removed"],
    ),
    (
        "maximum",
        "integer",
        ["maximum-lowered", "maximum-raised", "maximum-added", "maximum-removed"],
    ),
    (
        "maxItems",
        "array",
        ["max-items-lowered", "max-items-raised", "max-items-added", "max-items-removed"],
    ),
    (
        "maxProperties",
        "object",
        [
            "max-properties-lowered",
            "max-properties-raised",
            "max-properties-added",
            "max-properties-removed",
        ],
    ),
    (
        "minLength",
        "string",
        ["min-length-raised", "min-length-lowered", "min-length-added", "min-length-removed"],
    ),
    (
        "minimum",
        "integer",
        ["minimum-raised", "minimum-lowered", "minimum-added", "minimum-removed"],
    ),
    (
        "minItems",
        "array",
        ["min-items-raised", "min-items-lowered", "min-items-added", "min-items-removed"],
    ),
    (
        "minProperties",
        "object",
        [
            "min-properties-raised",
            "min-properties-lowered",
            "min-properties-added",
            "min-properties-removed",
        ],
    ),
];

fn limits() -> Vec<Case> {
    let mut cases = Vec::new();
    for (keyword, kind, [tighter, wider, added, removed]) in NUMBERS {
        let (low, high) = (json!(4), json!(9));
        let (tight, wide) = if keyword.starts_with("max") { (low, high) } else { (high, low) };
        let bare = it(json!({"type": kind}));
        let limited = |value: &Value| of(kind, keyword, value.clone());
        cases.push(case(tighter, [limited(&wide), limited(&tight)], [B, A], wider));
        cases.push(case(wider, [limited(&tight), limited(&wide)], [A, B], tighter));
        cases.push(case(added, [bare.clone(), limited(&wide)], [B, A], removed));
        cases.push(case(removed, [limited(&wide), bare], [A, B], added));
    }
    for (keyword, kind, added, removed) in [
        ("exclusiveMaximum", "integer", "maximum-excluded", "maximum-included"),
        ("exclusiveMinimum", "integer", "minimum-excluded", "minimum-included"),
        ("uniqueItems", "array", "unique-items-added", "unique-items-removed"),
    ] {
        let (bare, set) = (it(json!({"type": kind})), of(kind, keyword, json!(true)));
        cases.push(case(added, [bare.clone(), set.clone()], [B, A], removed));
        cases.push(case(removed, [set, bare], [A, B], added));
    }
    let number = |value: i64| of("integer", "multipleOf", json!(value));
    let whole = it(json!({"type": "integer"}));
    cases.push(case(
        "multiple-of-added",
        [whole.clone(), number(5)],
        [B, A],
        "multiple-of-removed",
    ));
    cases.push(case("multiple-of-removed", [number(5), whole], [A, B], "multiple-of-added"));
    cases.push(case("multiple-of-changed", [number(5), number(7)], [B, B], "multiple-of-changed"));
    let pattern = |value: &str| text(json!({"pattern": value}));
    cases.push(case("pattern-added", [text(json!({})), pattern("a")], [B, A], "pattern-removed"));
    cases.push(case("pattern-removed", [pattern("a"), text(json!({}))], [A, B], "pattern-added"));
    cases.push(case("pattern-changed", [pattern("a"), pattern("b")], [B, B], "pattern-changed"));
    cases
}

fn types() -> Vec<Case> {
    let kind = |kind: &str| it(json!({"type": kind}));
    let free = || it(json!({}));
    let format = |format: &str| text(json!({"format": format}));
    let nullable = || text(json!({"nullable": true}));
    let plain = || text(json!({}));
    let sure = || needed(json!({"type": "string"}));
    let sure_null = || needed(json!({"type": "string", "nullable": true}));
    let items = |items: Value| it(json!({"type": "array", "items": items}));
    let list = || it(json!({"type": "array"}));
    let not = |value: &str| text(json!({"not": {"enum": [value]}}));
    let whole = |format: &str| of("integer", "format", json!(format));
    vec![
        case("type-changed", [kind("string"), kind("boolean")], [W, W], "type-changed"),
        case("type-widened", [kind("integer"), kind("number")], [R, W], "type-narrowed"),
        case("type-narrowed", [kind("number"), kind("integer")], [W, R], "type-widened"),
        case("type-stated", [free(), kind("integer")], [W, R], "type-dropped"),
        case("type-dropped", [kind("integer"), free()], [R, W], "type-stated"),
        case("format-changed", [format("date"), format("date-time")], [W, W], "format-changed"),
        case("format-added", [plain(), format("uuid")], [W, R], "format-removed"),
        case("format-removed", [format("uuid"), plain()], [R, W], "format-added"),
        case("format-hint-changed", [format("uri"), plain()], [B, B], "format-hint-changed"),
        case("number-format-changed", [whole("int32"), whole("int64")], [A, A], "number-narrowed"),
        case("number-narrowed", [whole("int64"), whole("int32")], [B, A], "number-format-changed"),
        case("became-nullable", [sure(), sure_null()], [R, W], "no-longer-nullable"),
        case("no-longer-nullable", [sure_null(), sure()], [W, R], "became-nullable"),
        case(
            "optional-became-nullable",
            [plain(), nullable()],
            [A, A],
            "optional-no-longer-nullable",
        ),
        case(
            "optional-no-longer-nullable",
            [nullable(), plain()],
            [W, A],
            "optional-became-nullable",
        ),
        case("items-stated", [list(), items(json!({"type": "string"}))], [W, R], "items-dropped"),
        case("items-dropped", [items(json!({"type": "string"})), list()], [R, W], "items-stated"),
        case("exclusion-changed", [not("a"), not("b")], [B, B], "exclusion-changed"),
    ]
}

fn values() -> Vec<Case> {
    let listed = |values: &[&str]| text(json!({"enum": values}));
    let assumed = |value: &str| text(json!({"default": value}));
    let plain = || text(json!({}));
    vec![
        case(
            "enum-value-removed",
            [listed(&["A", "B"]), listed(&["A"])],
            [W, R],
            "enum-value-added",
        ),
        case(
            "enum-value-added",
            [listed(&["A"]), listed(&["A", "B"])],
            [A, A],
            "enum-value-removed",
        ),
        case("became-enum", [plain(), listed(&["A"])], [W, R], "no-longer-enum"),
        case("no-longer-enum", [listed(&["A"]), plain()], [R, R], "became-enum"),
        case("default-added", [plain(), assumed("a")], [B, B], "default-removed"),
        case("default-removed", [assumed("a"), plain()], [B, B], "default-added"),
        case("default-changed", [assumed("a"), assumed("b")], [B, B], "default-changed"),
    ]
}

fn properties() -> Vec<Case> {
    let plain = || text(json!({}));
    let none = || json!({});
    let sure = || needed(json!({"type": "string"}));
    let marked = |mark: &str| text(json!({mark: true}));
    let sure_marked = |mark: &str| needed(json!({"type": "string", mark: true}));
    let open = || it(json!({"type": "object"}));
    let others = |value: Value| it(json!({"type": "object", "additionalProperties": value}));
    let map = || others(json!({"type": "string"}));
    let one_way = |id, pair, classes, opposite| {
        let mut one = case(id, pair, [A, A], opposite);
        one.classes = classes;
        one
    };
    let (read, write) = ("readOnly", "writeOnly");
    vec![
        case("property-removed", [plain(), none()], [W, R], "optional-property-added"),
        case("optional-property-added", [none(), plain()], [A, A], "property-removed"),
        case("required-property-removed", [sure(), none()], [W, W], "required-property-added"),
        case("required-property-added", [none(), sure()], [W, A], "required-property-removed"),
        case("property-became-required", [plain(), sure()], [W, R], "property-became-optional"),
        case("property-became-optional", [sure(), plain()], [R, W], "property-became-required"),
        case(
            "property-deprecated",
            [plain(), marked("deprecated")],
            [B, B],
            "property-undeprecated",
        ),
        case(
            "property-undeprecated",
            [marked("deprecated"), plain()],
            [A, A],
            "property-deprecated",
        ),
        one_way(
            "property-became-read-only",
            [plain(), marked(read)],
            [Some(W), None],
            "property-no-longer-read-only",
        ),
        one_way(
            "property-no-longer-read-only",
            [marked(read), plain()],
            [Some(A), None],
            "property-became-read-only",
        ),
        one_way(
            "read-only-property-demanded",
            [sure_marked(read), sure()],
            [Some(W), None],
            "property-became-read-only",
        ),
        one_way(
            "property-became-write-only",
            [plain(), marked(write)],
            [None, Some(R)],
            "property-no-longer-write-only",
        ),
        one_way(
            "property-no-longer-write-only",
            [marked(write), plain()],
            [None, Some(A)],
            "property-became-write-only",
        ),
        one_way(
            "required-property-became-write-only",
            [sure(), sure_marked(write)],
            [None, Some(W)],
            "property-no-longer-write-only",
        ),
        case(
            "other-properties-forbidden",
            [open(), others(json!(false))],
            [W, A],
            "other-properties-allowed",
        ),
        case(
            "other-properties-allowed",
            [others(json!(false)), open()],
            [A, A],
            "other-properties-forbidden",
        ),
        case("other-properties-typed", [open(), map()], [R, R], "other-properties-untyped"),
        case("other-properties-untyped", [map(), open()], [R, R], "other-properties-typed"),
    ]
}

fn unions() -> Vec<Case> {
    let (left, right, middle) = (("L", "left"), ("R", "right"), ("M", "middle"));
    let tagged = |variants: &[(&str, &str)]| union(Some("kind"), variants);
    let bare = |variants: &[(&str, &str)]| union(None, variants);
    let mut lax = bare(&[left, right]);
    let it = lax["properties"]["it"].as_object_mut().unwrap();
    let variants = it.remove("oneOf").unwrap();
    it.insert("anyOf".to_owned(), variants);
    let one = || json!({"properties": {"it": {"$ref": "#/components/schemas/left"}}});
    let two = [left, right];
    let three = [left, right, middle];
    vec![
        case(
            "union-variant-removed",
            [tagged(&three), tagged(&two)],
            [W, R],
            "union-variant-added",
        ),
        case(
            "union-variant-added",
            [tagged(&two), tagged(&three)],
            [A, A],
            "union-variant-removed",
        ),
        case(
            "untagged-variant-added",
            [bare(&two), bare(&three)],
            [A, B],
            "untagged-variant-removed",
        ),
        case(
            "untagged-variant-removed",
            [bare(&three), bare(&two)],
            [W, R],
            "untagged-variant-added",
        ),
        case(
            "union-tag-changed",
            [tagged(&two), union(Some("sort"), &two)],
            [W, W],
            "union-tag-changed",
        ),
        case("union-tag-added", [bare(&two), tagged(&two)], [R, R], "union-tag-removed"),
        case("union-tag-removed", [tagged(&two), bare(&two)], [R, W], "union-tag-added"),
        case("became-union", [one(), bare(&two)], [R, W], "no-longer-union"),
        case("no-longer-union", [bare(&two), one()], [W, R], "became-union"),
        case("union-strictness-changed", [bare(&two), lax], [B, B], "union-strictness-changed"),
    ]
}

fn cases() -> impl Iterator<Item = Case> {
    [limits(), types(), values(), properties(), unions()].into_iter().flatten()
}

pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    cases().map(|case| case.id)
}

#[test]
fn a_change_is_reported_alone_and_in_its_class_whichever_way_it_travels() {
    for Case { id, old, new, classes, opposite } in cases() {
        for (component, class) in ["sent", "read"].into_iter().zip(classes) {
            let (before, after) = (with(component, &old), with(component, &new));
            let reported: Vec<_> = class.map(|class| (id, class)).into_iter().collect();
            assert_eq!(found(&before, &after), reported, "{id} in {component}");
            let back: Vec<&str> = found(&after, &before).into_iter().map(|(id, _)| id).collect();
            let expected: Vec<&str> = class.map(|_| opposite).into_iter().collect();
            assert_eq!(back, expected, "{id}, undone in {component}");
            assert_eq!(found(&after, &after), [], "{id}: nothing changed in {component}");
        }
    }
}

#[test]
fn nothing_breaks_in_what_tells_of_a_failure() {
    for Case { id, old, new, .. } in cases() {
        let reported = found(&with("failed", &old), &with("failed", &new));
        assert!(reported.iter().all(|(_, class)| *class <= B), "{id}: {reported:?}");
    }
}

#[test]
fn what_does_not_become_another_rust_type_breaks_no_program() {
    let list = |more: Value| {
        let mut schema = json!({"type": "array", "items": {"type": "string"}});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let lax = with("read", &it(list(json!({}))));
    let strict = with("read", &needed(list(json!({}))));
    assert_eq!(found(&lax, &strict), [("property-became-required", A)]);
    assert_eq!(found(&strict, &lax), [("property-became-optional", W)]);
    let null = with("read", &needed(list(json!({"nullable": true}))));
    assert_eq!(found(&strict, &null), [("optional-became-nullable", A)]);
    let numbers = |values: &[u8]| with("read", &it(json!({"type": "integer", "enum": values})));
    assert_eq!(found(&numbers(&[1, 2]), &numbers(&[1])), [("enum-value-removed", A)]);
}
