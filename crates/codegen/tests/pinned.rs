//! The repository's own `spec/`: what is pinned, what is said about it, and what comes of it.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;
use synctera_codegen::generate::{Generated, Selection};
use synctera_codegen::spec::{INTERFACES, Spec};

/// Families that somebody meets who takes a customer from sign-up to the first payment.
const JOURNEY: [&str; 13] = [
    "accounts",
    "ach",
    "businesses",
    "cards",
    "disclosures",
    "external_accounts",
    "internal_accounts",
    "internal_transfers",
    "monitoring",
    "persons",
    "relationships",
    "transactions",
    "verifications",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")
}

static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec::load(&folder()).unwrap());

/// Both interfaces, by name. Generating takes seconds, so it is done once.
static GENERATED: LazyLock<BTreeMap<&str, Generated>> = LazyLock::new(|| {
    INTERFACES
        .map(|(name, module)| (name, SPEC.generate_one(name, module, &Selection::All).unwrap()))
        .into()
});

/// A TOML file below `spec/`.
fn toml_file(path: &Path) -> toml::Table {
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// How many operations each interface has: the one place that says so is `provenance.toml`.
fn counts() -> [(&'static str, usize); 2] {
    let text = std::fs::read_to_string(folder().join("provenance.toml")).unwrap();
    let sources = synctera_pin::Provenance::parse(&text).unwrap().sources;
    ["v2", "v0"].map(|name| {
        let file = format!("{name}.json");
        let kept = sources.iter().filter(|source| source.pinned == file).map(|source| source.kept);
        (name, kept.sum())
    })
}

/// Calls `f(key, value, place)` for every member of every object; the place is that object's
/// JSON pointer.
fn members(value: &Value, place: &str, f: &mut dyn FnMut(&str, &Value, &str)) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                f(key, child, place);
                let token = key.replace('~', "~0").replace('/', "~1");
                members(child, &format!("{place}/{token}"), f);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                members(item, &format!("{place}/{index}"), f);
            }
        }
        _ => {}
    }
}

#[test]
fn no_prose_is_pinned() {
    for (name, _) in INTERFACES {
        let root = SPEC.interface(name).root();
        assert_eq!(synctera_pin::prose_left(root), [""; 0], "{name}");

        // The same without the rules of `pin`: what a person reads is text, while a field or a
        // schema of that name is an object in its place.
        let mut found = Vec::new();
        members(root, "", &mut |key, value, place| {
            let names = ["/properties", "/components/schemas"];
            let is_name = value.is_object() && names.iter().any(|names| place.ends_with(names));
            let prose = match key {
                "contact" | "license" | "externalDocs" | "termsOfService" => true,
                "description" | "example" | "examples" | "summary" | "title" => true,
                _ => key.starts_with("x-") && !key.starts_with("x-synctera-"),
            };
            let is_our_title = place == "/info" && key == "title" && value == "Synctera API";
            if prose && !is_name && !is_our_title {
                found.push(format!("{place}/{key}"));
            }
        });
        assert_eq!(found, [""; 0], "{name}");
    }
}

#[test]
fn every_operation_has_a_known_family() {
    let table = toml_file(&folder().join("families.toml"));
    let families: BTreeSet<&str> =
        table["tags"].as_table().unwrap().values().filter_map(toml::Value::as_str).collect();
    for (name, count) in counts() {
        assert_eq!(SPEC.interface(name).operations().len(), count, "{name}");
        let operations = &GENERATED[name].operations;
        assert_eq!(operations.len(), count, "{name}");
        for operation in operations {
            let family = operation.family.as_str();
            assert!(families.contains(family), "{}: {family}", operation.key);
        }
    }
}

#[test]
fn the_figures_of_the_readme_are_those_of_the_pinned_interfaces() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let [(_, current), (_, legacy)] = counts();
    let says = format!("reaches all {current} operations of the current interface (v2)");
    assert!(text.contains(&says), "README.md: {says}");
    let says = format!("`client.legacy()` the {legacy} that only the older one (v0) has");
    assert!(text.contains(&says), "README.md: {says}");
}

