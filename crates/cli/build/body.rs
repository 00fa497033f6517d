//! What a body holds: its flags, its variants and an example of each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::document::{Document, Flat, is_read_only};
use crate::example::{Extent, Sampler};
use crate::flag::{flag_name, insert_words};
use crate::kind::kind;

/// The body of an operation.
pub(crate) fn detail<'d>(
    document: &Document<'d>,
    holder: &'d Value,
    id: &str,
    taken: &mut BTreeSet<String>,
) -> Value {
    let content = holder["content"].as_object();
    let of_json = content.and_then(|content| content.get_key_value("application/json"));
    let Some((media_type, media)) = of_json.or_else(|| content?.iter().next()) else {
        return Value::Null;
    };
    let schema = &media["schema"];
    let mut body = Map::new();
    body.insert("media_type".to_owned(), media_type.as_str().into());
    body.insert("required".to_owned(), (holder["required"] == true).into());
    if !matches!(media_type.as_str(), "application/json" | "multipart/form-data") {
        return body.into();
    }
    let flat = document.flat(schema);
    let variants = variants(document, &flat);
    if let Some(tag) = flat.union.as_ref().and_then(|union| union.tag) {
        body.insert("tag".to_owned(), tag.into());
    }
    body.insert("members".to_owned(), members(document, &variants, taken));
    body.insert("only_in_body".to_owned(), only_in_body(document, &variants));
    let sampler = Sampler { document, operation: id };
    let tag = flat.union.as_ref().and_then(|union| union.tag);
    let of_one = document.flat_of_one(schema);
    let has_union = flat.union.is_some();
    let variants = variants.iter().map(|(name, flat)| {
        let is_sent = |required: &&&str| {
            flat.properties.get(**required).is_none_or(|it| !is_read_only(document, it))
        };
        let required: Vec<&&str> = flat.required.iter().filter(is_sent).collect();
        let example = |extent| {
            let held = if has_union { flat } else { &of_one };
            with_variant(sampler.object(held, extent), tag, name, flat)
        };
        json!({
            "name": name,
            "required": required,
            "example": example(Extent::Usual),
            "full": example(Extent::Full),
        })
    });
    body.insert("variants".to_owned(), variants.collect());
    body.into()
}

/// What each variant holds; one without a name where there is no union.
fn variants<'d>(document: &Document<'d>, flat: &Flat<'d>) -> Vec<(String, Flat<'d>)> {
    let Some(union) = &flat.union else {
        return vec![(String::new(), flat.clone())];
    };
    let of = |(name, schema): &(String, &'d Value)| {
        let mut own = document.flat(schema);
        own.properties.extend(flat.properties.iter().map(|(name, property)| (*name, *property)));
        own.required.extend(&flat.required);
        own.required.extend(union.tag);
        (name.clone(), own)
    };
    union.variants.iter().map(of).collect()
}

/// An example of a variant says which one it is: by its tag, or by a member with a value of its name.
fn with_variant(mut example: Value, tag: Option<&str>, name: &str, flat: &Flat<'_>) -> Value {
    let Some(members) = example.as_object_mut() else { return example };
    if let Some(tag) = tag {
        members.insert(tag.to_owned(), name.into());
        return example;
    }
    let value = json!(name.replace('-', "_").to_uppercase());
    for (member, property) in &flat.properties {
        let has_value = property["enum"].as_array().is_some_and(|them| them.contains(&value));
        if has_value && members.contains_key(*member) {
            members.insert((*member).to_owned(), value.clone());
        }
    }
    example
}

/// The flags of members that hold a value. A member whose value is not shown has none: other users of a
/// machine see the arguments of a program.
fn members<'d>(
    document: &Document<'d>,
    variants: &[(String, Flat<'d>)],
    taken: &mut BTreeSet<String>,
) -> Value {
    let mut found: BTreeMap<&str, Vec<(usize, &'d Value)>> = BTreeMap::new();
    for (place, (_, flat)) in variants.iter().enumerate() {
        for (name, property) in &flat.properties {
            found.entry(name).or_default().push((place, property));
        }
    }
    let flags = found.into_iter().filter_map(|(name, places)| {
        if is_read_only(document, places[0].1) || synctera_api::spec::is_hidden(name) {
            return None;
        }
        let mut flag = kind(document, places[0].1)?;
        for (_, other) in &places[1..] {
            let other = kind(document, other)?;
            if (other["type"] != flag["type"]) || (other.get("list") != flag.get("list")) {
                return None;
            }
            join_values(&mut flag, &other);
        }
        flag.insert("name".to_owned(), name.into());
        flag.insert("flag".to_owned(), flag_of(name, &flag, taken).into());
        if places.len() < variants.len() {
            let only: Vec<&str> = places.iter().map(|(place, _)| &*variants[*place].0).collect();
            flag.insert("only".to_owned(), json!(only));
        }
        if variants.iter().all(|(_, flat)| flat.required.contains(name)) {
            flag.insert("required".to_owned(), true.into());
        }
        insert_words(&mut flag, &words(document, places[0].1));
        Some(Value::from(flag))
    });
    flags.collect()
}

/// A file has the flag `--file` where it is the only one.
fn flag_of(name: &str, flag: &Map<String, Value>, taken: &mut BTreeSet<String>) -> String {
    let is_file = flag["type"] == "file";
    if is_file && name == "file" { name.to_owned() } else { flag_name(name, taken) }
}

/// The members that have no flag: they are not shown, or hold more than values.
fn only_in_body(document: &Document<'_>, variants: &[(String, Flat<'_>)]) -> Value {
    let mut names = BTreeSet::new();
    for (_, flat) in variants {
        for (name, property) in &flat.properties {
            let has_flag = kind(document, property).is_some();
            let is_hidden = synctera_api::spec::is_hidden(name);
            if !is_read_only(document, property) && (!has_flag || is_hidden) {
                names.insert(*name);
            }
        }
    }
    json!(names)
}

/// The values of variants that name different ones are those of all.
fn join_values(flag: &mut Map<String, Value>, other: &Map<String, Value>) {
    for limit in ["min", "max", "shortest", "longest"] {
        if flag.get(limit) != other.get(limit) {
            flag.remove(limit);
        }
    }
    match (flag.get_mut("values").and_then(Value::as_array_mut), other.get("values")) {
        (Some(values), Some(Value::Array(others))) => {
            let new = others.iter().filter(|value| !values.contains(value));
            let new: Vec<Value> = new.cloned().collect();
            values.extend(new);
        }
        _ => {
            flag.remove("values");
        }
    }
}

/// What is written of a member, or of what it refers to.
fn words<'d>(document: &Document<'d>, property: &'d Value) -> Value {
    let own = property.get("description");
    own.unwrap_or(&document.deref(property)["description"]).clone()
}
