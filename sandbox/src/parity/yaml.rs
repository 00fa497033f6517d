//! A YAML file as a tree whose parts know their lines.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::Spanned;

use super::mistakes::Mistakes;

/// The largest file, in bytes.
const FILE_MAX: u64 = 256 * 1024;
/// How deep it may be nested.
const DEPTH_MAX: usize = 32;
/// How many values it may have.
const NODES_MAX: usize = 20_000;

/// A value, and the line on which it begins.
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) yaml: Yaml,
}

pub(super) enum Yaml {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn text(&self) -> Option<&str> {
        match &self.yaml {
            Yaml::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The value without its lines.
    pub(super) fn json(&self) -> Value {
        match &self.yaml {
            Yaml::Scalar(value) => value.clone(),
            Yaml::List(nodes) => nodes.iter().map(Self::json).collect(),
            Yaml::Map(members) => {
                members.iter().map(|(name, node)| (name.clone(), node.json())).collect()
            }
        }
    }
}

/// Reads a file; what is wrong with it is noted.
pub(super) fn read(path: &Path, mistakes: &mut Mistakes) -> Option<Node> {
    let file = path.display().to_string();
    let mut text = String::new();
    let read = File::open(path).and_then(|it| it.take(FILE_MAX + 1).read_to_string(&mut text));
    if let Err(why) = read {
        mistakes.add(&file, None, why.to_string());
        return None;
    }
    if text.len() as u64 > FILE_MAX {
        mistakes.add(&file, None, format!("it has more than {FILE_MAX} bytes"));
        return None;
    }
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: DEPTH_MAX, max_nodes: NODES_MAX },
    };
    match serde_saphyr::from_str_with_options(&text, options) {
        Ok(node) => Some(node),
        Err(error) => {
            let line = error.location().map(|at| at.line());
            mistakes.add(
                &file,
                line,
                format!("it is not YAML of the right form: {}", plain(&error)),
            );
            None
        }
    }
}

/// The reader's message on one line.
fn plain(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|it| !it.is_control())
        .take(200)
        .collect()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Yaml>::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line(), yaml: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Yaml, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number has no end"))?;
        Ok(Yaml::Scalar(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Scalar(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Yaml, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Yaml::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Yaml, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Yaml::Map(members))
    }
}