#[test]
fn nothing_is_documented_that_is_not_there() {
    let mut operations = BTreeSet::new();
    let mut schemas: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for generated in GENERATED.values() {
        operations.extend(generated.operations.iter().map(|operation| operation.id.clone()));
        for (schema, fields) in &generated.schemas {
            schemas.entry(schema.clone()).or_default().extend(fields.iter().cloned());
        }
    }
    assert_eq!(SPEC.companions.docs.stale(&operations, &schemas), [""; 0]);
}

#[test]
fn the_journey_and_the_legacy_are_documented() {
    let docs = &SPEC.companions.docs;
    for family in JOURNEY {
        let mut operations = GENERATED["v2"].operations.iter().filter(|o| o.family == family);
        // A family that was renamed would pass unseen.
        assert!(operations.clone().count() > 0, "{family} has no operation");
        let without = operations.find(|operation| !docs.documents(&operation.id));
        assert!(without.is_none(), "{family}: {without:?}");
    }
    let without = GENERATED["v0"].operations.iter().find(|o| !docs.documents(&o.id));
    assert!(without.is_none(), "{without:?}");
}

/// Every sentence of `spec/docs/`: where it is, whether it is an operation's, and how it reads.
fn sentences() -> Vec<(String, bool, String)> {
    let mut sentences = Vec::new();
    for entry in std::fs::read_dir(folder().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        texts(&toml::Value::Table(toml_file(&path)), &file, &mut sentences);
    }
    sentences
}

fn texts(value: &toml::Value, place: &str, found: &mut Vec<(String, bool, String)>) {
    match value {
        toml::Value::Table(table) => {
            for (key, child) in table {
                texts(child, &format!("{place} {key}"), found);
            }
        }
        toml::Value::String(text) => {
            let operation = place.contains(".toml operation ");
            found.push((place.to_owned(), operation, text.trim().to_owned()));
        }
        // The lists hold error codes.
        _ => {}
    }
}

#[test]
fn documentation_reads_as_sentences_that_rustdoc_takes() {
    let sentences = sentences();
    let of_operations = sentences.iter().filter(|(_, operation, _)| *operation).count();
    let operations: usize = counts().map(|(_, count)| count).into_iter().sum();
    assert!(of_operations >= operations, "{of_operations}");
    for (place, operation, text) in sentences {
        let first = text.chars().next().unwrap();
        // A field may begin with one of its values, or with a digit.
        let begins = first.is_uppercase() || (!operation && (first == '`' || first.is_numeric()));
        assert!(begins && text.ends_with('.'), "{place}: {text}");
        assert_eq!(text.matches('`').count() % 2, 0, "{place}: {text}");
        // Outside of backticks rustdoc would see a bare link, an HTML tag, or a link to an item.
        let outside: String = text.split('`').step_by(2).collect();
        for markup in ["http", "<", "["] {
            assert!(!outside.contains(markup), "{place}: {text}");
        }
    }
}

#[test]
fn the_spelling_is_american() {
    // Parts of words that are spelled otherwise in American English.
    let british = [
        "authoris",
        "organis",
        "recognis",
        "normalis",
        "synchronis",
        "tokenis",
        "colour",
        "honour",
        "behaviour",
        "favour",
        "programme",
        "licence",
        "cheque",
        "centre",
        "jewellery",
        "cancelled",
        "cancelling",
        "misspelt",
        "defence",
        "enrolment",
        "catalogue",
        "fulfilment",
    ];
    let mut texts = sentences();
    let types = std::fs::read_to_string(folder().join("types.toml")).unwrap();
    texts.extend(types.lines().map(|line| ("types.toml".to_owned(), false, line.to_owned())));
    for (name, generated) in GENERATED.iter() {
        let docs = generated.code.lines().filter_map(|line| line.trim().strip_prefix("///"));
        texts.extend(docs.map(|line| ((*name).to_owned(), false, line.to_owned())));
    }
    assert!(texts.len() > 10_000, "{}", texts.len());
    for (place, _, text) in texts {
        // Names and values of the platform are as they are.
        let outside: String = text.to_lowercase().split('`').step_by(2).collect();
        let found: Vec<_> = british.iter().filter(|part| outside.contains(*part)).collect();
        assert!(found.is_empty(), "{place}: {text}");
    }
}

