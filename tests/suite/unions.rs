//! What the variants of a union have in common is read without a `match`.
//!
//! Derived from the pinned document: each union, with a sample of each of its variants.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use synctera::types::{Card, CardStatus, Relationship};
use synctera_tests::compare::{Nothing, differences};
use synctera_tests::document::V2;
use synctera_tests::harness::v2::{UNIONS, accessors};
use synctera_tests::sample::{Extent, Sampler};
use synctera_tests::schema::Way;

/// A union of the pinned document, and the types that are made of it.
struct Union {
    name: &'static str,
    schema: &'static Value,
    types: Vec<(&'static str, Way)>,
}

/// `new_card` is a `NewCard`.
fn camel(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}

/// Every union of the document.
fn unions() -> Vec<Union> {
    let schemas = V2.root["components"]["schemas"].as_object().unwrap();
    let tagged = schemas.iter().filter(|(_, schema)| schema.get("discriminator").is_some());
    tagged
        .map(|(name, schema)| {
            // What is sent and what is read have types of their own where they differ.
            let sent = [format!("new_{name}"), format!("{name}_input"), format!("{name}_patch")];
            let sent = sent.iter().filter(|sent| !schemas.contains_key(*sent));
            let own = if name.starts_with("new_") { Way::Sent } else { Way::Read };
            let ways = sent.map(|sent| (camel(sent), Way::Sent)).chain([(camel(name), own)]);
            let types = ways.filter_map(|(name, way)| {
                Some((*UNIONS.iter().find(|union| **union == name)?, way))
            });
            Union { name, schema, types: types.collect() }
        })
        .collect()
}

/// What the document has under a name: in the body itself, or in a union within it.
fn found<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    let inner = || body.as_object()?.get("card_details")?.get(name);
    body.get(name).or_else(inner)
}

#[test]
fn every_accessor_gives_what_the_document_has() {
    let (mut read, mut given) = (0, 0);
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for Union { name, schema, types } in unions() {
        for (ty, way) in types {
            seen.insert(ty);
            let sampler = Sampler::new(&V2, way, Extent::Full);
            for number in 0..sampler.variants(schema) {
                let body = sampler.sample(schema, number).value;
                let tag = &body[schema["discriminator"]["propertyName"].as_str().unwrap()];
                for (accessor, is) in accessors(ty, &body).unwrap_or_else(|e| panic!("{ty}: {e}")) {
                    let was = match accessor {
                        "tag" => Some(tag),
                        "status" if name == "card" => found(&body, "card_status"),
                        accessor => found(&body, accessor),
                    };
                    read += 1;
                    given += usize::from(!is.is_null());
                    let differ =
                        differences(was.unwrap_or(&Value::Null), &is, Nothing::IsAbsent, None);
                    wrong.extend(
                        differ.into_iter().map(|d| format!("{ty}.{accessor} of {tag}: {d}")),
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {read}:\n{}", wrong.len(), wrong.join("\n"));
    println!("{read} accessors read, {given} of them with a value");
    assert!(given > 500, "hardly any accessor gave anything");
    let missed: Vec<_> = UNIONS.iter().filter(|union| !seen.contains(*union)).collect();
    assert!(missed.is_empty(), "no sample of {missed:?}");
}

/// What a component says of each of its properties, itself and in its parts.
fn properties(
    name: &'static Value,
    found: &mut BTreeMap<&'static str, BTreeSet<String>>,
    way: Way,
) {
    let schema = V2.deref(name);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        properties(part, found, way);
    }
    for (name, said) in schema["properties"].as_object().into_iter().flatten() {
        if !way.forbids(&V2, said) {
            found.entry(name).or_default().insert(said.to_string());
        }
    }
}

#[test]
fn what_all_variants_have_can_be_read() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for Union { name, schema, types } in unions() {
        let tag = schema["discriminator"]["propertyName"].as_str().unwrap();
        for (ty, way) in types.into_iter().filter(|(ty, _)| !ty.ends_with("Patch")) {
            let mapping = schema["discriminator"]["mapping"].as_object().unwrap();
            let targets: BTreeSet<&str> = mapping.values().filter_map(Value::as_str).collect();
            let mut bodies: Vec<_> = targets
                .into_iter()
                .map(|target| {
                    let mut found = BTreeMap::new();
                    properties(V2.target(target), &mut found, way);
                    found
                })
                .collect();
            bodies.retain(|body| body.keys().any(|name| *name != tag));
            let sample = Sampler::new(&V2, way, Extent::Full).sample(schema, 0).value;
            let there = accessors(ty, &sample).unwrap();
            for (property, said) in bodies.first().into_iter().flatten() {
                let is_common = bodies.iter().all(|body| body.get(property) == Some(said));
                if *property != tag && is_common && said.len() == 1 {
                    count += 1;
                    if !there.contains_key(property) {
                        wrong.push(format!("{ty} ({name}) has no {property}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{count} properties that all variants have");
    assert!(count > 100, "{count}");
}

/// A card as the platform answers it.
fn card(kind: &str, form: &str) -> Value {
    let schema = &V2.root["components"]["schemas"]["card"];
    let sampler = Sampler::new(&V2, Way::Read, Extent::Full);
    (0..sampler.variants(schema))
        .map(|number| sampler.sample(schema, number).value)
        .find(|card| card["type"] == kind && card["card_details"]["form"] == form)
        .unwrap()
}

#[test]
fn a_cards_status_needs_no_match() {
    for kind in ["DEBIT", "PREPAID", "CREDIT"] {
        for form in ["PHYSICAL", "VIRTUAL"] {
            let mut body = card(kind, form);
            body["card_details"]["card_status"] = json!("ACTIVE");
            body["card_details"]["last_four"] = json!("0564");
            let card: Card = serde_json::from_value(body.clone()).unwrap();
            assert_eq!(card.status(), Some(&CardStatus::Active), "{kind} {form}");
            assert_eq!(card.card_status(), card.status());
            assert_eq!(card.last_four(), Some("0564"));
            assert_eq!(card.tag(), Some(kind));
            let id = |id: Option<String>| id.map(Value::from);
            let details = &body["card_details"];
            assert_eq!(id(card.id().map(|id| id.to_string())).as_ref(), details.get("id"));
            let account = id(card.account_id().map(|id| id.to_string()));
            assert_eq!(account.as_ref(), details.get("account_id"));
        }
    }
}

#[test]
fn an_unknown_variant_has_its_tag_and_nothing_else() {
    let mut body = card("DEBIT", "VIRTUAL");
    body["type"] = json!("CHARGE");
    let unknown: Card = serde_json::from_value(body).unwrap();
    assert_eq!(unknown.tag(), Some("CHARGE"));
    assert!(unknown.status().is_none() && unknown.id().is_none() && unknown.last_four().is_none());
    let mut body = card("DEBIT", "VIRTUAL");
    body["card_details"]["form"] = json!("RING");
    let unknown: Card = serde_json::from_value(body).unwrap();
    assert_eq!((unknown.tag(), unknown.status()), (Some("DEBIT"), None));
    let tie: Relationship = serde_json::from_value(json!({"id": 1})).unwrap();
    assert!(tie.tag().is_none() && tie.id().is_none());
}