#[test]
fn what_is_true_or_false_is_documented_as_a_question() {
    let mut switches = 0;
    for generated in GENERATED.values() {
        let mut lines = generated.code.lines().map(str::trim).peekable();
        let mut doc = None;
        while let Some(line) = lines.next() {
            if let Some(text) = line.strip_prefix("///") {
                doc.get_or_insert(text);
                continue;
            }
            if line.starts_with("#[") {
                continue;
            }
            let Some(doc) = doc.take() else { continue };
            let mut field = line.to_owned();
            while field.ends_with('<') || field.matches('<').count() > field.matches('>').count() {
                let Some(more) = lines.next() else { break };
                field.push_str(more);
            }
            let is_bool = |(_, ty): (&str, &str)| {
                ty.split(|c: char| !c.is_alphanumeric()).any(|word| word == "bool")
            };
            if field.starts_with("pub ")
                && field.ends_with(',')
                && field.split_once(": ").is_some_and(is_bool)
            {
                switches += 1;
                assert!(doc.to_lowercase().contains("whether "), "{doc}: {field}");
            }
        }
    }
    assert!(switches > 250, "{switches}");
}

/// The discriminators of a pinned document: component → (tag, tag values).
fn discriminators(name: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut found = BTreeMap::new();
    members(SPEC.interface(name).root(), "", &mut |key, value, place| {
        // A field of that name would be below `properties`.
        if key == "discriminator" && !place.ends_with("/properties") {
            // One that is written in place gets its name by being hoisted, which this test would
            // have to follow; so far every one is a component, and has its name from the start.
            let component = place.strip_prefix("/components/schemas/").unwrap_or(place);
            assert!(!component.contains('/'), "{place} is not a component");
            let tag = value["propertyName"].as_str().unwrap().to_owned();
            let values = value["mapping"].as_object().unwrap().keys().cloned().collect();
            found.insert(component.to_owned(), (tag, values));
        }
    });
    found
}

#[test]
fn every_discriminator_becomes_a_tagged_union() {
    // A union of which the two ways differ becomes two: the name stays with what is read, and
    // what is sent is called `new_<name>`, `<name>_patch` or `<name>_input`. So v2 has 40 unions
    // for its 37 discriminators, and v0 three for its two.
    let doubled = [
        (
            "v2",
            37,
            vec![
                ("new_account_product", "account_product"),
                ("new_relationship", "relationship"),
                ("patched_relationship_patch", "patched_relationship"),
            ],
        ),
        ("v0", 2, vec![("verification_vendor_info_input", "verification_vendor_info")]),
    ];
    for (name, count, sent_halves) in doubled {
        let mut expected = discriminators(name);
        assert_eq!(expected.len(), count, "{name}");
        for (sent, read) in sent_halves {
            let same = expected[read].clone();
            assert!(expected.insert(sent.to_owned(), same).is_none(), "{sent}");
        }
        let unions: BTreeMap<_, (String, BTreeSet<String>)> = GENERATED[name]
            .facts
            .unions
            .iter()
            .map(|(name, union)| {
                (name.clone(), (union.tag.clone(), union.variants.keys().cloned().collect()))
            })
            .collect();
        assert_eq!(unions, expected, "{name}");
        for component in unions.keys() {
            let line = format!("pub enum {} {{", heck::AsUpperCamelCase(component));
            assert!(GENERATED[name].code.contains(&line), "{line}");
        }
    }
}

#[test]
fn no_union_is_left_to_guesswork() {
    for (name, _) in INTERFACES {
        // An untagged enum takes the first variant that happens to fit.
        assert!(!GENERATED[name].code.contains("untagged"), "{name}");
        members(SPEC.interface(name).root(), "", &mut |key, value, place| {
            if matches!(key, "oneOf" | "anyOf") && value.is_array() {
                let union = SPEC.interface(name).root().pointer(place).unwrap();
                let decided = union.get("discriminator").is_some() && key == "oneOf"
                    || union["x-synctera-union"] == "merged";
                assert!(decided, "{name}: {place} has no tag, and no overlay decides about it");
            }
        });
    }
}

#[test]
fn nothing_is_simpler_in_the_client_than_in_the_document() {
    for (name, generated) in GENERATED.iter() {
        assert_eq!(generated.facts.notes, BTreeSet::new(), "{name}: decide in an overlay");
    }
}

#[test]
fn the_same_spec_gives_the_same_code() {
    // Maps that iterate at random do so anew within one process.
    for (name, module) in INTERFACES {
        let again =
            Spec::load(&folder()).unwrap().generate_one(name, module, &Selection::All).unwrap();
        assert!(again.code == GENERATED[name].code, "{name}");
    }
}

#[test]
fn every_name_that_sounds_like_a_secret_is_decided_on() {
    for (interface, _) in INTERFACES {
        let types = &SPEC.companions.types;
        let (asking, open) = types.sensitive_names(SPEC.interface(interface));
        assert!(asking > 0);
        assert!(open.is_empty(), "decide in spec/types.toml: {open:?}");
    }
}

#[test]
fn every_string_with_a_type_is_there() {
    let rules: Vec<_> = SPEC.companions.types.strings().collect();
    assert!(!rules.is_empty());
    for (ty, schema, property) in rules {
        let code = &GENERATED["v2"].code;
        let name = format!("pub struct {} {{", heck::AsUpperCamelCase(schema));
        let body = code.split_once(&name).map(|(_, rest)| rest.split("\n    }").next().unwrap());
        let fits = |line: &str| line.contains(&format!("pub {property}: ")) && line.contains(ty);
        assert!(body.is_some_and(|body| body.lines().any(fits)), "{schema}.{property}: {ty}");
    }
}

#[test]
fn every_family_is_a_feature() {
    let families: BTreeSet<&str> = GENERATED
        .values()
        .flat_map(|generated| generated.operations.iter().map(|o| o.family.as_str()))
        .collect();
    let features = |manifest: &str, but: &[&str]| -> BTreeSet<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest);
        let features = toml_file(&path)["features"].as_table().unwrap().clone();
        features.into_iter().map(|(name, _)| name).filter(|n| !but.contains(&n.as_str())).collect()
    };
    let raw = features("../../Cargo.toml", &["default", "full", "schemars", "server", "testing"]);
    assert_eq!(raw, families.iter().map(|name| (*name).to_owned()).collect());
    // The facade always has those of its journeys.
    let facade = features(
        "../../facade/Cargo.toml",
        &["actix", "axum", "blocking", "full", "reconcile", "schemars", "serde", "testing"],
    );
    let further = families.iter().filter(|name| !JOURNEY.contains(name));
    assert_eq!(facade, further.map(|name| (*name).to_owned()).collect());
}

#[test]
fn a_selection_reaches_its_own_types_and_no_others() {
    let only = Selection::Families(BTreeSet::from(["accounts".to_owned()]));
    let generated = SPEC.generate_one("v2", "crate::v2", &only).unwrap();
    assert!(generated.operations.iter().all(|operation| operation.family == "accounts"));
    assert!(generated.code.contains("pub struct NewAccount "));
    let declared = generated.code.lines().filter(|line| line.trim_start().starts_with("pub "));
    let cards: Vec<&str> = declared.filter(|line| line.contains("Card {")).collect();
    assert!(cards.is_empty(), "{cards:?}");
    // What is there is what the whole has, to the letter.
    let whole = &GENERATED["v2"];
    for name in ["struct Account ", "struct NewAccount ", "struct AccountTemplateInput "] {
        let body = |code: &str| {
            let from = code.find(&format!("pub {name}")).unwrap();
            code[from..][..code[from..].find("\n    }").unwrap()].to_owned()
        };
        assert_eq!(body(&generated.code), body(&whole.code));
    }
}
